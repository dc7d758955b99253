export { withQZPayActor } from '@qzpay/repositories';
export type { QZPayNumberedInvoice, QZPayStoredInvoice } from './collections/invoices.js';
export type { QZPayStorageHealth } from './health.js';
export type {
  QZPayErasedRows,
  QZPayEraseOptions,
  QZPayEraseProgress,
  QZPayEraseReport,
} from './maintenance/erase-customer.js';
export type {
  QZPayPurgeOptions,
  QZPayPurgeProgress,
  QZPayPurgeResult,
  QZPayRetention,
} from './maintenance/purge.js';
export type {
  QZPayCheckResult,
  QZPayVerifyOptions,
  QZPayVerifyProgress,
  QZPayVerifyReport,
} from './maintenance/verify.js';
export type { QZPayUpdateSubscriptionFields } from './mappers/subscriptions.js';
export type { QZPayVersioned } from './mappers/values.js';
export type { QZPayUpdateVendorFields } from './mappers/vendors.js';
export type { QZPayIdempotencyOptions } from './operations/idempotency.js';
export type { QZPayWebhookOptions } from './operations/webhooks.js';
export { createQZPayStorage, type QZPayStorage, type QZPayStorageOptions } from './storage.js';
