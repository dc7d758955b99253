import type {
  QZPayIdempotency,
  QZPayInvoiceNumbering,
  QZPayInvoiceStorage,
  QZPayUsageOperations,
  QZPayWebhookInbox,
} from '@qzpay/core';
import type { QZPayConformanceStorage } from './case.js';

/** What level 3 asks for: the operations beside the contract of the billing engine. */
export interface OperationsStorage extends QZPayConformanceStorage, QZPayIdempotency {
  readonly usage: QZPayUsageOperations;
  readonly webhooks: QZPayWebhookInbox;
  readonly invoices: QZPayInvoiceStorage & QZPayInvoiceNumbering;
}
