// The engine's types that columns hold, passed on: an application that installs only the schema can name the types of
// its queries, and its compiler can write them into declarations.
export type {
  QZPayAddOnLimit,
  QZPayBankAccountDetails,
  QZPayBillingAddress,
  QZPayBillingDetails,
  QZPayCardDetails,
  QZPayCheckoutLineItem,
  QZPayCurrency,
  QZPayMetadata,
  QZPayPayoutSchedule,
  QZPayPlanFeature,
  QZPayPromoCodeCondition,
  QZPaySavedCard,
  QZPayScheduledPlanChange,
} from '@qzpay/core';

export {
  QZPAY_ADDONS_CONSTRAINTS,
  type QZPayAddonInsert,
  type QZPayAddonRow,
  type QZPayAddonsTable,
} from './addons.js';
export {
  QZPAY_AUDIT_BLOCKS_CONSTRAINTS,
  type QZPayAuditBlockInsert,
  type QZPayAuditBlockRow,
  type QZPayAuditBlocksTable,
} from './audit-blocks.js';
export {
  QZPAY_AUDIT_LOGS_CONSTRAINTS,
  type QZPayAuditLogInsert,
  type QZPayAuditLogRow,
  type QZPayAuditLogsTable,
} from './audit-logs.js';
export {
  QZPAY_CHECKOUTS_CONSTRAINTS,
  type QZPayCheckoutInsert,
  type QZPayCheckoutRow,
  type QZPayCheckoutsTable,
} from './checkouts.js';
export { QZPAY_CONSTRAINTS } from './constraints.js';
export { createQZPayTables, type QZPayTables, type QZPayTablesOptions } from './create-tables.js';
export {
  QZPAY_CURRENCIES_CONSTRAINTS,
  type QZPayCurrenciesTable,
  type QZPayCurrencyInsert,
  type QZPayCurrencyRow,
} from './currencies.js';
export {
  QZPAY_CUSTOMER_ENTITLEMENTS_CONSTRAINTS,
  type QZPayCustomerEntitlementInsert,
  type QZPayCustomerEntitlementRow,
  type QZPayCustomerEntitlementsTable,
} from './customer-entitlements.js';
export {
  QZPAY_CUSTOMER_LIMITS_CONSTRAINTS,
  type QZPayCustomerLimitInsert,
  type QZPayCustomerLimitRow,
  type QZPayCustomerLimitsTable,
} from './customer-limits.js';
export {
  QZPAY_CUSTOMERS_CONSTRAINTS,
  type QZPayCustomerInsert,
  type QZPayCustomerRow,
  type QZPayCustomersTable,
  type QZPayPostalAddress,
  type QZPayStoredSavedCard,
} from './customers.js';
export {
  qzpayAddons,
  qzpayAuditBlocks,
  qzpayAuditLogs,
  qzpayCheckouts,
  qzpayCurrencies,
  qzpayCustomerEntitlements,
  qzpayCustomerLimits,
  qzpayCustomers,
  qzpayEntitlements,
  qzpayIdempotencyKeys,
  qzpayInvoiceLines,
  qzpayInvoicePayments,
  qzpayInvoiceSequences,
  qzpayInvoices,
  qzpayLimits,
  qzpayMigrations,
  qzpayPaymentMethods,
  qzpayPayments,
  qzpayPlans,
  qzpayPrices,
  qzpayPromoCodes,
  qzpayPromoCodeUsage,
  qzpayRefunds,
  qzpaySchema,
  qzpaySubscriptionAddons,
  qzpaySubscriptionPollingJobs,
  qzpaySubscriptions,
  qzpayUsageRecords,
  qzpayUsageRollups,
  qzpayVendorPayouts,
  qzpayVendors,
  qzpayWebhookDeadLetter,
  qzpayWebhookEvents,
} from './default-tables.js';
export {
  QZPAY_ENTITLEMENTS_CONSTRAINTS,
  type QZPayEntitlementInsert,
  type QZPayEntitlementRow,
  type QZPayEntitlementsTable,
} from './entitlements.js';
export {
  QZPAY_IDEMPOTENCY_KEYS_CONSTRAINTS,
  QZPAY_IDEMPOTENCY_STATUS_VALUES,
  type QZPayIdempotencyKeyInsert,
  type QZPayIdempotencyKeyRow,
  type QZPayIdempotencyKeysTable,
  type QZPayIdempotencyStatus,
} from './idempotency-keys.js';
export {
  QZPAY_INVOICE_LINES_CONSTRAINTS,
  type QZPayInvoiceLineInsert,
  type QZPayInvoiceLineRow,
  type QZPayInvoiceLinesTable,
} from './invoice-lines.js';
export {
  QZPAY_INVOICE_PAYMENTS_CONSTRAINTS,
  type QZPayInvoicePaymentInsert,
  type QZPayInvoicePaymentRow,
  type QZPayInvoicePaymentsTable,
} from './invoice-payments.js';
export {
  QZPAY_INVOICE_SEQUENCES_CONSTRAINTS,
  type QZPayInvoiceSequenceInsert,
  type QZPayInvoiceSequenceRow,
  type QZPayInvoiceSequencesTable,
} from './invoice-sequences.js';
export {
  QZPAY_INVOICES_CONSTRAINTS,
  type QZPayInvoiceInsert,
  type QZPayInvoiceRow,
  type QZPayInvoicesTable,
} from './invoices.js';
export {
  QZPAY_LIMITS_CONSTRAINTS,
  type QZPayLimitInsert,
  type QZPayLimitRow,
  type QZPayLimitsTable,
} from './limits.js';
export {
  QZPAY_MIGRATIONS_CONSTRAINTS,
  type QZPayMigrationInsert,
  type QZPayMigrationRow,
  type QZPayMigrationsTable,
} from './migrations.js';
export type { QZPayNamespace } from './namespace.js';
export {
  QZPAY_PAYMENT_METHODS_CONSTRAINTS,
  type QZPayPaymentMethodInsert,
  type QZPayPaymentMethodRow,
  type QZPayPaymentMethodsTable,
} from './payment-methods.js';
export {
  QZPAY_PAYMENTS_CONSTRAINTS,
  type QZPayPaymentInsert,
  type QZPayPaymentRow,
  type QZPayPaymentsTable,
} from './payments.js';
export { QZPAY_PII_COLUMNS, type QZPayPiiColumn, type QZPayPiiReplacement } from './pii.js';
export {
  QZPAY_PLANS_CONSTRAINTS,
  type QZPayPlanInsert,
  type QZPayPlanRow,
  type QZPayPlansTable,
} from './plans.js';
export {
  QZPAY_PRICES_CONSTRAINTS,
  type QZPayPriceInsert,
  type QZPayPriceRow,
  type QZPayPricesTable,
} from './prices.js';
export {
  QZPAY_PROMO_CODE_USAGE_CONSTRAINTS,
  type QZPayPromoCodeUsageInsert,
  type QZPayPromoCodeUsageRow,
  type QZPayPromoCodeUsageTable,
} from './promo-code-usage.js';
export {
  QZPAY_PROMO_CODES_CONSTRAINTS,
  type QZPayPromoCodeInsert,
  type QZPayPromoCodeRow,
  type QZPayPromoCodesTable,
} from './promo-codes.js';
export {
  QZPAY_REFUNDS_CONSTRAINTS,
  type QZPayRefundInsert,
  type QZPayRefundRow,
  type QZPayRefundsTable,
} from './refunds.js';
export {
  QZPAY_SUBSCRIPTION_ADDONS_CONSTRAINTS,
  type QZPaySubscriptionAddonInsert,
  type QZPaySubscriptionAddonRow,
  type QZPaySubscriptionAddonsTable,
} from './subscription-addons.js';
export {
  QZPAY_SUBSCRIPTION_POLLING_JOBS_CONSTRAINTS,
  type QZPaySubscriptionPollingJobInsert,
  type QZPaySubscriptionPollingJobRow,
  type QZPaySubscriptionPollingJobsTable,
} from './subscription-polling-jobs.js';
export {
  QZPAY_SUBSCRIPTIONS_CONSTRAINTS,
  type QZPaySubscriptionInsert,
  type QZPaySubscriptionRow,
  type QZPaySubscriptionsTable,
} from './subscriptions.js';
export {
  QZPAY_USAGE_RECORDS_CONSTRAINTS,
  type QZPayUsageRecordInsert,
  type QZPayUsageRecordRow,
  type QZPayUsageRecordsTable,
} from './usage-records.js';
export {
  QZPAY_USAGE_ROLLUPS_CONSTRAINTS,
  type QZPayUsageRollupInsert,
  type QZPayUsageRollupRow,
  type QZPayUsageRollupsTable,
} from './usage-rollups.js';
export {
  QZPAY_VENDOR_PAYOUTS_CONSTRAINTS,
  type QZPayVendorPayoutInsert,
  type QZPayVendorPayoutRow,
  type QZPayVendorPayoutsTable,
} from './vendor-payouts.js';
export {
  QZPAY_VENDORS_CONSTRAINTS,
  type QZPayVendorInsert,
  type QZPayVendorRow,
  type QZPayVendorsTable,
} from './vendors.js';
export {
  QZPAY_WEBHOOK_DEAD_LETTER_CONSTRAINTS,
  type QZPayWebhookDeadLetterInsert,
  type QZPayWebhookDeadLetterRow,
  type QZPayWebhookDeadLetterTable,
} from './webhook-dead-letter.js';
export {
  QZPAY_WEBHOOK_EVENTS_CONSTRAINTS,
  type QZPayWebhookEventInsert,
  type QZPayWebhookEventRow,
  type QZPayWebhookEventsTable,
} from './webhook-events.js';
