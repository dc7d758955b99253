import {
  QZPayConflictError,
  type QZPayUsagePeriod,
  type QZPayUsagePoint,
  type QZPayUsageQuery,
  type QZPayUsageTotal,
  type QZPayUsageWindow,
} from '@qzpay/core';
import type { QZPayUsageRecordInsert, QZPayUsageRecordRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { Maintenance } from './maintenance.js';
import { checkedLimit, QZPAY_MAX_LIMIT } from './pages.js';
import { QZPayRepository } from './repository.js';
import type { RowChange } from './row-changes.js';
import type { NewRow } from './row-types.js';
import { argument, type StatementSource, typedArgument } from './statements.js';
import { modelOf, type TableModel, tableProjection } from './table-model.js';
import { assertMember, PERIODS, rollUp, SIGNED } from './usage-sums.js';

export type QZPayNewUsageRecord = NewRow<
  QZPayUsageRecordInsert,
  'customerId' | 'limitKey' | 'quantity',
  'livemode' | 'createdAt'
>;

const AGGREGATIONS = ['sum', 'max', 'last', 'count'] as const;

/**
 * How records become one number: `sum` adds up from the last `set` on; `max` is the largest and `last` the latest
 * quantity, negative for a decrement; `count` is how many records there are.
 */
export type QZPayUsageAggregation = (typeof AGGREGATIONS)[number];

/** Metered usage. Append-only: a record is never changed, and only retention removes it. */
export class QZPayUsageRecordsRepository extends QZPayRepository<QZPayUsageRecordRow> {
  readonly #rollups: TableModel;

  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'usageRecords',
      updatable: [],
      filters: equalityFilters(
        'id',
        'customerId',
        'subscriptionId',
        'limitKey',
        'action',
        'timestamp',
        'idempotencyKey',
        'createdAt',
      ),
      defaults: { action: 'increment', metadata: {} },
    });
    this.#rollups = modelOf(context, 'usageRollups');
  }

  /**
   * Stores the record and returns it. Where the customer has used the idempotency key before, nothing is stored and the
   * first record comes back, however many callers use it at once; only then it takes a second round trip.
   *
   * The hourly sum moves in the same statement. With `movesLimit` the customer's limit of the key, if there is one, moves too.
   *
   * @throws QZPayConflictError `already_exists` when the id is in use.
   */
  async record(
    record: QZPayNewUsageRecord,
    { movesLimit = false }: { readonly movesLimit?: boolean | undefined } = {},
  ): Promise<QZPayUsageRecordRow> {
    const complete = this.complete({ ...record, timestamp: record.timestamp ?? this.context.clock() });
    const { customerId, idempotencyKey } = record;
    for (;;) {
      const [row] = await this.run(this.#record(movesLimit), complete);
      if (row !== undefined) return row;
      const first =
        typeof idempotencyKey === 'string' ? await this.findByIdempotencyKey(customerId, idempotencyKey) : null;
      if (first !== null) return first;
      if ((await this.findById(complete['id'] as string)) !== null) {
        throw new QZPayConflictError(`${this.model.entity} already exists`, 'already_exists');
      }
      // The record in the way was purged between the two statements, so this one is the first again.
    }
  }

  /** The customer's record of this idempotency key, or `null`. */
  findByIdempotencyKey(customerId: string, idempotencyKey: string): Promise<QZPayUsageRecordRow | null> {
    return this.findOneBy({ customerId, idempotencyKey });
  }

  /** All records of the window, oldest first. */
  async findByWindow(query: QZPayUsageQuery): Promise<QZPayUsageRecordRow[]> {
    if (!this.#holds(query)) return [];
    const statement = this.fixed('find_by_window', () => this.select(this.#inWindow(), sql`order by occurred_at, id`));
    return this.run(statement, { ...query });
  }

  /** The last record before this instant that set the value, or `null`. */
  async findLastSet(customerId: string, limitKey: string, before: Date): Promise<QZPayUsageRecordRow | null> {
    if (!this.#holds({ customerId, limitKey })) return null;
    const statement = this.fixed('find_last_set', () =>
      this.select(
        sql`${this.#ofLimit()} and action = 'set' and occurred_at < ${this.#instant('before')}`,
        sql`order by occurred_at desc, id desc limit 1`,
      ),
    );
    const [row] = await this.run(statement, { customerId, limitKey, before });
    return row ?? null;
  }

  /**
   * The records of the window as one number, `sum` unless asked otherwise; 0 when there is none. What a `set` before the
   * window says does not count.
   *
   * @throws QZPayValidationError for an unknown aggregation.
   */
  async total(query: QZPayUsageQuery, aggregation: QZPayUsageAggregation = 'sum'): Promise<number> {
    assertMember(AGGREGATIONS, aggregation, 'aggregation');
    if (!this.#holds(query)) return 0;
    const statement = this.fixed(`total_${aggregation}`, () => ({
      source: this.#total(aggregation),
      decode: (row) => Number(row[0]),
    }));
    const [total] = await this.run(statement, { ...query });
    return total ?? 0;
  }

  /** Everything that the customer used in the window, by limit key, each like {@link total}. */
  async totalsByLimitKey(
    query: QZPayUsageWindow & { readonly customerId: string },
  ): Promise<(QZPayUsageTotal & { readonly limitKey: string })[]> {
    if (!this.#holds({ customerId: query.customerId })) return [];
    const statement = this.fixed('totals_by_limit_key', () =>
      this.#totalsBy(
        sql`limit_key`,
        sql`${this.visible()} and ${this.equals('customerId')} and ${this.#during()}`,
        (part, totals) => ({ limitKey: part as string, ...totals }),
      ),
    );
    return this.run(statement, { ...query });
  }

  /**
   * The window by hour, day, week (from Monday) or month in UTC, each like {@link total}; periods without records are
   * left out. `start` is the first instant of the period, also where the window begins later.
   *
   * @throws QZPayValidationError for an unknown period.
   */
  async totalsByPeriod(query: QZPayUsageQuery, period: QZPayUsagePeriod = 'day'): Promise<QZPayUsagePoint[]> {
    assertMember(PERIODS, period, 'period');
    if (!this.#holds(query)) return [];
    const codec = this.codec('timestamp');
    const statement = this.fixed(`totals_by_${period}`, () =>
      this.#totalsBy(sql`date_trunc('${sql.raw(period)}', occurred_at, 'UTC')`, this.#inWindow(), (part, totals) => ({
        start: codec.decode(part) as Date,
        ...totals,
      })),
    );
    return this.run(statement, { ...query });
  }

  /** The limit keys of which the customer has ever used something, ascending. As fast with many records as with few. */
  async findLimitKeys(customerId: string): Promise<string[]> {
    if (!this.#holds({ customerId })) return [];
    const statement = this.fixed('find_limit_keys', () => {
      // Leaps from key to key along the index: `distinct` would read every record.
      const next = (rest: SQL) =>
        sql`select limit_key from ${this.model.table} where ${this.visible()} and ${this.equals('customerId')}${rest} order by limit_key limit 1`;
      return {
        source: sql`with recursive keys as (
            (${next(sql``)})
            union all
            select (${next(sql` and limit_key > keys.limit_key`)}) from keys where keys.limit_key is not null
          ) select limit_key from keys where limit_key is not null`,
        decode: (row) => row[0] as string,
      };
    });
    return this.run(statement, { customerId });
  }

  /**
   * Retention: removes records of usage before this instant, at most `limit` of them (default 10 000), and returns how
   * many: call it again until it removes fewer. One transaction of four statements at most, or a savepoint of the
   * caller's, with the guard of append-only records lifted as long as it lasts.
   *
   * The hourly sums go down with the records: totals stay those of the records that there are. The idempotency keys go
   * as well, so a record that comes again is a new one.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async purgeBefore(before: Date, { limit }: { readonly limit?: number | undefined } = {}): Promise<number> {
    const batch = checkedLimit(limit, 'limit', QZPAY_MAX_LIMIT);
    return new Maintenance(this.context).run(async (context) => {
      const records = new QZPayUsageRecordsRepository(context);
      const values = { before, limit: batch, updatedAt: this.context.clock() };
      const [removed = 0] = await records.run(this.#removeBefore(), values);
      if (removed < batch) await records.run(this.#removeEmptySums(), { before });
      return removed;
    });
  }

  #record(movesLimit: boolean) {
    return this.fixed(movesLimit ? 'record_and_move' : 'record', () => {
      const projection = tableProjection<QZPayUsageRecordRow>(this.model, 'recorded');
      const moved = movesLimit ? sql`, ${this.changed('moved', this.#moveLimit(), sql`1`)}` : sql``;
      // No conflict target: a repetition may collide by its id or by its idempotency key, whichever comes first.
      const recorded = this.insertion({ onConflict: sql`do nothing` });
      return {
        source: sql`with ${this.changed('recorded', recorded)}, rolled as (
            ${rollUp(this.#rollups, sql`recorded`)}
          )${moved} select ${projection.select} from recorded`,
        decode: projection.decode,
      };
    });
  }

  #moveLimit(): RowChange {
    const { customerLimits: limits } = this.context.tables;
    return {
      kind: 'fed update',
      model: modelOf(this.context, 'customerLimits'),
      fields: ['currentValue'],
      statement: sql`update ${limits} set current_value = case recorded.action
            when 'set' then recorded.quantity
            when 'decrement' then current_value - recorded.quantity
            else current_value + recorded.quantity end,
          updated_at = recorded.created_at
        from recorded where ${limits.livemode} = recorded.livemode
          and ${limits.customerId} = recorded.customer_id and ${limits.limitKey} = recorded.limit_key`,
    };
  }

  #total(aggregation: QZPayUsageAggregation): SQL {
    const { table } = this.model;
    switch (aggregation) {
      case 'sum':
        return sql`with last_set as materialized (
            select occurred_at, id from ${table} where ${this.#inWindow()} and action = 'set'
            order by occurred_at desc, id desc limit 1
          ) select coalesce(sum(${SIGNED}), 0) from ${table} where ${this.#inWindow()}
            and occurred_at >= coalesce((select occurred_at from last_set), ${this.#instant('start')})
            and coalesce((occurred_at, id) >= (select occurred_at, id from last_set), true)`;
      case 'max':
        return sql`select coalesce(max(${SIGNED}), 0) from ${table} where ${this.#inWindow()}`;
      case 'last':
        return sql`select ${SIGNED} from ${table} where ${this.#inWindow()} order by occurred_at desc, id desc limit 1`;
      case 'count':
        return sql`select count(*) from ${table} where ${this.#inWindow()}`;
    }
  }

  /**
   * Totals of the records for each value of `part`, by that value. One pass over the records in order, however many there
   * are and however often they set a value.
   */
  #totalsBy<Result>(
    part: SQL,
    where: SQL,
    decode: (part: unknown, totals: QZPayUsageTotal) => Result,
  ): StatementSource<Result> {
    return {
      source: sql`with records as (
          select ${part} as part, ${SIGNED} as quantity, count(*) filter (where action = 'set') over (
            partition by ${part} order by occurred_at desc, id desc rows between unbounded preceding and 1 preceding
          ) as later_sets from ${this.model.table} where ${where}
        ) select part, sum(quantity) filter (where later_sets = 0), count(*) from records group by part order by part`,
      decode: ([value, total, records]) => decode(value, { total: Number(total), records: Number(records) }),
    };
  }

  #removeBefore() {
    return this.fixed('remove_before', () => ({
      source: sql`with old as materialized (
          select id from ${this.model.table} where ${this.visible()} and occurred_at < ${this.#instant('before')}
          limit ${typedArgument('bigint', 'limit')} for update skip locked
        ), removed as (
          delete from ${this.model.table} as records using old where records.livemode = ${argument(this.codec('livemode'))}
            and records.id = old.id returning records.*
        ), rolled as (
          ${rollUp(this.#rollups, sql`removed`, 'out')}
        ) select count(*) from removed`,
      decode: (row: readonly unknown[]) => Number(row[0]),
    }));
  }

  // Skips what is locked, so that a late event for one of these hours and this statement never wait for each other.
  #removeEmptySums() {
    return this.fixed('remove_empty_sums', () => ({
      source: sql`with empty as materialized (
          select ctid from ${this.#rollups.table} where livemode = ${argument(this.codec('livemode'))}
            and events = 0 and quantity = 0 and hour < ${this.#instant('before')} for update skip locked
        ) delete from ${this.#rollups.table} where ctid in (select ctid from empty)`,
      decode: () => undefined,
    }));
  }

  #ofLimit(): SQL {
    return sql`${this.visible()} and ${this.equals('customerId')} and ${this.equals('limitKey')}`;
  }

  #during(): SQL {
    return sql`occurred_at >= ${this.#instant('start')} and occurred_at < ${this.#instant('end')}`;
  }

  #inWindow(): SQL {
    return sql`${this.#ofLimit()} and ${this.#during()}`;
  }

  #instant(key: string): SQL {
    return argument(this.codec('timestamp'), key);
  }

  #holds({ customerId, limitKey }: { readonly customerId: string; readonly limitKey?: string }): boolean {
    return (
      this.codec('customerId').holds(customerId) && (limitKey === undefined || this.codec('limitKey').holds(limitKey))
    );
  }
}
