import type { Table } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { type BuildSchema, createInsertSchema, createSelectSchema, createUpdateSchema } from 'drizzle-zod';
import { createQZPayTables, type QZPayTables } from './create-tables.js';
import { columnRefinements } from './validators/refinements.js';

/** Validators of one table's rows. */
export interface QZPayTableZodSchemas<T extends Table> {
  /** Rows as they are read. */
  readonly select: BuildSchema<'select', T['_']['columns'], undefined, undefined>;
  /** New rows: columns with a default, or that may be null, may be left out. */
  readonly insert: BuildSchema<'insert', T['_']['columns'], undefined, undefined>;
  /** Patches: every column may be left out. */
  readonly update: BuildSchema<'update', T['_']['columns'], undefined, undefined>;
}

export type QZPayZodSchemas = {
  readonly [Key in Exclude<keyof QZPayTables, 'ns'>]: QZPayTableZodSchemas<QZPayTables[Key]>;
};

/**
 * Validators of the rows of every table, by table.
 *
 * They refuse what the database would refuse or could not keep exactly: numbers that are not finite, money that is no
 * safe integer, values outside closed sets, nested metadata, text with NUL, ids that are empty or too long to be indexed.
 * They know no rule of billing: a negative amount is a valid amount.
 */
export function createQZPayZodSchemas(tables: QZPayTables = createQZPayTables()): QZPayZodSchemas {
  return {
    currencies: tableSchemas('currencies', tables.currencies),
    customers: tableSchemas('customers', tables.customers),
    plans: tableSchemas('plans', tables.plans),
    prices: tableSchemas('prices', tables.prices),
    promoCodes: tableSchemas('promoCodes', tables.promoCodes),
    paymentMethods: tableSchemas('paymentMethods', tables.paymentMethods),
    subscriptions: tableSchemas('subscriptions', tables.subscriptions),
    invoices: tableSchemas('invoices', tables.invoices),
    invoiceSequences: tableSchemas('invoiceSequences', tables.invoiceSequences),
    invoiceLines: tableSchemas('invoiceLines', tables.invoiceLines),
    payments: tableSchemas('payments', tables.payments),
    refunds: tableSchemas('refunds', tables.refunds),
    invoicePayments: tableSchemas('invoicePayments', tables.invoicePayments),
    promoCodeUsage: tableSchemas('promoCodeUsage', tables.promoCodeUsage),
    vendors: tableSchemas('vendors', tables.vendors),
    vendorPayouts: tableSchemas('vendorPayouts', tables.vendorPayouts),
    entitlements: tableSchemas('entitlements', tables.entitlements),
    customerEntitlements: tableSchemas('customerEntitlements', tables.customerEntitlements),
    limits: tableSchemas('limits', tables.limits),
    customerLimits: tableSchemas('customerLimits', tables.customerLimits),
    usageRecords: tableSchemas('usageRecords', tables.usageRecords),
    usageRollups: tableSchemas('usageRollups', tables.usageRollups),
    webhookEvents: tableSchemas('webhookEvents', tables.webhookEvents),
    webhookDeadLetter: tableSchemas('webhookDeadLetter', tables.webhookDeadLetter),
    auditLogs: tableSchemas('auditLogs', tables.auditLogs),
    auditBlocks: tableSchemas('auditBlocks', tables.auditBlocks),
    idempotencyKeys: tableSchemas('idempotencyKeys', tables.idempotencyKeys),
    addons: tableSchemas('addons', tables.addons),
    subscriptionAddons: tableSchemas('subscriptionAddons', tables.subscriptionAddons),
    checkouts: tableSchemas('checkouts', tables.checkouts),
    subscriptionPollingJobs: tableSchemas('subscriptionPollingJobs', tables.subscriptionPollingJobs),
    migrations: tableSchemas('migrations', tables.migrations),
  };
}

function tableSchemas<T extends PgTable>(key: keyof QZPayZodSchemas, table: T): QZPayTableZodSchemas<T> {
  const refinements = columnRefinements(key, table);
  // The refinements narrow what is accepted and leave the types as they are, which the builders' types cannot know.
  return {
    select: (createSelectSchema as Build)(table, refinements),
    insert: (createInsertSchema as Build)(table, refinements),
    update: (createUpdateSchema as Build)(table, refinements),
  } as QZPayTableZodSchemas<T>;
}

type Build = (table: PgTable, refinements: ReturnType<typeof columnRefinements>) => unknown;

const schemas = createQZPayZodSchemas();

export const qzpayCurrencySelectSchema: QZPayZodSchemas['currencies']['select'] = schemas.currencies.select;
export const qzpayCurrencyInsertSchema: QZPayZodSchemas['currencies']['insert'] = schemas.currencies.insert;
export const qzpayCurrencyUpdateSchema: QZPayZodSchemas['currencies']['update'] = schemas.currencies.update;
export const qzpayCustomerSelectSchema: QZPayZodSchemas['customers']['select'] = schemas.customers.select;
export const qzpayCustomerInsertSchema: QZPayZodSchemas['customers']['insert'] = schemas.customers.insert;
export const qzpayCustomerUpdateSchema: QZPayZodSchemas['customers']['update'] = schemas.customers.update;
export const qzpayPlanSelectSchema: QZPayZodSchemas['plans']['select'] = schemas.plans.select;
export const qzpayPlanInsertSchema: QZPayZodSchemas['plans']['insert'] = schemas.plans.insert;
export const qzpayPlanUpdateSchema: QZPayZodSchemas['plans']['update'] = schemas.plans.update;
export const qzpayPriceSelectSchema: QZPayZodSchemas['prices']['select'] = schemas.prices.select;
export const qzpayPriceInsertSchema: QZPayZodSchemas['prices']['insert'] = schemas.prices.insert;
export const qzpayPriceUpdateSchema: QZPayZodSchemas['prices']['update'] = schemas.prices.update;
export const qzpayPromoCodeSelectSchema: QZPayZodSchemas['promoCodes']['select'] = schemas.promoCodes.select;
export const qzpayPromoCodeInsertSchema: QZPayZodSchemas['promoCodes']['insert'] = schemas.promoCodes.insert;
export const qzpayPromoCodeUpdateSchema: QZPayZodSchemas['promoCodes']['update'] = schemas.promoCodes.update;
export const qzpayPaymentMethodSelectSchema: QZPayZodSchemas['paymentMethods']['select'] =
  schemas.paymentMethods.select;
export const qzpayPaymentMethodInsertSchema: QZPayZodSchemas['paymentMethods']['insert'] =
  schemas.paymentMethods.insert;
export const qzpayPaymentMethodUpdateSchema: QZPayZodSchemas['paymentMethods']['update'] =
  schemas.paymentMethods.update;
export const qzpaySubscriptionSelectSchema: QZPayZodSchemas['subscriptions']['select'] = schemas.subscriptions.select;
export const qzpaySubscriptionInsertSchema: QZPayZodSchemas['subscriptions']['insert'] = schemas.subscriptions.insert;
export const qzpaySubscriptionUpdateSchema: QZPayZodSchemas['subscriptions']['update'] = schemas.subscriptions.update;
export const qzpayInvoiceSelectSchema: QZPayZodSchemas['invoices']['select'] = schemas.invoices.select;
export const qzpayInvoiceInsertSchema: QZPayZodSchemas['invoices']['insert'] = schemas.invoices.insert;
export const qzpayInvoiceUpdateSchema: QZPayZodSchemas['invoices']['update'] = schemas.invoices.update;
export const qzpayInvoiceSequenceSelectSchema: QZPayZodSchemas['invoiceSequences']['select'] =
  schemas.invoiceSequences.select;
export const qzpayInvoiceSequenceInsertSchema: QZPayZodSchemas['invoiceSequences']['insert'] =
  schemas.invoiceSequences.insert;
export const qzpayInvoiceSequenceUpdateSchema: QZPayZodSchemas['invoiceSequences']['update'] =
  schemas.invoiceSequences.update;
export const qzpayInvoiceLineSelectSchema: QZPayZodSchemas['invoiceLines']['select'] = schemas.invoiceLines.select;
export const qzpayInvoiceLineInsertSchema: QZPayZodSchemas['invoiceLines']['insert'] = schemas.invoiceLines.insert;
export const qzpayInvoiceLineUpdateSchema: QZPayZodSchemas['invoiceLines']['update'] = schemas.invoiceLines.update;
export const qzpayPaymentSelectSchema: QZPayZodSchemas['payments']['select'] = schemas.payments.select;
export const qzpayPaymentInsertSchema: QZPayZodSchemas['payments']['insert'] = schemas.payments.insert;
export const qzpayPaymentUpdateSchema: QZPayZodSchemas['payments']['update'] = schemas.payments.update;
export const qzpayRefundSelectSchema: QZPayZodSchemas['refunds']['select'] = schemas.refunds.select;
export const qzpayRefundInsertSchema: QZPayZodSchemas['refunds']['insert'] = schemas.refunds.insert;
export const qzpayRefundUpdateSchema: QZPayZodSchemas['refunds']['update'] = schemas.refunds.update;
export const qzpayInvoicePaymentSelectSchema: QZPayZodSchemas['invoicePayments']['select'] =
  schemas.invoicePayments.select;
export const qzpayInvoicePaymentInsertSchema: QZPayZodSchemas['invoicePayments']['insert'] =
  schemas.invoicePayments.insert;
export const qzpayInvoicePaymentUpdateSchema: QZPayZodSchemas['invoicePayments']['update'] =
  schemas.invoicePayments.update;
export const qzpayPromoCodeUsageSelectSchema: QZPayZodSchemas['promoCodeUsage']['select'] =
  schemas.promoCodeUsage.select;
export const qzpayPromoCodeUsageInsertSchema: QZPayZodSchemas['promoCodeUsage']['insert'] =
  schemas.promoCodeUsage.insert;
export const qzpayPromoCodeUsageUpdateSchema: QZPayZodSchemas['promoCodeUsage']['update'] =
  schemas.promoCodeUsage.update;
export const qzpayVendorSelectSchema: QZPayZodSchemas['vendors']['select'] = schemas.vendors.select;
export const qzpayVendorInsertSchema: QZPayZodSchemas['vendors']['insert'] = schemas.vendors.insert;
export const qzpayVendorUpdateSchema: QZPayZodSchemas['vendors']['update'] = schemas.vendors.update;
export const qzpayVendorPayoutSelectSchema: QZPayZodSchemas['vendorPayouts']['select'] = schemas.vendorPayouts.select;
export const qzpayVendorPayoutInsertSchema: QZPayZodSchemas['vendorPayouts']['insert'] = schemas.vendorPayouts.insert;
export const qzpayVendorPayoutUpdateSchema: QZPayZodSchemas['vendorPayouts']['update'] = schemas.vendorPayouts.update;
export const qzpayEntitlementSelectSchema: QZPayZodSchemas['entitlements']['select'] = schemas.entitlements.select;
export const qzpayEntitlementInsertSchema: QZPayZodSchemas['entitlements']['insert'] = schemas.entitlements.insert;
export const qzpayEntitlementUpdateSchema: QZPayZodSchemas['entitlements']['update'] = schemas.entitlements.update;
export const qzpayCustomerEntitlementSelectSchema: QZPayZodSchemas['customerEntitlements']['select'] =
  schemas.customerEntitlements.select;
export const qzpayCustomerEntitlementInsertSchema: QZPayZodSchemas['customerEntitlements']['insert'] =
  schemas.customerEntitlements.insert;
export const qzpayCustomerEntitlementUpdateSchema: QZPayZodSchemas['customerEntitlements']['update'] =
  schemas.customerEntitlements.update;
export const qzpayLimitSelectSchema: QZPayZodSchemas['limits']['select'] = schemas.limits.select;
export const qzpayLimitInsertSchema: QZPayZodSchemas['limits']['insert'] = schemas.limits.insert;
export const qzpayLimitUpdateSchema: QZPayZodSchemas['limits']['update'] = schemas.limits.update;
export const qzpayCustomerLimitSelectSchema: QZPayZodSchemas['customerLimits']['select'] =
  schemas.customerLimits.select;
export const qzpayCustomerLimitInsertSchema: QZPayZodSchemas['customerLimits']['insert'] =
  schemas.customerLimits.insert;
export const qzpayCustomerLimitUpdateSchema: QZPayZodSchemas['customerLimits']['update'] =
  schemas.customerLimits.update;
export const qzpayUsageRecordSelectSchema: QZPayZodSchemas['usageRecords']['select'] = schemas.usageRecords.select;
export const qzpayUsageRecordInsertSchema: QZPayZodSchemas['usageRecords']['insert'] = schemas.usageRecords.insert;
export const qzpayUsageRecordUpdateSchema: QZPayZodSchemas['usageRecords']['update'] = schemas.usageRecords.update;
export const qzpayUsageRollupSelectSchema: QZPayZodSchemas['usageRollups']['select'] = schemas.usageRollups.select;
export const qzpayUsageRollupInsertSchema: QZPayZodSchemas['usageRollups']['insert'] = schemas.usageRollups.insert;
export const qzpayUsageRollupUpdateSchema: QZPayZodSchemas['usageRollups']['update'] = schemas.usageRollups.update;
export const qzpayWebhookEventSelectSchema: QZPayZodSchemas['webhookEvents']['select'] = schemas.webhookEvents.select;
export const qzpayWebhookEventInsertSchema: QZPayZodSchemas['webhookEvents']['insert'] = schemas.webhookEvents.insert;
export const qzpayWebhookEventUpdateSchema: QZPayZodSchemas['webhookEvents']['update'] = schemas.webhookEvents.update;
export const qzpayWebhookDeadLetterSelectSchema: QZPayZodSchemas['webhookDeadLetter']['select'] =
  schemas.webhookDeadLetter.select;
export const qzpayWebhookDeadLetterInsertSchema: QZPayZodSchemas['webhookDeadLetter']['insert'] =
  schemas.webhookDeadLetter.insert;
export const qzpayWebhookDeadLetterUpdateSchema: QZPayZodSchemas['webhookDeadLetter']['update'] =
  schemas.webhookDeadLetter.update;
export const qzpayAuditLogSelectSchema: QZPayZodSchemas['auditLogs']['select'] = schemas.auditLogs.select;
export const qzpayAuditLogInsertSchema: QZPayZodSchemas['auditLogs']['insert'] = schemas.auditLogs.insert;
export const qzpayAuditLogUpdateSchema: QZPayZodSchemas['auditLogs']['update'] = schemas.auditLogs.update;
export const qzpayAuditBlockSelectSchema: QZPayZodSchemas['auditBlocks']['select'] = schemas.auditBlocks.select;
export const qzpayAuditBlockInsertSchema: QZPayZodSchemas['auditBlocks']['insert'] = schemas.auditBlocks.insert;
export const qzpayAuditBlockUpdateSchema: QZPayZodSchemas['auditBlocks']['update'] = schemas.auditBlocks.update;
export const qzpayIdempotencyKeySelectSchema: QZPayZodSchemas['idempotencyKeys']['select'] =
  schemas.idempotencyKeys.select;
export const qzpayIdempotencyKeyInsertSchema: QZPayZodSchemas['idempotencyKeys']['insert'] =
  schemas.idempotencyKeys.insert;
export const qzpayIdempotencyKeyUpdateSchema: QZPayZodSchemas['idempotencyKeys']['update'] =
  schemas.idempotencyKeys.update;
export const qzpayAddonSelectSchema: QZPayZodSchemas['addons']['select'] = schemas.addons.select;
export const qzpayAddonInsertSchema: QZPayZodSchemas['addons']['insert'] = schemas.addons.insert;
export const qzpayAddonUpdateSchema: QZPayZodSchemas['addons']['update'] = schemas.addons.update;
export const qzpaySubscriptionAddonSelectSchema: QZPayZodSchemas['subscriptionAddons']['select'] =
  schemas.subscriptionAddons.select;
export const qzpaySubscriptionAddonInsertSchema: QZPayZodSchemas['subscriptionAddons']['insert'] =
  schemas.subscriptionAddons.insert;
export const qzpaySubscriptionAddonUpdateSchema: QZPayZodSchemas['subscriptionAddons']['update'] =
  schemas.subscriptionAddons.update;
export const qzpayCheckoutSelectSchema: QZPayZodSchemas['checkouts']['select'] = schemas.checkouts.select;
export const qzpayCheckoutInsertSchema: QZPayZodSchemas['checkouts']['insert'] = schemas.checkouts.insert;
export const qzpayCheckoutUpdateSchema: QZPayZodSchemas['checkouts']['update'] = schemas.checkouts.update;
export const qzpaySubscriptionPollingJobSelectSchema: QZPayZodSchemas['subscriptionPollingJobs']['select'] =
  schemas.subscriptionPollingJobs.select;
export const qzpaySubscriptionPollingJobInsertSchema: QZPayZodSchemas['subscriptionPollingJobs']['insert'] =
  schemas.subscriptionPollingJobs.insert;
export const qzpaySubscriptionPollingJobUpdateSchema: QZPayZodSchemas['subscriptionPollingJobs']['update'] =
  schemas.subscriptionPollingJobs.update;
export const qzpayMigrationSelectSchema: QZPayZodSchemas['migrations']['select'] = schemas.migrations.select;
export const qzpayMigrationInsertSchema: QZPayZodSchemas['migrations']['insert'] = schemas.migrations.insert;
export const qzpayMigrationUpdateSchema: QZPayZodSchemas['migrations']['update'] = schemas.migrations.update;
