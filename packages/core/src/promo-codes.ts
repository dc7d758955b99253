import type {
  QZPayCurrency,
  QZPayDiscountCondition,
  QZPayDiscountStackingMode,
  QZPayDiscountType,
} from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** A rule that has to hold for a promo code to apply. */
export interface QZPayPromoCodeCondition {
  type: QZPayDiscountCondition;
  /**
   * JSON that depends on the type. `first_purchase`: boolean; `min_amount` (minor units) and `min_quantity`: number;
   * `specific_plans` and `specific_products`: string array; `date_range`: object with optional ISO strings `start`
   * and `end`; `customer_tag`: string.
   */
  value: unknown;
}

/** A discount that customers claim by a code. */
export interface QZPayPromoCode {
  id: string;
  /** Case as given; unique per mode, without regard to case, among codes that are not deleted. */
  code: string;
  discountType: QZPayDiscountType;
  /** `percentage`: 0 to 100, possibly with a fraction; `fixed_amount`: minor units; `free_trial`: days. */
  discountValue: number;
  /** Currency of a fixed amount. */
  currency: QZPayCurrency | null;
  stackingMode: QZPayDiscountStackingMode;
  conditions: QZPayPromoCodeCondition[];
  /** Cap over all customers; null is unlimited, 0 is exhausted. */
  maxRedemptions: number | null;
  currentRedemptions: number;
  /** Cap for one customer; null is unlimited. */
  maxRedemptionsPerCustomer: number | null;
  validFrom: Date | null;
  validUntil: Date | null;
  /** Empty: all plans. */
  applicablePlanIds: string[];
  /** Empty: all products. */
  applicableProductIds: string[];
  active: boolean;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface QZPayCreatePromoCodeInput {
  code: string;
  discountType: QZPayDiscountType;
  /** As on the entity. */
  discountValue: number;
  /** Default null. */
  currency?: QZPayCurrency;
  /** Default `none`. */
  stackingMode?: QZPayDiscountStackingMode;
  /** Default `[]`. */
  conditions?: QZPayPromoCodeCondition[];
  /** Default null. */
  maxRedemptions?: number;
  /** Default null. */
  maxRedemptionsPerCustomer?: number;
  /** Default null. */
  validFrom?: Date;
  /** Default null. */
  validUntil?: Date;
  /** Default `[]`. */
  applicablePlanIds?: string[];
  /** Default `[]`. */
  applicableProductIds?: string[];
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayPromoCodeStorage {
  /**
   * Stores an active promo code without redemptions; returns it.
   *
   * Rejects with `conflict` (`already_exists`) for an id in use, and for a code that differs at most in case from one
   * of this mode that is not deleted. MUST let one caller win when several create the same code at once.
   *
   * @conformance promo-codes/one-winner-per-code
   */
  create(input: QZPayCreatePromoCodeInput & { id: string }): Promise<QZPayPromoCode>;

  /**
   * Changes the given fields and no others; returns the promo code as it is now.
   *
   * Rejects with `not_found` for an unknown id, with `conflict` (`already_exists`) when the new code is taken. `id`
   * and `createdAt` are ignored.
   */
  update(id: string, input: Partial<QZPayPromoCode>): Promise<QZPayPromoCode>;

  /** Hides the promo code and frees its code. Resolves as well when there is nothing to delete. */
  delete(id: string): Promise<void>;

  /** Returns the promo code, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayPromoCode | null>;

  /**
   * Compares without regard to case; returns the promo code, or null when it is unknown or deleted.
   *
   * Inactive and expired codes are returned: the engine tells those cases apart.
   */
  findByCode(code: string): Promise<QZPayPromoCode | null>;

  /**
   * Adds one redemption whatever the cap. Rejects with `not_found` for an unknown id.
   *
   * @deprecated Use {@link QZPayPromoCodeStorage.atomicIncrementRedemptions}, which holds the cap.
   */
  incrementRedemptions(id: string): Promise<void>;

  /**
   * Adds one redemption; returns the promo code, or null when its cap is reached or the id is unknown.
   *
   * MUST let no more callers win than the cap allows, however many ask at once. Does not look at `active` or the dates.
   *
   * @conformance promo-codes/the-cap-holds-for-callers-at-once
   */
  atomicIncrementRedemptions(id: string): Promise<QZPayPromoCode | null>;

  /** Newest first, then by id. Filters include `active`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayPromoCode>>;
}
