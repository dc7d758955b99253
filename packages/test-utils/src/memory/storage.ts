import type {
  QZPayClock,
  QZPayGenerateId,
  QZPayIdempotentOptions,
  QZPayInvoiceNumberOptions,
  QZPayStorageAdapter,
  QZPayUsageOperations,
  QZPayWebhookInbox,
} from '@qzpay/core';
import { uuidv7 } from 'uuidv7';
import type { CollectionContext } from './collection.js';
import { MemoryAddOns } from './collections/addons.js';
import { MemoryCheckouts } from './collections/checkouts.js';
import { MemoryCustomers } from './collections/customers.js';
import { MemoryEntitlements } from './collections/entitlements.js';
import { MemoryInvoices } from './collections/invoices.js';
import { MemoryLimits } from './collections/limits.js';
import { MemoryPaymentMethods } from './collections/payment-methods.js';
import { MemoryPayments } from './collections/payments.js';
import { MemoryPlans } from './collections/plans.js';
import { MemoryPrices } from './collections/prices.js';
import { MemoryPromoCodes } from './collections/promo-codes.js';
import { MemorySubscriptionPollingJobs } from './collections/subscription-polling-jobs.js';
import { MemorySubscriptions } from './collections/subscriptions.js';
import { MemoryVendors } from './collections/vendors.js';
import { MemoryIdempotency, type QZPayMemoryIdempotencyOptions } from './operations/idempotency.js';
import { MemoryUsage } from './operations/usage.js';
import { MemoryWebhooks, type QZPayMemoryWebhookOptions } from './operations/webhooks.js';
import type { TableContext } from './shape.js';
import { type Caller, Transactions } from './transactions.js';

const TRANSACTIONS: unique symbol = Symbol('transactions');

/** The data of memory storages, both modes. Storages made on the same store see each other's committed work. */
export interface QZPayMemoryStore {
  readonly [TRANSACTIONS]: Transactions;
}

/** Makes an empty store. It lives as long as somebody holds it. */
export function createQZPayMemoryStore(): QZPayMemoryStore {
  return { [TRANSACTIONS]: new Transactions() };
}

/** Options of a memory storage: those of the PostgreSQL storage that mean something here, with the same defaults. */
export interface QZPayMemoryStorageOptions {
  /** Default: a store of its own. */
  readonly store?: QZPayMemoryStore | undefined;
  /** The mode whose data is seen and written: `true` is production, `false` is test data. Default `false`. */
  readonly livemode?: boolean | undefined;
  /** Source of every instant that the storage makes. Default: the process's clock. */
  readonly clock?: QZPayClock | undefined;
  /** Source of the ids that the storage makes. Default: monotonic UUIDv7. */
  readonly generateId?: QZPayGenerateId | undefined;
  /** Provider of a polling job whose input names none. Without it such a job is a validation error. */
  readonly defaultProvider?: string | undefined;
  /** Currency of an invoice whose prices tell none. Default `USD`. */
  readonly defaultCurrency?: string | undefined;
  /** Whether a usage record moves the counter of the customer's limit. Default `false`. */
  readonly usageMovesLimits?: boolean | undefined;
  /** Whether an update of `metadata` replaces the stored object (default) or merges into it. */
  readonly metadataUpdates?: 'replace' | 'merge' | undefined;
  /** How invoice numbers are written, unless a call of `invoices.finalize` says otherwise. Default `INV-2026-000123`. */
  readonly invoiceNumbers?: QZPayInvoiceNumberOptions | undefined;
  /** In which the year of an invoice number begins and ends. Default `UTC`. */
  readonly timeZone?: string | undefined;
  /** How often and when a webhook event is tried again. */
  readonly webhooks?: QZPayMemoryWebhookOptions | undefined;
  /** Lease, life and waiting time of idempotent calls, unless a call says otherwise. */
  readonly idempotency?: QZPayMemoryIdempotencyOptions | undefined;
}

/** The methods of a class, without its private parts, so that tests may stand in for it. */
type Methods<T> = { readonly [Key in keyof T]: T[Key] };

/**
 * The storage contract in its plainest form: the model that other storages are compared with, and a quick storage for
 * the unit tests of hosts. Nothing outlasts the process.
 *
 * It promises what the PostgreSQL storage promises, one transaction at a time.
 */
export interface QZPayMemoryStorage extends QZPayStorageAdapter {
  /** What the storage can do beyond the contract. Transactions run one after another. */
  readonly capabilities: { readonly concurrentTransactions: false };
  readonly addons: Methods<MemoryAddOns>;
  readonly checkouts: Methods<MemoryCheckouts>;
  readonly customers: Methods<MemoryCustomers>;
  readonly entitlements: Methods<MemoryEntitlements>;
  readonly invoices: Methods<MemoryInvoices>;
  readonly limits: Methods<MemoryLimits>;
  readonly paymentMethods: Methods<MemoryPaymentMethods>;
  readonly payments: Methods<MemoryPayments>;
  readonly plans: Methods<MemoryPlans>;
  readonly prices: Methods<MemoryPrices>;
  readonly promoCodes: Methods<MemoryPromoCodes>;
  readonly subscriptionPollingJobs: Methods<MemorySubscriptionPollingJobs>;
  readonly subscriptions: Methods<MemorySubscriptions>;
  readonly vendors: Methods<MemoryVendors>;

  /** The inbox of provider events. */
  readonly webhooks: QZPayWebhookInbox;

  /** Metered usage in bulk, and its totals. */
  readonly usage: QZPayUsageOperations;

  /**
   * Runs `work` once per key, in a transaction, and returns its result to every caller; see `QZPayIdempotency` of
   * `@qzpay/core`. `work` also receives a storage that is bound to the transaction.
   */
  idempotent<Result>(
    key: string,
    request: unknown,
    work: (transaction: QZPayMemoryStorage) => Promise<Result>,
    options?: QZPayIdempotentOptions,
  ): Promise<Result>;

  /**
   * Runs `callback` in a transaction: everything that it does through the storage, however deep and with no handle
   * passed, commits or rolls back together. Nested calls are savepoints. Resolves with the callback's value.
   *
   * Calls from outside read what is committed, and write once the transaction has ended. Another storage on the same
   * store cannot write inside the callback: `unsupported_operation`. An error for which PostgreSQL refuses a statement
   * (a taken key, a missing referenced entity, a JSON list in the place of an object) rejects the transaction, also where
   * the callback swallows it.
   *
   * `callback` also receives a storage that is bound to the transaction; it throws `transaction_closed` when used after
   * the callback has settled.
   */
  transaction<Result>(callback: (transaction: QZPayMemoryStorage) => Promise<Result>): Promise<Result>;

  /**
   * Runs `callback` once the transaction around the call has committed, and never if it rolls back; at once when there
   * is none.
   */
  afterCommit(callback: () => unknown): Promise<void>;
}

/** Creates a storage in memory. */
export function createQZPayMemoryStorage(options: QZPayMemoryStorageOptions = {}): QZPayMemoryStorage {
  const { [TRANSACTIONS]: transactions } = options.store ?? createQZPayMemoryStore();
  const context: TableContext = {
    livemode: options.livemode ?? false,
    clock: options.clock ?? (() => new Date()),
    generateId: options.generateId ?? uuidv7,
    mergesMetadata: options.metadataUpdates === 'merge',
  };
  return assemble(transactions, { owner: {}, bound: undefined }, context, options);
}

function assemble(
  transactions: Transactions,
  caller: Caller,
  shared: TableContext,
  options: QZPayMemoryStorageOptions,
): QZPayMemoryStorage {
  const context: CollectionContext = {
    ...shared,
    read: (operation) => transactions.read(caller, operation),
    write: (operation) => transactions.write(caller, operation),
    writeApart: (operation) => transactions.writeApart(caller, operation),
  };
  const transaction: QZPayMemoryStorage['transaction'] = (callback) =>
    transactions.transaction(caller, (bound) =>
      callback(assemble(transactions, { ...caller, bound }, shared, options)),
    );
  const isOpen = () => transactions.isOpen(caller);
  const idempotency = new MemoryIdempotency(context, { isOpen, run: transaction }, options.idempotency ?? {});
  return {
    capabilities: { concurrentTransactions: false },
    addons: new MemoryAddOns(context),
    checkouts: new MemoryCheckouts(context),
    customers: new MemoryCustomers(context),
    entitlements: new MemoryEntitlements(context),
    invoices: new MemoryInvoices(
      context,
      { defaults: options.invoiceNumbers ?? {}, timeZone: options.timeZone ?? 'UTC', clock: shared.clock },
      options.defaultCurrency ?? 'USD',
    ),
    limits: new MemoryLimits(context, options.usageMovesLimits ?? false),
    paymentMethods: new MemoryPaymentMethods(context),
    payments: new MemoryPayments(context),
    plans: new MemoryPlans(context),
    prices: new MemoryPrices(context),
    promoCodes: new MemoryPromoCodes(context),
    subscriptionPollingJobs: new MemorySubscriptionPollingJobs(context, options.defaultProvider),
    subscriptions: new MemorySubscriptions(context),
    vendors: new MemoryVendors(context),
    webhooks: new MemoryWebhooks(context, transaction, options.webhooks ?? {}),
    idempotent: (key, request, work, callOptions) => idempotency.idempotent(key, request, work, callOptions),
    usage: new MemoryUsage(context),
    transaction,
    afterCommit: (callback) => transactions.afterCommit(caller, callback),
  };
}
