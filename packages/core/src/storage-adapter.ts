import type { QZPayAddOnStorage } from './addons.js';
import type { QZPayCheckoutStorage } from './checkouts.js';
import type { QZPayCustomerStorage } from './customers.js';
import type { QZPayEntitlementStorage } from './entitlements.js';
import type { QZPayInvoiceStorage } from './invoices.js';
import type { QZPayLimitStorage } from './limits.js';
import type { QZPayPaymentMethodStorage } from './payment-methods.js';
import type { QZPayPaymentStorage } from './payments.js';
import type { QZPayPlanStorage } from './plans.js';
import type { QZPayPriceStorage } from './prices.js';
import type { QZPayPromoCodeStorage } from './promo-codes.js';
import type { QZPaySubscriptionPollingJobStorage } from './subscription-polling-jobs.js';
import type { QZPaySubscriptionStorage } from './subscriptions.js';
import type { QZPayVendorStorage } from './vendors.js';

/** What not every store can do. A storage says so by a property `capabilities`; the conformance suite reads it. */
export interface QZPayStorageCapabilities {
  /**
   * Whether transactions of several callers run at the same time. Where false, the store has one connection, or is bound
   * to a transaction itself, and the next one waits for the end of the one before.
   */
  readonly concurrentTransactions: boolean;
}

/**
 * Everything that the billing engine asks of a store. What follows holds for all collections.
 *
 * **Identity.** Ids, keys and provider names are opaque strings of any form. The storage makes the ids of customers,
 * polling jobs and invoice lines, and any other id that is missing at run time. A look-up with any string answers with
 * nothing, never with an error; text that cannot be stored (NUL, ill-formed UTF-16) is a `validation` error on write.
 *
 * **Mode.** A storage is bound to live or to test data. Every read and write is scoped by it, also by id; `livemode`
 * is stamped on what is created.
 *
 * **Absence.** `find…` gives null, what returns an array gives an empty one, `update` and `increment` reject with
 * `not_found`, `delete`, `revoke` and `remove…` resolve. Deleted records are absent in every one of these senses, and
 * no list counts them.
 *
 * **Updates.** An absent key, or one that holds `undefined`, is left alone; null clears where the type is nullable; an
 * empty patch succeeds. `updatedAt` becomes now every time. `metadata` replaces the stored object. Maps of provider ids
 * are merged per provider in one atomic step. In such a map null and `undefined`, at run time, remove a provider and are
 * left out of what is created; any text, also an empty one, is an id and kept. `id`, `createdAt`, `livemode` and keys that
 * the entity does not have are ignored.
 *
 * **Results.** Plain objects with own properties, fresh on every call: changing one changes nothing in the store. Every
 * nullable field is present as a value or null, never `undefined`; maps, arrays and metadata are never null. Instants
 * are `Date`s with milliseconds, numbers are `number`s.
 *
 * **Values.** Money is an integer number of minor units, up to the safe integers; a fraction is a `validation` error
 * except on invoices and their lines. Text has no length limit, except that a storage may refuse ids, keys, codes and
 * e-mail addresses beyond 512 UTF-8 bytes. No combination of states, dates and amounts is refused: the engine writes
 * them in its own order.
 *
 * **Order.** Lists are newest first unless told otherwise, with the id as the tie-breaker, so that pages do not overlap.
 * Methods that return an array are complete.
 *
 * **Errors.** Callers see QZPay's own classes only.
 */
export interface QZPayStorageAdapter {
  customers: QZPayCustomerStorage;
  subscriptions: QZPaySubscriptionStorage;
  payments: QZPayPaymentStorage;
  paymentMethods: QZPayPaymentMethodStorage;
  invoices: QZPayInvoiceStorage;
  plans: QZPayPlanStorage;
  prices: QZPayPriceStorage;
  promoCodes: QZPayPromoCodeStorage;
  vendors: QZPayVendorStorage;
  entitlements: QZPayEntitlementStorage;
  limits: QZPayLimitStorage;
  addons: QZPayAddOnStorage;
  checkouts: QZPayCheckoutStorage;
  /** Absent where the store does not support polling. */
  subscriptionPollingJobs?: QZPaySubscriptionPollingJobStorage;

  /**
   * Runs the callback; returns what it returns, or rejects with its error.
   *
   * Everything that the callback does through this storage, however deep, MUST commit or roll back together, although
   * nothing is passed in. A call inside another one rolls back on its own and commits with the outer one. What runs
   * outside of the callback is not affected and sees nothing of it before it commits. Operations may run in parallel
   * inside.
   *
   * What the callback did not await shares its end. What comes after the end MUST be refused with `transaction_closed`
   * and done nowhere. A failure that the callback swallows leaves all of the transaction or nothing of it.
   *
   * @conformance transactions/commit-or-roll-back-every-collection-together
   * @conformance transactions/late-work-is-refused
   */
  transaction<R>(callback: () => Promise<R>): Promise<R>;
}
