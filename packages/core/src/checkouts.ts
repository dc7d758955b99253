import type { QZPayCheckoutMode, QZPayCheckoutStatus, QZPayCurrency } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** Optional keys that were absent stay absent. */
export interface QZPayCheckoutLineItem {
  priceId?: string;
  quantity: number;
  /** Minor units. */
  unitAmount?: number;
  /** Currency of the unit amount. */
  currency?: QZPayCurrency;
  title?: string;
  description?: string;
  /** The provider's category. */
  categoryId?: string;
}

/** A visit to a provider's payment page. */
export interface QZPayCheckoutSession {
  /** Also the provider's external reference and idempotency key. */
  id: string;
  /** Not checked against stored customers. */
  customerId: string | null;
  customerEmail: string | null;
  mode: QZPayCheckoutMode;
  status: QZPayCheckoutStatus;
  currency: QZPayCurrency;
  lineItems: QZPayCheckoutLineItem[];
  successUrl: string;
  cancelUrl: string;
  expiresAt: Date;
  /** The payment it led to; not checked against stored payments. */
  paymentId: string | null;
  /** The subscription it led to; not checked against stored subscriptions. */
  subscriptionId: string | null;
  /** Provider name to the session's id there; `{}` when there is none. */
  providerSessionIds: Record<string, string>;
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  completedAt: Date | null;
}

export interface QZPayCheckoutStorage {
  /**
   * Stores the session as given; returns it.
   *
   * Rejects with `conflict` (`already_exists`) for an id in use, with `validation` when `livemode` is not the
   * storage's. The customer need not be stored.
   */
  create(session: QZPayCheckoutSession): Promise<QZPayCheckoutSession>;

  /**
   * Changes the given fields; returns the session as it is now. Rejects with `not_found` for an unknown id.
   *
   * `id`, `createdAt` and `livemode` are ignored; a visitor may become a customer. MUST NOT lose an entry of
   * `providerSessionIds` when two callers set different providers at once.
   *
   * @conformance checkouts/sessions-linked-at-once-are-all-kept
   */
  update(id: string, input: Partial<QZPayCheckoutSession>): Promise<QZPayCheckoutSession>;

  /** Returns the session in any state, or null. */
  findById(id: string): Promise<QZPayCheckoutSession | null>;

  /** All sessions of the customer, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayCheckoutSession[]>;

  /** Newest first, then by id. Filters include `status` and `customerId`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayCheckoutSession>>;
}
