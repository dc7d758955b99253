import type { QZPayCurrency, QZPayPaymentStatus, QZPayRefundStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** An attempt to move money from a customer. */
export interface QZPayPayment {
  id: string;
  customerId: string;
  /** Not checked against stored subscriptions. */
  subscriptionId: string | null;
  /** Not checked against stored invoices. */
  invoiceId: string | null;
  /** Minor units. */
  amount: number;
  currency: QZPayCurrency;
  status: QZPayPaymentStatus;
  /** Opaque, possibly the provider's own id. */
  paymentMethodId: string | null;
  /** Provider name to the payment's id there; `{}` when there is none. */
  providerPaymentIds: Record<string, string>;
  /** Machine-readable, any string. */
  failureCode: string | null;
  /** For people, of any length. */
  failureMessage: string | null;
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** One refund of a payment, as it can be read back. */
export interface QZPayRefund {
  id: string;
  paymentId: string;
  /** Minor units, of this refund only. */
  amount: number;
  currency: QZPayCurrency;
  /** Free text, of any length. */
  reason: string | null;
  status: QZPayRefundStatus;
  /** Provider name to the refund's id there; `{}` when there is none. */
  providerRefundIds: Record<string, string>;
  createdAt: Date;
}

export interface QZPayCreateRefundInput {
  paymentId: string;
  /** Minor units, of this refund only. */
  amount: number;
  currency: QZPayCurrency;
  status: QZPayRefundStatus;
  /** Free text, of any length. */
  reason?: string;
  /** Deduplicates; carries no provider name. An empty string counts as absent. */
  providerRefundId?: string;
  /** Copied from the payment by the engine; the storage's own mode is what counts. */
  livemode: boolean;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayPaymentStorage {
  /**
   * Stores the payment as given, its timestamps included; returns it.
   *
   * Rejects with `conflict` (`already_exists`) for an id in use and leaves the stored payment alone, with `not_found`
   * for an unknown customer, with `validation` when `livemode` is not the storage's.
   */
  create(payment: QZPayPayment): Promise<QZPayPayment>;

  /**
   * Changes the given fields; returns the payment as it is now. Rejects with `not_found` for an unknown id.
   *
   * Every field but `id`, `customerId`, `createdAt` and `livemode`, which are ignored. It runs right after money has
   * moved, so it refuses no combination of states and amounts. MUST NOT lose an entry of `providerPaymentIds` when two
   * callers set different providers at once.
   *
   * @conformance payments/provider-ids-survive-callers-at-once
   */
  update(id: string, input: Partial<QZPayPayment>): Promise<QZPayPayment>;

  /** Returns the payment, or null when it is unknown. */
  findById(id: string): Promise<QZPayPayment | null>;

  /** All payments of the customer, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayPayment[]>;

  /**
   * Newest first, then by id. Filters include `status`, `customerId` and the bounds `minAmount` and `maxAmount`, both
   * inclusive and in minor units. A bound MUST be any finite number, fractions and huge ones included; anything else
   * rejects with `validation`.
   *
   * @conformance payments/bounds-mean-what-they-say
   */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayPayment>>;

  /**
   * Appends a refund to the ledger; nothing there is ever changed.
   *
   * MUST keep one `succeeded` refund per mode and `providerRefundId`, whichever payment it names and however many
   * callers report it at once; the others resolve without an effect. Pending and failed refunds, and refunds without
   * that id, are always appended. Does not compare the sum with the payment: the money has moved already. Rejects with
   * `not_found` for an unknown payment, with `validation` for a fraction of a minor unit.
   *
   * The id names no provider: where several could give the same one, write the provider into it, or the refund of another
   * payment is taken for a repetition.
   *
   * @conformance payments/one-refund-per-provider-id
   * @conformance payments/one-refund-per-provider-id-of-any-payment
   */
  createRefund(input: QZPayCreateRefundInput): Promise<void>;

  /** Sum of the payment's `succeeded` refunds in minor units; 0 when there is none or the payment is unknown. */
  getTotalRefundedAmount(paymentId: string): Promise<number>;

  /** Whether a `succeeded` refund has this id. False for an empty string. */
  hasRefundForProviderRefundId(providerRefundId: string): Promise<boolean>;
}
