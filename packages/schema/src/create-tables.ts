import { anything, checkOptions, type OptionRules } from '@qzpay/core/options';
import { defineQZPayAddons, type QZPayAddonsTable } from './addons.js';
import { defineQZPayAuditBlocks, type QZPayAuditBlocksTable } from './audit-blocks.js';
import { defineQZPayAuditLogs, type QZPayAuditLogsTable } from './audit-logs.js';
import { defineQZPayCheckouts, type QZPayCheckoutsTable } from './checkouts.js';
import { defineQZPayCurrencies, type QZPayCurrenciesTable } from './currencies.js';
import { defineQZPayCustomerEntitlements, type QZPayCustomerEntitlementsTable } from './customer-entitlements.js';
import { defineQZPayCustomerLimits, type QZPayCustomerLimitsTable } from './customer-limits.js';
import { defineQZPayCustomers, type QZPayCustomersTable } from './customers.js';
import { defineQZPayEntitlements, type QZPayEntitlementsTable } from './entitlements.js';
import { defineQZPayIdempotencyKeys, type QZPayIdempotencyKeysTable } from './idempotency-keys.js';
import { defineQZPayInvoiceLines, type QZPayInvoiceLinesTable } from './invoice-lines.js';
import { defineQZPayInvoicePayments, type QZPayInvoicePaymentsTable } from './invoice-payments.js';
import { defineQZPayInvoiceSequences, type QZPayInvoiceSequencesTable } from './invoice-sequences.js';
import { defineQZPayInvoices, type QZPayInvoicesTable } from './invoices.js';
import { defineQZPayLimits, type QZPayLimitsTable } from './limits.js';
import { defineQZPayMigrations, type QZPayMigrationsTable } from './migrations.js';
import { createQZPayNamespace, type QZPayNamespace } from './namespace.js';
import { defineQZPayPaymentMethods, type QZPayPaymentMethodsTable } from './payment-methods.js';
import { defineQZPayPayments, type QZPayPaymentsTable } from './payments.js';
import { defineQZPayPlans, type QZPayPlansTable } from './plans.js';
import { defineQZPayPrices, type QZPayPricesTable } from './prices.js';
import { defineQZPayPromoCodeUsage, type QZPayPromoCodeUsageTable } from './promo-code-usage.js';
import { defineQZPayPromoCodes, type QZPayPromoCodesTable } from './promo-codes.js';
import { defineQZPayRefunds, type QZPayRefundsTable } from './refunds.js';
import { defineQZPaySubscriptionAddons, type QZPaySubscriptionAddonsTable } from './subscription-addons.js';
import {
  defineQZPaySubscriptionPollingJobs,
  type QZPaySubscriptionPollingJobsTable,
} from './subscription-polling-jobs.js';
import { defineQZPaySubscriptions, type QZPaySubscriptionsTable } from './subscriptions.js';
import { defineQZPayUsageRecords, type QZPayUsageRecordsTable } from './usage-records.js';
import { defineQZPayUsageRollups, type QZPayUsageRollupsTable } from './usage-rollups.js';
import { defineQZPayVendorPayouts, type QZPayVendorPayoutsTable } from './vendor-payouts.js';
import { defineQZPayVendors, type QZPayVendorsTable } from './vendors.js';
import { defineQZPayWebhookDeadLetter, type QZPayWebhookDeadLetterTable } from './webhook-dead-letter.js';
import { defineQZPayWebhookEvents, type QZPayWebhookEventsTable } from './webhook-events.js';

export interface QZPayTablesOptions {
  /** Name of the PostgreSQL schema. Default `qzpay`. */
  readonly schema?: string | undefined;
}

const TABLES_OPTIONS = { schema: anything } satisfies OptionRules<QZPayTablesOptions>;

/** Every table, and under `ns` the schema that they are in. One type for every schema name. */
export interface QZPayTables {
  readonly ns: QZPayNamespace;
  readonly currencies: QZPayCurrenciesTable;
  readonly customers: QZPayCustomersTable;
  readonly plans: QZPayPlansTable;
  readonly prices: QZPayPricesTable;
  readonly promoCodes: QZPayPromoCodesTable;
  readonly paymentMethods: QZPayPaymentMethodsTable;
  readonly subscriptions: QZPaySubscriptionsTable;
  readonly invoices: QZPayInvoicesTable;
  readonly invoiceSequences: QZPayInvoiceSequencesTable;
  readonly invoiceLines: QZPayInvoiceLinesTable;
  readonly payments: QZPayPaymentsTable;
  readonly refunds: QZPayRefundsTable;
  readonly invoicePayments: QZPayInvoicePaymentsTable;
  readonly promoCodeUsage: QZPayPromoCodeUsageTable;
  readonly vendors: QZPayVendorsTable;
  readonly vendorPayouts: QZPayVendorPayoutsTable;
  readonly entitlements: QZPayEntitlementsTable;
  readonly customerEntitlements: QZPayCustomerEntitlementsTable;
  readonly limits: QZPayLimitsTable;
  readonly customerLimits: QZPayCustomerLimitsTable;
  readonly usageRecords: QZPayUsageRecordsTable;
  readonly usageRollups: QZPayUsageRollupsTable;
  readonly webhookEvents: QZPayWebhookEventsTable;
  readonly webhookDeadLetter: QZPayWebhookDeadLetterTable;
  readonly auditLogs: QZPayAuditLogsTable;
  readonly auditBlocks: QZPayAuditBlocksTable;
  readonly idempotencyKeys: QZPayIdempotencyKeysTable;
  readonly addons: QZPayAddonsTable;
  readonly subscriptionAddons: QZPaySubscriptionAddonsTable;
  readonly checkouts: QZPayCheckoutsTable;
  readonly subscriptionPollingJobs: QZPaySubscriptionPollingJobsTable;
  readonly migrations: QZPayMigrationsTable;
}

/**
 * The tables in a schema of the host's choice, `public` included. SQL names them with their schema, whatever
 * `search_path` says.
 *
 * @throws TypeError for a schema name that PostgreSQL would refuse or cut.
 * @throws QZPayValidationError for an unknown option.
 */
export function createQZPayTables(options: QZPayTablesOptions = {}): QZPayTables {
  checkOptions(options, TABLES_OPTIONS);
  const ns = createQZPayNamespace(options.schema ?? 'qzpay');
  const customers = defineQZPayCustomers(ns);
  const plans = defineQZPayPlans(ns);
  const promoCodes = defineQZPayPromoCodes(ns);
  const subscriptions = defineQZPaySubscriptions(ns, { customers });
  const invoices = defineQZPayInvoices(ns, { customers });
  const payments = defineQZPayPayments(ns, { customers });
  const vendors = defineQZPayVendors(ns);
  const addons = defineQZPayAddons(ns);
  return {
    ns,
    currencies: defineQZPayCurrencies(ns),
    customers,
    plans,
    prices: defineQZPayPrices(ns, { plans }),
    promoCodes,
    paymentMethods: defineQZPayPaymentMethods(ns, { customers }),
    subscriptions,
    invoices,
    invoiceSequences: defineQZPayInvoiceSequences(ns),
    invoiceLines: defineQZPayInvoiceLines(ns, { invoices }),
    payments,
    refunds: defineQZPayRefunds(ns, { payments }),
    invoicePayments: defineQZPayInvoicePayments(ns, { invoices, payments }),
    promoCodeUsage: defineQZPayPromoCodeUsage(ns, { promoCodes, customers }),
    vendors,
    vendorPayouts: defineQZPayVendorPayouts(ns, { vendors }),
    entitlements: defineQZPayEntitlements(ns),
    customerEntitlements: defineQZPayCustomerEntitlements(ns, { customers }),
    limits: defineQZPayLimits(ns),
    customerLimits: defineQZPayCustomerLimits(ns, { customers }),
    usageRecords: defineQZPayUsageRecords(ns),
    usageRollups: defineQZPayUsageRollups(ns),
    webhookEvents: defineQZPayWebhookEvents(ns),
    webhookDeadLetter: defineQZPayWebhookDeadLetter(ns),
    auditLogs: defineQZPayAuditLogs(ns),
    auditBlocks: defineQZPayAuditBlocks(ns),
    idempotencyKeys: defineQZPayIdempotencyKeys(ns),
    addons,
    subscriptionAddons: defineQZPaySubscriptionAddons(ns, { subscriptions, addons }),
    checkouts: defineQZPayCheckouts(ns),
    subscriptionPollingJobs: defineQZPaySubscriptionPollingJobs(ns, { subscriptions }),
    migrations: defineQZPayMigrations(ns),
  };
}

// Here as well as in the main entry, for those who want no tables of the default schema made at their import.
export { QZPAY_CONSTRAINTS } from './constraints.js';
export { QZPAY_PII_COLUMNS, type QZPayPiiColumn, type QZPayPiiReplacement } from './pii.js';
