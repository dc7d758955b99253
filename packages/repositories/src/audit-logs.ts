import { randomBytes } from 'node:crypto';
import type { QZPayAuditLogInsert, QZPayAuditLogRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import { payloadHash } from './audit-hashes.js';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayKeysetPage } from './pages.js';
import type { QZPayPageQuery } from './read-repository.js';
import { QZPayRepository } from './repository.js';
import type { NewRow } from './row-types.js';
import { argument } from './statements.js';
import { rowsArgument } from './table-model.js';

/** A new entry; its hash and salt are made by the repository. */
export type QZPayNewAuditLog = NewRow<
  QZPayAuditLogInsert,
  'entityType' | 'entityId' | 'action',
  'livemode' | 'payloadHash' | 'salt' | 'blockSeq'
>;

const SALT_BYTES = 16;

/**
 * Who changed what. Append-only: nothing here changes or removes an entry, and the database refuses it as well.
 *
 * Lists take the filters `createdFrom` and `createdTo` (both inclusive) beside the fields of an entry.
 */
export class QZPayAuditLogsRepository extends QZPayRepository<QZPayAuditLogRow> {
  constructor(context: QZPayRepositoryContext) {
    // Entries are not told of by others.
    super(
      { ...context, audits: false },
      {
        key: 'auditLogs',
        updatable: [],
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
      },
    );
  }

  /** Appends an entry and returns it. In a transaction it is kept or lost together with the change it speaks of. */
  async create(entry: QZPayNewAuditLog): Promise<QZPayAuditLogRow> {
    const [row] = await this.createMany([entry]);
    return row as QZPayAuditLogRow;
  }

  /**
   * Appends entries in one statement, all or none, and returns them in their order.
   *
   * @throws QZPayValidationError for more than 10 000 entries.
   */
  createMany(entries: readonly QZPayNewAuditLog[]): Promise<QZPayAuditLogRow[]> {
    const salted = () => ({ salt: randomBytes(SALT_BYTES).toString('hex'), payloadHash: 'made by the database' });
    return this.insertMany(entries.map((entry) => ({ ...entry, ...salted() })));
  }

  protected override givenRows(key: string): SQL {
    const columns = [...this.model.codecs.values()].map((codec) =>
      codec.key === 'payloadHash' ? payloadHash('given') : sql`given.${sql.identifier(codec.column.name)}`,
    );
    return sql`select ${sql.join(columns, sql`, `)} from ${rowsArgument(this.model, key, 'given')}`;
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
}
