import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';
import type { QZPayPrice } from './prices.js';

/** A line of what a plan offers, for display. */
export interface QZPayPlanFeature {
  name: string;
  description?: string;
  included: boolean;
}

/** Something that can be subscribed to. */
export interface QZPayPlan {
  /** Any string, for example a slug such as `pro`. */
  id: string;
  name: string;
  description: string | null;
  /** Whether it can be bought. */
  active: boolean;
  /** The plan's stored prices in the order of `prices.findByPlanId`; the first is the default. */
  prices: QZPayPrice[];
  features: QZPayPlanFeature[];
  /** Entitlement keys. */
  entitlements: string[];
  /** Limit key to value. */
  limits: Record<string, number>;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface QZPayCreatePlanInput {
  name: string;
  /** Default null. */
  description?: string;
  /** Default `[]`. */
  features?: QZPayPlanFeature[];
  /** Default `[]`. */
  entitlements?: string[];
  /** Default `{}`. */
  limits?: Record<string, number>;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayPlanStorage {
  /** Stores an active plan without prices; returns it. Rejects with `conflict` (`already_exists`) for an id in use. */
  create(input: QZPayCreatePlanInput & { id: string }): Promise<QZPayPlan>;

  /**
   * Changes the given fields; returns the plan with its prices. Rejects with `not_found` for an unknown id.
   *
   * `prices` is derived and ignored here, and so are `id` and `createdAt`.
   */
  update(id: string, input: Partial<QZPayPlan>): Promise<QZPayPlan>;

  /**
   * Hides the plan. Resolves as well when there is nothing to delete.
   *
   * Its prices stay readable: running subscriptions still renew at them.
   */
  delete(id: string): Promise<void>;

  /** Returns the plan with its prices, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayPlan | null>;

  /**
   * With their prices, newest first, then by id. Filters include `active`.
   *
   * Without a limit it returns up to 10 000 plans: callers take the answer for the whole catalogue.
   */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayPlan>>;
}
