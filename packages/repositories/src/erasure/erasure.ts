import { QZPAY_PII_COLUMNS, type QZPayPiiColumn, type QZPayPiiReplacement } from '@qzpay/schema/tables';
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { QZPayRepositoryContext } from '../context.js';
import { Maintenance } from '../maintenance.js';
import { argument, type StatementSource, typedArgument, type Values } from '../statements.js';
import { keyColumnOf, modelOf, type TableModel } from '../table-model.js';
import { ofCustomer } from './customer-rows.js';

export type QZPayErasableTable = QZPayPiiColumn['table'];

/** How long a batch waits for rows that others hold, in milliseconds: meanwhile others wait for the batch. */
const LOCK_TIMEOUT = 2000;
const RETRIES = 3;

/**
 * Replaces personal data of one customer, table by table, by what the schema's list of columns says.
 *
 * Rows that hold nothing personal any more are found no more, so that every call goes on where another one stopped.
 */
export class QZPayErasureRepository {
  readonly #context: QZPayRepositoryContext;
  readonly #maintenance: Maintenance;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
    this.#maintenance = new Maintenance(context);
  }

  /** The tables with personal data of customers; the customer's own row is first. */
  get tables(): readonly QZPayErasableTable[] {
    const names = new Set(QZPAY_PII_COLUMNS.map(({ table }) => table));
    return ['customers' as const, ...names].filter(
      (table, at, all) => all.indexOf(table) === at && this.#ofCustomer(table) !== null,
    );
  }

  /** Whether there is or was such a customer. */
  async exists(customerId: string): Promise<boolean> {
    const model = modelOf(this.#context, 'customers');
    if (!model.codec('id').holds(customerId)) return false;
    const found = await this.#run(
      'exists',
      model,
      () => ({ source: sql`select 1 from ${model.table} where ${this.#ofCustomer('customers')}`, decode: () => true }),
      { customerId },
    );
    return found.length > 0;
  }

  /** How many rows of the table still hold personal data of the customer. */
  async count(table: QZPayErasableTable, customerId: string): Promise<number> {
    const model = modelOf(this.#context, table);
    const build = () => ({
      source: sql`select count(*) from ${model.table} where ${this.#pending(model)}`,
      decode: ([rows]: readonly unknown[]) => Number(rows),
    });
    const [count = 0] = await this.#run(`${table}.count`, model, build, { customerId });
    return count;
  }

  /** Keys of such rows, at most `limit`; locks nothing. */
  find(table: QZPayErasableTable, customerId: string, limit: number): Promise<string[]> {
    const model = modelOf(this.#context, table);
    const build = () => ({
      source: sql`select ${keyColumnOf(model)} from ${model.table} where ${this.#pending(model)} limit ${typedArgument('bigint', 'limit')}`,
      decode: ([key]: readonly unknown[]) => key as string,
    });
    return this.#run(`${table}.find`, model, build, { customerId, limit });
  }

  /**
   * Erases the rows with these keys as far as they are the customer's, in a transaction of its own, and returns how many:
   * rows that have been erased meanwhile do not count. Versions change, so that nobody writes back what they had read.
   *
   * @throws QZPayStorageError `lock_timeout` where somebody else holds one of the rows for longer than two seconds.
   */
  async erase(table: QZPayErasableTable, customerId: string, keys: readonly string[]): Promise<number> {
    const model = modelOf(this.#context, table);
    const values = { customerId, keys, new_updatedAt: this.#context.clock(), new_version: crypto.randomUUID() };
    const erased = await this.#maintenance.run(
      (context) =>
        new QZPayErasureRepository(context).#run(
          `${table}.erase`,
          model,
          () => ({ source: this.#erase(model), decode: () => undefined }),
          values,
        ),
      { lockTimeout: LOCK_TIMEOUT, retries: RETRIES },
    );
    return erased.length;
  }

  /** How many events of the customer's are yet to be handled. They are erased once they have been. */
  async countWaitingEvents(customerId: string): Promise<number> {
    const model = modelOf(this.#context, 'webhookEvents');
    const build = () => ({
      source: sql`select count(*) from ${model.table} where ${this.#ofCustomer('webhookEvents')} and not ${HANDLED}`,
      decode: ([rows]: readonly unknown[]) => Number(rows),
    });
    const [count = 0] = await this.#run('waiting_events', model, build, { customerId });
    return count;
  }

  #erase(model: TableModel): SQL {
    const set = replacementsOf(model).map(({ name, value }) => sql`${sql.identifier(name)} = ${value}`);
    for (const stamp of ['updatedAt', 'version'].filter((key) => model.has(key))) {
      const codec = model.codec(stamp);
      set.push(sql`${sql.identifier(codec.column.name)} = ${argument(codec, `new_${stamp}`)}`);
    }
    if (model.has('anonymizedAt')) {
      const at = model.codec('anonymizedAt');
      set.push(sql`anonymized_at = coalesce(${at.column}, ${argument(at, 'new_updatedAt')})`);
    }
    return sql`update ${model.table} set ${sql.join(set, sql`, `)}
      where ${keyColumnOf(model)} = any(${typedArgument('text[]', 'keys')}) and ${this.#pending(model)} returning 1`;
  }

  /** Rows of the customer's that hold anything else than replacements. */
  #pending(model: TableModel): SQL {
    const different = replacementsOf(model).map(
      ({ key, value }) => sql`${model.codec(key).column} is distinct from ${value}`,
    );
    if (model.has('anonymizedAt')) different.push(sql`anonymized_at is null`);
    return sql`${this.#ofCustomer(model.key)}${EXCEPT[model.key] ?? sql``} and (${sql.join(different, sql` or `)})`;
  }

  #ofCustomer(table: QZPayErasableTable): SQL | null {
    const customers = modelOf(this.#context, 'customers');
    const customerId = sql`${argument(customers.codec('id'), 'customerId')}::text`;
    return ofCustomer(this.#context.tables, table, { customerId, livemode: argument(customers.codec('livemode')) });
  }

  #run<Result>(
    name: string,
    model: TableModel,
    build: () => StatementSource<Result>,
    values: Values,
  ): Promise<Result[]> {
    const { runner, livemode, scope } = this.#context;
    return runner.run(runner.statement(`erasure.${name}`, build), { ...values, livemode }, model, scope);
  }
}

/** What the audit log calls the erasure of a customer. Its entry tells who asked for it, and is not erased itself. */
export const QZPAY_ERASURE_ACTION = 'erase';

const HANDLED = sql`status in ('processed', 'dead_letter')`;

const EXCEPT: { readonly [Table in QZPayErasableTable]?: SQL } = {
  // An event that waits would be handled without its content, and money with it.
  webhookEvents: sql` and ${HANDLED}`,
  auditLogs: sql` and action <> ${QZPAY_ERASURE_ACTION}`,
};

function replacementsOf(model: TableModel): { readonly key: string; readonly name: string; readonly value: SQL }[] {
  return QZPAY_PII_COLUMNS.filter(({ table }) => table === model.key).map(({ column, replacement }) => ({
    key: column,
    name: model.codec(column).column.name,
    value: replacementValue(replacement, keyColumnOf(model)),
  }));
}

function replacementValue(replacement: QZPayPiiReplacement, id: PgColumn): SQL {
  if (replacement === null) return sql`null`;
  if (typeof replacement === 'string') return sql`replace(${replacement}::text, '{id}', ${id})`;
  return Array.isArray(replacement) ? sql`'{}'::text[]` : sql`'{}'::jsonb`;
}
