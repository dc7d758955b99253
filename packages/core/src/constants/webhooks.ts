import { type QZPayValueOf, valuesOf } from './value-set.js';

/** States of an incoming provider event. */
export const QZPAY_WEBHOOK_EVENT_STATUS = Object.freeze({
  PENDING: 'pending',
  PROCESSING: 'processing',
  PROCESSED: 'processed',
  FAILED: 'failed',
  DEAD_LETTER: 'dead_letter',
} as const);
export type QZPayWebhookEventStatus = QZPayValueOf<typeof QZPAY_WEBHOOK_EVENT_STATUS>;
export const QZPAY_WEBHOOK_EVENT_STATUS_VALUES = valuesOf(QZPAY_WEBHOOK_EVENT_STATUS);
