import { expect, it } from 'vitest';
import type { QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver } from './support/repositories.js';

const now = new Date('2026-06-01T00:00:00.000Z');

/** Looks for a text in every way that there is, each with the answer of where there is nothing. */
function lookUps(
  all: QZPayRepositories,
  text: string,
): Readonly<Record<string, readonly [unknown, () => Promise<unknown>]>> {
  const usage = { customerId: text, limitKey: text, start: now, end: now };
  return {
    'addons.findById': [null, () => all.addons.findById(text)],
    'addons.findByIds': [[], () => all.addons.findByIds([text])],
    'addons.findByPlanId': [[], () => all.addons.findByPlanId(text)],
    'addons.delete': [undefined, () => all.addons.delete(text)],
    'addons.restore': [null, () => all.addons.restore(text)],
    'addons.count': [0, () => all.addons.count({ name: text })],
    'addons.list': [[], () => all.addons.list({ filters: { name: text } }).then(({ data }) => data)],
    'addons.page': [[], () => all.addons.page({ filters: { name: text } }).then(({ data }) => data)],
    'auditLogs.findByEntity': [[], () => all.auditLogs.findByEntity(text, text).then(({ data }) => data)],
    'auditLogs.findByActor': [[], () => all.auditLogs.findByActor(text, text).then(({ data }) => data)],
    'auditLogs.findByRequestId': [[], () => all.auditLogs.findByRequestId(text)],
    'checkouts.findByCustomerId': [[], () => all.checkouts.findByCustomerId(text)],
    'checkouts.findByProviderId': [null, () => all.checkouts.findByProviderId(text, text)],
    'currencies.findByCode': [null, () => all.currencies.findByCode(text)],
    'customerEntitlements.revoke': [0, () => all.customerEntitlements.revoke(text, text)],
    'customerEntitlements.revokeBySource': [0, () => all.customerEntitlements.revokeBySource('addon', text)],
    'customerEntitlements.check': [false, () => all.customerEntitlements.check(text, text)],
    'customerEntitlements.findActive': [null, () => all.customerEntitlements.findActive(text, text)],
    'customerEntitlements.findActiveByCustomerId': [[], () => all.customerEntitlements.findActiveByCustomerId(text)],
    'customerEntitlements.findByCustomerId': [[], () => all.customerEntitlements.findByCustomerId(text)],
    'customerEntitlements.findCustomerIdsByKey': [[], () => all.customerEntitlements.findCustomerIdsByKey(text)],
    'customerLimits.delete': [undefined, () => all.customerLimits.delete(text, text)],
    'customerLimits.deleteBySource': [0, () => all.customerLimits.deleteBySource('addon', text)],
    'customerLimits.find': [null, () => all.customerLimits.find(text, text)],
    'customerLimits.findByCustomerId': [[], () => all.customerLimits.findByCustomerId(text)],
    'customerLimits.findByKey': [[], () => all.customerLimits.findByKey(text)],
    'customerLimits.countByKey': [0, () => all.customerLimits.countByKey(text)],
    'customers.findByExternalId': [null, () => all.customers.findByExternalId(text)],
    'customers.existsByExternalId': [false, () => all.customers.existsByExternalId(text)],
    'customers.findByEmail': [null, () => all.customers.findByEmail(text)],
    'customers.findByProviderId': [null, () => all.customers.findByProviderId(text, text)],
    'customers.search': [[], () => all.customers.search(text)],
    'entitlements.findByKey': [null, () => all.entitlements.findByKey(text)],
    'entitlements.delete': [undefined, () => all.entitlements.delete(text)],
    'idempotencyKeys.find': [null, () => all.idempotencyKeys.find(text)],
    'invoicePayments.findByInvoiceId': [[], () => all.invoicePayments.findByInvoiceId(text)],
    'invoicePayments.findByPaymentId': [[], () => all.invoicePayments.findByPaymentId(text)],
    'invoicePayments.totalPaid': [0, () => all.invoicePayments.totalPaid(text)],
    'invoices.findByCustomerId': [[], () => all.invoices.findByCustomerId(text)],
    'invoices.findBySubscriptionId': [[], () => all.invoices.findBySubscriptionId(text)],
    'invoices.findByNumber': [null, () => all.invoices.findByNumber(text)],
    'invoices.findByProviderId': [null, () => all.invoices.findByProviderId(text, text)],
    'limits.findByKey': [null, () => all.limits.findByKey(text)],
    'limits.delete': [undefined, () => all.limits.delete(text)],
    'paymentMethods.findByCustomerId': [[], () => all.paymentMethods.findByCustomerId(text)],
    'paymentMethods.findDefaultByCustomerId': [null, () => all.paymentMethods.findDefaultByCustomerId(text)],
    'paymentMethods.findByProviderId': [null, () => all.paymentMethods.findByProviderId(text, text)],
    'paymentMethods.hasUsable': [false, () => all.paymentMethods.hasUsable(text)],
    'paymentMethods.unsetDefault': [undefined, () => all.paymentMethods.unsetDefault(text)],
    'paymentMethods.delete': [undefined, () => all.paymentMethods.delete(text)],
    'paymentMethods.deleteByCustomerId': [0, () => all.paymentMethods.deleteByCustomerId(text)],
    'payments.findByCustomerId': [[], () => all.payments.findByCustomerId(text)],
    'payments.findBySubscriptionId': [[], () => all.payments.findBySubscriptionId(text)],
    'payments.findByInvoiceId': [[], () => all.payments.findByInvoiceId(text)],
    'payments.findByProviderId': [null, () => all.payments.findByProviderId(text, text)],
    'plans.findById': [null, () => all.plans.findById(text)],
    'prices.findByPlanId': [[], () => all.prices.findByPlanId(text)],
    'prices.findDefaultByPlanId': [null, () => all.prices.findDefaultByPlanId(text)],
    'prices.findByProviderId': [null, () => all.prices.findByProviderId(text, text)],
    'promoCodes.findByCode': [null, () => all.promoCodes.findByCode(text)],
    'promoCodes.check': [
      { promoCode: null, refusal: 'unknown' },
      () => all.promoCodes.check(text, { customerId: text }),
    ],
    'promoCodes.claimRedemption': [null, () => all.promoCodes.claimRedemption(text)],
    'promoCodeUsage.redeem': [null, () => all.promoCodeUsage.redeem({ promoCodeId: text, customerId: 'c' })],
    'promoCodeUsage.findByPromoCodeId': [[], () => all.promoCodeUsage.findByPromoCodeId(text)],
    'promoCodeUsage.findByCustomerId': [[], () => all.promoCodeUsage.findByCustomerId(text)],
    'promoCodeUsage.hasRedeemed': [false, () => all.promoCodeUsage.hasRedeemed(text, text)],
    'promoCodeUsage.totalDiscounts': [[], () => all.promoCodeUsage.totalDiscounts(text)],
    'refunds.findByPaymentId': [[], () => all.refunds.findByPaymentId(text)],
    'refunds.findByProviderRefundId': [null, () => all.refunds.findByProviderRefundId(text)],
    'refunds.hasSucceeded': [false, () => all.refunds.hasSucceeded(text)],
    'refunds.totalSucceeded': [0, () => all.refunds.totalSucceeded(text)],
    'subscriptionAddons.findCurrent': [null, () => all.subscriptionAddons.findCurrent(text, text)],
    'subscriptionAddons.cancelCurrent': [null, () => all.subscriptionAddons.cancelCurrent(text, text)],
    'subscriptionAddons.findBySubscriptionId': [[], () => all.subscriptionAddons.findBySubscriptionId(text)],
    'subscriptionAddons.totalActive': [[], () => all.subscriptionAddons.totalActive(text)],
    'subscriptionPollingJobs.findActiveByProviderResourceId': [
      null,
      () => all.subscriptionPollingJobs.findActiveByProviderResourceId(text, text),
    ],
    'subscriptionPollingJobs.findActiveBySubscriptionId': [
      null,
      () => all.subscriptionPollingJobs.findActiveBySubscriptionId(text),
    ],
    'subscriptionPollingJobs.update': [null, () => all.subscriptionPollingJobs.update(text, text, {})],
    'subscriptions.findByCustomerId': [[], () => all.subscriptions.findByCustomerId(text)],
    'subscriptions.findActiveByCustomerId': [[], () => all.subscriptions.findActiveByCustomerId(text)],
    'subscriptions.findActiveByCustomerExternalId': [[], () => all.subscriptions.findActiveByCustomerExternalId(text)],
    'subscriptions.findByPromoCodeId': [[], () => all.subscriptions.findByPromoCodeId(text)],
    'subscriptions.findByProviderId': [null, () => all.subscriptions.findByProviderId(text, text)],
    'usageRecords.findByIdempotencyKey': [null, () => all.usageRecords.findByIdempotencyKey(text, text)],
    'usageRecords.findByWindow': [[], () => all.usageRecords.findByWindow(usage)],
    'usageRecords.findLastSet': [null, () => all.usageRecords.findLastSet(text, text, now)],
    'usageRecords.total': [0, () => all.usageRecords.total(usage)],
    'usageRecords.totalsByLimitKey': [[], () => all.usageRecords.totalsByLimitKey(usage)],
    'usageRecords.totalsByPeriod': [[], () => all.usageRecords.totalsByPeriod(usage)],
    'usageRecords.findLimitKeys': [[], () => all.usageRecords.findLimitKeys(text)],
    'vendorPayouts.findByVendorId': [[], () => all.vendorPayouts.findByVendorId(text)],
    'vendorPayouts.findByProviderId': [null, () => all.vendorPayouts.findByProviderId(text, text)],
    'vendorPayouts.totals': [[], () => all.vendorPayouts.totals(text)],
    'vendors.findByExternalId': [null, () => all.vendors.findByExternalId(text)],
    'vendors.findByProviderId': [null, () => all.vendors.findByProviderId(text, text)],
    'webhookEvents.findByProviderEventId': [null, () => all.webhookEvents.findByProviderEventId(text, text)],
    'webhookEvents.findByType': [[], () => all.webhookEvents.findByType(text, text).then(({ data }) => data)],
    'webhookDeadLetter.findByProviderEventId': [null, () => all.webhookDeadLetter.findByProviderEventId(text, text)],
    'webhookDeadLetter.resolve': [null, () => all.webhookDeadLetter.resolve(text)],
  };
}

/** Changes of what is not there. */
const CHANGES: Readonly<Record<string, (all: QZPayRepositories, text: string) => Promise<unknown>>> = {
  'addons.update': (all, text) => all.addons.update(text, { name: 'x' }),
  'addons.update of a version': (all, text) => all.addons.update(text, {}, { expectedVersion: crypto.randomUUID() }),
  'customerLimits.increment': (all, text) => all.customerLimits.increment(text, text),
  'customerLimits.decrement': (all, text) => all.customerLimits.decrement(text, text),
  'customerLimits.reset': (all, text) => all.customerLimits.reset(text, text),
  'paymentMethods.setDefault': (all, text) => all.paymentMethods.setDefault(text, text),
  'promoCodes.incrementRedemptions': (all, text) => all.promoCodes.incrementRedemptions(text),
  'subscriptionAddons.updateCurrent': (all, text) => all.subscriptionAddons.updateCurrent(text, text, {}),
  'subscriptions.recordRetry': (all, text) => all.subscriptions.recordRetry(text, now, null),
  'vendors.addToPendingBalance': (all, text) => all.vendors.addToPendingBalance(text, 1, 'EUR'),
};

describeOnEveryDriver('what is not there', (setup) => {
  it.each([
    ['text that is stored nowhere', 'unknown'],
    ['empty text', ''],
    ['NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800'],
    ['text that is too long for an index', 'x'.repeat(513)],
  ])('is answered as such and is no error, for %s', async (_, text) => {
    const { repositories } = await setup();
    for (const [name, [expected, lookUp]] of Object.entries(lookUps(repositories, text))) {
      const answer: unknown = await lookUp().catch((error: unknown) => error);
      expect.soft(answer, name).toEqual(expected);
    }
    for (const [name, change] of Object.entries(CHANGES)) {
      const error: unknown = await change(repositories, text).catch((reason: unknown) => reason);
      expect.soft(error, name).toMatchObject({ name: 'QZPayNotFoundError' });
    }
  });
});
