import type {
  QZPayAuditEntry,
  QZPayAuditPage,
  QZPayAuditQuery,
  QZPayAuditTrail,
  QZPayAuditVerification,
  QZPayAuditVerificationScope,
  QZPayNewAuditEntry,
  QZPaySealedAudit,
} from '@qzpay/core';
import { AUDIT_VERIFICATION_SCOPE, anything, checkOptions } from '@qzpay/core/options';
import { currentQZPayActor, type QZPayAuditBlocksRepository, type QZPayAuditLogsRepository } from '@qzpay/repositories';
import { toAuditEntry } from '../mappers/audit.js';

export class AuditTrail implements QZPayAuditTrail {
  readonly #logs: QZPayAuditLogsRepository;
  readonly #blocks: QZPayAuditBlocksRepository;

  constructor(logs: QZPayAuditLogsRepository, blocks: QZPayAuditBlocksRepository) {
    this.#logs = logs;
    this.#blocks = blocks;
  }

  async append({ actor = currentQZPayActor(), ...entry }: QZPayNewAuditEntry): Promise<QZPayAuditEntry> {
    const { type: actorType, id: actorId, ...origin } = actor;
    return toAuditEntry(await this.#logs.create({ ...entry, ...origin, actorType, actorId }));
  }

  async list({ first, after, orderDirection, from, to, ...query }: QZPayAuditQuery = {}): Promise<QZPayAuditPage> {
    const filters = { ...query, createdFrom: from, createdTo: to };
    const { data, hasNextPage, endCursor } = await this.#logs.page({ first, after, orderDirection, filters });
    return { data: data.map(toAuditEntry), hasNextPage, endCursor };
  }

  async seal(options: { readonly limit?: number | undefined } = {}): Promise<QZPaySealedAudit> {
    checkOptions(options, { limit: anything });
    return this.#blocks.seal(options.limit);
  }

  async verify(scope?: QZPayAuditVerificationScope): Promise<QZPayAuditVerification> {
    checkOptions(scope, AUDIT_VERIFICATION_SCOPE);
    return this.#blocks.verify(scope);
  }
}
