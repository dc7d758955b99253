import type { QZPayAddOnBillingInterval, QZPayAddOnLimitAction, QZPaySubscriptionAddOnStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** What an add-on does to a limit. */
export interface QZPayAddOnLimit {
  key: string;
  value: number;
  action: QZPayAddOnLimitAction;
}

/** Something that can be bought on top of a subscription. */
export interface QZPayAddOn {
  id: string;
  name: string;
  description: string | null;
  /** Whether it can be bought. */
  active: boolean;
  /** Minor units. */
  unitAmount: number;
  /** ISO code as given, in any case. */
  currency: string;
  billingInterval: QZPayAddOnBillingInterval;
  /** Intervals per billing period, an integer of at least 1. */
  billingIntervalCount: number;
  /** Empty: fits every plan. */
  compatiblePlanIds: string[];
  /** Whether a subscription may have it more than once. */
  allowMultiple: boolean;
  /** Null: unlimited. */
  maxQuantity: number | null;
  /** Entitlement keys. */
  entitlements: string[];
  limits: QZPayAddOnLimit[];
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
}

export interface QZPayCreateAddOnInput {
  /** The storage makes one when the key holds `undefined` at run time. */
  id?: string;
  name: string;
  /** Default null. */
  description?: string;
  /** Minor units. */
  unitAmount: number;
  /** ISO code in any case. */
  currency: string;
  billingInterval: QZPayAddOnBillingInterval;
  /** Default 1. */
  billingIntervalCount?: number;
  /** Default `[]`. */
  compatiblePlanIds?: string[];
  /** Default false. */
  allowMultiple?: boolean;
  /** Default null. */
  maxQuantity?: number;
  /** Default `[]`. */
  entitlements?: string[];
  /** Default `[]`. */
  limits?: QZPayAddOnLimit[];
  /** Default `{}`. */
  metadata?: QZPayMetadata;
}

export interface QZPayUpdateAddOnInput {
  name?: string;
  /** Null clears it at run time. */
  description?: string;
  /** Minor units. */
  unitAmount?: number;
  active?: boolean;
  /** Replaces the whole list. */
  compatiblePlanIds?: string[];
  allowMultiple?: boolean;
  /** Null clears it at run time. */
  maxQuantity?: number;
  /** Replaces the whole list. */
  entitlements?: string[];
  /** Replaces the whole list. */
  limits?: QZPayAddOnLimit[];
  /** Replaces the stored object. */
  metadata?: QZPayMetadata;
}

/** An add-on as bought for a subscription. */
export interface QZPaySubscriptionAddOn {
  id: string;
  subscriptionId: string;
  addOnId: string;
  /** A whole number, as of subscriptions. */
  quantity: number;
  /** Minor units at the time of purchase. */
  unitAmount: number;
  /** ISO code as given, in any case. */
  currency: string;
  status: QZPaySubscriptionAddOnStatus;
  addedAt: Date;
  canceledAt: Date | null;
  /** Expiry of an add-on that is paid once. */
  expiresAt: Date | null;
  metadata: QZPayMetadata;
  createdAt: Date;
  updatedAt: Date;
}

export interface QZPayAttachAddOnInput {
  id: string;
  subscriptionId: string;
  addOnId: string;
  quantity: number;
  /** Minor units. */
  unitAmount: number;
  /** ISO code in any case. */
  currency: string;
  /** Default `{}`. Wider than the entity's metadata; storage keeps it as JSON. */
  metadata?: Record<string, unknown>;
}

export interface QZPayAddOnStorage {
  /** Stores an active add-on; returns it. Rejects with `conflict` (`already_exists`) for an id in use. */
  create(input: QZPayCreateAddOnInput & { id: string }): Promise<QZPayAddOn>;

  /** Changes the given fields; returns the add-on as it is now. Rejects with `not_found` for an unknown id. */
  update(id: string, input: QZPayUpdateAddOnInput): Promise<QZPayAddOn>;

  /** Hides the add-on; where it was bought it stays. Resolves as well when there is nothing to delete. */
  delete(id: string): Promise<void>;

  /** Returns the add-on, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPayAddOn | null>;

  /** Active add-ons that fit the plan, those that fit every plan included, by name, then by id. */
  findByPlanId(planId: string): Promise<QZPayAddOn[]>;

  /** Newest first, then by id. Filters include `active`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayAddOn>>;

  /**
   * Attaches the add-on in state `active` from now on; returns the new row, also when the pair was attached before.
   *
   * Does not look at `allowMultiple` or `maxQuantity`. Rejects with `not_found` for an unknown subscription or add-on,
   * with `conflict` (`already_exists`) for an id in use.
   */
  addToSubscription(input: QZPayAttachAddOnInput): Promise<QZPaySubscriptionAddOn>;

  /**
   * Detaches what {@link QZPayAddOnStorage.findSubscriptionAddOn} finds: it becomes `canceled` as of now and stays as
   * history. Resolves as well when there is nothing to detach.
   */
  removeFromSubscription(subscriptionId: string, addOnId: string): Promise<void>;

  /**
   * Changes the given fields of what {@link QZPayAddOnStorage.findSubscriptionAddOn} finds; returns it as it is now.
   * Rejects with `not_found` when there is none. `id`, `subscriptionId`, `addOnId` and `createdAt` are ignored.
   */
  updateSubscriptionAddOn(
    subscriptionId: string,
    addOnId: string,
    input: Partial<QZPaySubscriptionAddOn>,
  ): Promise<QZPaySubscriptionAddOn>;

  /** All rows of the subscription in any state, earliest `addedAt` first, then by id; empty when there is none. */
  findBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionAddOn[]>;

  /**
   * Returns the one row that the pair stands for, or null.
   *
   * The oldest `active` one by `addedAt` and id; otherwise the oldest `pending` one; never a `canceled` one.
   */
  findSubscriptionAddOn(subscriptionId: string, addOnId: string): Promise<QZPaySubscriptionAddOn | null>;
}
