import type {
  QZPayBillingInterval,
  QZPayBillingIntervalLabel,
  QZPayProrationBehavior,
  QZPayScheduledPlanChangeStatus,
  QZPaySubscriptionCreateMode,
  QZPaySubscriptionStatus,
} from './constants.js';
import type { QZPayMetadata } from './metadata.js';
import type { QZPayListOptions, QZPayPaginatedResult } from './pagination.js';

/** A queued change of plan. Its instants are ISO strings and come back as the same strings. */
export interface QZPayScheduledPlanChange {
  newPlanId: string;
  newPriceId: string;
  /** Recurring amount in major units, possibly with a fraction. */
  targetTransactionAmountMajor: number;
  /** ISO string. */
  applyAt: string;
  /** ISO string. */
  requestedAt: string;
  /** Id of whoever asked for it. */
  requestedBy?: string;
  status: QZPayScheduledPlanChangeStatus;
  attemptCount: number;
  /** ISO string. */
  lastAttemptAt?: string;
  /** ISO string. */
  resolvedAt?: string;
  lastError?: string;
  metadata?: QZPayMetadata;
}

/** A customer's subscription to a plan. */
export interface QZPaySubscription {
  id: string;
  customerId: string;
  /** May name a plan that only the host's configuration knows. */
  planId: string;
  status: QZPaySubscriptionStatus;
  /** Unit of the billing period. */
  interval: QZPayBillingInterval;
  /** Units per billing period, an integer of at least 1. */
  intervalCount: number;
  /** Seats or units, a whole number: fractions are for usage and invoice lines. Multiplies the price. */
  quantity: number;
  currentPeriodStart: Date;
  /** Always after the start. */
  currentPeriodEnd: Date;
  trialStart: Date | null;
  trialEnd: Date | null;
  /** Instant of a scheduled cancellation. */
  cancelAt: Date | null;
  /** When cancellation was requested, whether it takes effect at once or later. */
  canceledAt: Date | null;
  cancelAtPeriodEnd: boolean;
  /** Provider name to the subscription's id there; `{}` when there is none. */
  providerSubscriptionIds: Record<string, string>;
  /** Id of the promo code, not the code. */
  promoCodeId?: string | null;
  metadata: QZPayMetadata;
  scheduledPlanChange: QZPayScheduledPlanChange | null;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

export interface QZPayCreateSubscriptionInput {
  customerId: string;
  planId: string;
  /** Decides interval and period; absent: see {@link QZPaySubscriptionStorage.create}. */
  priceId?: string;
  /** Default 1. */
  quantity?: number;
  /** Days; above 0 the subscription starts with a trial, 0 is no trial. */
  trialDays?: number;
  /** Default `{}`. */
  metadata?: QZPayMetadata;
  /** Id of the promo code. Default null. */
  promoCodeId?: string;
  /** `paid` starts as `incomplete`. */
  mode?: QZPaySubscriptionCreateMode;
  billingInterval?: QZPayBillingIntervalLabel;
  /** For the provider; not stored. */
  paymentMethodReturnUrl?: string;
  /** For the provider; not stored. */
  notificationUrl?: string;
  /** Extra days of trial at the provider; not stored. */
  freeTrialDays?: number;
  /** For the provider; not stored. */
  providerPriceId?: string;
  /** Ids known at creation. Default `{}`. */
  providerSubscriptionIds?: Record<string, string>;
}

export interface QZPayUpdateSubscriptionInput {
  planId?: string;
  quantity?: number;
  /** For engine and provider; not stored. */
  prorationBehavior?: QZPayProrationBehavior;
  /** Replaces the stored object. */
  metadata?: QZPayMetadata;
  /** Any state may follow any other. */
  status?: QZPaySubscriptionStatus;
  canceledAt?: Date | null;
  cancelAt?: Date;
  currentPeriodStart?: Date;
  currentPeriodEnd?: Date;
  trialEnd?: Date | null;
  /** Major units; for the provider, not stored. */
  transactionAmount?: number;
  /** Merged per provider. */
  providerSubscriptionIds?: Record<string, string>;
  /** Replaces the whole value; null clears it. */
  scheduledPlanChange?: QZPayScheduledPlanChange | null;
  /** For the provider; not stored. */
  externalReference?: string;
  /** For the provider; not stored. */
  reason?: string;
}

export interface QZPaySubscriptionStorage {
  /**
   * Stores a subscription; returns it.
   *
   * State: `incomplete` with mode `paid`, even when it has a trial; otherwise `trialing` with `trialDays` above 0;
   * otherwise `active`. `incomplete` is a MUST: access must not be granted before the provider has authorised.
   *
   * Interval: that of the price `priceId`; otherwise the label `billingInterval` (`annual` is a year, `monthly` a
   * month); otherwise that of the first price of the stored plan; otherwise one month. The period starts now and ends
   * after the interval by calendar arithmetic (`Date` setters on local time, a day that the month lacks rolls over), or
   * with the trial. The trial lasts `trialDays` times 24 hours. Everything not given is null, `{}` or false.
   *
   * Rejects with `not_found` for an unknown customer, with `conflict` (`already_exists`) for an id in use. The plan
   * need not be stored.
   *
   * @conformance subscriptions/paid-starts-incomplete
   */
  create(input: QZPayCreateSubscriptionInput & { id: string }): Promise<QZPaySubscription>;

  /**
   * Changes the given fields; returns the subscription as it is now. Rejects with `not_found` for an unknown id.
   *
   * Derives nothing: a change of `status` stamps no date and flips no flag. `prorationBehavior`, `transactionAmount`,
   * `externalReference` and `reason` never appear on the entity. At run time `cancelAtPeriodEnd`, a null `cancelAt`,
   * `interval`, `intervalCount`, `promoCodeId` and `trialStart` are accepted as well. MUST NOT lose an entry of
   * `providerSubscriptionIds` when two callers set different providers at once.
   *
   * @conformance subscriptions/provider-ids-survive-callers-at-once
   */
  update(id: string, input: QZPayUpdateSubscriptionInput): Promise<QZPaySubscription>;

  /** Hides the subscription; its polling jobs and add-ons stay. Resolves as well when there is nothing to delete. */
  delete(id: string): Promise<void>;

  /** Returns the subscription, or null when it is unknown or deleted. */
  findById(id: string): Promise<QZPaySubscription | null>;

  /** All subscriptions of the customer in any state, newest first, then by id; empty when there is none. */
  findByCustomerId(customerId: string): Promise<QZPaySubscription[]>;

  /** Newest first, then by id. Filters include `status`, `planId` and `customerId`. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPaySubscription>>;
}
