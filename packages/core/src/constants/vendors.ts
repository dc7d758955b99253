import { type QZPayValueOf, valuesOf } from './value-set.js';

/** States of a vendor. */
export const QZPAY_VENDOR_STATUS = Object.freeze({
  PENDING: 'pending',
  ACTIVE: 'active',
  SUSPENDED: 'suspended',
  REJECTED: 'rejected',
} as const);
export type QZPayVendorStatus = QZPayValueOf<typeof QZPAY_VENDOR_STATUS>;
export const QZPAY_VENDOR_STATUS_VALUES = valuesOf(QZPAY_VENDOR_STATUS);

/** States of a payout. */
export const QZPAY_VENDOR_PAYOUT_STATUS = Object.freeze({
  PENDING: 'pending',
  PROCESSING: 'processing',
  PAID: 'paid',
  FAILED: 'failed',
} as const);
export type QZPayVendorPayoutStatus = QZPayValueOf<typeof QZPAY_VENDOR_PAYOUT_STATUS>;
export const QZPAY_VENDOR_PAYOUT_STATUS_VALUES = valuesOf(QZPAY_VENDOR_PAYOUT_STATUS);

/** How often a vendor is paid out. */
export const QZPAY_PAYOUT_INTERVAL = Object.freeze({
  DAILY: 'daily',
  WEEKLY: 'weekly',
  MONTHLY: 'monthly',
} as const);
export type QZPayPayoutInterval = QZPayValueOf<typeof QZPAY_PAYOUT_INTERVAL>;
export const QZPAY_PAYOUT_INTERVAL_VALUES = valuesOf(QZPAY_PAYOUT_INTERVAL);
