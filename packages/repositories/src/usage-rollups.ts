import {
  type QZPayUsageDifference,
  type QZPayUsagePeriod,
  type QZPayUsagePoint,
  type QZPayUsageQuery,
  type QZPayUsageTotal,
  type QZPayUsageVerification,
  type QZPayUsageVerificationScope,
  QZPayValidationError,
} from '@qzpay/core';
import { type SQL, sql } from 'drizzle-orm';
import type { ColumnCodec } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { argument, type StatementSource, type Values } from './statements.js';
import { modelOf, type TableModel } from './table-model.js';
import { assertMember, hourOf, MOVED, PERIODS, rollUp, SIGNED } from './usage-sums.js';

const HOUR = 3_600_000;
const MAX_DIFFERENCES = 100;
/** Instants are between the years 1 and 9999. */
const FIRST_INSTANT = new Date('0001-01-01T00:00:00.000Z');
const LAST_INSTANT = new Date('9999-12-31T23:59:59.999Z');

/**
 * Usage added up by hour, per customer and limit key: increments less decrements. A `set` is not in the sums; a total finds
 * the last one among the records and goes on from there.
 *
 * Every method but {@link rebuild} is one statement, so that sums and records are always of one moment.
 */
export class QZPayUsageRollupsRepository {
  readonly #context: QZPayRepositoryContext;
  readonly #records: TableModel;
  readonly #rollups: TableModel;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
    this.#records = modelOf(context, 'usageRecords');
    this.#rollups = modelOf(context, 'usageRollups');
  }

  /** What the customer used in the window: from its last `set` on, or from its start; 0 without records. */
  async total(query: QZPayUsageQuery): Promise<QZPayUsageTotal> {
    const build = () =>
      this.#totals(
        () => sql`true`,
        (sets) => sql`select true as part, occurred_at, id ${sets} order by occurred_at desc, id desc limit 1`,
        (_part, total) => total,
      );
    const [total] = await this.#sums('total', build, query);
    return total ?? { total: 0, records: 0 };
  }

  /**
   * The window by period in UTC, ascending, each like {@link total}; periods without records are left out.
   *
   * @throws QZPayValidationError for an unknown period.
   */
  async series(query: QZPayUsageQuery, period: QZPayUsagePeriod): Promise<QZPayUsagePoint[]> {
    assertMember(PERIODS, period, 'period');
    const part = (instant: SQL) => sql`date_trunc('${sql.raw(period)}', ${instant}, 'UTC')`;
    const hour = this.#rollups.codec('hour');
    const build = () =>
      this.#totals(
        part,
        (sets) => sql`select distinct on (part) ${part(sql`occurred_at`)} as part, occurred_at, id ${sets}
          order by part, occurred_at desc, id desc`,
        (start, total) => ({ start: hour.decode(start) as Date, ...total }),
      );
    return this.#sums(`series_by_${period}`, build, query);
  }

  /** Compares the sums with the records. Reads every record in scope, and tells at most 100 differences. */
  async verify(scope: QZPayUsageVerificationScope = {}): Promise<QZPayUsageVerification> {
    const { customerId, start = FIRST_INSTANT, end = LAST_INSTANT } = scope;
    this.#assertWindow(start, end);
    const nothing = { agrees: true, hours: 0, records: 0, differing: 0, differences: [] };
    if (customerId !== undefined && !this.#records.codec('customerId').holds(customerId)) return nothing;
    const firstHour = hourAtOrAfter(start);
    // The last one, not the one after it: that may be of the year 10000.
    const lastHour = new Date(hourAtOrAfter(end).getTime() - HOUR);
    if (firstHour > lastHour) return nothing;
    const values = { customerId, firstHour, lastHour };
    const rows = await this.#run(
      `verify${customerId === undefined ? '' : '_customer'}`,
      () => ({ source: this.#comparison(customerId !== undefined), decode: (row) => this.#difference(row) }),
      values,
    );
    const summary = rows[0]?.summary ?? nothing;
    return { ...summary, differences: rows.flatMap(({ difference }) => difference ?? []) };
  }

  /**
   * Makes the sums anew from the records: after {@link QZPayUsageIngestionRepository} wrote records only, or after a
   * difference that somebody's SQL has made. Usage cannot be written meanwhile. One transaction of three statements, or
   * a savepoint of the caller's.
   */
  async rebuild(): Promise<void> {
    const { runner, scope, clock } = this.#context;
    await runner.transactions.transaction(
      async (bound) => {
        const rollups = new QZPayUsageRollupsRepository({ ...this.#context, scope: bound });
        await rollups.#command('lock', () => sql`lock table ${this.#rollups.table} in share row exclusive mode`);
        await rollups.#command('clear', () => sql`delete from ${this.#rollups.table} where ${this.#inMode()}`);
        const records = sql`(select * from ${this.#records.table} where ${this.#inMode()}) as records`;
        await rollups.#command('fill', () => rollUp(this.#rollups, records), { updatedAt: clock() });
      },
      {},
      scope,
    );
  }

  /**
   * Totals by `part`, which no hour straddles: sums of whole hours, records of the hours that the window cuts, and records
   * of the hour of the part's last `set`, from it on.
   */
  #totals<Result>(
    part: (instant: SQL) => SQL,
    lastSets: (sets: SQL) => SQL,
    decode: (part: unknown, total: QZPayUsageTotal) => Result,
  ): StatementSource<Result> {
    const records = this.#records.table;
    const at = (key: string) => this.#instant(key);
    const cut = (from: string, to: string) =>
      sql`select ${hourOf(sql`occurred_at`)}, ${MOVED}, 1 from ${records}
        where ${this.#ofLimit()} and occurred_at >= ${at(from)} and occurred_at < ${at(to)}`;
    return {
      source: sql`with last_sets as materialized (
          ${lastSets(sql`from ${records} where ${this.#ofLimit()} and action = 'set'
            and occurred_at >= ${at('start')} and occurred_at < ${at('end')}`)}
        ), hours as (
          select hour, quantity, events from ${this.#rollups.table}
            where ${this.#ofLimit()} and hour >= ${at('wholeFrom')} and hour < ${at('wholeTo')}
          union all ${cut('start', 'wholeFrom')}
          union all ${cut('wholeTo', 'end')}
        ), pieces as (
          select ${part(sql`hour`)} as part, case when last_sets.part is null
              or hour > ${hourOf(sql`last_sets.occurred_at`)} then quantity else 0 end as quantity, events
            from hours left join last_sets on last_sets.part = ${part(sql`hour`)}
          union all
          select last_sets.part, ${SIGNED}, 0 from last_sets join ${records} as later on ${this.#ofLimit()}
            and later.occurred_at >= last_sets.occurred_at and later.occurred_at < ${at('end')}
            and later.occurred_at < ${hourOf(sql`last_sets.occurred_at`)} + interval '1 hour'
            and (later.occurred_at, later.id) >= (last_sets.occurred_at, last_sets.id)
        ) select part, sum(quantity), sum(events) from pieces group by part having sum(events) > 0 order by part`,
      decode: ([value, total, events]) => decode(value, { total: Number(total), records: Number(events) }),
    };
  }

  async #sums<Result>(name: string, build: () => StatementSource<Result>, query: QZPayUsageQuery): Promise<Result[]> {
    const { customerId, limitKey, start, end } = query;
    for (const field of ['customerId', 'limitKey'] as const) {
      if (typeof query[field] !== 'string') throw new QZPayValidationError(`${field} must be text`, field);
    }
    this.#assertWindow(start, end);
    if (!this.#records.codec('customerId').holds(customerId) || !this.#records.codec('limitKey').holds(limitKey)) {
      return [];
    }
    if (start.getTime() === end.getTime()) return [];
    const wholeFrom = new Date(Math.min(hourAtOrAfter(start).getTime(), end.getTime()));
    const wholeTo = new Date(Math.max(hourAtOrBefore(end).getTime(), wholeFrom.getTime()));
    return this.#run(name, build, { customerId, limitKey, start, end, wholeFrom, wholeTo });
  }

  #comparison(ofOneCustomer: boolean): SQL {
    const one = ofOneCustomer ? sql` and customer_id = ${argument(this.#records.codec('customerId'))}` : sql``;
    const during = (instant: SQL) =>
      sql`${instant} >= ${this.#instant('firstHour')} and ${instant} < ${this.#instant('lastHour')}::timestamptz + interval '1 hour'`;
    return sql`with facts as (
        select customer_id, limit_key, ${hourOf(sql`occurred_at`)} as hour, sum(${MOVED}) as quantity, count(*) as events
        from ${this.#records.table} where ${this.#inMode()}${one} and ${during(sql`occurred_at`)} group by 1, 2, 3
      ), sums as (
        select customer_id, limit_key, hour, quantity, events
        from ${this.#rollups.table} where ${this.#inMode()}${one} and ${during(sql`hour`)}
      ), compared as materialized (
        select customer_id, limit_key, hour,
          coalesce(facts.quantity, 0) as fact_quantity, coalesce(facts.events, 0) as fact_events,
          coalesce(sums.quantity, 0) as sum_quantity, coalesce(sums.events, 0) as sum_events
        from facts full join sums using (customer_id, limit_key, hour)
      ), different as (
        select * from compared where fact_quantity <> sum_quantity or fact_events <> sum_events
        order by customer_id, limit_key, hour limit ${sql.raw(String(MAX_DIFFERENCES))}
      ) select summary.*, different.* from (
        select count(*), coalesce(sum(fact_events), 0),
          count(*) filter (where fact_quantity <> sum_quantity or fact_events <> sum_events) from compared
      ) as summary left join different on true order by customer_id, limit_key, hour`;
  }

  #difference([hours, records, differing, customerId, limitKey, hour, ...sums]: readonly unknown[]) {
    const [factQuantity, facts, sumQuantity, events] = sums.map(Number) as [number, number, number, number];
    const difference: QZPayUsageDifference | undefined =
      customerId === null
        ? undefined
        : {
            customerId: customerId as string,
            limitKey: limitKey as string,
            hour: this.#rollups.codec('hour').decode(hour) as Date,
            facts: { quantity: factQuantity, records: facts },
            rollup: { quantity: sumQuantity, records: events },
          };
    const summary = {
      agrees: Number(differing) === 0,
      hours: Number(hours),
      records: Number(records),
      differing: Number(differing),
    };
    return { summary, difference };
  }

  #inMode(): SQL {
    return sql`livemode = ${argument(this.#records.codec('livemode'))}`;
  }

  #ofLimit(): SQL {
    const equals = (codec: ColumnCodec) => sql`${sql.identifier(codec.column.name)} = ${argument(codec)}`;
    return sql`${this.#inMode()} and ${equals(this.#records.codec('customerId'))} and ${equals(this.#records.codec('limitKey'))}`;
  }

  #instant(key: string): SQL {
    return argument(this.#records.codec('timestamp'), key);
  }

  /** A swapped window would pass for one in which nothing was used. */
  #assertWindow(start: Date, end: Date): void {
    this.#assertInstant(start, 'start');
    this.#assertInstant(end, 'end');
    if (end < start) throw new QZPayValidationError('end must not be before start', 'end');
  }

  #assertInstant(value: Date, field: string): void {
    if (this.#records.codec('timestamp').holds(value)) return;
    throw new QZPayValidationError(`${field} must be a Date between the years 1 and 9999`, field);
  }

  async #command(name: string, source: () => SQL, values: Values = {}): Promise<void> {
    await this.#run(name, () => ({ source: source(), decode: () => undefined }), values);
  }

  #run<Result>(name: string, build: () => StatementSource<Result>, values: Values): Promise<Result[]> {
    const { runner, livemode, scope } = this.#context;
    const statement = runner.statement(`usageRollups.${name}`, build);
    return runner.run(statement, { ...values, livemode }, this.#rollups, scope);
  }
}

const hourAtOrBefore = (instant: Date): Date => new Date(Math.floor(instant.getTime() / HOUR) * HOUR);
const hourAtOrAfter = (instant: Date): Date => new Date(Math.ceil(instant.getTime() / HOUR) * HOUR);
