import { QZPayNotFoundError, type QZPaySourceType } from '@qzpay/core';
import type { QZPayCustomerLimitInsert, QZPayCustomerLimitRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { checkedFirst, checkedLimit } from './pages.js';
import type { NewRow } from './row-types.js';
import { argument, typedArgument, type Values } from './statements.js';
import { QZPayTableRepository } from './table-repository.js';

/** A customer's cap. Without `resetAt` the counter is never due for a reset, without `source` the cap is a manual one. */
export type QZPayNewCustomerLimit = NewRow<
  QZPayCustomerLimitInsert,
  'customerId' | 'limitKey' | 'maxValue',
  'livemode' | 'currentValue' | 'createdAt' | 'updatedAt'
>;

/**
 * Caps of customers and what they have used; one row per customer, key and mode, which has no id of its own.
 *
 * Every method is one round trip, and every change one statement: the database does the sums, so that of simultaneous
 * changes each one counts.
 */
export class QZPayCustomerLimitsRepository extends QZPayTableRepository<QZPayCustomerLimitRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, 'customerLimits');
  }

  /**
   * Sets the cap and returns the row as it is now. Of an existing row all is replaced but what has been used. One row
   * remains, however many callers set at once.
   *
   * @throws QZPayNotFoundError when the customer does not exist in this mode.
   */
  async set(limit: QZPayNewCustomerLimit): Promise<QZPayCustomerLimitRow> {
    const now = this.context.clock();
    const statement = this.fixed('set', () =>
      this.changing(
        this.insertion({
          onConflict: sql`(livemode, customer_id, limit_key) do update set max_value = excluded.max_value,
            reset_at = excluded.reset_at, source = excluded.source, source_id = excluded.source_id,
            updated_at = excluded.updated_at`,
          upserts: true,
        }),
      ),
    );
    const values = { ...limit, source: limit.source ?? 'manual', currentValue: 0, createdAt: now, updatedAt: now };
    const [row] = await this.run(statement, values);
    return row as QZPayCustomerLimitRow;
  }

  /**
   * Adds to what has been used, or takes away when negative, and returns the row as it is now. Neither the cap nor 0
   * bounds it.
   *
   * @throws QZPayNotFoundError when the customer has no such limit.
   */
  increment(customerId: string, limitKey: string, by = 1): Promise<QZPayCustomerLimitRow> {
    const sum = () => sql`current_value = current_value + ${this.#argument('currentValue', 'by')}`;
    return this.#change('increment', ['currentValue'], sum, customerId, limitKey, { by });
  }

  /**
   * Takes away from what has been used, but not below 0, and returns the row as it is now.
   *
   * @throws QZPayNotFoundError when the customer has no such limit.
   */
  decrement(customerId: string, limitKey: string, by = 1): Promise<QZPayCustomerLimitRow> {
    // A counter that is below 0 already must not rise.
    const difference = () =>
      sql`current_value = greatest(current_value - ${this.#argument('currentValue', 'by')}, least(current_value, 0))`;
    return this.#change('decrement', ['currentValue'], difference, customerId, limitKey, { by });
  }

  /**
   * Sets what has been used back to 0, and when that is due again (default: never); returns the row as it is now.
   *
   * @throws QZPayNotFoundError when the customer has no such limit.
   */
  reset(customerId: string, limitKey: string, nextResetAt: Date | null = null): Promise<QZPayCustomerLimitRow> {
    const zero = () => sql`current_value = 0, reset_at = ${this.#argument('resetAt', 'nextResetAt')}`;
    return this.#change('reset', ['currentValue', 'resetAt'], zero, customerId, limitKey, { nextResetAt });
  }

  /**
   * Resets limits whose `resetAt` has come, those that are due longest first, at most `limit` of them (default 1000), and
   * returns them: call it again until it returns fewer. They are not due again before the caller says when, here or with
   * {@link set}. Of several callers at once each gets other rows.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async resetDue(
    options: { readonly nextResetAt?: Date | null | undefined; readonly limit?: number | undefined } = {},
  ): Promise<QZPayCustomerLimitRow[]> {
    const statement = this.fixed('reset_due', () => {
      const { customerId, limitKey } = this.context.tables.customerLimits;
      const due = sql`due as materialized (
          select ${customerId}, ${limitKey} from ${this.model.table}
          where ${this.visible()} and ${this.compares('resetAt', '<=', 'now')}
          order by reset_at limit ${typedArgument('bigint', 'limit')} for update skip locked
        )`;
      const set = sql`current_value = 0, reset_at = ${this.#argument('resetAt', 'nextResetAt')},
          updated_at = ${this.#argument('updatedAt', 'now')}`;
      // The array keeps the plan at probes whatever the limit: with the join alone it may read the whole table.
      const where = sql`${this.equals('livemode')} and ${customerId} = any(array(select customer_id from due))
          and ${customerId} = due.customer_id and ${limitKey} = due.limit_key`;
      const reset = this.modification(['currentValue', 'resetAt'], set, where);
      return this.changing({ ...reset, from: sql`due` }, due);
    });
    const limit = checkedLimit(options.limit, 'limit', 1000);
    return this.run(statement, { nextResetAt: options.nextResetAt, limit, now: this.context.clock() });
  }

  /** Removes the limit and what has been used of it. Silent when there is none. */
  async delete(customerId: string, limitKey: string): Promise<void> {
    await this.#deleteBy({ customerId, limitKey });
  }

  /** Removes all limits of one source, across customers; returns how many there were. */
  deleteBySource(source: QZPaySourceType, sourceId: string): Promise<number> {
    return this.#deleteBy({ source, sourceId });
  }

  /** The limit as stored, or `null`. */
  async find(customerId: string, limitKey: string): Promise<QZPayCustomerLimitRow | null> {
    if (!this.holds({ customerId, limitKey })) return null;
    const statement = this.fixed('find', () => this.select(this.where('customerId', 'limitKey')));
    const [row] = await this.run(statement, { customerId, limitKey });
    return row ?? null;
  }

  /** All limits of the customer by key, ascending. */
  async findByCustomerId(customerId: string): Promise<QZPayCustomerLimitRow[]> {
    if (!this.holds({ customerId })) return [];
    const statement = this.fixed('find_by_customer_id', () =>
      this.select(this.where('customerId'), sql`order by limit_key`),
    );
    return this.run(statement, { customerId });
  }

  /**
   * The limits of this key by customer, at most `first` of them (default 100). To continue, pass the customer of the last
   * row of the page before as `after`.
   *
   * @throws QZPayValidationError for a `first` outside 1…10 000.
   */
  async findByKey(
    limitKey: string,
    { first, after }: { readonly first?: number | undefined; readonly after?: string | undefined } = {},
  ): Promise<QZPayCustomerLimitRow[]> {
    const limit = checkedFirst(first);
    if (!this.holds({ limitKey })) return [];
    const statement = this.fixed(`find_by_key${after === undefined ? '' : '_after'}`, () => {
      const rest = after === undefined ? sql`` : sql` and ${this.compares('customerId', '>', 'after')}`;
      return this.select(
        sql`${this.where('limitKey')}${rest}`,
        sql`order by customer_id limit ${typedArgument('bigint', 'limit')}`,
      );
    });
    return this.run(statement, { limitKey, after, limit });
  }

  /** How many customers have a limit of this key. */
  async countByKey(limitKey: string): Promise<number> {
    if (!this.holds({ limitKey })) return 0;
    const build = () => sql`select count(*) from ${this.model.table} where ${this.where('limitKey')}`;
    return this.#number('count_by_key', build, { limitKey });
  }

  async #change(
    name: string,
    fields: readonly string[],
    assignments: () => SQL,
    customerId: string,
    limitKey: string,
    values: Values,
  ): Promise<QZPayCustomerLimitRow> {
    if (this.holds({ customerId, limitKey })) {
      const statement = this.fixed(name, () => {
        const set = sql`${assignments()}, updated_at = ${this.#argument('updatedAt', 'now')}`;
        return this.changing(this.modification(fields, set, this.where('customerId', 'limitKey')));
      });
      const [row] = await this.run(statement, { ...values, customerId, limitKey, now: this.context.clock() });
      if (row !== undefined) return row;
    }
    throw new QZPayNotFoundError(this.model.entity, `${customerId}:${limitKey}`);
  }

  async #deleteBy(values: Values): Promise<number> {
    if (!this.holds(values)) return 0;
    const keys = Object.keys(values);
    // Counted in the database: a source can have very many rows.
    const build = () =>
      sql`with ${this.changed('removed', this.removal(this.where(...keys)), sql`1`)} select count(*) from removed`;
    return this.#number(`delete_by(${keys.join(',')})`, build, values);
  }

  #argument(column: keyof QZPayCustomerLimitRow, name: string): SQL {
    return argument(this.codec(column), name);
  }

  async #number(name: string, build: () => SQL, values: Values): Promise<number> {
    const statement = this.fixed(name, () => ({ source: build(), decode: (row) => Number(row[0]) }));
    const [number] = await this.run(statement, values);
    return number ?? 0;
  }
}
