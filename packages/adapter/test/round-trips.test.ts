import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import type { QZPayPayment } from '@qzpay/core';
import { createQZPaySequentialIds, createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseProxy, startProxy } from './support/proxy.js';

/** Calls made before counting: prepares the statements on the connection. */
const WARM_UP = 2;

describe.each([
  ['postgres.js', openPostgresJs],
  ['node-postgres', openNodePostgres],
] as const)('round trips in the steady state on %s', (driver, open) => {
  let storage: Awaited<ReturnType<typeof open>>;
  let proxy: DatabaseProxy;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (database.url === null) throw new Error('Round trips are counted on a server.');
    proxy = await startProxy(database.url);
    storage = await open({ url: proxy.url, poolSize: 1 });
    drop = database.drop;
  });
  afterAll(async () => {
    await storage.close();
    await proxy.close();
    await drop();
  });

  it('are one for a row and at most two for a page', async () => {
    const newId = createQZPaySequentialIds();
    const next = (prefix: string) => `${prefix}-${newId()}`;
    const customer = () => storage.customers.create({ externalId: next('user'), email: 'a@b.c' });
    const { id: customerId } = await customer();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const price = { planId: 'pro', currency: 'EUR', unitAmount: 1, billingInterval: 'month' } as const;
    await storage.prices.create({ ...price, id: 'price' });
    await storage.subscriptions.create({ id: 'sub', customerId, planId: 'pro' });
    const payment = (id: string): QZPayPayment => ({
      id,
      customerId,
      subscriptionId: null,
      invoiceId: null,
      amount: 1,
      currency: 'EUR',
      status: 'pending',
      paymentMethodId: null,
      providerPaymentIds: {},
      failureCode: null,
      failureMessage: null,
      metadata: {},
      livemode: false,
      createdAt: new Date(),
      updatedAt: new Date(),
    });
    await storage.payments.create(payment('pay'));
    const lines = [1, 2, 3].map((unitAmount) => ({ description: 'line', quantity: 1, unitAmount }));
    await storage.invoices.create({ id: 'inv', customerId, lines });
    const refund = { paymentId: 'pay', amount: 1, currency: 'EUR', status: 'succeeded', livemode: false } as const;
    const page = { limit: 1, offset: 0 };

    const limits: Readonly<Record<string, readonly [limit: number, call: () => Promise<unknown>]>> = {
      'customers.create': [1, customer],
      'customers.update': [1, () => storage.customers.update(customerId, { name: 'Ada' })],
      'customers.delete': [1, () => storage.customers.delete('unknown')],
      'customers.findById': [1, () => storage.customers.findById(customerId)],
      'customers.findByExternalId': [1, () => storage.customers.findByExternalId('unknown')],
      'customers.findByEmail': [1, () => storage.customers.findByEmail('a@b.c')],
      'customers.list': [2, () => storage.customers.list(page)],
      'subscriptions.create': [3, () => storage.subscriptions.create({ id: next('sub'), customerId, planId: 'pro' })],
      'subscriptions.update': [1, () => storage.subscriptions.update('sub', { quantity: 2 })],
      'subscriptions.findById': [1, () => storage.subscriptions.findById('sub')],
      'subscriptions.findByCustomerId': [1, () => storage.subscriptions.findByCustomerId(customerId)],
      'subscriptions.list': [2, () => storage.subscriptions.list(page)],
      'payments.create': [1, () => storage.payments.create(payment(next('pay')))],
      'payments.update': [1, () => storage.payments.update('pay', { status: 'succeeded' })],
      'payments.findById': [1, () => storage.payments.findById('pay')],
      'payments.findByCustomerId': [1, () => storage.payments.findByCustomerId(customerId)],
      'payments.list': [2, () => storage.payments.list(page)],
      'payments.createRefund': [1, () => storage.payments.createRefund(refund)],
      'payments.getTotalRefundedAmount': [1, () => storage.payments.getTotalRefundedAmount('pay')],
      'payments.hasRefundForProviderRefundId': [1, () => storage.payments.hasRefundForProviderRefundId('re')],
      'invoices.create': [1, () => storage.invoices.create({ id: next('inv'), customerId, lines })],
      'invoices.update': [1, () => storage.invoices.update('inv', { status: 'open' })],
      'invoices.update with lines': [7, async () => storage.invoices.update('inv', { lines: [] })],
      'invoices.findById': [1, () => storage.invoices.findById('inv')],
      'invoices.findByCustomerId': [1, () => storage.invoices.findByCustomerId(customerId)],
      'invoices.list': [2, () => storage.invoices.list(page)],
      'plans.create': [1, () => storage.plans.create({ id: next('plan'), name: 'Plan' })],
      'plans.update': [1, () => storage.plans.update('pro', { name: 'Pro' })],
      'plans.findById': [1, () => storage.plans.findById('pro')],
      'plans.list': [2, () => storage.plans.list(page)],
      'prices.create': [1, () => storage.prices.create({ ...price, id: next('price') })],
      'prices.update': [1, () => storage.prices.update('price', { nickname: 'x' })],
      'prices.findByPlanId': [1, () => storage.prices.findByPlanId('pro')],
      'prices.list': [2, () => storage.prices.list(page)],
    };
    const counted: Record<string, number> = {};
    for (const [method, [, call]] of Object.entries(limits)) {
      for (let time = 0; time < WARM_UP; time += 1) await call();
      proxy.takeRoundTrips();
      await call();
      counted[method] = proxy.takeRoundTrips();
    }
    console.info(
      `Round trips on ${driver}: ${Object.entries(counted)
        .map((entry) => entry.join(' '))
        .join(', ')}`,
    );
    for (const [method, [limit]] of Object.entries(limits)) expect(counted[method], method).toBeLessThanOrEqual(limit);
    expect(Object.values(counted).every((count) => count > 0)).toBe(true);
  });
});
