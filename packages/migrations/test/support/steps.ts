import { createHash } from 'node:crypto';
import type { LedgerEntry } from '../../src/ledger.js';
import { type QZPayMigrationStep, setOf } from '../../src/steps.js';

/** A step of a release that the tests make up. */
export function buildStep(id: string, overrides: Partial<QZPayMigrationStep> = {}): QZPayMigrationStep {
  const statements = overrides.statements ?? [`create table "__qzpay__"."${id.replace('/', '_')}" (id text)`];
  const checksum = createHash('sha256').update(statements.join()).digest('hex');
  return { id, set: setOf(id) === 'core' ? 'core' : 'integrity', breaking: false, checksum, ...overrides, statements };
}

export function buildEntry(step: Pick<QZPayMigrationStep, 'id'> & Partial<LedgerEntry>): LedgerEntry {
  return {
    id: step.id,
    checksum: step.checksum ?? '',
    breaking: step.breaking ?? false,
    appliedAt: step.appliedAt ?? new Date('2026-01-01T00:00:00Z'),
  };
}
