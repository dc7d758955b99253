import { QZPAY_PII_COLUMNS, type QZPayPiiColumn } from '@qzpay/schema/tables';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from '../context.js';
import { emailKeyOf } from '../customers.js';
import { Maintenance } from '../maintenance.js';
import { changeExpressions } from '../row-changes.js';
import { argument, listArgument, parameter, type StatementSource, typedArgument, type Values } from '../statements.js';
import { inMode, keyColumnOf, modelOf, type TableModel } from '../table-model.js';
import { ofCustomer } from './customer-rows.js';
import { assignmentsOf, HANDLED, personalColumnsOf, QZPAY_ERASURE_ACTION, stillPersonal } from './replacements.js';

export type QZPayErasableTable = QZPayPiiColumn['table'];

/** How long a batch waits for rows that others hold, in milliseconds: meanwhile others wait for the batch. */
const LOCK_TIMEOUT = 2000;
const RETRIES = 3;
/** Checkouts read at once in the search for a guest. */
const STEP = 10_000;

/** A checkout without a customer, at which a guest left this address: as it is written there. */
export interface QZPayGuestCheckout {
  readonly id: string;
  readonly email: string;
}

/** Rows of guests with personal data, by table. */
export interface QZPayGuestRows {
  readonly checkouts: number;
  readonly auditLogs: number;
}

/**
 * Replaces personal data of one customer, table by table, or of one guest by what the schema's list of columns says.
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
    const values = { customerId, keys, ...this.#stamps() };
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

  /**
   * The checkouts without a customer that hold this address, compared as e-mails of customers are, a step each time that
   * the caller asks for one; a step may have found none.
   *
   * Reads all checkouts of the mode in the order of their ids and locks nothing. An index would make every visit dearer
   * for what is asked now and then; and the rule for case is TypeScript's, which the database does not know.
   */
  async *findGuest(email: string): AsyncGenerator<readonly QZPayGuestCheckout[], void, undefined> {
    const model = modelOf(this.#context, 'checkouts');
    const { id, customerId, customerEmail } = this.#context.tables.checkouts;
    const build = () => ({
      source: sql`select ${id}, case when ${customerId} is null then ${customerEmail} end from ${model.table}
        where ${inMode(model)} and ${id} >= ${parameter('first', (text) => text)}::text
        order by ${id} limit ${typedArgument('bigint', 'limit')}`,
      decode: ([key, address]: readonly unknown[]) => ({ id: key as string, email: address as string | null }),
    });
    const wanted = emailKeyOf(email);
    for (let first: string | undefined = ''; first !== undefined; ) {
      const step: { id: string; email: string | null }[] = await this.#run('guest.find', model, build, {
        first,
        limit: STEP,
      });
      yield step.filter((row): row is QZPayGuestCheckout => row.email !== null && emailKeyOf(row.email) === wanted);
      // The next text in the order of bytes.
      first = step.length < STEP ? undefined : `${step.at(-1)?.id}\u0001`;
    }
  }

  /** How many rows {@link eraseGuest} would change. */
  async countGuest(checkouts: readonly QZPayGuestCheckout[]): Promise<QZPayGuestRows> {
    const model = modelOf(this.#context, 'auditLogs');
    const build = () => ({
      source: sql`select count(*) from ${model.table} where ${onCheckouts(model)}`,
      decode: ([rows]: readonly unknown[]) => Number(rows),
    });
    const [auditLogs = 0] = await this.#run('guest.count', model, build, { keys: checkouts.map(({ id }) => id) });
    return { checkouts: checkouts.length, auditLogs };
  }

  /**
   * Erases these checkouts, as far as they still are without a customer and with the address that was found, and all
   * entries of the audit log on them, in one transaction: afterwards nothing leads to either by the address. With the
   * audit trail on, each checkout gets an entry that tells of it.
   *
   * @throws QZPayStorageError `lock_timeout` where somebody else holds one of the rows for longer than two seconds.
   */
  eraseGuest(checkouts: readonly QZPayGuestCheckout[]): Promise<QZPayGuestRows> {
    const model = modelOf(this.#context, 'checkouts');
    const logs = modelOf(this.#context, 'auditLogs');
    const found = { keys: checkouts.map(({ id }) => id), emails: [...new Set(checkouts.map(({ email }) => email))] };
    return this.#maintenance.run(
      async (context) => {
        const erasure = new QZPayErasureRepository(context);
        const erase = () => ({
          source: erasure.#eraseCheckouts(model),
          decode: ([key]: readonly unknown[]) => key as string,
        });
        const keys = await erasure.#run('guest.erase', model, erase, { ...found, ...this.#stamps() });
        // A statement of its own, that sees what others wrote while the first one waited for them.
        const eraseEntries = () => ({
          source: sql`update ${logs.table} set ${assignmentsOf(logs)} where ${onCheckouts(logs)} returning 1`,
          decode: () => undefined,
        });
        const entries = await erasure.#run('guest.erase_entries', logs, eraseEntries, { keys });
        return { checkouts: keys.length, auditLogs: entries.length };
      },
      { lockTimeout: LOCK_TIMEOUT, retries: RETRIES },
    );
  }

  #eraseCheckouts(model: TableModel): SQL {
    const { id, customerId, customerEmail } = this.#context.tables.checkouts;
    const erased = changeExpressions(
      this.#context,
      'erased',
      {
        kind: 'update',
        action: QZPAY_ERASURE_ACTION,
        model,
        fields: personalColumnsOf(model),
        set: assignmentsOf(model),
        where: sql`${inMode(model)} and ${id} = any(${typedArgument('text[]', 'keys')}) and ${customerId} is null
          and ${customerEmail} = any(${listArgument(model.codec('customerEmail'), 'emails')})`,
      },
      undefined,
      sql`${id}`,
    );
    return sql`with ${erased} select id from erased`;
  }

  #erase(model: TableModel): SQL {
    return sql`update ${model.table} set ${assignmentsOf(model)}
      where ${keyColumnOf(model)} = any(${typedArgument('text[]', 'keys')}) and ${this.#pending(model)} returning 1`;
  }

  /** Rows of the customer's that hold anything else than replacements. */
  #pending(model: TableModel): SQL {
    return sql`${this.#ofCustomer(model.key)} and ${stillPersonal(model)}`;
  }

  #stamps() {
    return { new_updatedAt: this.#context.clock(), new_version: crypto.randomUUID() };
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

/** Entries of the audit log on these checkouts that hold anything else than replacements. */
function onCheckouts(model: TableModel): SQL {
  return sql`${inMode(model)} and entity_type = 'checkout' and entity_id = any(${typedArgument('text[]', 'keys')})
    and ${stillPersonal(model)}`;
}
