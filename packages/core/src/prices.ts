import type { QZPayBillingInterval, QZPayCurrency } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** What a plan costs in one currency and interval. */
export interface QZPayPrice {
  id: string;
  planId: string;
  nickname: string | null;
  currency: QZPayCurrency;
  /** Minor units per unit of quantity. */
  unitAmount: number;
  billingInterval: QZPayBillingInterval;
  /** Intervals per billing period, an integer of at least 1. */
  intervalCount: number;
  /** Days of trial that new subscriptions get by default. */
  trialDays: number | null;
  active: boolean;
  /** Provider name to the price's id there; `{}` when there is none. */
  providerPriceIds: Record<string, string>;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
}

export interface QZPayCreatePriceInput {
  planId: string;
  /** Default null. */
  nickname?: string;
  currency: QZPayCurrency;
  /** Minor units per unit of quantity. */
  unitAmount: number;
  billingInterval: QZPayBillingInterval;
  /** Default 1. */
  intervalCount?: number;
  /** Days. Default null. */
  trialDays?: number;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
  /** For the provider; not stored. */
  backUrl?: string;
}

export interface QZPayPriceStorage {
  /**
   * Stores an active price; returns it.
   *
   * Rejects with `not_found` for an unknown plan, with `conflict` (`already_exists`) for an id in use. MUST reject an
   * `intervalCount` below 1 with `validation`, here and in updates: it would make empty or inverted periods.
   *
   * @conformance prices/a-period-has-an-interval-at-least
   */
  create(input: QZPayCreatePriceInput & { id: string }): Promise<QZPayPrice>;

  /**
   * Changes the given fields; returns the price as it is now. Rejects with `not_found` for an unknown id.
   *
   * `id` and `createdAt` are ignored. MUST NOT lose an entry of `providerPriceIds` when two callers set different
   * providers at once.
   *
   * @conformance prices/provider-ids-survive-callers-at-once
   */
  update(id: string, input: Partial<QZPayPrice>): Promise<QZPayPrice>;

  /** Hides the price. Resolves as well when there is nothing to delete. */
  delete(id: string): Promise<void>;

  /** Returns the price, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayPrice | null>;

  /**
   * All prices of the plan, active ones first, then by unit amount, creation and id; empty when there is none, also
   * for a plan that is not stored.
   *
   * The order is money: the first price is the plan's default. Inactive prices are included, since existing
   * subscribers are still charged by them.
   */
  findByPlanId(planId: string): Promise<QZPayPrice[]>;

  /** Newest first, then by id. Filters include `planId` and `active`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayPrice>>;
}
