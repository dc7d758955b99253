import { type QZPayBillingDetails, QZPayNotFoundError, QZPayValidationError } from '@qzpay/core';
import type { QZPayPaymentMethodInsert, QZPayPaymentMethodRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit } from './pages.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument, typedArgument } from './statements.js';

/** A new payment method. `isDefault` asks for the place of the default; the first method of a customer has it anyway. */
export type QZPayNewPaymentMethod = NewRow<
  QZPayPaymentMethodInsert,
  'customerId' | 'type',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'type',
  'status',
  'card',
  'bankAccount',
  'billingDetails',
  'provider',
  'providerPaymentMethodIds',
  'metadata',
] as const;

/** Billing details merge key by key, where `null` clears a key; `null` instead of the object clears them all. */
export type QZPayPaymentMethodPatch = RowPatch<
  QZPayPaymentMethodRow,
  Exclude<(typeof updatable)[number], 'billingDetails'>
> & {
  billingDetails?: RowPatch<QZPayBillingDetails, keyof QZPayBillingDetails> | null | undefined;
};

const NO_BILLING_DETAILS = sql`'{"name":null,"email":null,"phone":null,"address":null}'::jsonb`;

/** Payment instruments of customers, by the tokens of their providers; at most one live default per customer. */
export class QZPayPaymentMethodsRepository extends QZPaySoftDeleteRepository<QZPayPaymentMethodRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'paymentMethods',
      updatable,
      filters: equalityFilters('id', 'customerId', 'provider', 'type', 'status', 'isDefault', 'createdAt', 'updatedAt'),
      providerIds: 'providerPaymentMethodIds',
      defaults: { status: 'active', isDefault: false, providerPaymentMethodIds: {}, metadata: {} },
    });
  }

  /**
   * Stores the method; as the customer's default when it asks for that or is the only one. In one transaction that
   * begins with a lock on the customer, so that simultaneous callers leave exactly one default.
   *
   * @throws QZPayNotFoundError when the customer does not exist in this mode.
   * @throws QZPayConflictError `already_exists` for a taken id; the default stays what it was.
   */
  create(method: QZPayNewPaymentMethod): Promise<QZPayPaymentMethodRow> {
    const { customerId } = method;
    return this.#holdingCustomer(customerId, async (methods, found) => {
      if (!found) throw new QZPayNotFoundError('Customer', customerId);
      if (method.isDefault === true) await methods.unsetDefault(customerId);
      return methods.insert(method);
    });
  }

  protected override async insert(given: Readonly<Record<string, unknown>>): Promise<QZPayPaymentMethodRow> {
    const statement = this.fixed('create', () => {
      const others = sql`select 1 from ${this.model.table} where ${this.visible()} and ${this.equals('customerId')}`;
      const isDefault = sql`${argument(this.codec('isDefault'))} or not exists (${others})`;
      return this.changing(this.insertion({ rows: sql`values (${this.allArguments({ isDefault })})` }));
    });
    const [row] = await this.run(statement, this.complete(given));
    return row as QZPayPaymentMethodRow;
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayPaymentMethodPatch, options?: QZPayUpdateOptions): Promise<QZPayPaymentMethodRow> {
    return this.patch(id, patch, options);
  }

  protected override assignments(keys: readonly string[]): SQL {
    const others = super.assignments(keys.filter((key) => key !== 'billingDetails'));
    if (!keys.includes('billingDetails')) return others;
    const codec = this.codec('billingDetails');
    const merged = sql`${NO_BILLING_DETAILS} || coalesce(${codec.column}, '{}') || ${argument(codec, 'new_billingDetails')}::jsonb`;
    return sql`${others}, ${sql.identifier(codec.column.name)} = ${merged}`;
  }

  /** Hides the method. A hidden default is the default no longer, also once it is restored. Silent when there is none. */
  override async delete(id: string): Promise<void> {
    await this.#hide('id', id);
  }

  /**
   * Hides all methods of the customer and returns how many there were. Holds the lock of {@link setDefault}: both change
   * several rows, and in different orders they would wait for each other.
   */
  async deleteByCustomerId(customerId: string): Promise<number> {
    if (!this.codec('customerId').holds(customerId)) return 0;
    return this.#holdingCustomer(customerId, (methods) => methods.#hide('customerId', customerId));
  }

  /** All methods of the customer, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayPaymentMethodRow[]> {
    return this.findAllBy({ customerId });
  }

  /** The customer's default method, or `null`. */
  findDefaultByCustomerId(customerId: string): Promise<QZPayPaymentMethodRow | null> {
    return this.findOneBy({ customerId, isDefault: true });
  }

  /** The oldest method that carries this id at this provider. */
  findByProviderId(provider: string, providerPaymentMethodId: string): Promise<QZPayPaymentMethodRow | null> {
    return this.findByProvider(provider, providerPaymentMethodId);
  }

  /**
   * Makes the method the customer's only default and returns it. In one transaction that begins with a lock on the
   * customer: of simultaneous callers the last one wins, and nobody sees a customer without a default in between.
   *
   * @throws QZPayNotFoundError, and changes nothing, when the customer has no such method.
   */
  async setDefault(customerId: string, id: string): Promise<QZPayPaymentMethodRow> {
    if (!this.codec('customerId').holds(customerId) || !this.codec('id').holds(id)) {
      throw new QZPayNotFoundError(this.model.entity, id);
    }
    const statement = this.fixed('set_default', () =>
      this.changing(this.modification(['isDefault'], this.assignments(['isDefault']), this.where('id', 'customerId'))),
    );
    return this.#holdingCustomer(customerId, async (methods) => {
      await methods.unsetDefault(customerId);
      const [row] = await methods.run(statement, { customerId, id, new_isDefault: true, ...this.stamps() });
      // Rolls back: the previous default stays.
      if (row === undefined) throw new QZPayNotFoundError(this.model.entity, id);
      return row;
    });
  }

  /** Leaves the customer without a default. Silent when there is none. */
  async unsetDefault(customerId: string): Promise<void> {
    if (!this.codec('customerId').holds(customerId)) return;
    const statement = this.fixed('unset_default', () => {
      const isDefault = sql`${this.where('customerId')} and ${this.codec('isDefault').column}`;
      return this.changingSilently(this.modification(['isDefault'], this.assignments(['isDefault']), isDefault));
    });
    await this.run(statement, { customerId, new_isDefault: false, ...this.stamps() });
  }

  /**
   * Active methods whose card's last month is neither before the month of `from` nor after that of `until` (UTC), soonest
   * first: whom to remind. All of them.
   */
  async findExpiring(from: Date, until: Date): Promise<QZPayPaymentMethodRow[]> {
    return this.#findByExpiry(monthOf(from), monthOf(until), null);
  }

  /**
   * Methods that are still active although their card's last month was over at `now` (UTC), longest ago first, at most
   * `limit` of them (default 100).
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async findExpired(now: Date, limit?: number): Promise<QZPayPaymentMethodRow[]> {
    const { year, month } = monthOf(now);
    return this.#findByExpiry({ year: 0, month: 0 }, { year, month: month - 1 }, checkedLimit(limit, 'limit'));
  }

  /** Whether the customer has a method that is active and, where it is a card, not expired. */
  async hasUsable(customerId: string): Promise<boolean> {
    if (!this.codec('customerId').holds(customerId)) return false;
    const statement = this.fixed('has_usable', () => ({
      // Unknown where there is no card or no expiry.
      source: sql`select 1 from ${this.model.table} where ${this.visible()} and ${this.equals('customerId')} and ${this.codec('status').column} = 'active' and (${this.#expiry()} >= ${monthArgument('from')}) is not false limit 1`,
      decode: () => true,
    }));
    const { year, month } = monthOf(this.context.clock());
    return (await this.run(statement, { customerId, fromYear: year, fromMonth: month })).length > 0;
  }

  #findByExpiry(from: Month, until: Month, limit: number | null): Promise<QZPayPaymentMethodRow[]> {
    const statement = this.fixed('find_by_expiry', () =>
      this.select(
        sql`${this.visible()} and ${this.codec('status').column} = 'active' and ${this.codec('card').column} is not null
          and ${this.#expiry()} >= ${monthArgument('from')} and ${this.#expiry()} <= ${monthArgument('until')}`,
        sql`order by ${sql.join(this.#expiryColumns(), sql`, `)}, ${this.codec('id').column} limit ${typedArgument('bigint', 'limit')}`,
      ),
    );
    return this.run(statement, {
      fromYear: from.year,
      fromMonth: from.month,
      untilYear: until.year,
      untilMonth: until.month,
      limit,
    });
  }

  #expiry(): SQL {
    return sql`(${sql.join(this.#expiryColumns(), sql`, `)})`;
  }

  /** Written as in the index. Compared as JSON, so that a card whose expiry is not a number fails no statement. */
  #expiryColumns(): SQL[] {
    const card = this.codec('card').column;
    return [sql`${card} -> 'expYear'`, sql`${card} -> 'expMonth'`];
  }

  async #hide(key: 'id' | 'customerId', value: string): Promise<number> {
    if (!this.codec(key).holds(value)) return 0;
    const statement = this.fixed(`delete_by(${key})`, () => {
      const fields = ['isDefault', 'deletedAt'];
      return this.changingSilently(this.modification(fields, this.assignments(fields), this.where(key), 'delete'));
    });
    const changes = { new_isDefault: false, new_deletedAt: this.context.clock(), ...this.stamps() };
    return (await this.run(statement, { [key]: value, ...changes })).length;
  }

  /**
   * Runs `work` in a transaction that holds a lock on the customer: changes of the default come one after another. The
   * statements after the lock see what its last holder did; in one statement with the lock they would not.
   */
  #holdingCustomer<Result>(
    customerId: string,
    work: (methods: QZPayPaymentMethodsRepository, found: boolean) => Promise<Result>,
  ): Promise<Result> {
    const { runner, scope } = this.context;
    const lock = this.fixed('lock_customer', () => {
      const { id, livemode } = this.context.tables.customers;
      return {
        source: sql`select 1 from ${this.context.tables.customers} where ${livemode} = ${argument(this.codec('livemode'))} and ${id} = ${argument(this.codec('customerId'))} for no key update`,
        decode: () => true,
      };
    });
    return runner.transactions.transaction(
      async (bound) => {
        const methods = new QZPayPaymentMethodsRepository({ ...this.context, scope: bound });
        const [found = false] = await methods.run(lock, { customerId });
        return work(methods, found);
      },
      {},
      scope,
    );
  }
}

/** A month of the calendar, counted from 1. */
interface Month {
  readonly year: number;
  readonly month: number;
}

function monthOf(instant: Date): Month {
  if (Number.isNaN(instant.getTime())) throw new QZPayValidationError('A month needs a valid Date', 'month');
  return { year: instant.getUTCFullYear(), month: instant.getUTCMonth() + 1 };
}

function monthArgument(name: 'from' | 'until'): SQL {
  return sql`(${typedArgument('jsonb', `${name}Year`)}, ${typedArgument('jsonb', `${name}Month`)})`;
}
