import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPaySubscriptionPollingJob } from '@qzpay/core';
import { buildQZPayCheckout, buildQZPayPayment, buildQZPayVendorPayout } from '@qzpay/test-utils';

const DATE = new Date('2026-01-01T00:00:00.000Z');
const PAGE = { limit: 1, offset: 0 };
const MONEY = { amount: 100, currency: 'EUR' } as const;
const LINES = [1, 2, 3].map((unitAmount) => ({ description: 'line', quantity: 1, unitAmount }));
const PRICE = { planId: 'plan', currency: 'EUR', unitAmount: 1, billingInterval: 'month' } as const;
const DEFINITION = { name: 'x', description: null, createdAt: DATE, updatedAt: DATE };
const ADD_ON = { name: 'x', unitAmount: 1, currency: 'EUR', billingInterval: 'month' } as const;
const CODE = { discountType: 'percentage', discountValue: 10 } as const;

/** One row in every collection, under known ids. */
export interface Seeded {
  readonly customerId: string;
  readonly livemode: boolean;
  readonly job: QZPaySubscriptionPollingJob;
  readonly eventId: string;
}

export async function seedEveryCollection(storage: QZPayStorage, livemode: boolean): Promise<Seeded> {
  const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
  const seeded = { customerId, livemode };
  await storage.plans.create({ id: 'plan', name: 'Plan' });
  await storage.prices.create({ ...PRICE, id: 'price' });
  await storage.subscriptions.create({ id: 'sub', customerId, planId: 'plan' });
  await storage.payments.create(payment('pay', seeded));
  await storage.payments.createRefund(refund('re', livemode));
  await storage.invoices.create({ id: 'inv', customerId, lines: LINES });
  await storage.paymentMethods.create(method('pm', customerId));
  await storage.promoCodes.create({ ...CODE, id: 'promo', code: 'CODE' });
  await storage.vendors.create({ id: 'vendor', externalId: 'v', name: 'V', email: 'v@b.c' });
  await storage.vendors.createPayout(payout('po'));
  await storage.entitlements.createDefinition({ ...DEFINITION, id: 'ent', key: 'api' });
  await storage.entitlements.grant({ customerId, entitlementKey: 'api', source: 'addon', sourceId: 'source' });
  await storage.limits.createDefinition({ ...DEFINITION, id: 'limit', key: 'seats', defaultValue: 1 });
  await storage.limits.set({ customerId, limitKey: 'seats', maxValue: 5, source: 'addon', sourceId: 'source' });
  await storage.limits.recordUsage(usage('usage', customerId));
  await storage.addons.create({ ...ADD_ON, id: 'addon' });
  await storage.addons.addToSubscription(attachment('attached'));
  await storage.checkouts.create(checkout('cs', seeded));
  const { event } = await storage.webhooks.receive(delivery('event'));
  const job = await storage.subscriptionPollingJobs.create(polling('resource'));
  if (job === null) throw new Error('The polling job was not stored');
  return { ...seeded, job, eventId: event.id };
}

/** The most round trips that a method may take in the steady state, and a call of it. */
export type MethodCall = readonly [roundTrips: number, call: () => Promise<unknown>];

/** Every method of every collection, called with the ids of the seeded rows; writes of new rows take a new id each. */
export function everyMethod(storage: QZPayStorage, seeded: Seeded): Readonly<Record<string, MethodCall>> {
  const { customerId, livemode, job, eventId } = seeded;
  const id = () => crypto.randomUUID();
  return {
    'customers.create': [1, () => storage.customers.create({ externalId: id(), email: 'a@b.c' })],
    'customers.update': [1, () => storage.customers.update(customerId, { name: 'x' })],
    'customers.findById': [1, () => storage.customers.findById(customerId)],
    'customers.findByExternalId': [1, () => storage.customers.findByExternalId('user')],
    'customers.findByEmail': [1, () => storage.customers.findByEmail('a@b.c')],
    'customers.list': [2, () => storage.customers.list(PAGE)],
    'subscriptions.create': [3, () => storage.subscriptions.create({ id: id(), customerId, planId: 'plan' })],
    'subscriptions.update': [1, () => storage.subscriptions.update('sub', { quantity: 2 })],
    'subscriptions.findById': [1, () => storage.subscriptions.findById('sub')],
    'subscriptions.findByCustomerId': [1, () => storage.subscriptions.findByCustomerId(customerId)],
    'subscriptions.list': [2, () => storage.subscriptions.list(PAGE)],
    'payments.create': [1, () => storage.payments.create(payment(id(), seeded))],
    'payments.update': [1, () => storage.payments.update('pay', { failureCode: 'x' })],
    'payments.findById': [1, () => storage.payments.findById('pay')],
    'payments.findByCustomerId': [1, () => storage.payments.findByCustomerId(customerId)],
    'payments.list': [2, () => storage.payments.list(PAGE)],
    'payments.createRefund': [1, () => storage.payments.createRefund(refund(id(), livemode))],
    'payments.getTotalRefundedAmount': [1, () => storage.payments.getTotalRefundedAmount('pay')],
    'payments.hasRefundForProviderRefundId': [1, () => storage.payments.hasRefundForProviderRefundId('re')],
    'invoices.create': [1, () => storage.invoices.create({ id: id(), customerId, lines: LINES })],
    'invoices.update': [1, () => storage.invoices.update('inv', { status: 'open' })],
    'invoices.update with lines': [7, () => storage.invoices.update('inv', { lines: [] })],
    'invoices.findById': [1, () => storage.invoices.findById('inv')],
    'invoices.findByCustomerId': [1, () => storage.invoices.findByCustomerId(customerId)],
    'invoices.list': [2, () => storage.invoices.list(PAGE)],
    'paymentMethods.create': [6, () => storage.paymentMethods.create(method(id(), customerId))],
    'paymentMethods.update': [1, () => storage.paymentMethods.update('pm', { metadata: { a: 1 } })],
    'paymentMethods.findById': [1, () => storage.paymentMethods.findById('pm')],
    'paymentMethods.findByCustomerId': [1, () => storage.paymentMethods.findByCustomerId(customerId)],
    'paymentMethods.findDefaultByCustomerId': [1, () => storage.paymentMethods.findDefaultByCustomerId(customerId)],
    'paymentMethods.setDefault': [6, () => storage.paymentMethods.setDefault(customerId, 'pm')],
    'paymentMethods.list': [2, () => storage.paymentMethods.list(PAGE)],
    'plans.create': [1, () => storage.plans.create({ id: id(), name: 'x' })],
    'plans.update': [1, () => storage.plans.update('plan', { name: 'x' })],
    'plans.findById': [1, () => storage.plans.findById('plan')],
    'plans.list': [2, () => storage.plans.list(PAGE)],
    'prices.create': [1, () => storage.prices.create({ ...PRICE, id: id() })],
    'prices.update': [1, () => storage.prices.update('price', { nickname: 'x' })],
    'prices.findById': [1, () => storage.prices.findById('price')],
    'prices.findByPlanId': [1, () => storage.prices.findByPlanId('plan')],
    'prices.list': [2, () => storage.prices.list(PAGE)],
    'promoCodes.create': [1, () => storage.promoCodes.create({ ...CODE, id: id(), code: id() })],
    'promoCodes.update': [1, () => storage.promoCodes.update('promo', { active: true })],
    'promoCodes.findById': [1, () => storage.promoCodes.findById('promo')],
    'promoCodes.findByCode': [1, () => storage.promoCodes.findByCode('code')],
    'promoCodes.incrementRedemptions': [1, () => storage.promoCodes.incrementRedemptions('promo')],
    'promoCodes.atomicIncrementRedemptions': [1, () => storage.promoCodes.atomicIncrementRedemptions('promo')],
    'promoCodes.list': [2, () => storage.promoCodes.list(PAGE)],
    'vendors.create': [1, () => storage.vendors.create({ id: id(), externalId: id(), name: 'V', email: 'v@b.c' })],
    'vendors.update': [1, () => storage.vendors.update('vendor', { name: 'x' })],
    'vendors.findById': [1, () => storage.vendors.findById('vendor')],
    'vendors.findByExternalId': [1, () => storage.vendors.findByExternalId('v')],
    'vendors.createPayout': [1, () => storage.vendors.createPayout(payout(id()))],
    'vendors.findPayoutsByVendorId': [1, () => storage.vendors.findPayoutsByVendorId('vendor')],
    'vendors.list': [2, () => storage.vendors.list(PAGE)],
    'entitlements.createDefinition': [
      1,
      () => storage.entitlements.createDefinition({ ...DEFINITION, id: id(), key: id() }),
    ],
    'entitlements.findDefinitionByKey': [1, () => storage.entitlements.findDefinitionByKey('api')],
    'entitlements.listDefinitions': [1, () => storage.entitlements.listDefinitions()],
    'entitlements.grant': [1, () => storage.entitlements.grant({ customerId, entitlementKey: 'other' })],
    'entitlements.check': [1, () => storage.entitlements.check(customerId, 'api')],
    'entitlements.findByCustomerId': [1, () => storage.entitlements.findByCustomerId(customerId)],
    'limits.createDefinition': [
      1,
      () => storage.limits.createDefinition({ ...DEFINITION, id: id(), key: id(), defaultValue: 1 }),
    ],
    'limits.findDefinitionByKey': [1, () => storage.limits.findDefinitionByKey('seats')],
    'limits.listDefinitions': [1, () => storage.limits.listDefinitions()],
    'limits.set': [1, () => storage.limits.set({ customerId, limitKey: 'other', maxValue: 1 })],
    'limits.increment': [1, () => storage.limits.increment({ customerId, limitKey: 'seats' })],
    'limits.check': [1, () => storage.limits.check(customerId, 'seats')],
    'limits.findByCustomerId': [1, () => storage.limits.findByCustomerId(customerId)],
    'limits.recordUsage': [1, () => storage.limits.recordUsage(usage(id(), customerId))],
    'addons.create': [1, () => storage.addons.create({ ...ADD_ON, id: id() })],
    'addons.update': [1, () => storage.addons.update('addon', { name: 'x' })],
    'addons.findById': [1, () => storage.addons.findById('addon')],
    'addons.findByPlanId': [1, () => storage.addons.findByPlanId('plan')],
    'addons.list': [2, () => storage.addons.list(PAGE)],
    'addons.addToSubscription': [1, () => storage.addons.addToSubscription(attachment(id()))],
    'addons.updateSubscriptionAddOn': [
      1,
      () => storage.addons.updateSubscriptionAddOn('sub', 'addon', { quantity: 2 }),
    ],
    'addons.findBySubscriptionId': [1, () => storage.addons.findBySubscriptionId('sub')],
    'addons.findSubscriptionAddOn': [1, () => storage.addons.findSubscriptionAddOn('sub', 'addon')],
    'checkouts.create': [1, () => storage.checkouts.create(checkout(id(), seeded))],
    'checkouts.update': [1, () => storage.checkouts.update('cs', { status: 'open' })],
    'checkouts.findById': [1, () => storage.checkouts.findById('cs')],
    'checkouts.findByCustomerId': [1, () => storage.checkouts.findByCustomerId(customerId)],
    'checkouts.list': [2, () => storage.checkouts.list(PAGE)],
    'subscriptionPollingJobs.create': [1, () => storage.subscriptionPollingJobs.create(polling(id()))],
    'subscriptionPollingJobs.update': [
      1,
      () => storage.subscriptionPollingJobs.update({ id: job.id, expectedVersion: job.version, lastError: 'x' }),
    ],
    'subscriptionPollingJobs.findById': [1, () => storage.subscriptionPollingJobs.findById(job.id)],
    'subscriptionPollingJobs.findActiveByProviderResourceId': [
      1,
      () => storage.subscriptionPollingJobs.findActiveByProviderResourceId('stripe', 'resource'),
    ],
    'subscriptionPollingJobs.findActiveBySubscriptionId': [
      1,
      () => storage.subscriptionPollingJobs.findActiveBySubscriptionId('sub'),
    ],
    'subscriptionPollingJobs.findDuePending': [
      1,
      () => storage.subscriptionPollingJobs.findDuePending(new Date('9999-01-01T00:00:00.000Z'), 10),
    ],
    'invoices.finalize': [2, () => storage.invoices.finalize('inv')],
    'webhooks.receive': [1, () => storage.webhooks.receive(delivery(id()))],
    'webhooks.claim': [1, () => storage.webhooks.claim(1, 1)],
    'webhooks.recover': [1, () => storage.webhooks.recover()],
    'webhooks.deadLetters': [1, () => storage.webhooks.deadLetters()],
    'webhooks.replay': [4, () => storage.webhooks.replay(eventId)],
    'webhooks.purge': [1, () => storage.webhooks.purge(DATE)],
    idempotent: [5, () => storage.idempotent(id(), PAGE, () => storage.plans.findById('plan'))],
    // Removals last: what they remove is used above.
    'limits.deleteBySource': [1, () => storage.limits.deleteBySource('addon', 'source')],
    'limits.delete': [1, () => storage.limits.delete(customerId, 'seats')],
    'entitlements.revokeBySource': [1, () => storage.entitlements.revokeBySource('addon', 'source')],
    'entitlements.revoke': [1, () => storage.entitlements.revoke(customerId, 'api')],
    'addons.removeFromSubscription': [1, () => storage.addons.removeFromSubscription('sub', 'addon')],
    'addons.delete': [1, () => storage.addons.delete('addon')],
    'paymentMethods.delete': [1, () => storage.paymentMethods.delete('pm')],
    'promoCodes.delete': [1, () => storage.promoCodes.delete('promo')],
    'vendors.delete': [1, () => storage.vendors.delete('vendor')],
    'prices.delete': [1, () => storage.prices.delete('price')],
    'plans.delete': [1, () => storage.plans.delete('plan')],
    'subscriptions.delete': [1, () => storage.subscriptions.delete('sub')],
    'customers.delete': [1, () => storage.customers.delete(customerId)],
  };
}

function delivery(providerEventId: string) {
  return { provider: 'stripe', providerEventId, type: 'x', payload: { id: providerEventId } };
}

const payment = (id: string, { customerId, livemode }: Omit<Seeded, 'job' | 'eventId'>) =>
  buildQZPayPayment({ ...MONEY, id, customerId, livemode });
const checkout = (id: string, { customerId, livemode }: Omit<Seeded, 'job' | 'eventId'>) =>
  buildQZPayCheckout({ id, customerId, livemode, customerEmail: null, lineItems: [], expiresAt: DATE });
const refund = (providerRefundId: string, livemode: boolean) =>
  ({ ...MONEY, paymentId: 'pay', status: 'succeeded', providerRefundId, livemode }) as const;
const method = (id: string, customerId: string) =>
  ({ id, customerId, type: 'card', provider: 'stripe', providerPaymentMethodId: id }) as const;
const payout = (id: string) =>
  buildQZPayVendorPayout({ ...MONEY, id, vendorId: 'vendor', status: 'paid', periodStart: DATE });
const usage = (id: string, customerId: string) =>
  ({ id, customerId, limitKey: 'seats', quantity: 1, action: 'increment', timestamp: DATE, metadata: {} }) as const;
const attachment = (id: string) => ({
  id,
  subscriptionId: 'sub',
  addOnId: 'addon',
  quantity: 1,
  unitAmount: 1,
  currency: 'EUR',
});
const polling = (providerResourceId: string) => ({ subscriptionId: 'sub', provider: 'stripe', providerResourceId });
