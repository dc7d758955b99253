import type { QZPayAuditFinding, QZPayAuditTrail } from '@qzpay/core';
import type { QZPayCheckStep, QZPayFinding } from '@qzpay/repositories';
import type { Check } from './check.js';

const NAME = 'audit-chain';

const MESSAGES: Readonly<Record<QZPayAuditFinding['kind'], string>> = {
  entry_altered: 'the entry is not as it was sealed',
  entry_missing: 'the entry was sealed and is gone',
  entry_added: 'the entry claims a block that has not sealed it',
  block_altered: 'the block does not agree with its own hashes',
  block_missing: 'the block is missing',
  chain_broken: 'the block does not continue the one before it',
};

/** The blocks of the audit log, and the entries that they have sealed. */
export function auditChainCheck(audit: Pick<QZPayAuditTrail, 'verify'>): Check {
  return {
    name: NAME,
    promise: 'the audit log is as it was sealed: no entry and no block is altered, missing or added',
    slices: false,
    estimate: () => Promise.resolve(null),
    run: async function* (): AsyncGenerator<QZPayCheckStep> {
      const { entries, findings } = await audit.verify();
      yield { checked: entries, findings: findings.map(findingOf) };
    },
  };
}

function findingOf({ kind, blockSeq, entryId }: QZPayAuditFinding): QZPayFinding {
  const subject =
    entryId === undefined
      ? { entity: 'AuditBlock', id: String(blockSeq), message: MESSAGES[kind] }
      : { entity: 'AuditLog', id: entryId, message: `${MESSAGES[kind]}, in block ${blockSeq}` };
  return { check: NAME, severity: 'error', ...subject };
}
