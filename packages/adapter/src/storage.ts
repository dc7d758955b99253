import {
  type QZPayAuditTrail,
  type QZPayIdempotentOptions,
  type QZPayInvoiceNumberOptions,
  type QZPayStorageAdapter,
  type QZPayStorageCapabilities,
  QZPayStorageError,
  type QZPayUsageOperations,
  QZPayValidationError,
  type QZPayWebhookInbox,
} from '@qzpay/core';
import { aBoolean, aText, checkOptions, type OptionRules, optionsOf } from '@qzpay/core/options';
import {
  createQZPayRepositories,
  createQZPayRepositoryContext,
  QZPAY_REPOSITORY_OPTIONS,
  type QZPayDrizzleDatabase,
  type QZPayDrizzleTransaction,
  type QZPayRepositories,
  type QZPayRepositoryContext,
  type QZPayRepositoryOptions,
  type QZPayTransactionOptions,
} from '@qzpay/repositories';
import { AddOnCollection } from './collections/addons.js';
import { CheckoutCollection } from './collections/checkouts.js';
import { CustomerCollection } from './collections/customers.js';
import { EntitlementCollection } from './collections/entitlements.js';
import { InvoiceCollection } from './collections/invoices.js';
import { LimitCollection } from './collections/limits.js';
import { PaymentMethodCollection } from './collections/payment-methods.js';
import { PaymentCollection } from './collections/payments.js';
import { PlanCollection } from './collections/plans.js';
import { PriceCollection } from './collections/prices.js';
import { PromoCodeCollection } from './collections/promo-codes.js';
import { SubscriptionPollingJobCollection } from './collections/subscription-polling-jobs.js';
import { SubscriptionCollection } from './collections/subscriptions.js';
import { VendorCollection } from './collections/vendors.js';
import { checkHealth, type QZPayStorageHealth } from './health.js';
import { lazily } from './lazily.js';
import { auditChainCheck } from './maintenance/audit-chain-check.js';
import { tableChecks } from './maintenance/check.js';
import { invoiceNumberCheck } from './maintenance/invoice-number-check.js';
import { Maintenance } from './maintenance/maintenance.js';
import { type QZPayVerifyOptions, type QZPayVerifyReport, VERIFY_OPTIONS, verify } from './maintenance/verify.js';
import { AuditTrail } from './operations/audit.js';
import { IDEMPOTENCY_OPTIONS, Idempotency, type QZPayIdempotencyOptions } from './operations/idempotency.js';
import { aTimeZone, numberOptions } from './operations/invoice-numbers.js';
import { UsageOperations } from './operations/usage.js';
import { type QZPayWebhookOptions, WEBHOOK_OPTIONS, WebhookInbox } from './operations/webhooks.js';

/** Options of a storage. */
export interface QZPayStorageOptions extends QZPayRepositoryOptions {
  /** Currency of an invoice whose prices tell none; stored in upper case. Default `USD`. */
  readonly defaultCurrency?: string | undefined;
  /**
   * Provider of a polling job whose input names none. Without it such a job is a validation error: the storage knows no
   * provider of its own.
   */
  readonly defaultProvider?: string | undefined;
  /**
   * Whether a usage record moves the counter of the customer's limit, in the same statement. Default `false`: records are
   * history beside `limits.increment`, and a host that calls both would count twice. Says nothing about `usage.ingest`,
   * which moves no limit.
   */
  readonly usageMovesLimits?: boolean | undefined;
  /** How invoice numbers are written, unless a call of `invoices.finalize` says otherwise. Default `INV-2026-000123`. */
  readonly invoiceNumbers?: QZPayInvoiceNumberOptions | undefined;
  /** In which the year of an invoice number begins and ends. Default `UTC`. */
  readonly timeZone?: string | undefined;
  /** How often and when a webhook event is tried again. */
  readonly webhooks?: QZPayWebhookOptions | undefined;
  /** Lease, life and waiting time of idempotent calls, unless a call says otherwise. */
  readonly idempotency?: QZPayIdempotencyOptions | undefined;
}

export const STORAGE_OPTIONS = {
  ...QZPAY_REPOSITORY_OPTIONS,
  defaultCurrency: aText,
  defaultProvider: aText,
  usageMovesLimits: aBoolean,
  invoiceNumbers: numberOptions,
  timeZone: aTimeZone,
  webhooks: optionsOf(WEBHOOK_OPTIONS),
  idempotency: optionsOf(IDEMPOTENCY_OPTIONS),
} satisfies OptionRules<QZPayStorageOptions>;

/** The methods of a class, without its private parts, so that tests may stand in for it. */
type Methods<T> = { readonly [Key in keyof T]: T[Key] };

/**
 * The storage that the billing engine is given, and what a host may use beside it.
 *
 * Everything is bound to one mode: rows of the other mode are neither seen nor changed, also by id.
 */
export interface QZPayStorage extends QZPayStorageAdapter {
  readonly addons: Methods<AddOnCollection>;
  readonly checkouts: Methods<CheckoutCollection>;
  readonly customers: Methods<CustomerCollection>;
  readonly entitlements: Methods<EntitlementCollection>;
  readonly invoices: Methods<InvoiceCollection>;
  readonly limits: Methods<LimitCollection>;
  readonly paymentMethods: Methods<PaymentMethodCollection>;
  readonly payments: Methods<PaymentCollection>;
  readonly plans: Methods<PlanCollection>;
  readonly prices: Methods<PriceCollection>;
  readonly promoCodes: Methods<PromoCodeCollection>;
  readonly subscriptionPollingJobs: Methods<SubscriptionPollingJobCollection>;
  readonly subscriptions: Methods<SubscriptionCollection>;
  readonly vendors: Methods<VendorCollection>;

  /** What the connection can do; the conformance suite reads it. */
  readonly capabilities: QZPayStorageCapabilities;

  /** The inbox of provider events. */
  readonly webhooks: QZPayWebhookInbox;

  /**
   * Runs `work` once per key, in a transaction, and returns its result to every caller; see `QZPayIdempotency` of
   * `@qzpay/core`. `work` also receives a storage that is bound to the transaction.
   *
   * Expired keys go with `repositories.idempotencyKeys.purgeExpired()`.
   */
  idempotent<Result>(
    key: string,
    request: unknown,
    work: (transaction: QZPayStorage) => Promise<Result>,
    options?: QZPayIdempotentOptions,
  ): Promise<Result>;

  /** Metered usage in bulk, and its totals. */
  readonly usage: QZPayUsageOperations;

  /** Who changed what. With option `audit` the storage appends an entry for each change by itself. */
  readonly audit: QZPayAuditTrail;

  /**
   * Checks what no constraint can hold, such as lines against totals, sums of usage against records and numbers against
   * counters, and reports what is broken. Reads only, in short transactions of some thousand rows, so that it may run
   * beside the writers of a database of any size.
   *
   * A check that does not finish rejects; see the checks and their promises in the report.
   *
   * @throws QZPayValidationError for an unknown option or a name that no check has.
   */
  verify(options?: QZPayVerifyOptions): Promise<QZPayVerifyReport>;

  /** Retention and erasure. */
  readonly maintenance: Methods<Maintenance>;

  /** The repositories below the collections: rows instead of entities, and everything that the contract does not ask for. */
  readonly repositories: QZPayRepositories;

  /**
   * Runs `callback` in a transaction: everything that it does through the storage, however deep and with no handle
   * passed, commits or rolls back together. Nested calls are savepoints. Resolves with the callback's value. What it does
   * through another storage, on the same database or not, is no part of it.
   *
   * `callback` also receives a storage that is bound to the transaction, for those who like it explicit; it throws
   * `transaction_closed` when used after the callback has settled.
   *
   * An error of the database that the callback swallows still rejects the transaction: it cannot commit any more.
   */
  transaction<Result>(
    callback: (transaction: QZPayStorage) => Promise<Result>,
    options?: QZPayTransactionOptions,
  ): Promise<Result>;

  /**
   * Runs `callback` inside a transaction that the host opened with Drizzle; the host commits or rolls back.
   *
   * @throws TypeError for what is no transaction.
   */
  join<Result>(
    transaction: QZPayDrizzleTransaction,
    callback: (transaction: QZPayStorage) => Promise<Result>,
  ): Promise<Result>;

  /**
   * Runs `callback` once the transaction around the call has committed, and never if it rolls back; at once when there
   * is none.
   *
   * What it throws changes nothing of the commit and surfaces as an unhandled rejection, which ends the process unless the
   * host listens for those: catch errors inside.
   *
   * @throws QZPayStorageError `unsupported_operation` inside a joined transaction, whose end the storage does not see.
   */
  afterCommit(callback: () => unknown): Promise<void>;

  /** Asks the database for its version and for the state of its migrations. Never rejects. Two statements. */
  health(): Promise<QZPayStorageHealth>;

  /**
   * Ends the connections that the storage itself opened, after running statements have finished; a host's own stay open.
   * Whoever calls it again waits for the same end. What comes later is refused with `connection_lost`, not `retryable`.
   *
   * @throws QZPayStorageError `unsupported_operation` inside a transaction.
   */
  close(): Promise<void>;
}

/**
 * Creates a storage on the host's own Drizzle database.
 *
 * @param database made with drizzle-orm's postgres-js, node-postgres or pglite driver. The storage never closes it.
 * @throws TypeError for anything that is not a Drizzle database.
 * @throws QZPayValidationError for an unknown option, and for a value that is none.
 */
export function createQZPayStorage(database: QZPayDrizzleDatabase, options: QZPayStorageOptions = {}): QZPayStorage {
  checkOptions(options, STORAGE_OPTIONS);
  return storageOn(database, options, () => Promise.resolve());
}

/** @internal Like {@link createQZPayStorage}, with the way to end the connections that belong to it; options may be more. */
export function storageOn(
  database: QZPayDrizzleDatabase,
  options: QZPayStorageOptions,
  close: () => Promise<void>,
): QZPayStorage {
  let closing: Promise<void> | undefined;
  const closeOnce = () => {
    closing ??= close();
    return closing;
  };
  const shared = Object.entries(options).filter(([name]) => Object.hasOwn(QZPAY_REPOSITORY_OPTIONS, name));
  return assemble(createQZPayRepositoryContext(database, Object.fromEntries(shared)), options, closeOnce);
}

function assemble(
  context: QZPayRepositoryContext,
  options: QZPayStorageOptions,
  close: () => Promise<void>,
): QZPayStorage {
  const repositories = createQZPayRepositories(context);
  const { transactions } = context.runner;
  // Most callbacks go through the outer storage: to make one that they never touch takes longer than a statement.
  const bind = (scope: NonNullable<QZPayRepositoryContext['scope']>) =>
    lazily(() => assemble({ ...context, scope }, options, close));
  const transaction: QZPayStorage['transaction'] = (callback, transactionOptions) =>
    transactions.transaction((scope) => callback(bind(scope)), transactionOptions, context.scope);
  const audit = new AuditTrail(repositories.auditLogs, repositories.auditBlocks);
  const isOpen = () => transactions.scope(context.scope) !== undefined;
  const idempotency = new Idempotency(
    repositories.idempotencyKeys,
    { isOpen, run: transaction },
    options.idempotency ?? {},
  );
  return {
    addons: new AddOnCollection(repositories.addons, repositories.subscriptionAddons),
    checkouts: new CheckoutCollection(repositories.checkouts, context.livemode),
    customers: new CustomerCollection(repositories.customers),
    entitlements: new EntitlementCollection(repositories.entitlements, repositories.customerEntitlements),
    invoices: new InvoiceCollection(
      repositories.invoices,
      repositories.invoiceSequences,
      { defaults: options.invoiceNumbers ?? {}, timeZone: options.timeZone ?? 'UTC', clock: context.clock },
      (options.defaultCurrency ?? 'USD').toUpperCase(),
    ),
    limits: new LimitCollection(
      repositories.limits,
      repositories.customerLimits,
      repositories.usageRecords,
      options.usageMovesLimits ?? false,
    ),
    paymentMethods: new PaymentMethodCollection(repositories.paymentMethods),
    payments: new PaymentCollection(repositories.payments, repositories.refunds, context.livemode),
    plans: new PlanCollection(repositories.plans),
    prices: new PriceCollection(repositories.prices),
    promoCodes: new PromoCodeCollection(repositories.promoCodes),
    subscriptionPollingJobs: new SubscriptionPollingJobCollection(
      repositories.subscriptionPollingJobs,
      options.defaultProvider,
      context.clock,
    ),
    subscriptions: new SubscriptionCollection(repositories.subscriptions, repositories.prices, context.clock),
    vendors: new VendorCollection(repositories.vendors, repositories.vendorPayouts),
    capabilities: { concurrentTransactions: context.scope === undefined && context.concurrent },
    webhooks: new WebhookInbox(
      repositories.webhookEvents,
      repositories.webhookDeadLetter,
      transaction,
      context.clock,
      options.webhooks ?? {},
    ),
    idempotent: (key, request, work, callOptions) => idempotency.idempotent(key, request, work, callOptions),
    verify: async (verifyOptions = {}) => {
      checkOptions(verifyOptions, VERIFY_OPTIONS);
      const { prefixes = {} } = verifyOptions;
      return verify(
        [
          ...tableChecks(repositories),
          invoiceNumberCheck(repositories.invoiceSequences, options.invoiceNumbers ?? {}, prefixes),
          auditChainCheck(audit),
        ],
        verifyOptions,
      );
    },
    maintenance: new Maintenance(repositories, context.audits ? audit : null, context.clock),
    usage: new UsageOperations(repositories.usageIngestion, repositories.usageRollups),
    audit,
    repositories,
    transaction,
    join: (transaction, callback) => transactions.join(transaction, (scope) => callback(bind(scope))),
    afterCommit: async (callback) => {
      if (typeof callback !== 'function') {
        throw new QZPayValidationError('callback is invalid: expected a function', 'callback');
      }
      await transactions.afterCommit(callback, context.scope);
    },
    health: () => checkHealth(context),
    close: async () => {
      // The end of the connections would wait for the transaction, and the transaction for it.
      const isInside = context.scope !== undefined || transactions.scope()?.closed === false;
      if (isInside)
        throw new QZPayStorageError('A storage is not closed inside a transaction', 'unsupported_operation');
      await close();
    },
  };
}
