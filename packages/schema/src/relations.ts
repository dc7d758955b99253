import { type One, relations } from 'drizzle-orm';
import type { QZPayTables } from './create-tables.js';
import { tables as defaultTables } from './default-tables.js';

// Every relation carries the mode, so that no join ties a test row to a live one.

/** A relation without a foreign key: the other row may be missing, although the column that names it is never null. */
function unheld<TableName extends string>(relation: One<TableName, boolean>): One<TableName, false> {
  return relation as One<TableName, false>;
}

export type QZPayRelations = ReturnType<typeof createQZPayRelations>;

/** The relations of a set of tables, for `drizzle(client, { schema: { ...tables, ...createQZPayRelations(tables) } })`. */
export function createQZPayRelations(tables: QZPayTables) {
  const {
    addons,
    auditBlocks,
    auditLogs,
    checkouts,
    customerEntitlements,
    customerLimits,
    customers,
    entitlements,
    invoiceLines,
    invoicePayments,
    invoices,
    limits,
    paymentMethods,
    payments,
    plans,
    prices,
    promoCodes,
    promoCodeUsage,
    refunds,
    subscriptionAddons,
    subscriptionPollingJobs,
    subscriptions,
    usageRecords,
    vendorPayouts,
    vendors,
    webhookDeadLetter,
    webhookEvents,
  } = tables;
  return {
    customersRelations: relations(customers, ({ many }) => ({
      subscriptions: many(subscriptions),
      invoices: many(invoices),
      payments: many(payments),
      paymentMethods: many(paymentMethods),
      checkouts: many(checkouts),
      entitlements: many(customerEntitlements),
      limits: many(customerLimits),
      usageRecords: many(usageRecords),
      promoCodeUsage: many(promoCodeUsage),
    })),
    plansRelations: relations(plans, ({ many }) => ({
      prices: many(prices),
      subscriptions: many(subscriptions),
    })),
    pricesRelations: relations(prices, ({ one, many }) => ({
      plan: one(plans, {
        fields: [prices.planId, prices.livemode],
        references: [plans.id, plans.livemode],
      }),
      subscriptions: many(subscriptions),
      invoiceLines: many(invoiceLines),
    })),
    promoCodesRelations: relations(promoCodes, ({ many }) => ({
      usage: many(promoCodeUsage),
      subscriptions: many(subscriptions),
    })),
    promoCodeUsageRelations: relations(promoCodeUsage, ({ one }) => ({
      promoCode: one(promoCodes, {
        fields: [promoCodeUsage.promoCodeId, promoCodeUsage.livemode],
        references: [promoCodes.id, promoCodes.livemode],
      }),
      customer: one(customers, {
        fields: [promoCodeUsage.customerId, promoCodeUsage.livemode],
        references: [customers.id, customers.livemode],
      }),
      subscription: one(subscriptions, {
        fields: [promoCodeUsage.subscriptionId, promoCodeUsage.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
      payment: one(payments, {
        fields: [promoCodeUsage.paymentId, promoCodeUsage.livemode],
        references: [payments.id, payments.livemode],
      }),
    })),
    paymentMethodsRelations: relations(paymentMethods, ({ one, many }) => ({
      customer: one(customers, {
        fields: [paymentMethods.customerId, paymentMethods.livemode],
        references: [customers.id, customers.livemode],
      }),
      subscriptions: many(subscriptions),
      payments: many(payments),
    })),
    subscriptionsRelations: relations(subscriptions, ({ one, many }) => ({
      customer: one(customers, {
        fields: [subscriptions.customerId, subscriptions.livemode],
        references: [customers.id, customers.livemode],
      }),
      plan: unheld(
        one(plans, {
          fields: [subscriptions.planId, subscriptions.livemode],
          references: [plans.id, plans.livemode],
        }),
      ),
      price: one(prices, {
        fields: [subscriptions.priceId, subscriptions.livemode],
        references: [prices.id, prices.livemode],
      }),
      promoCode: one(promoCodes, {
        fields: [subscriptions.promoCodeId, subscriptions.livemode],
        references: [promoCodes.id, promoCodes.livemode],
      }),
      defaultPaymentMethod: one(paymentMethods, {
        fields: [subscriptions.defaultPaymentMethodId, subscriptions.livemode],
        references: [paymentMethods.id, paymentMethods.livemode],
      }),
      invoices: many(invoices),
      payments: many(payments),
      addOns: many(subscriptionAddons),
      pollingJobs: many(subscriptionPollingJobs),
      checkouts: many(checkouts),
      usageRecords: many(usageRecords),
      promoCodeUsage: many(promoCodeUsage),
    })),
    invoicesRelations: relations(invoices, ({ one, many }) => ({
      customer: one(customers, {
        fields: [invoices.customerId, invoices.livemode],
        references: [customers.id, customers.livemode],
      }),
      subscription: one(subscriptions, {
        fields: [invoices.subscriptionId, invoices.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
      lines: many(invoiceLines),
      payments: many(payments),
      invoicePayments: many(invoicePayments),
    })),
    invoiceLinesRelations: relations(invoiceLines, ({ one }) => ({
      invoice: one(invoices, {
        fields: [invoiceLines.invoiceId, invoiceLines.livemode],
        references: [invoices.id, invoices.livemode],
      }),
      price: one(prices, {
        fields: [invoiceLines.priceId, invoiceLines.livemode],
        references: [prices.id, prices.livemode],
      }),
    })),
    paymentsRelations: relations(payments, ({ one, many }) => ({
      customer: one(customers, {
        fields: [payments.customerId, payments.livemode],
        references: [customers.id, customers.livemode],
      }),
      subscription: one(subscriptions, {
        fields: [payments.subscriptionId, payments.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
      invoice: one(invoices, {
        fields: [payments.invoiceId, payments.livemode],
        references: [invoices.id, invoices.livemode],
      }),
      paymentMethod: one(paymentMethods, {
        fields: [payments.paymentMethodId, payments.livemode],
        references: [paymentMethods.id, paymentMethods.livemode],
      }),
      refunds: many(refunds),
      invoicePayments: many(invoicePayments),
      checkouts: many(checkouts),
      promoCodeUsage: many(promoCodeUsage),
    })),
    refundsRelations: relations(refunds, ({ one }) => ({
      payment: one(payments, {
        fields: [refunds.paymentId, refunds.livemode],
        references: [payments.id, payments.livemode],
      }),
    })),
    invoicePaymentsRelations: relations(invoicePayments, ({ one }) => ({
      invoice: one(invoices, {
        fields: [invoicePayments.invoiceId, invoicePayments.livemode],
        references: [invoices.id, invoices.livemode],
      }),
      payment: one(payments, {
        fields: [invoicePayments.paymentId, invoicePayments.livemode],
        references: [payments.id, payments.livemode],
      }),
    })),
    vendorsRelations: relations(vendors, ({ many }) => ({
      payouts: many(vendorPayouts),
    })),
    vendorPayoutsRelations: relations(vendorPayouts, ({ one }) => ({
      vendor: one(vendors, {
        fields: [vendorPayouts.vendorId, vendorPayouts.livemode],
        references: [vendors.id, vendors.livemode],
      }),
    })),
    entitlementsRelations: relations(entitlements, ({ many }) => ({
      customerEntitlements: many(customerEntitlements),
    })),
    customerEntitlementsRelations: relations(customerEntitlements, ({ one }) => ({
      customer: one(customers, {
        fields: [customerEntitlements.customerId, customerEntitlements.livemode],
        references: [customers.id, customers.livemode],
      }),
      definition: unheld(
        one(entitlements, {
          fields: [customerEntitlements.entitlementKey, customerEntitlements.livemode],
          references: [entitlements.key, entitlements.livemode],
        }),
      ),
    })),
    limitsRelations: relations(limits, ({ many }) => ({
      customerLimits: many(customerLimits),
    })),
    customerLimitsRelations: relations(customerLimits, ({ one }) => ({
      customer: one(customers, {
        fields: [customerLimits.customerId, customerLimits.livemode],
        references: [customers.id, customers.livemode],
      }),
      definition: unheld(
        one(limits, {
          fields: [customerLimits.limitKey, customerLimits.livemode],
          references: [limits.key, limits.livemode],
        }),
      ),
    })),
    usageRecordsRelations: relations(usageRecords, ({ one }) => ({
      customer: unheld(
        one(customers, {
          fields: [usageRecords.customerId, usageRecords.livemode],
          references: [customers.id, customers.livemode],
        }),
      ),
      subscription: one(subscriptions, {
        fields: [usageRecords.subscriptionId, usageRecords.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
    })),
    webhookEventsRelations: relations(webhookEvents, ({ many }) => ({
      deadLetters: many(webhookDeadLetter),
    })),
    webhookDeadLetterRelations: relations(webhookDeadLetter, ({ one }) => ({
      event: one(webhookEvents, {
        fields: [webhookDeadLetter.webhookEventId, webhookDeadLetter.livemode],
        references: [webhookEvents.id, webhookEvents.livemode],
      }),
    })),
    auditBlocksRelations: relations(auditBlocks, ({ many }) => ({
      entries: many(auditLogs),
    })),
    auditLogsRelations: relations(auditLogs, ({ one }) => ({
      block: one(auditBlocks, {
        fields: [auditLogs.blockSeq, auditLogs.livemode],
        references: [auditBlocks.blockSeq, auditBlocks.livemode],
      }),
    })),
    addonsRelations: relations(addons, ({ many }) => ({
      subscriptionAddOns: many(subscriptionAddons),
    })),
    subscriptionAddonsRelations: relations(subscriptionAddons, ({ one }) => ({
      subscription: one(subscriptions, {
        fields: [subscriptionAddons.subscriptionId, subscriptionAddons.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
      addOn: one(addons, {
        fields: [subscriptionAddons.addOnId, subscriptionAddons.livemode],
        references: [addons.id, addons.livemode],
      }),
    })),
    checkoutsRelations: relations(checkouts, ({ one }) => ({
      customer: one(customers, {
        fields: [checkouts.customerId, checkouts.livemode],
        references: [customers.id, customers.livemode],
      }),
      payment: one(payments, {
        fields: [checkouts.paymentId, checkouts.livemode],
        references: [payments.id, payments.livemode],
      }),
      subscription: one(subscriptions, {
        fields: [checkouts.subscriptionId, checkouts.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
    })),
    subscriptionPollingJobsRelations: relations(subscriptionPollingJobs, ({ one }) => ({
      subscription: one(subscriptions, {
        fields: [subscriptionPollingJobs.subscriptionId, subscriptionPollingJobs.livemode],
        references: [subscriptions.id, subscriptions.livemode],
      }),
    })),
  };
}

// Each is an export of its own, as the tables are.

const defaults = createQZPayRelations(defaultTables);

export const qzpayCustomersRelations: QZPayRelations['customersRelations'] = defaults.customersRelations;
export const qzpayPlansRelations: QZPayRelations['plansRelations'] = defaults.plansRelations;
export const qzpayPricesRelations: QZPayRelations['pricesRelations'] = defaults.pricesRelations;
export const qzpayPromoCodesRelations: QZPayRelations['promoCodesRelations'] = defaults.promoCodesRelations;
export const qzpayPromoCodeUsageRelations: QZPayRelations['promoCodeUsageRelations'] = defaults.promoCodeUsageRelations;
export const qzpayPaymentMethodsRelations: QZPayRelations['paymentMethodsRelations'] = defaults.paymentMethodsRelations;
export const qzpaySubscriptionsRelations: QZPayRelations['subscriptionsRelations'] = defaults.subscriptionsRelations;
export const qzpayInvoicesRelations: QZPayRelations['invoicesRelations'] = defaults.invoicesRelations;
export const qzpayInvoiceLinesRelations: QZPayRelations['invoiceLinesRelations'] = defaults.invoiceLinesRelations;
export const qzpayPaymentsRelations: QZPayRelations['paymentsRelations'] = defaults.paymentsRelations;
export const qzpayRefundsRelations: QZPayRelations['refundsRelations'] = defaults.refundsRelations;
export const qzpayInvoicePaymentsRelations: QZPayRelations['invoicePaymentsRelations'] =
  defaults.invoicePaymentsRelations;
export const qzpayVendorsRelations: QZPayRelations['vendorsRelations'] = defaults.vendorsRelations;
export const qzpayVendorPayoutsRelations: QZPayRelations['vendorPayoutsRelations'] = defaults.vendorPayoutsRelations;
export const qzpayEntitlementsRelations: QZPayRelations['entitlementsRelations'] = defaults.entitlementsRelations;
export const qzpayCustomerEntitlementsRelations: QZPayRelations['customerEntitlementsRelations'] =
  defaults.customerEntitlementsRelations;
export const qzpayLimitsRelations: QZPayRelations['limitsRelations'] = defaults.limitsRelations;
export const qzpayCustomerLimitsRelations: QZPayRelations['customerLimitsRelations'] = defaults.customerLimitsRelations;
export const qzpayUsageRecordsRelations: QZPayRelations['usageRecordsRelations'] = defaults.usageRecordsRelations;
export const qzpayWebhookEventsRelations: QZPayRelations['webhookEventsRelations'] = defaults.webhookEventsRelations;
export const qzpayWebhookDeadLetterRelations: QZPayRelations['webhookDeadLetterRelations'] =
  defaults.webhookDeadLetterRelations;
export const qzpayAuditBlocksRelations: QZPayRelations['auditBlocksRelations'] = defaults.auditBlocksRelations;
export const qzpayAuditLogsRelations: QZPayRelations['auditLogsRelations'] = defaults.auditLogsRelations;
export const qzpayAddonsRelations: QZPayRelations['addonsRelations'] = defaults.addonsRelations;
export const qzpaySubscriptionAddonsRelations: QZPayRelations['subscriptionAddonsRelations'] =
  defaults.subscriptionAddonsRelations;
export const qzpayCheckoutsRelations: QZPayRelations['checkoutsRelations'] = defaults.checkoutsRelations;
export const qzpaySubscriptionPollingJobsRelations: QZPayRelations['subscriptionPollingJobsRelations'] =
  defaults.subscriptionPollingJobsRelations;
