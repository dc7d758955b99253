import {
  buildQZPayCheckout,
  buildQZPayPayment,
  buildQZPayRefund,
  insertQZPayCustomer,
  insertQZPayPayment,
  insertQZPayPlan,
  insertQZPayPollingJob,
  insertQZPayPrice,
  insertQZPayPromoCode,
  insertQZPaySubscription,
} from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/drivers.js';

/** What users of the existing Drizzle package met, by the release that mended it: none of it may be met here. */
describeOnEveryDriver('lessons of the existing package', (setup) => {
  const subscribed = async () => {
    const made = await setup();
    const { id: customerId } = await insertQZPayCustomer(made.storage);
    await insertQZPayPlan(made.storage);
    const subscription = await insertQZPaySubscription(made.storage, { customerId });
    return { ...made, customerId, subscription };
  };

  it('1.13.0: a refund in two tranches adds up, and a retried one counts once', async () => {
    const { storage, customerId } = await subscribed();
    await insertQZPayPayment(storage, { customerId });
    await storage.payments.createRefund(buildQZPayRefund({ amount: 400, providerRefundId: 're_1' }));
    await storage.payments.createRefund(buildQZPayRefund({ amount: 600, providerRefundId: 're_2' }));
    await storage.payments.createRefund(buildQZPayRefund({ amount: 600, providerRefundId: 're_2' }));
    expect(await storage.payments.getTotalRefundedAmount('pay_test')).toBe(1000);
  });

  it('1.13.0: the same refund id in the other mode is another refund', async () => {
    const { storage, customerId, reopen } = await subscribed();
    await insertQZPayPayment(storage, { customerId });
    await storage.payments.createRefund(buildQZPayRefund());
    const live = reopen({ livemode: true });
    const { id: liveCustomerId } = await insertQZPayCustomer(live);
    await insertQZPayPayment(live, { customerId: liveCustomerId, livemode: true });
    await live.payments.createRefund(buildQZPayRefund({ livemode: true }));
    expect(await live.payments.getTotalRefundedAmount('pay_test')).toBe(100);
    expect(await storage.payments.getTotalRefundedAmount('pay_test')).toBe(100);
  });

  it('core 2.0.0: what is written after the provider has moved the money is refused for no trivial reason', async () => {
    const { storage, customerId } = await subscribed();
    await insertQZPayPayment(storage, { customerId, status: 'refunded' });
    const patch = { status: 'succeeded', failureCode: 'any code', failureMessage: 'x'.repeat(5000) } as const;
    expect(await storage.payments.update('pay_test', patch)).toMatchObject(patch);
    await storage.payments.createRefund(buildQZPayRefund({ amount: 1_000_000 }));
    expect(await storage.payments.getTotalRefundedAmount('pay_test')).toBe(1_000_000);
  });

  it('hono: errors are known by their names', async () => {
    const { storage } = await subscribed();
    await expect(storage.plans.update('unknown', {})).rejects.toMatchObject({ name: 'QZPayNotFoundError' });
    await expect(insertQZPayPlan(storage)).rejects.toMatchObject({ name: 'QZPayConflictError' });
    await expect(storage.plans.list({ limit: -1 })).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('1.12.0: an abandoned checkout does not block polling for the paid one of the same subscription', async () => {
    const { storage, clock } = await subscribed();
    const abandoned = await insertQZPayPollingJob(storage, { providerResourceId: 'abandoned' });
    clock.advance(1);
    const paid = await insertQZPayPollingJob(storage, { providerResourceId: 'paid' });
    const { subscriptionPollingJobs } = storage;
    expect(await subscriptionPollingJobs.findActiveByProviderResourceId('stripe', 'paid')).toEqual(paid);
    expect(await subscriptionPollingJobs.findActiveBySubscriptionId('sub_test')).toEqual(abandoned);
  });

  it('1.11.5: a payment keeps the ids of any provider, from create and from update', async () => {
    const { storage, customerId } = await subscribed();
    await storage.payments.create(buildQZPayPayment({ customerId, providerPaymentIds: { mercadopago: '1' } }));
    await storage.payments.update('pay_test', { providerPaymentIds: { acme: '2' } });
    const stored = await storage.payments.findById('pay_test');
    expect(stored?.providerPaymentIds).toEqual({ mercadopago: '1', acme: '2' });
  });

  it('1.7.5: a webhook that is delivered twice is there once', async () => {
    const { storage } = await setup();
    const event = { provider: 'stripe', providerEventId: 'evt_1', type: 'invoice.paid', payload: {} };
    expect(await storage.webhooks.receive(event)).toMatchObject({ duplicate: false });
    expect(await storage.webhooks.receive(event)).toMatchObject({ duplicate: true });
    expect(await storage.webhooks.claim()).toHaveLength(1);
  });

  it('1.7.4: a paid subscription is incomplete before the provider has authorised it', async () => {
    const { storage, customerId } = await subscribed();
    const paid = await insertQZPaySubscription(storage, { id: 'paid', customerId, mode: 'paid', trialDays: 14 });
    expect(paid.status).toBe('incomplete');
  });

  it('1.7.0: a scheduled plan change is stored, and null clears it', async () => {
    const { storage } = await subscribed();
    const change = {
      newPlanId: 'other',
      newPriceId: 'other',
      targetTransactionAmountMajor: 12.5,
      applyAt: '2026-02-01T00:00:00.000Z',
      requestedAt: '2026-01-01T00:00:00.000Z',
      status: 'pending',
      attemptCount: 0,
    } as const;
    const changed = await storage.subscriptions.update('sub_test', { scheduledPlanChange: change });
    expect(changed.scheduledPlanChange).toEqual(change);
    const cleared = await storage.subscriptions.update('sub_test', { scheduledPlanChange: null });
    expect(cleared.scheduledPlanChange).toBeNull();
  });

  it('core 1.6.2: the engine’s own checkout ids are stored', async () => {
    const { storage } = await setup();
    const id = 'cs_1767225600000_k3j9x2';
    await storage.checkouts.create(buildQZPayCheckout({ id }));
    expect(await storage.checkouts.findById(id)).toMatchObject({ id });
  });

  it('core 1.6.3: a plan is found by any string, with its prices', async () => {
    const { storage } = await setup();
    await insertQZPayPlan(storage, { id: 'Café / année' });
    await insertQZPayPrice(storage, { planId: 'Café / année' });
    expect((await storage.plans.findById('Café / année'))?.prices).toHaveLength(1);
    expect(await storage.plans.findById('not-a-uuid')).toBeNull();
  });

  it('1.5.0: provider ids of a subscription are written back, whatever the provider', async () => {
    const { storage, customerId } = await subscribed();
    const created = await insertQZPaySubscription(storage, {
      id: 'linked',
      customerId,
      providerSubscriptionIds: { acme: '1' },
    });
    expect(created.providerSubscriptionIds).toEqual({ acme: '1' });
    await storage.subscriptions.update('linked', { providerSubscriptionIds: { other: '2' } });
    const found = await storage.subscriptions.findById('linked');
    expect(found?.providerSubscriptionIds).toEqual({ acme: '1', other: '2' });
  });

  it('1.4.0: a promo code is redeemed no oftener than its maximum, and its state and dates can be asked for', async () => {
    const { storage, clock } = await setup();
    await insertQZPayPromoCode(storage, { maxRedemptions: 2, validUntil: new Date(clock().getTime() + 1000) });
    const claims = await Promise.all(
      [1, 2, 3, 4].map(() => storage.promoCodes.atomicIncrementRedemptions('promo_test')),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(2);
    expect(await storage.repositories.promoCodes.check('welcome10')).toMatchObject({ refusal: expect.any(String) });
  });

  it('1.2.0: sources, periods and trials survive, and removing what is not there is no error', async () => {
    const { storage, customerId } = await subscribed();
    await storage.limits.set({ customerId, limitKey: 'seats', maxValue: 1, source: 'addon', sourceId: 'sub_addon_1' });
    expect(await storage.limits.check(customerId, 'seats')).toMatchObject({ source: 'addon', sourceId: 'sub_addon_1' });
    const dates = {
      currentPeriodStart: new Date('2026-03-01'),
      currentPeriodEnd: new Date('2026-04-01'),
      trialEnd: new Date('2026-03-15'),
    };
    await storage.subscriptions.update('sub_test', dates);
    expect(await storage.subscriptions.findById('sub_test')).toMatchObject(dates);
    await storage.limits.delete(customerId, 'unknown');
    await storage.entitlements.revoke(customerId, 'unknown');
  });

  it('core 3.0.0: the provider’s id of a customer is stored by update', async () => {
    const { storage, customerId } = await subscribed();
    await storage.customers.update(customerId, { providerCustomerIds: { stripe: 'cus_1' } });
    expect((await storage.customers.findById(customerId))?.providerCustomerIds).toEqual({ stripe: 'cus_1' });
  });

  it('rollback is a rollback', async () => {
    const { storage, customerId } = await subscribed();
    const work = storage.transaction(async () => {
      await insertQZPayPayment(storage, { customerId });
      throw new Error('on purpose');
    });
    await expect(work).rejects.toThrow('on purpose');
    expect(await storage.payments.findById('pay_test')).toBeNull();
  });
});
