import { createHash, randomBytes } from 'node:crypto';
import type { QZPayAuditLogInsert, QZPayAuditLogRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayKeysetPage } from './pages.js';
import type { QZPayPageQuery } from './read-repository.js';
import { QZPayRepository } from './repository.js';
import type { NewRow } from './row-types.js';
import { argument } from './statements.js';

/** A new entry; its hash and salt are made by the repository. */
export type QZPayNewAuditLog = NewRow<
  QZPayAuditLogInsert,
  'entityType' | 'entityId' | 'action',
  'livemode' | 'payloadHash' | 'salt' | 'blockSeq'
>;

/** What may be erased of an entry: its changes, what identifies a person, and free text. In the order of their names. */
const PAYLOAD = [
  'actorId',
  'changes',
  'errorMessage',
  'ipAddress',
  'metadata',
  'previousValues',
  'reason',
  'userAgent',
] as const satisfies readonly (keyof QZPayAuditLogRow)[];

const SALT_BYTES = 16;

/**
 * Who changed what. Append-only: nothing here changes or removes an entry, and the database refuses it as well.
 *
 * Lists take the filters `createdFrom` and `createdTo` (both inclusive) beside the fields of an entry.
 */
export class QZPayAuditLogsRepository extends QZPayRepository<QZPayAuditLogRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'auditLogs',
      updatable: [],
      sortable: ['createdAt'],
      filters: {
        ...equalityFilters(
          'id',
          'entityType',
          'entityId',
          'action',
          'category',
          'actorType',
          'actorId',
          'success',
          'requestId',
          'createdAt',
        ),
        createdFrom: { column: 'createdAt', compare: '>=' },
        createdTo: { column: 'createdAt', compare: '<=' },
      },
      defaults: { actorType: 'system', success: true, metadata: {} },
    });
  }

  /** Appends an entry and returns it. In a transaction it is kept or lost together with the change it speaks of. */
  async create(entry: QZPayNewAuditLog): Promise<QZPayAuditLogRow> {
    return this.insert(this.#sealed(entry));
  }

  /**
   * Appends entries in one statement, all or none, and returns them in their order.
   *
   * @throws QZPayValidationError for more than 10 000 entries.
   */
  async createMany(entries: readonly QZPayNewAuditLog[]): Promise<QZPayAuditLogRow[]> {
    return this.insertMany(entries.map((entry) => this.#sealed(entry)));
  }

  /** The history of one entity, newest first. */
  findByEntity(
    entityType: string,
    entityId: string,
    query?: QZPayPageQuery,
  ): Promise<QZPayKeysetPage<QZPayAuditLogRow>> {
    return this.#pageOf({ entityType, entityId }, query);
  }

  /** What one actor did, newest first. */
  findByActor(actorType: string, actorId: string, query?: QZPayPageQuery): Promise<QZPayKeysetPage<QZPayAuditLogRow>> {
    return this.#pageOf({ actorType, actorId }, query);
  }

  /** Entries of one action, newest first. No index leads to a rare action: give a period. */
  findByAction(action: string, query?: QZPayPageQuery): Promise<QZPayKeysetPage<QZPayAuditLogRow>> {
    return this.#pageOf({ action }, query);
  }

  /** All entries of one request of the host, newest first. */
  findByRequestId(requestId: string): Promise<QZPayAuditLogRow[]> {
    return this.findAllBy({ requestId });
  }

  /** How many entries each action has in a period, from `from` up to but without `to`; actions without one are absent. */
  async countByAction({ from, to }: { readonly from: Date; readonly to: Date }): Promise<Map<string, number>> {
    const statement = this.fixed('count_by_action', () => {
      const { action } = this.context.tables.auditLogs;
      const createdAt = this.codec('createdAt');
      return {
        source: sql`select ${action}, count(*) from ${this.model.table}
          where ${this.visible()} and ${createdAt.column} >= ${argument(createdAt, 'from')} and ${createdAt.column} < ${argument(createdAt, 'to')}
          group by ${action} order by ${action}`,
        decode: (row: readonly unknown[]): [string, number] => [String(row[0]), Number(row[1])],
      };
    });
    return new Map(await this.run(statement, { from, to }));
  }

  #pageOf(subject: Readonly<Record<string, string>>, query: QZPayPageQuery = {}) {
    return this.page({ ...query, filters: { ...query.filters, ...subject } });
  }

  /** Adds the salted hash of what may be erased later. */
  #sealed(entry: QZPayNewAuditLog): QZPayNewAuditLog & { readonly payloadHash: string; readonly salt: string } {
    const salt = randomBytes(SALT_BYTES).toString('hex');
    const stored: Record<string, unknown> = this.complete(entry);
    const payload = Object.fromEntries(PAYLOAD.map((key) => [key, this.#asStored(key, stored[key])]));
    return { ...entry, salt, payloadHash: auditPayloadHash(salt, payload) };
  }

  /** The value as a read will return it: JSON drops undefined keys and turns dates into text. */
  #asStored(key: string, value: unknown): unknown {
    const codec = this.codec(key);
    const encoded = codec.encode(value);
    return codec.column.columnType === 'PgJsonb' && encoded !== null ? JSON.parse(encoded as string) : encoded;
  }
}

/**
 * SHA-256, in hexadecimal digits, of the salt followed by the payload as canonical JSON (RFC 8785: keys sorted by UTF-16
 * units, no white space, numbers as JavaScript writes them). Absent fields are null.
 */
function auditPayloadHash(salt: string, payload: Readonly<Record<string, unknown>>): string {
  return createHash('sha256')
    .update(salt + canonicalJson(payload))
    .digest('hex');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
