import { type QZPayValueOf, valuesOf } from './value-set.js';

/** Currencies that core names. Storage accepts any code at run time: the type is closed, the column is not. */
export const QZPAY_CURRENCY = Object.freeze({
  USD: 'USD',
  EUR: 'EUR',
  GBP: 'GBP',
  ARS: 'ARS',
  BRL: 'BRL',
  MXN: 'MXN',
  CLP: 'CLP',
  COP: 'COP',
  PEN: 'PEN',
  UYU: 'UYU',
} as const);
export type QZPayCurrency = QZPayValueOf<typeof QZPAY_CURRENCY>;
export const QZPAY_CURRENCY_VALUES = valuesOf(QZPAY_CURRENCY);

/** Units of a billing period. */
export const QZPAY_BILLING_INTERVAL = Object.freeze({
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  YEAR: 'year',
} as const);
export type QZPayBillingInterval = QZPayValueOf<typeof QZPAY_BILLING_INTERVAL>;
export const QZPAY_BILLING_INTERVAL_VALUES = valuesOf(QZPAY_BILLING_INTERVAL);

/** Labels a provider shows for a new subscription; not the same set as the billing intervals. */
export const QZPAY_BILLING_INTERVAL_LABEL = Object.freeze({
  MONTHLY: 'monthly',
  ANNUAL: 'annual',
} as const);
export type QZPayBillingIntervalLabel = QZPayValueOf<typeof QZPAY_BILLING_INTERVAL_LABEL>;
export const QZPAY_BILLING_INTERVAL_LABEL_VALUES = valuesOf(QZPAY_BILLING_INTERVAL_LABEL);

/** How the value of a promo code is read. */
export const QZPAY_DISCOUNT_TYPE = Object.freeze({
  PERCENTAGE: 'percentage',
  FIXED_AMOUNT: 'fixed_amount',
  FREE_TRIAL: 'free_trial',
} as const);
export type QZPayDiscountType = QZPayValueOf<typeof QZPAY_DISCOUNT_TYPE>;
export const QZPAY_DISCOUNT_TYPE_VALUES = valuesOf(QZPAY_DISCOUNT_TYPE);

/** Kinds of rule that a promo code may carry. Storage keeps any kind: hosts define their own. */
export const QZPAY_DISCOUNT_CONDITION = Object.freeze({
  FIRST_PURCHASE: 'first_purchase',
  MIN_AMOUNT: 'min_amount',
  MIN_QUANTITY: 'min_quantity',
  SPECIFIC_PLANS: 'specific_plans',
  SPECIFIC_PRODUCTS: 'specific_products',
  DATE_RANGE: 'date_range',
  CUSTOMER_TAG: 'customer_tag',
} as const);
export type QZPayDiscountCondition = QZPayValueOf<typeof QZPAY_DISCOUNT_CONDITION>;
export const QZPAY_DISCOUNT_CONDITION_VALUES = valuesOf(QZPAY_DISCOUNT_CONDITION);

/** How several discounts combine. */
export const QZPAY_DISCOUNT_STACKING_MODE = Object.freeze({
  NONE: 'none',
  ADDITIVE: 'additive',
  MULTIPLICATIVE: 'multiplicative',
  BEST: 'best',
} as const);
export type QZPayDiscountStackingMode = QZPayValueOf<typeof QZPAY_DISCOUNT_STACKING_MODE>;
export const QZPAY_DISCOUNT_STACKING_MODE_VALUES = valuesOf(QZPAY_DISCOUNT_STACKING_MODE);
