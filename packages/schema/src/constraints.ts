import { QZPAY_ADDONS_CONSTRAINTS } from './addons.js';
import { QZPAY_AUDIT_BLOCKS_CONSTRAINTS } from './audit-blocks.js';
import { QZPAY_AUDIT_LOGS_CONSTRAINTS } from './audit-logs.js';
import { QZPAY_CHECKOUTS_CONSTRAINTS } from './checkouts.js';
import { QZPAY_CURRENCIES_CONSTRAINTS } from './currencies.js';
import { QZPAY_CUSTOMER_ENTITLEMENTS_CONSTRAINTS } from './customer-entitlements.js';
import { QZPAY_CUSTOMER_LIMITS_CONSTRAINTS } from './customer-limits.js';
import { QZPAY_CUSTOMERS_CONSTRAINTS } from './customers.js';
import { QZPAY_ENTITLEMENTS_CONSTRAINTS } from './entitlements.js';
import { QZPAY_IDEMPOTENCY_KEYS_CONSTRAINTS } from './idempotency-keys.js';
import { QZPAY_INVOICE_LINES_CONSTRAINTS } from './invoice-lines.js';
import { QZPAY_INVOICE_PAYMENTS_CONSTRAINTS } from './invoice-payments.js';
import { QZPAY_INVOICE_SEQUENCES_CONSTRAINTS } from './invoice-sequences.js';
import { QZPAY_INVOICES_CONSTRAINTS } from './invoices.js';
import { QZPAY_LIMITS_CONSTRAINTS } from './limits.js';
import { QZPAY_MIGRATIONS_CONSTRAINTS } from './migrations.js';
import { QZPAY_PAYMENT_METHODS_CONSTRAINTS } from './payment-methods.js';
import { QZPAY_PAYMENTS_CONSTRAINTS } from './payments.js';
import { QZPAY_PLANS_CONSTRAINTS } from './plans.js';
import { QZPAY_PRICES_CONSTRAINTS } from './prices.js';
import { QZPAY_PROMO_CODE_USAGE_CONSTRAINTS } from './promo-code-usage.js';
import { QZPAY_PROMO_CODES_CONSTRAINTS } from './promo-codes.js';
import { QZPAY_REFUNDS_CONSTRAINTS } from './refunds.js';
import { QZPAY_SUBSCRIPTION_ADDONS_CONSTRAINTS } from './subscription-addons.js';
import { QZPAY_SUBSCRIPTION_POLLING_JOBS_CONSTRAINTS } from './subscription-polling-jobs.js';
import { QZPAY_SUBSCRIPTIONS_CONSTRAINTS } from './subscriptions.js';
import { QZPAY_USAGE_RECORDS_CONSTRAINTS } from './usage-records.js';
import { QZPAY_USAGE_ROLLUPS_CONSTRAINTS } from './usage-rollups.js';
import { QZPAY_VENDOR_PAYOUTS_CONSTRAINTS } from './vendor-payouts.js';
import { QZPAY_VENDORS_CONSTRAINTS } from './vendors.js';
import { QZPAY_WEBHOOK_DEAD_LETTER_CONSTRAINTS } from './webhook-dead-letter.js';
import { QZPAY_WEBHOOK_EVENTS_CONSTRAINTS } from './webhook-events.js';

/** The names of all constraints and indexes, by table: what PostgreSQL reports when it refuses a row. */
export const QZPAY_CONSTRAINTS = {
  currencies: QZPAY_CURRENCIES_CONSTRAINTS,
  customers: QZPAY_CUSTOMERS_CONSTRAINTS,
  plans: QZPAY_PLANS_CONSTRAINTS,
  prices: QZPAY_PRICES_CONSTRAINTS,
  promoCodes: QZPAY_PROMO_CODES_CONSTRAINTS,
  paymentMethods: QZPAY_PAYMENT_METHODS_CONSTRAINTS,
  subscriptions: QZPAY_SUBSCRIPTIONS_CONSTRAINTS,
  invoices: QZPAY_INVOICES_CONSTRAINTS,
  invoiceSequences: QZPAY_INVOICE_SEQUENCES_CONSTRAINTS,
  invoiceLines: QZPAY_INVOICE_LINES_CONSTRAINTS,
  payments: QZPAY_PAYMENTS_CONSTRAINTS,
  refunds: QZPAY_REFUNDS_CONSTRAINTS,
  invoicePayments: QZPAY_INVOICE_PAYMENTS_CONSTRAINTS,
  promoCodeUsage: QZPAY_PROMO_CODE_USAGE_CONSTRAINTS,
  vendors: QZPAY_VENDORS_CONSTRAINTS,
  vendorPayouts: QZPAY_VENDOR_PAYOUTS_CONSTRAINTS,
  entitlements: QZPAY_ENTITLEMENTS_CONSTRAINTS,
  customerEntitlements: QZPAY_CUSTOMER_ENTITLEMENTS_CONSTRAINTS,
  limits: QZPAY_LIMITS_CONSTRAINTS,
  customerLimits: QZPAY_CUSTOMER_LIMITS_CONSTRAINTS,
  usageRecords: QZPAY_USAGE_RECORDS_CONSTRAINTS,
  usageRollups: QZPAY_USAGE_ROLLUPS_CONSTRAINTS,
  webhookEvents: QZPAY_WEBHOOK_EVENTS_CONSTRAINTS,
  webhookDeadLetter: QZPAY_WEBHOOK_DEAD_LETTER_CONSTRAINTS,
  auditLogs: QZPAY_AUDIT_LOGS_CONSTRAINTS,
  auditBlocks: QZPAY_AUDIT_BLOCKS_CONSTRAINTS,
  idempotencyKeys: QZPAY_IDEMPOTENCY_KEYS_CONSTRAINTS,
  addons: QZPAY_ADDONS_CONSTRAINTS,
  subscriptionAddons: QZPAY_SUBSCRIPTION_ADDONS_CONSTRAINTS,
  checkouts: QZPAY_CHECKOUTS_CONSTRAINTS,
  subscriptionPollingJobs: QZPAY_SUBSCRIPTION_POLLING_JOBS_CONSTRAINTS,
  migrations: QZPAY_MIGRATIONS_CONSTRAINTS,
} as const;
