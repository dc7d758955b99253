import type { QZPayTables } from '@qzpay/schema';

export type TableKey = Exclude<keyof QZPayTables, 'ns'>;

/** The name under which an error speaks of a table's rows; the engine's own names where it has one. */
export const ENTITY_NAMES = {
  addons: 'AddOn',
  auditBlocks: 'AuditBlock',
  auditLogs: 'AuditLog',
  checkouts: 'Checkout',
  currencies: 'Currency',
  customerEntitlements: 'CustomerEntitlement',
  customerLimits: 'CustomerLimit',
  customers: 'Customer',
  entitlements: 'Entitlement',
  idempotencyKeys: 'IdempotencyKey',
  invoiceLines: 'InvoiceLine',
  invoicePayments: 'InvoicePayment',
  invoiceSequences: 'InvoiceSequence',
  invoices: 'Invoice',
  limits: 'Limit',
  migrations: 'Migration',
  paymentMethods: 'PaymentMethod',
  payments: 'Payment',
  plans: 'Plan',
  prices: 'Price',
  promoCodeUsage: 'PromoCodeUsage',
  promoCodes: 'PromoCode',
  refunds: 'Refund',
  subscriptionAddons: 'SubscriptionAddOn',
  subscriptionPollingJobs: 'SubscriptionPollingJob',
  subscriptions: 'Subscription',
  usageRecords: 'UsageRecord',
  usageRollups: 'UsageRollup',
  vendorPayouts: 'VendorPayout',
  vendors: 'Vendor',
  webhookDeadLetter: 'WebhookDeadLetter',
  webhookEvents: 'WebhookEvent',
} as const satisfies Record<TableKey, string>;
