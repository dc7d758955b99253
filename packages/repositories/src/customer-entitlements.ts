import type { QZPaySourceType } from '@qzpay/core';
import type { QZPayCustomerEntitlementInsert, QZPayCustomerEntitlementRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedFirst, checkedLimit } from './pages.js';
import { QZPayRepository } from './repository.js';
import type { NewRow } from './row-types.js';
import { argument, type StatementSource, typedArgument } from './statements.js';

/** A new grant. Without `expiresAt` it lasts for ever, without `source` it is a manual one. */
export type QZPayNewGrant = NewRow<QZPayCustomerEntitlementInsert, 'customerId' | 'entitlementKey', 'livemode'>;

/**
 * Grants of entitlements to customers, one row per source: access lasts while any of them does. A grant is valid before
 * its expiry and no longer at that instant.
 */
export class QZPayCustomerEntitlementsRepository extends QZPayRepository<QZPayCustomerEntitlementRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'customerEntitlements',
      updatable: [],
      filters: equalityFilters(
        'id',
        'customerId',
        'entitlementKey',
        'source',
        'sourceId',
        'grantedAt',
        'expiresAt',
        'createdAt',
        'updatedAt',
      ),
      defaults: { source: 'manual' },
    });
  }

  /**
   * Stores the grant and returns it as it is now. A grant that the source has given before, expired or not, is extended
   * instead: it keeps `grantedAt` and the later expiry, where never is the latest. One row per customer, key and source
   * remains, however many callers grant at once.
   *
   * @throws QZPayNotFoundError when the customer does not exist in this mode.
   */
  async grant(grant: QZPayNewGrant): Promise<QZPayCustomerEntitlementRow> {
    const statement = this.fixed('grant', () => {
      const { livemode, customerId, entitlementKey, source, sourceId, expiresAt } =
        this.context.tables.customerEntitlements;
      const key = [livemode, customerId, entitlementKey, source, sourceId].map(({ name }) => sql.identifier(name));
      // `greatest` passes nulls over, and here null is the greatest of all.
      const onConflict = sql`(${sql.join(key, sql`, `)}) do update set
            expires_at = case when ${expiresAt} is not null and excluded.expires_at is not null
              then greatest(${expiresAt}, excluded.expires_at) end,
            updated_at = excluded.updated_at`;
      return this.changing(this.insertion({ onConflict, upserts: true }));
    });
    const complete = this.complete({ ...grant, grantedAt: grant.grantedAt ?? this.context.clock() });
    const [row] = await this.run(statement, complete);
    return row as QZPayCustomerEntitlementRow;
  }

  /** Ends all grants of the key to the customer, whatever their source; returns how many there were. */
  revoke(customerId: string, entitlementKey: string): Promise<number> {
    return this.#deleteBy({ customerId, entitlementKey });
  }

  /** Ends all grants of one source, across customers; returns how many there were. */
  revokeBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#deleteBy({ source, sourceId });
  }

  /** Whether the customer has an unexpired grant of the key. */
  async check(customerId: string, entitlementKey: string): Promise<boolean> {
    if (!this.holds({ customerId, entitlementKey })) return false;
    const statement = this.fixed('check', () => ({
      source: sql`select 1 from ${this.model.table} where ${this.#unexpired()} and ${this.equals('customerId')} and ${this.equals('entitlementKey')} limit 1`,
      decode: () => true,
    }));
    return (await this.run(statement, { customerId, entitlementKey, now: this.context.clock() })).length > 0;
  }

  /** The unexpired grant of the key that lasts longest, or `null`. */
  async findActive(customerId: string, entitlementKey: string): Promise<QZPayCustomerEntitlementRow | null> {
    if (!this.holds({ customerId, entitlementKey })) return null;
    const statement = this.fixed('find_active', () =>
      this.select(
        sql`${this.#unexpired()} and ${this.equals('customerId')} and ${this.equals('entitlementKey')}`,
        sql`order by ${this.#longestFirst()} limit 1`,
      ),
    );
    const [row] = await this.run(statement, { customerId, entitlementKey, now: this.context.clock() });
    return row ?? null;
  }

  /** What the customer has access to, by key: of several unexpired grants of a key the one that lasts longest. */
  async findActiveByCustomerId(customerId: string): Promise<QZPayCustomerEntitlementRow[]> {
    if (!this.holds({ customerId })) return [];
    const statement = this.fixed('find_active_by_customer_id', () => {
      const { entitlementKey } = this.context.tables.customerEntitlements;
      return {
        source: sql`select distinct on (${entitlementKey}) ${this.projection.select} from ${this.model.table}
          where ${this.#unexpired()} and ${this.equals('customerId')} order by ${entitlementKey}, ${this.#longestFirst()}`,
        decode: this.projection.decode,
      };
    });
    return this.run(statement, { customerId, now: this.context.clock() });
  }

  /** All grants to the customer, expired ones and those of every source included, by key and age. */
  findByCustomerId(customerId: string): Promise<QZPayCustomerEntitlementRow[]> {
    const { entitlementKey, grantedAt, id } = this.context.tables.customerEntitlements;
    return this.findAllBy({ customerId }, { name: 'by_key', by: sql`${entitlementKey}, ${grantedAt}, ${id}` });
  }

  /**
   * The customers with an unexpired grant of the key, by id, at most `first` of them (default 100). To continue, pass the
   * last id of the page before as `after`.
   *
   * @throws QZPayValidationError for a `first` outside 1…10 000.
   */
  async findCustomerIdsByKey(
    entitlementKey: string,
    { first, after }: { readonly first?: number | undefined; readonly after?: string | undefined } = {},
  ): Promise<string[]> {
    const limit = checkedFirst(first);
    if (!this.holds({ entitlementKey })) return [];
    const customerId = this.codec('customerId');
    const statement = this.fixed(`find_customer_ids_by_key${after === undefined ? '' : '_after'}`, () => {
      const rest = after === undefined ? sql`` : sql` and ${customerId.column} > ${argument(customerId, 'after')}`;
      return {
        source: sql`select distinct ${customerId.column} from ${this.model.table}
          where ${this.#unexpired()} and ${this.equals('entitlementKey')}${rest}
          order by ${customerId.column} limit ${typedArgument('bigint', 'limit')}`,
        decode: (row) => row[0] as string,
      };
    });
    return this.run(statement, { entitlementKey, after, limit, now: this.context.clock() });
  }

  /** All grants that expire from `start` on and before `end`, soonest first. */
  findExpiring({ start, end }: { readonly start: Date; readonly end: Date }): Promise<QZPayCustomerEntitlementRow[]> {
    const { column } = this.codec('expiresAt');
    const statement = this.fixed('find_expiring', () => {
      const from = argument(this.codec('expiresAt'), 'start');
      const to = argument(this.codec('expiresAt'), 'end');
      return this.select(
        sql`${this.visible()} and ${column} >= ${from} and ${column} < ${to}`,
        sql`order by ${column}, ${this.codec('id').column}`,
      );
    });
    return this.run(statement, { start, end });
  }

  /**
   * Removes grants that have expired, those that expired first before others, at most `limit` of them (default 1000), and
   * returns how many: call it again until it removes fewer. A grant that is being extended meanwhile stays.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async purgeExpired({ limit }: { readonly limit?: number | undefined } = {}): Promise<number> {
    const batch = checkedLimit(limit, 'limit', 1000);
    const statement = this.fixed('purge_expired', () => {
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const { id, expiresAt } = this.context.tables.customerEntitlements;
      return this.#countOfRemoved(
        sql`${this.equals('livemode')} and ${id} = any(array(
          select ${id} from ${this.model.table} where ${this.visible()} and ${expiresAt} <= ${argument(this.codec('expiresAt'), 'now')}
          order by ${expiresAt}, ${id} limit ${typedArgument('bigint', 'limit')} for update skip locked
        ))`,
        'purge',
      );
    });
    const [removed] = await this.run(statement, { limit: batch, now: this.context.clock() });
    return removed ?? 0;
  }

  async #deleteBy(values: Readonly<Record<string, string>>): Promise<number> {
    if (!this.holds(values)) return 0;
    const keys = Object.keys(values);
    const statement = this.fixed(`delete_by(${keys.join(',')})`, () => this.#countOfRemoved(this.where(...keys)));
    const [removed] = await this.run(statement, values);
    return removed ?? 0;
  }

  /** Counts in the database what a delete removes: sources can have very many rows. */
  #countOfRemoved(where: SQL, action?: string): StatementSource<number> {
    return {
      source: sql`with ${this.changed('removed', this.removal(where, action), sql`1`)} select count(*) from removed`,
      decode: (row) => Number(row[0]),
    };
  }

  #unexpired(): SQL {
    const expiresAt = this.codec('expiresAt');
    return sql`${this.visible()} and (${expiresAt.column} is null or ${expiresAt.column} > ${argument(expiresAt, 'now')})`;
  }

  #longestFirst(): SQL {
    const { expiresAt, grantedAt, id } = this.context.tables.customerEntitlements;
    return sql`${expiresAt} desc nulls first, ${grantedAt}, ${id}`;
  }
}
