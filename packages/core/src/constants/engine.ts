import { type QZPayValueOf, valuesOf } from './value-set.js';

/** Sort directions of lists. */
export const QZPAY_ORDER_DIRECTION = Object.freeze({
  ASC: 'asc',
  DESC: 'desc',
} as const);
export type QZPayOrderDirection = QZPayValueOf<typeof QZPAY_ORDER_DIRECTION>;
export const QZPAY_ORDER_DIRECTION_VALUES = valuesOf(QZPAY_ORDER_DIRECTION);

/** Providers with an engine adapter. Provider maps in storage accept any other name as well. */
export const QZPAY_PAYMENT_PROVIDER = Object.freeze({
  STRIPE: 'stripe',
  MERCADOPAGO: 'mercadopago',
} as const);
export type QZPayPaymentProvider = QZPayValueOf<typeof QZPAY_PAYMENT_PROVIDER>;
export const QZPAY_PAYMENT_PROVIDER_VALUES = valuesOf(QZPAY_PAYMENT_PROVIDER);

/** When a cancellation takes effect. */
export const QZPAY_CANCEL_AT = Object.freeze({
  IMMEDIATELY: 'immediately',
  PERIOD_END: 'period_end',
} as const);
export type QZPayCancelAt = QZPayValueOf<typeof QZPAY_CANCEL_AT>;
export const QZPAY_CANCEL_AT_VALUES = valuesOf(QZPAY_CANCEL_AT);

/** Days of the week as payout schedules count them. */
export const QZPAY_DAY_OF_WEEK = Object.freeze({
  SUNDAY: 0,
  MONDAY: 1,
  TUESDAY: 2,
  WEDNESDAY: 3,
  THURSDAY: 4,
  FRIDAY: 5,
  SATURDAY: 6,
} as const);
export type QZPayDayOfWeek = QZPayValueOf<typeof QZPAY_DAY_OF_WEEK>;
export const QZPAY_DAY_OF_WEEK_VALUES = valuesOf(QZPAY_DAY_OF_WEEK);

/** Events that the billing engine emits. */
export const QZPAY_BILLING_EVENT = Object.freeze({
  CUSTOMER_CREATED: 'customer.created',
  CUSTOMER_UPDATED: 'customer.updated',
  CUSTOMER_DELETED: 'customer.deleted',
  SUBSCRIPTION_CREATED: 'subscription.created',
  SUBSCRIPTION_UPDATED: 'subscription.updated',
  SUBSCRIPTION_CANCELED: 'subscription.canceled',
  SUBSCRIPTION_PAUSED: 'subscription.paused',
  SUBSCRIPTION_RESUMED: 'subscription.resumed',
  SUBSCRIPTION_UNCANCELED: 'subscription.uncanceled',
  SUBSCRIPTION_TRIAL_ENDING: 'subscription.trial_ending',
  SUBSCRIPTION_TRIAL_ENDED: 'subscription.trial_ended',
  SUBSCRIPTION_LINKED: 'subscription.linked',
  SUBSCRIPTION_ADDON_ADDED: 'subscription.addon_added',
  SUBSCRIPTION_ADDON_REMOVED: 'subscription.addon_removed',
  SUBSCRIPTION_ADDON_UPDATED: 'subscription.addon_updated',
  PAYMENT_SUCCEEDED: 'payment.succeeded',
  PAYMENT_FAILED: 'payment.failed',
  PAYMENT_REFUNDED: 'payment.refunded',
  PAYMENT_DISPUTED: 'payment.disputed',
  PAYMENT_METHOD_CREATED: 'payment_method.created',
  PAYMENT_METHOD_UPDATED: 'payment_method.updated',
  PAYMENT_METHOD_DELETED: 'payment_method.deleted',
  INVOICE_CREATED: 'invoice.created',
  INVOICE_PAID: 'invoice.paid',
  INVOICE_PAYMENT_FAILED: 'invoice.payment_failed',
  INVOICE_VOIDED: 'invoice.voided',
  CHECKOUT_CREATED: 'checkout.created',
  CHECKOUT_COMPLETED: 'checkout.completed',
  CHECKOUT_EXPIRED: 'checkout.expired',
  VENDOR_CREATED: 'vendor.created',
  VENDOR_UPDATED: 'vendor.updated',
  VENDOR_PAYOUT: 'vendor.payout',
  ADDON_CREATED: 'addon.created',
  ADDON_UPDATED: 'addon.updated',
  ADDON_DELETED: 'addon.deleted',
} as const);
export type QZPayBillingEvent = QZPayValueOf<typeof QZPAY_BILLING_EVENT>;
export const QZPAY_BILLING_EVENT_VALUES = valuesOf(QZPAY_BILLING_EVENT);

/** Bounds that hosts may hold metadata to with a helper of theirs. Storage enforces none of them. */
export const QZPAY_METADATA_LIMITS = Object.freeze({
  MAX_KEYS: 50,
  MAX_VALUE_LENGTH: 500,
} as const);

/** What a polling job gets when its input is silent: the delay before the first poll in milliseconds, and the attempts. */
export const QZPAY_POLLING_DEFAULTS = Object.freeze({
  INITIAL_DELAY_MS: 30_000,
  MAX_ATTEMPTS: 60,
} as const);
