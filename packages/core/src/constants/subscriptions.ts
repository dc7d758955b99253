import { type QZPayValueOf, valuesOf } from './value-set.js';

/** States of a subscription. */
export const QZPAY_SUBSCRIPTION_STATUS = Object.freeze({
  ACTIVE: 'active',
  TRIALING: 'trialing',
  PAST_DUE: 'past_due',
  PAUSED: 'paused',
  CANCELED: 'canceled',
  UNPAID: 'unpaid',
  INCOMPLETE: 'incomplete',
  INCOMPLETE_EXPIRED: 'incomplete_expired',
} as const);
export type QZPaySubscriptionStatus = QZPayValueOf<typeof QZPAY_SUBSCRIPTION_STATUS>;
export const QZPAY_SUBSCRIPTION_STATUS_VALUES = valuesOf(QZPAY_SUBSCRIPTION_STATUS);

/** How a subscription starts: an absent mode behaves as `trial`. */
export const QZPAY_SUBSCRIPTION_CREATE_MODE = Object.freeze({
  TRIAL: 'trial',
  PAID: 'paid',
} as const);
export type QZPaySubscriptionCreateMode = QZPayValueOf<typeof QZPAY_SUBSCRIPTION_CREATE_MODE>;
export const QZPAY_SUBSCRIPTION_CREATE_MODE_VALUES = valuesOf(QZPAY_SUBSCRIPTION_CREATE_MODE);

/** States of a queued plan change; `cancelled` is spelt with two l here. */
export const QZPAY_SCHEDULED_PLAN_CHANGE_STATUS = Object.freeze({
  PENDING: 'pending',
  APPLIED: 'applied',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
} as const);
export type QZPayScheduledPlanChangeStatus = QZPayValueOf<typeof QZPAY_SCHEDULED_PLAN_CHANGE_STATUS>;
export const QZPAY_SCHEDULED_PLAN_CHANGE_STATUS_VALUES = valuesOf(QZPAY_SCHEDULED_PLAN_CHANGE_STATUS);

/** States of a polling job; `cancelled` is spelt with two l here. */
export const QZPAY_POLLING_JOB_STATUS = Object.freeze({
  PENDING: 'pending',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMEOUT: 'timeout',
  CANCELLED: 'cancelled',
} as const);
export type QZPaySubscriptionPollingJobStatus = QZPayValueOf<typeof QZPAY_POLLING_JOB_STATUS>;
export const QZPAY_POLLING_JOB_STATUS_VALUES = valuesOf(QZPAY_POLLING_JOB_STATUS);

/** What a polling job watches at the provider. */
export const QZPAY_POLLING_RESOURCE_TYPE = Object.freeze({
  SUBSCRIPTION: 'subscription',
  ONE_TIME_PAYMENT: 'one_time_payment',
} as const);
export type QZPayPollingResourceType = QZPayValueOf<typeof QZPAY_POLLING_RESOURCE_TYPE>;
export const QZPAY_POLLING_RESOURCE_TYPE_VALUES = valuesOf(QZPAY_POLLING_RESOURCE_TYPE);

/** What a plan or quantity change does to the running period; a hint for engine and provider, not stored. */
export const QZPAY_PRORATION_BEHAVIOR = Object.freeze({
  CREATE_PRORATIONS: 'create_prorations',
  NONE: 'none',
  ALWAYS_INVOICE: 'always_invoice',
} as const);
export type QZPayProrationBehavior = QZPayValueOf<typeof QZPAY_PRORATION_BEHAVIOR>;
export const QZPAY_PRORATION_BEHAVIOR_VALUES = valuesOf(QZPAY_PRORATION_BEHAVIOR);
