import { type QZPayValueOf, valuesOf } from './value-set.js';

/** States of a payment. */
export const QZPAY_PAYMENT_STATUS = Object.freeze({
  PENDING: 'pending',
  PROCESSING: 'processing',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELED: 'canceled',
  REFUNDED: 'refunded',
  PARTIALLY_REFUNDED: 'partially_refunded',
  DISPUTED: 'disputed',
} as const);
export type QZPayPaymentStatus = QZPayValueOf<typeof QZPAY_PAYMENT_STATUS>;
export const QZPAY_PAYMENT_STATUS_VALUES = valuesOf(QZPAY_PAYMENT_STATUS);

/** Settlement states of a refund. */
export const QZPAY_REFUND_STATUS = Object.freeze({
  PENDING: 'pending',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
} as const);
export type QZPayRefundStatus = QZPayValueOf<typeof QZPAY_REFUND_STATUS>;
export const QZPAY_REFUND_STATUS_VALUES = valuesOf(QZPAY_REFUND_STATUS);

/** States of an invoice. */
export const QZPAY_INVOICE_STATUS = Object.freeze({
  DRAFT: 'draft',
  OPEN: 'open',
  PAID: 'paid',
  VOID: 'void',
  UNCOLLECTIBLE: 'uncollectible',
} as const);
export type QZPayInvoiceStatus = QZPayValueOf<typeof QZPAY_INVOICE_STATUS>;
export const QZPAY_INVOICE_STATUS_VALUES = valuesOf(QZPAY_INVOICE_STATUS);

/** What a checkout session leads to. */
export const QZPAY_CHECKOUT_MODE = Object.freeze({
  PAYMENT: 'payment',
  SUBSCRIPTION: 'subscription',
  SETUP: 'setup',
} as const);
export type QZPayCheckoutMode = QZPayValueOf<typeof QZPAY_CHECKOUT_MODE>;
export const QZPAY_CHECKOUT_MODE_VALUES = valuesOf(QZPAY_CHECKOUT_MODE);

/** States of a checkout session. */
export const QZPAY_CHECKOUT_STATUS = Object.freeze({
  OPEN: 'open',
  COMPLETE: 'complete',
  EXPIRED: 'expired',
} as const);
export type QZPayCheckoutStatus = QZPayValueOf<typeof QZPAY_CHECKOUT_STATUS>;
export const QZPAY_CHECKOUT_STATUS_VALUES = valuesOf(QZPAY_CHECKOUT_STATUS);

/** Kinds of payment method. */
export const QZPAY_PAYMENT_METHOD_TYPE = Object.freeze({
  CARD: 'card',
  BANK_ACCOUNT: 'bank_account',
  SEPA_DEBIT: 'sepa_debit',
  IDEAL: 'ideal',
  OTHER: 'other',
} as const);
export type QZPayPaymentMethodType = QZPayValueOf<typeof QZPAY_PAYMENT_METHOD_TYPE>;
export const QZPAY_PAYMENT_METHOD_TYPE_VALUES = valuesOf(QZPAY_PAYMENT_METHOD_TYPE);

/** States of a payment method. */
export const QZPAY_PAYMENT_METHOD_STATUS = Object.freeze({
  ACTIVE: 'active',
  EXPIRED: 'expired',
  INVALID: 'invalid',
} as const);
export type QZPayPaymentMethodStatus = QZPayValueOf<typeof QZPAY_PAYMENT_METHOD_STATUS>;
export const QZPAY_PAYMENT_METHOD_STATUS_VALUES = valuesOf(QZPAY_PAYMENT_METHOD_STATUS);

/** Card schemes. */
export const QZPAY_CARD_BRAND = Object.freeze({
  VISA: 'visa',
  MASTERCARD: 'mastercard',
  AMEX: 'amex',
  DISCOVER: 'discover',
  DINERS: 'diners',
  JCB: 'jcb',
  UNIONPAY: 'unionpay',
  UNKNOWN: 'unknown',
} as const);
export type QZPayCardBrand = QZPayValueOf<typeof QZPAY_CARD_BRAND>;
export const QZPAY_CARD_BRAND_VALUES = valuesOf(QZPAY_CARD_BRAND);

/** How a card is funded. */
export const QZPAY_CARD_FUNDING = Object.freeze({
  CREDIT: 'credit',
  DEBIT: 'debit',
  PREPAID: 'prepaid',
  UNKNOWN: 'unknown',
} as const);
export type QZPayCardFunding = QZPayValueOf<typeof QZPAY_CARD_FUNDING>;
export const QZPAY_CARD_FUNDING_VALUES = valuesOf(QZPAY_CARD_FUNDING);

/** Kinds of bank account. */
export const QZPAY_BANK_ACCOUNT_TYPE = Object.freeze({
  CHECKING: 'checking',
  SAVINGS: 'savings',
} as const);
export type QZPayBankAccountType = QZPayValueOf<typeof QZPAY_BANK_ACCOUNT_TYPE>;
export const QZPAY_BANK_ACCOUNT_TYPE_VALUES = valuesOf(QZPAY_BANK_ACCOUNT_TYPE);
