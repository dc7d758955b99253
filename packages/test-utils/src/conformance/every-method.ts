import type { QZPayStorageAdapter, QZPaySubscriptionPollingJob } from '@qzpay/core';
import {
  buildQZPayAddOn,
  buildQZPayCheckout,
  buildQZPayCustomer,
  buildQZPayCustomerLimit,
  buildQZPayEntitlement,
  buildQZPayGrant,
  buildQZPayInvoice,
  buildQZPayLimit,
  buildQZPayPayment,
  buildQZPayPaymentMethod,
  buildQZPayPlan,
  buildQZPayPollingJob,
  buildQZPayPrice,
  buildQZPayPromoCode,
  buildQZPayRefund,
  buildQZPaySubscription,
  buildQZPaySubscriptionAddOn,
  buildQZPayUsageRecord,
  buildQZPayVendor,
  buildQZPayVendorPayout,
} from '../fixtures/index.js';
import { fixtureDate } from '../fixtures/instant.js';
import { AGGREGATES, type Collection } from './aggregates.js';

/** After every polling job that a case schedules. */
const FAR = fixtureDate(3650);

/** What {@link storeOneOfEach} has stored, beside the ids of the fixtures. */
export interface Stored {
  readonly customerId: string;
  readonly livemode: boolean;
  /** Absent where the storage keeps no polling jobs. */
  readonly job: QZPaySubscriptionPollingJob | null | undefined;
}

/** Stores one row in every collection, under the fixtures' own ids. */
export async function storeOneOfEach(storage: QZPayStorageAdapter, livemode = false): Promise<Stored> {
  const { id: customerId } = await storage.customers.create(buildQZPayCustomer());
  await storage.plans.create(buildQZPayPlan());
  await storage.prices.create(buildQZPayPrice());
  await storage.subscriptions.create(buildQZPaySubscription({ customerId }));
  await storage.payments.create(buildQZPayPayment({ customerId, livemode }));
  await storage.payments.createRefund(buildQZPayRefund({ livemode }));
  await storage.invoices.create(buildQZPayInvoice({ customerId }));
  await storage.paymentMethods.create(buildQZPayPaymentMethod({ customerId, setAsDefault: true }));
  await storage.promoCodes.create(buildQZPayPromoCode());
  await storage.vendors.create(buildQZPayVendor());
  await storage.vendors.createPayout(buildQZPayVendorPayout());
  await storage.entitlements.createDefinition(buildQZPayEntitlement());
  await storage.entitlements.grant(buildQZPayGrant({ customerId, source: 'addon', sourceId: 'source_test' }));
  await storage.limits.createDefinition(buildQZPayLimit());
  await storage.limits.set(buildQZPayCustomerLimit({ customerId, source: 'addon', sourceId: 'source_test' }));
  await storage.limits.recordUsage(buildQZPayUsageRecord({ customerId }));
  await storage.addons.create(buildQZPayAddOn());
  await storage.addons.addToSubscription(buildQZPaySubscriptionAddOn());
  await storage.checkouts.create(buildQZPayCheckout({ customerId, livemode }));
  const job = await storage.subscriptionPollingJobs?.create(buildQZPayPollingJob());
  return { customerId, livemode, job };
}

/** All that can be read of a storage that holds {@link storeOneOfEach}'s rows, or fewer. */
export async function everything(storage: QZPayStorageAdapter): Promise<Record<string, unknown>> {
  const { entitlements, limits, vendors, payments, addons, subscriptionPollingJobs } = storage;
  const [customer] = (await storage.customers.list({ orderDirection: 'asc', limit: 1 })).data;
  const customerId = customer?.id ?? '';
  const reads: Record<string, Promise<unknown> | undefined> = {
    grants: entitlements.findByCustomerId(customerId),
    limits: limits.findByCustomerId(customerId),
    entitlementDefinitions: entitlements.listDefinitions(),
    limitDefinitions: limits.listDefinitions(),
    payouts: vendors.findPayoutsByVendorId('vendor_test'),
    refunded: payments.getTotalRefundedAmount('pay_test'),
    subscriptionAddOns: addons.findBySubscriptionId('sub_test'),
    pollingJobs: subscriptionPollingJobs?.findDuePending(FAR, 100),
  };
  for (const { collection } of AGGREGATES) {
    reads[collection] = (storage[collection] as unknown as Collection).list({ limit: 10_000 });
  }
  const answers = await Promise.all(Object.entries(reads).map(async ([name, read]) => [name, await read] as const));
  return Object.fromEntries(answers);
}

/** A call, by the method that it calls. */
export type Calls = Readonly<Record<string, () => Promise<unknown>>>;

/** One call of every method that reads or changes what {@link storeOneOfEach} has stored; removals come last. */
export function callsOnStored(storage: QZPayStorageAdapter, { customerId, job }: Stored): Calls {
  const { addons, customers, entitlements, invoices, limits, paymentMethods, payments, prices, promoCodes } = storage;
  const { checkouts, plans, subscriptions, vendors, subscriptionPollingJobs: jobs } = storage;
  return {
    'customers.update': () => customers.update(customerId, { name: 'changed' }),
    'customers.findById': () => customers.findById(customerId),
    'customers.findByExternalId': () => customers.findByExternalId('user_test'),
    'customers.findByEmail': () => customers.findByEmail('ada@example.org'),
    'customers.list': () => customers.list(),
    'subscriptions.update': () => subscriptions.update('sub_test', { quantity: 7 }),
    'subscriptions.findById': () => subscriptions.findById('sub_test'),
    'subscriptions.findByCustomerId': () => subscriptions.findByCustomerId(customerId),
    'subscriptions.list': () => subscriptions.list(),
    'payments.update': () => payments.update('pay_test', { status: 'failed' }),
    'payments.findById': () => payments.findById('pay_test'),
    'payments.findByCustomerId': () => payments.findByCustomerId(customerId),
    'payments.list': () => payments.list(),
    'payments.getTotalRefundedAmount': () => payments.getTotalRefundedAmount('pay_test'),
    'payments.hasRefundForProviderRefundId': () => payments.hasRefundForProviderRefundId('re_test'),
    'invoices.update': () => invoices.update('inv_test', { status: 'open' }),
    'invoices.update with lines': () => invoices.update('inv_test', { lines: [] }),
    'invoices.findById': () => invoices.findById('inv_test'),
    'invoices.findByCustomerId': () => invoices.findByCustomerId(customerId),
    'invoices.list': () => invoices.list(),
    'paymentMethods.update': () => paymentMethods.update('pm_test', { billingDetails: { name: 'changed' } }),
    'paymentMethods.findById': () => paymentMethods.findById('pm_test'),
    'paymentMethods.findByCustomerId': () => paymentMethods.findByCustomerId(customerId),
    'paymentMethods.findDefaultByCustomerId': () => paymentMethods.findDefaultByCustomerId(customerId),
    'paymentMethods.setDefault': () => paymentMethods.setDefault(customerId, 'pm_test'),
    'paymentMethods.list': () => paymentMethods.list(),
    'plans.update': () => plans.update('plan_test', { name: 'changed' }),
    'plans.findById': () => plans.findById('plan_test'),
    'plans.list': () => plans.list(),
    'prices.update': () => prices.update('price_test', { nickname: 'changed' }),
    'prices.findById': () => prices.findById('price_test'),
    'prices.findByPlanId': () => prices.findByPlanId('plan_test'),
    'prices.list': () => prices.list(),
    'promoCodes.update': () => promoCodes.update('promo_test', { discountValue: 20 }),
    'promoCodes.findById': () => promoCodes.findById('promo_test'),
    'promoCodes.findByCode': () => promoCodes.findByCode('WELCOME10'),
    'promoCodes.incrementRedemptions': () => promoCodes.incrementRedemptions('promo_test'),
    'promoCodes.atomicIncrementRedemptions': () => promoCodes.atomicIncrementRedemptions('promo_test'),
    'promoCodes.list': () => promoCodes.list(),
    'vendors.update': () => vendors.update('vendor_test', { name: 'changed' }),
    'vendors.findById': () => vendors.findById('vendor_test'),
    'vendors.findByExternalId': () => vendors.findByExternalId('seller_test'),
    'vendors.findPayoutsByVendorId': () => vendors.findPayoutsByVendorId('vendor_test'),
    'vendors.list': () => vendors.list(),
    'entitlements.findDefinitionByKey': () => entitlements.findDefinitionByKey('api_access'),
    'entitlements.listDefinitions': () => entitlements.listDefinitions(),
    'entitlements.check': () => entitlements.check(customerId, 'api_access'),
    'entitlements.findByCustomerId': () => entitlements.findByCustomerId(customerId),
    'limits.findDefinitionByKey': () => limits.findDefinitionByKey('api_calls'),
    'limits.listDefinitions': () => limits.listDefinitions(),
    'limits.increment': () => limits.increment({ customerId, limitKey: 'api_calls' }),
    'limits.check': () => limits.check(customerId, 'api_calls'),
    'limits.findByCustomerId': () => limits.findByCustomerId(customerId),
    'addons.update': () => addons.update('addon_test', { name: 'changed' }),
    'addons.findById': () => addons.findById('addon_test'),
    'addons.findByPlanId': () => addons.findByPlanId('plan_test'),
    'addons.updateSubscriptionAddOn': () => addons.updateSubscriptionAddOn('sub_test', 'addon_test', { quantity: 7 }),
    'addons.findBySubscriptionId': () => addons.findBySubscriptionId('sub_test'),
    'addons.findSubscriptionAddOn': () => addons.findSubscriptionAddOn('sub_test', 'addon_test'),
    'addons.list': () => addons.list(),
    'checkouts.update': () => checkouts.update('cs_test', { status: 'complete' }),
    'checkouts.findById': () => checkouts.findById('cs_test'),
    'checkouts.findByCustomerId': () => checkouts.findByCustomerId(customerId),
    'checkouts.list': () => checkouts.list(),
    ...(jobs === undefined || job === undefined || job === null
      ? {}
      : {
          'subscriptionPollingJobs.update': () => jobs.update({ id: job.id, expectedVersion: job.version }),
          'subscriptionPollingJobs.findById': () => jobs.findById(job.id),
          'subscriptionPollingJobs.findActiveByProviderResourceId': () =>
            jobs.findActiveByProviderResourceId('stripe', 'sub_at_provider'),
          'subscriptionPollingJobs.findActiveBySubscriptionId': () => jobs.findActiveBySubscriptionId('sub_test'),
          'subscriptionPollingJobs.findDuePending': () => jobs.findDuePending(FAR, 10),
        }),
    'limits.deleteBySource': () => limits.deleteBySource('addon', 'source_test'),
    'limits.delete': () => limits.delete(customerId, 'api_calls'),
    'entitlements.revokeBySource': () => entitlements.revokeBySource('addon', 'source_test'),
    'entitlements.revoke': () => entitlements.revoke(customerId, 'api_access'),
    'addons.removeFromSubscription': () => addons.removeFromSubscription('sub_test', 'addon_test'),
    'addons.delete': () => addons.delete('addon_test'),
    'paymentMethods.delete': () => paymentMethods.delete('pm_test'),
    'promoCodes.delete': () => promoCodes.delete('promo_test'),
    'vendors.delete': () => vendors.delete('vendor_test'),
    'prices.delete': () => prices.delete('price_test'),
    'plans.delete': () => plans.delete('plan_test'),
    'subscriptions.delete': () => subscriptions.delete('sub_test'),
    'customers.delete': () => customers.delete(customerId),
  };
}

/** One call of every method that stores a row under what {@link storeOneOfEach} has stored, which it therefore needs. */
export function callsThatNeedParents(storage: QZPayStorageAdapter, { customerId, livemode }: Stored): Calls {
  const { addons, entitlements, invoices, limits, paymentMethods, payments, prices, subscriptions, vendors } = storage;
  const { subscriptionPollingJobs: jobs } = storage;
  return {
    'subscriptions.create': () => subscriptions.create(buildQZPaySubscription({ id: 'new', customerId })),
    'payments.create': () => payments.create(buildQZPayPayment({ id: 'new', customerId, livemode })),
    'payments.createRefund': () => payments.createRefund(buildQZPayRefund({ providerRefundId: 'new', livemode })),
    'invoices.create': () => invoices.create(buildQZPayInvoice({ id: 'new', customerId })),
    'paymentMethods.create': () => paymentMethods.create(buildQZPayPaymentMethod({ id: 'new', customerId })),
    'prices.create': () => prices.create(buildQZPayPrice({ id: 'new' })),
    'vendors.createPayout': () => vendors.createPayout(buildQZPayVendorPayout({ id: 'new' })),
    'entitlements.grant': () => entitlements.grant(buildQZPayGrant({ customerId })),
    'limits.set': () => limits.set(buildQZPayCustomerLimit({ customerId })),
    'addons.addToSubscription': () => addons.addToSubscription(buildQZPaySubscriptionAddOn({ id: 'new' })),
    ...(jobs === undefined
      ? {}
      : {
          'subscriptionPollingJobs.create': () => jobs.create(buildQZPayPollingJob({ providerResourceId: 'new' })),
        }),
  };
}

/** One call of every method that stores a row which needs no other. */
export function callsThatNeedNothing(storage: QZPayStorageAdapter, { customerId, livemode }: Stored): Calls {
  const { addons, checkouts, customers, entitlements, limits, plans, promoCodes, vendors } = storage;
  return {
    'customers.create': () => customers.create(buildQZPayCustomer({ externalId: 'new' })),
    'plans.create': () => plans.create(buildQZPayPlan({ id: 'new' })),
    'promoCodes.create': () => promoCodes.create(buildQZPayPromoCode({ id: 'new', code: 'NEW' })),
    'vendors.create': () => vendors.create(buildQZPayVendor({ id: 'new', externalId: 'new' })),
    'entitlements.createDefinition': () =>
      entitlements.createDefinition(buildQZPayEntitlement({ id: 'new', key: 'new' })),
    'limits.createDefinition': () => limits.createDefinition(buildQZPayLimit({ id: 'new', key: 'new' })),
    'limits.recordUsage': () => limits.recordUsage(buildQZPayUsageRecord({ id: 'new', customerId })),
    'addons.create': () => addons.create(buildQZPayAddOn({ id: 'new' })),
    'checkouts.create': () => checkouts.create(buildQZPayCheckout({ id: 'new', livemode })),
  };
}
