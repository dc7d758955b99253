import { type QZPayValueOf, valuesOf } from './value-set.js';

/** Where an entitlement or a limit of a customer comes from. */
export const QZPAY_SOURCE_TYPE = Object.freeze({
  SUBSCRIPTION: 'subscription',
  PURCHASE: 'purchase',
  MANUAL: 'manual',
  ADDON: 'addon',
} as const);
export type QZPaySourceType = QZPayValueOf<typeof QZPAY_SOURCE_TYPE>;
export const QZPAY_SOURCE_TYPE_VALUES = valuesOf(QZPAY_SOURCE_TYPE);

/** What a usage record does to the counter of its limit. */
export const QZPAY_USAGE_ACTION = Object.freeze({
  INCREMENT: 'increment',
  DECREMENT: 'decrement',
  SET: 'set',
} as const);
export type QZPayUsageAction = QZPayValueOf<typeof QZPAY_USAGE_ACTION>;
export const QZPAY_USAGE_ACTION_VALUES = valuesOf(QZPAY_USAGE_ACTION);

/** Billing cadences of an add-on: the billing intervals, or once. */
export const QZPAY_ADDON_BILLING_INTERVAL = Object.freeze({
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  YEAR: 'year',
  ONE_TIME: 'one_time',
} as const);
export type QZPayAddOnBillingInterval = QZPayValueOf<typeof QZPAY_ADDON_BILLING_INTERVAL>;
export const QZPAY_ADDON_BILLING_INTERVAL_VALUES = valuesOf(QZPAY_ADDON_BILLING_INTERVAL);

/** How an add-on changes a limit. */
export const QZPAY_ADDON_LIMIT_ACTION = Object.freeze({
  SET: 'set',
  INCREMENT: 'increment',
} as const);
export type QZPayAddOnLimitAction = QZPayValueOf<typeof QZPAY_ADDON_LIMIT_ACTION>;
export const QZPAY_ADDON_LIMIT_ACTION_VALUES = valuesOf(QZPAY_ADDON_LIMIT_ACTION);

/** States of an add-on attached to a subscription; `canceled` is spelt with one l here. */
export const QZPAY_SUBSCRIPTION_ADDON_STATUS = Object.freeze({
  ACTIVE: 'active',
  CANCELED: 'canceled',
  PENDING: 'pending',
} as const);
export type QZPaySubscriptionAddOnStatus = QZPayValueOf<typeof QZPAY_SUBSCRIPTION_ADDON_STATUS>;
export const QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES = valuesOf(QZPAY_SUBSCRIPTION_ADDON_STATUS);
