import { type One, relations } from 'drizzle-orm';
import {
  qzpayAddons,
  qzpayAuditBlocks,
  qzpayAuditLogs,
  qzpayCheckouts,
  qzpayCustomerEntitlements,
  qzpayCustomerLimits,
  qzpayCustomers,
  qzpayEntitlements,
  qzpayInvoiceLines,
  qzpayInvoicePayments,
  qzpayInvoices,
  qzpayLimits,
  qzpayPaymentMethods,
  qzpayPayments,
  qzpayPlans,
  qzpayPrices,
  qzpayPromoCodes,
  qzpayPromoCodeUsage,
  qzpayRefunds,
  qzpaySubscriptionAddons,
  qzpaySubscriptionPollingJobs,
  qzpaySubscriptions,
  qzpayUsageRecords,
  qzpayVendorPayouts,
  qzpayVendors,
  qzpayWebhookDeadLetter,
  qzpayWebhookEvents,
} from './default-tables.js';

// Every relation carries the mode, so that no join ties a test row to a live one.

/** A relation without a foreign key: the other row may be missing, although the column that names it is never null. */
function unheld<TableName extends string>(relation: One<TableName, boolean>): One<TableName, false> {
  return relation as One<TableName, false>;
}

export const qzpayCustomersRelations = relations(qzpayCustomers, ({ many }) => ({
  subscriptions: many(qzpaySubscriptions),
  invoices: many(qzpayInvoices),
  payments: many(qzpayPayments),
  paymentMethods: many(qzpayPaymentMethods),
  checkouts: many(qzpayCheckouts),
  entitlements: many(qzpayCustomerEntitlements),
  limits: many(qzpayCustomerLimits),
  usageRecords: many(qzpayUsageRecords),
  promoCodeUsage: many(qzpayPromoCodeUsage),
}));

export const qzpayPlansRelations = relations(qzpayPlans, ({ many }) => ({
  prices: many(qzpayPrices),
  subscriptions: many(qzpaySubscriptions),
}));

export const qzpayPricesRelations = relations(qzpayPrices, ({ one, many }) => ({
  plan: one(qzpayPlans, {
    fields: [qzpayPrices.planId, qzpayPrices.livemode],
    references: [qzpayPlans.id, qzpayPlans.livemode],
  }),
  subscriptions: many(qzpaySubscriptions),
  invoiceLines: many(qzpayInvoiceLines),
}));

export const qzpayPromoCodesRelations = relations(qzpayPromoCodes, ({ many }) => ({
  usage: many(qzpayPromoCodeUsage),
  subscriptions: many(qzpaySubscriptions),
}));

export const qzpayPromoCodeUsageRelations = relations(qzpayPromoCodeUsage, ({ one }) => ({
  promoCode: one(qzpayPromoCodes, {
    fields: [qzpayPromoCodeUsage.promoCodeId, qzpayPromoCodeUsage.livemode],
    references: [qzpayPromoCodes.id, qzpayPromoCodes.livemode],
  }),
  customer: one(qzpayCustomers, {
    fields: [qzpayPromoCodeUsage.customerId, qzpayPromoCodeUsage.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  subscription: one(qzpaySubscriptions, {
    fields: [qzpayPromoCodeUsage.subscriptionId, qzpayPromoCodeUsage.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
  payment: one(qzpayPayments, {
    fields: [qzpayPromoCodeUsage.paymentId, qzpayPromoCodeUsage.livemode],
    references: [qzpayPayments.id, qzpayPayments.livemode],
  }),
}));

export const qzpayPaymentMethodsRelations = relations(qzpayPaymentMethods, ({ one, many }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayPaymentMethods.customerId, qzpayPaymentMethods.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  subscriptions: many(qzpaySubscriptions),
  payments: many(qzpayPayments),
}));

export const qzpaySubscriptionsRelations = relations(qzpaySubscriptions, ({ one, many }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpaySubscriptions.customerId, qzpaySubscriptions.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  plan: unheld(
    one(qzpayPlans, {
      fields: [qzpaySubscriptions.planId, qzpaySubscriptions.livemode],
      references: [qzpayPlans.id, qzpayPlans.livemode],
    }),
  ),
  price: one(qzpayPrices, {
    fields: [qzpaySubscriptions.priceId, qzpaySubscriptions.livemode],
    references: [qzpayPrices.id, qzpayPrices.livemode],
  }),
  promoCode: one(qzpayPromoCodes, {
    fields: [qzpaySubscriptions.promoCodeId, qzpaySubscriptions.livemode],
    references: [qzpayPromoCodes.id, qzpayPromoCodes.livemode],
  }),
  defaultPaymentMethod: one(qzpayPaymentMethods, {
    fields: [qzpaySubscriptions.defaultPaymentMethodId, qzpaySubscriptions.livemode],
    references: [qzpayPaymentMethods.id, qzpayPaymentMethods.livemode],
  }),
  invoices: many(qzpayInvoices),
  payments: many(qzpayPayments),
  addOns: many(qzpaySubscriptionAddons),
  pollingJobs: many(qzpaySubscriptionPollingJobs),
  checkouts: many(qzpayCheckouts),
  usageRecords: many(qzpayUsageRecords),
  promoCodeUsage: many(qzpayPromoCodeUsage),
}));

export const qzpayInvoicesRelations = relations(qzpayInvoices, ({ one, many }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayInvoices.customerId, qzpayInvoices.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  subscription: one(qzpaySubscriptions, {
    fields: [qzpayInvoices.subscriptionId, qzpayInvoices.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
  lines: many(qzpayInvoiceLines),
  payments: many(qzpayPayments),
  invoicePayments: many(qzpayInvoicePayments),
}));

export const qzpayInvoiceLinesRelations = relations(qzpayInvoiceLines, ({ one }) => ({
  invoice: one(qzpayInvoices, {
    fields: [qzpayInvoiceLines.invoiceId, qzpayInvoiceLines.livemode],
    references: [qzpayInvoices.id, qzpayInvoices.livemode],
  }),
  price: one(qzpayPrices, {
    fields: [qzpayInvoiceLines.priceId, qzpayInvoiceLines.livemode],
    references: [qzpayPrices.id, qzpayPrices.livemode],
  }),
}));

export const qzpayPaymentsRelations = relations(qzpayPayments, ({ one, many }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayPayments.customerId, qzpayPayments.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  subscription: one(qzpaySubscriptions, {
    fields: [qzpayPayments.subscriptionId, qzpayPayments.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
  invoice: one(qzpayInvoices, {
    fields: [qzpayPayments.invoiceId, qzpayPayments.livemode],
    references: [qzpayInvoices.id, qzpayInvoices.livemode],
  }),
  paymentMethod: one(qzpayPaymentMethods, {
    fields: [qzpayPayments.paymentMethodId, qzpayPayments.livemode],
    references: [qzpayPaymentMethods.id, qzpayPaymentMethods.livemode],
  }),
  refunds: many(qzpayRefunds),
  invoicePayments: many(qzpayInvoicePayments),
  checkouts: many(qzpayCheckouts),
  promoCodeUsage: many(qzpayPromoCodeUsage),
}));

export const qzpayRefundsRelations = relations(qzpayRefunds, ({ one }) => ({
  payment: one(qzpayPayments, {
    fields: [qzpayRefunds.paymentId, qzpayRefunds.livemode],
    references: [qzpayPayments.id, qzpayPayments.livemode],
  }),
}));

export const qzpayInvoicePaymentsRelations = relations(qzpayInvoicePayments, ({ one }) => ({
  invoice: one(qzpayInvoices, {
    fields: [qzpayInvoicePayments.invoiceId, qzpayInvoicePayments.livemode],
    references: [qzpayInvoices.id, qzpayInvoices.livemode],
  }),
  payment: one(qzpayPayments, {
    fields: [qzpayInvoicePayments.paymentId, qzpayInvoicePayments.livemode],
    references: [qzpayPayments.id, qzpayPayments.livemode],
  }),
}));

export const qzpayVendorsRelations = relations(qzpayVendors, ({ many }) => ({
  payouts: many(qzpayVendorPayouts),
}));

export const qzpayVendorPayoutsRelations = relations(qzpayVendorPayouts, ({ one }) => ({
  vendor: one(qzpayVendors, {
    fields: [qzpayVendorPayouts.vendorId, qzpayVendorPayouts.livemode],
    references: [qzpayVendors.id, qzpayVendors.livemode],
  }),
}));

export const qzpayEntitlementsRelations = relations(qzpayEntitlements, ({ many }) => ({
  customerEntitlements: many(qzpayCustomerEntitlements),
}));

export const qzpayCustomerEntitlementsRelations = relations(qzpayCustomerEntitlements, ({ one }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayCustomerEntitlements.customerId, qzpayCustomerEntitlements.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  definition: unheld(
    one(qzpayEntitlements, {
      fields: [qzpayCustomerEntitlements.entitlementKey, qzpayCustomerEntitlements.livemode],
      references: [qzpayEntitlements.key, qzpayEntitlements.livemode],
    }),
  ),
}));

export const qzpayLimitsRelations = relations(qzpayLimits, ({ many }) => ({
  customerLimits: many(qzpayCustomerLimits),
}));

export const qzpayCustomerLimitsRelations = relations(qzpayCustomerLimits, ({ one }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayCustomerLimits.customerId, qzpayCustomerLimits.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  definition: unheld(
    one(qzpayLimits, {
      fields: [qzpayCustomerLimits.limitKey, qzpayCustomerLimits.livemode],
      references: [qzpayLimits.key, qzpayLimits.livemode],
    }),
  ),
}));

export const qzpayUsageRecordsRelations = relations(qzpayUsageRecords, ({ one }) => ({
  customer: unheld(
    one(qzpayCustomers, {
      fields: [qzpayUsageRecords.customerId, qzpayUsageRecords.livemode],
      references: [qzpayCustomers.id, qzpayCustomers.livemode],
    }),
  ),
  subscription: one(qzpaySubscriptions, {
    fields: [qzpayUsageRecords.subscriptionId, qzpayUsageRecords.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
}));

export const qzpayWebhookEventsRelations = relations(qzpayWebhookEvents, ({ many }) => ({
  deadLetters: many(qzpayWebhookDeadLetter),
}));

export const qzpayWebhookDeadLetterRelations = relations(qzpayWebhookDeadLetter, ({ one }) => ({
  event: one(qzpayWebhookEvents, {
    fields: [qzpayWebhookDeadLetter.webhookEventId, qzpayWebhookDeadLetter.livemode],
    references: [qzpayWebhookEvents.id, qzpayWebhookEvents.livemode],
  }),
}));

export const qzpayAuditBlocksRelations = relations(qzpayAuditBlocks, ({ many }) => ({
  entries: many(qzpayAuditLogs),
}));

export const qzpayAuditLogsRelations = relations(qzpayAuditLogs, ({ one }) => ({
  block: one(qzpayAuditBlocks, {
    fields: [qzpayAuditLogs.blockSeq, qzpayAuditLogs.livemode],
    references: [qzpayAuditBlocks.blockSeq, qzpayAuditBlocks.livemode],
  }),
}));

export const qzpayAddonsRelations = relations(qzpayAddons, ({ many }) => ({
  subscriptionAddOns: many(qzpaySubscriptionAddons),
}));

export const qzpaySubscriptionAddonsRelations = relations(qzpaySubscriptionAddons, ({ one }) => ({
  subscription: one(qzpaySubscriptions, {
    fields: [qzpaySubscriptionAddons.subscriptionId, qzpaySubscriptionAddons.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
  addOn: one(qzpayAddons, {
    fields: [qzpaySubscriptionAddons.addOnId, qzpaySubscriptionAddons.livemode],
    references: [qzpayAddons.id, qzpayAddons.livemode],
  }),
}));

export const qzpayCheckoutsRelations = relations(qzpayCheckouts, ({ one }) => ({
  customer: one(qzpayCustomers, {
    fields: [qzpayCheckouts.customerId, qzpayCheckouts.livemode],
    references: [qzpayCustomers.id, qzpayCustomers.livemode],
  }),
  payment: one(qzpayPayments, {
    fields: [qzpayCheckouts.paymentId, qzpayCheckouts.livemode],
    references: [qzpayPayments.id, qzpayPayments.livemode],
  }),
  subscription: one(qzpaySubscriptions, {
    fields: [qzpayCheckouts.subscriptionId, qzpayCheckouts.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
}));

export const qzpaySubscriptionPollingJobsRelations = relations(qzpaySubscriptionPollingJobs, ({ one }) => ({
  subscription: one(qzpaySubscriptions, {
    fields: [qzpaySubscriptionPollingJobs.subscriptionId, qzpaySubscriptionPollingJobs.livemode],
    references: [qzpaySubscriptions.id, qzpaySubscriptions.livemode],
  }),
}));
