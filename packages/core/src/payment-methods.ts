import type {
  QZPayBankAccountType,
  QZPayCardBrand,
  QZPayCardFunding,
  QZPayPaymentMethodStatus,
  QZPayPaymentMethodType,
} from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

export interface QZPayCardDetails {
  brand: QZPayCardBrand;
  last4: string;
  /** 1 to 12. */
  expMonth: number;
  /** Four digits. */
  expYear: number;
  funding: QZPayCardFunding;
  /** Country of the issuer. */
  country: string | null;
}

export interface QZPayBankAccountDetails {
  bankName: string | null;
  last4: string;
  accountType: QZPayBankAccountType;
  country: string | null;
}

export interface QZPayBillingAddress {
  line1: string | null;
  line2: string | null;
  city: string | null;
  /** State, province or region. */
  state: string | null;
  postalCode: string | null;
  country: string | null;
}

export interface QZPayBillingDetails {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: QZPayBillingAddress | null;
}

/** A means of payment that a customer has left with a provider. */
export interface QZPayPaymentMethod {
  id: string;
  customerId: string;
  type: QZPayPaymentMethodType;
  status: QZPayPaymentMethodStatus;
  /** True for at most one method per customer. */
  isDefault: boolean;
  /** Always null after `create`: its input has no card. */
  card: QZPayCardDetails | null;
  /** Always null after `create`: its input has no bank account. */
  bankAccount: QZPayBankAccountDetails | null;
  /** Complete or null, never partial. */
  billingDetails: QZPayBillingDetails | null;
  /** Provider name to the method's id there. */
  providerPaymentMethodIds: Record<string, string>;
  metadata: QZPayMetadata;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface QZPayCreatePaymentMethodInput {
  customerId: string;
  type: QZPayPaymentMethodType;
  /** Becomes the entry of `provider` in `providerPaymentMethodIds`. */
  providerPaymentMethodId: string;
  /** Any provider name. */
  provider: string;
  /** Default false. */
  setAsDefault?: boolean;
  /** Keys that are missing become null; absent: the whole value is null. */
  billingDetails?: Partial<QZPayBillingDetails>;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayUpdatePaymentMethodInput {
  /** Merged key by key; null clears a key. */
  billingDetails?: Partial<QZPayBillingDetails>;
  /** Replaces the stored object. */
  metadata?: QZPayMetadata;
}

export interface QZPayPaymentMethodStorage {
  /**
   * Stores a method in state `active`; returns it.
   *
   * It becomes the default with `setAsDefault`, and also when the customer has no other method; the previous default
   * ends in the same step. MUST leave at most one default however many methods are created at once. Rejects with
   * `not_found` for an unknown customer, with `conflict` (`already_exists`) for an id in use.
   *
   * @conformance payment-methods/one-default-of-methods-created-at-once
   */
  create(input: QZPayCreatePaymentMethodInput & { id: string }): Promise<QZPayPaymentMethod>;

  /** Changes the given fields; returns the method as it is now. Rejects with `not_found` for an unknown id. */
  update(id: string, input: QZPayUpdatePaymentMethodInput): Promise<QZPayPaymentMethod>;

  /**
   * Hides the method. Resolves as well when there is nothing to delete.
   *
   * A customer whose default is deleted has no default afterwards.
   */
  delete(id: string): Promise<void>;

  /** Returns the method, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayPaymentMethod | null>;

  /** All methods of the customer, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPayPaymentMethod[]>;

  /** Returns the customer's default method, or null. */
  findDefaultByCustomerId(customerId: string): Promise<QZPayPaymentMethod | null>;

  /**
   * Makes the method the customer's only default.
   *
   * Rejects with `not_found` and changes nothing when the method is unknown, deleted or somebody else's. MUST leave
   * exactly one default when several callers choose different ones at once, and show nobody a customer with none.
   *
   * @conformance payment-methods/one-default-of-choices-at-once
   */
  setDefault(customerId: string, paymentMethodId: string): Promise<void>;

  /** Newest first, then by id. Filters include `customerId`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayPaymentMethod>>;
}
