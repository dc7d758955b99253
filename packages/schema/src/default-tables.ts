import { createQZPayTables, type QZPayTables } from './create-tables.js';

// Each table is an export of its own: tools that collect tables look at a module's direct exports only.

/** The whole set, for what is made of it; the package exports its members. */
export const tables: QZPayTables = createQZPayTables();

/** The schema `qzpay`, which the ready-made tables are in. */
export const qzpaySchema: QZPayTables['ns'] = tables.ns;
export const qzpayCurrencies: QZPayTables['currencies'] = tables.currencies;
export const qzpayCustomers: QZPayTables['customers'] = tables.customers;
export const qzpayPlans: QZPayTables['plans'] = tables.plans;
export const qzpayPrices: QZPayTables['prices'] = tables.prices;
export const qzpayPromoCodes: QZPayTables['promoCodes'] = tables.promoCodes;
export const qzpayPaymentMethods: QZPayTables['paymentMethods'] = tables.paymentMethods;
export const qzpaySubscriptions: QZPayTables['subscriptions'] = tables.subscriptions;
export const qzpayInvoices: QZPayTables['invoices'] = tables.invoices;
export const qzpayInvoiceSequences: QZPayTables['invoiceSequences'] = tables.invoiceSequences;
export const qzpayInvoiceLines: QZPayTables['invoiceLines'] = tables.invoiceLines;
export const qzpayPayments: QZPayTables['payments'] = tables.payments;
export const qzpayRefunds: QZPayTables['refunds'] = tables.refunds;
export const qzpayInvoicePayments: QZPayTables['invoicePayments'] = tables.invoicePayments;
export const qzpayPromoCodeUsage: QZPayTables['promoCodeUsage'] = tables.promoCodeUsage;
export const qzpayVendors: QZPayTables['vendors'] = tables.vendors;
export const qzpayVendorPayouts: QZPayTables['vendorPayouts'] = tables.vendorPayouts;
export const qzpayEntitlements: QZPayTables['entitlements'] = tables.entitlements;
export const qzpayCustomerEntitlements: QZPayTables['customerEntitlements'] = tables.customerEntitlements;
export const qzpayLimits: QZPayTables['limits'] = tables.limits;
export const qzpayCustomerLimits: QZPayTables['customerLimits'] = tables.customerLimits;
export const qzpayUsageRecords: QZPayTables['usageRecords'] = tables.usageRecords;
export const qzpayUsageRollups: QZPayTables['usageRollups'] = tables.usageRollups;
export const qzpayWebhookEvents: QZPayTables['webhookEvents'] = tables.webhookEvents;
export const qzpayWebhookDeadLetter: QZPayTables['webhookDeadLetter'] = tables.webhookDeadLetter;
export const qzpayAuditLogs: QZPayTables['auditLogs'] = tables.auditLogs;
export const qzpayAuditBlocks: QZPayTables['auditBlocks'] = tables.auditBlocks;
export const qzpayIdempotencyKeys: QZPayTables['idempotencyKeys'] = tables.idempotencyKeys;
export const qzpayAddons: QZPayTables['addons'] = tables.addons;
export const qzpaySubscriptionAddons: QZPayTables['subscriptionAddons'] = tables.subscriptionAddons;
export const qzpayCheckouts: QZPayTables['checkouts'] = tables.checkouts;
export const qzpaySubscriptionPollingJobs: QZPayTables['subscriptionPollingJobs'] = tables.subscriptionPollingJobs;
export const qzpayMigrations: QZPayTables['migrations'] = tables.migrations;
