import type { QZPayCreateSubscriptionInput, QZPayScheduledPlanChange } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const DAY = 86_400_000;

type Input = Partial<QZPayCreateSubscriptionInput> & { id?: string };

async function subscribe({ storage }: StorageSetup, input: Input = {}) {
  const customer =
    (await storage.customers.findByExternalId('user-1')) ??
    (await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' }));
  return storage.subscriptions.create({ id: 'sub-1', customerId: customer.id, planId: 'pro', ...input });
}

describeOnEveryDriver('subscriptions', (setup) => {
  it('A-02 returns from create what findById returns, with every default', async () => {
    const made = await setup();
    const created = await subscribe(made);
    const now = made.clock();
    expect(created).toStrictEqual({
      id: 'sub-1',
      customerId: created.customerId,
      planId: 'pro',
      status: 'active',
      interval: 'month',
      intervalCount: 1,
      quantity: 1,
      currentPeriodStart: now,
      currentPeriodEnd: expect.any(Date),
      trialStart: null,
      trialEnd: null,
      cancelAt: null,
      canceledAt: null,
      cancelAtPeriodEnd: false,
      providerSubscriptionIds: {},
      promoCodeId: null,
      metadata: {},
      scheduledPlanChange: null,
      livemode: false,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
      version: expect.any(String),
    });
    expect(await made.storage.subscriptions.findById('sub-1')).toStrictEqual(created);
  });

  it('A-12 keeps the quantity', async () => {
    const made = await setup();
    expect((await subscribe(made, { quantity: 5 })).quantity).toBe(5);
    expect((await made.storage.subscriptions.update('sub-1', { quantity: 9 })).quantity).toBe(9);
    expect((await made.storage.subscriptions.findById('sub-1'))?.quantity).toBe(9);
  });

  it('A-13 keeps the promo code', async () => {
    const made = await setup();
    const { customerId } = await subscribe(made, { promoCodeId: 'promo-1' });
    expect(await made.storage.subscriptions.findByCustomerId(customerId)).toMatchObject([{ promoCodeId: 'promo-1' }]);
  });

  it.each([
    [{ mode: 'paid' }, 'incomplete', false],
    [{ mode: 'paid', trialDays: 14 }, 'incomplete', true],
    [{ trialDays: 14 }, 'trialing', true],
    [{ mode: 'trial', trialDays: 14 }, 'trialing', true],
    [{ trialDays: 0 }, 'active', false],
    [{}, 'active', false],
  ] as const)('A-14 starts %o as %s', async (input, status, hasTrial) => {
    const made = await setup();
    const subscription = await subscribe(made, input);
    expect(subscription.status).toBe(status);
    expect(subscription.trialStart).toEqual(hasTrial ? made.clock() : null);
    expect(subscription.trialEnd).toEqual(hasTrial ? new Date(made.clock().getTime() + 14 * DAY) : null);
  });

  it('A-15 bills by the chosen price, else by the label, else by the default price of the plan', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const price = { planId: 'pro', currency: 'EUR', unitAmount: 100 } as const;
    await storage.prices.create({ ...price, id: 'week', billingInterval: 'week', intervalCount: 2 });
    await storage.prices.create({ ...price, id: 'year', billingInterval: 'year', unitAmount: 900 });
    await storage.prices.create({ ...price, id: 'day', billingInterval: 'day', intervalCount: 10, unitAmount: 901 });
    const cycle = async (id: string, input: Partial<QZPayCreateSubscriptionInput>) => {
      const { interval, intervalCount, currentPeriodStart, currentPeriodEnd } = await subscribe(made, { id, ...input });
      const end = new Date(currentPeriodStart);
      if (interval === 'year') end.setFullYear(end.getFullYear() + intervalCount);
      if (interval === 'month') end.setMonth(end.getMonth() + intervalCount);
      if (interval === 'day') end.setDate(end.getDate() + intervalCount);
      if (interval === 'week') end.setDate(end.getDate() + 7 * intervalCount);
      expect(currentPeriodEnd).toEqual(end);
      return [interval, intervalCount];
    };
    expect(await cycle('a', { priceId: 'year' })).toEqual(['year', 1]);
    expect(await cycle('b', { priceId: 'year', billingInterval: 'monthly' })).toEqual(['year', 1]);
    expect(await cycle('day', { priceId: 'day' })).toEqual(['day', 10]);
    expect(await cycle('c', { billingInterval: 'annual' })).toEqual(['year', 1]);
    expect(await cycle('d', { billingInterval: 'monthly' })).toEqual(['month', 1]);
    expect(await cycle('e', {})).toEqual(['week', 2]);
    expect(await cycle('f', { planId: 'from the configuration' })).toEqual(['month', 1]);
    expect(await cycle('g', { planId: 'from the configuration', priceId: 'unknown' })).toEqual(['month', 1]);
  });

  it('refuses to bill by a price without intervals, which something else wrote', async () => {
    const made = await setup();
    await made.storage.plans.create({ id: 'pro', name: 'Pro' });
    const price = { id: 'p', planId: 'pro', currency: 'EUR', unitAmount: 100, billingInterval: 'month' } as const;
    await made.storage.prices.create(price);
    for (const count of [0, -1]) {
      await made.query(`update billing_prices set interval_count = ${count}`);
      await expect(subscribe(made)).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'intervalCount' });
    }
  });

  it('A-15 makes the trial the first period', async () => {
    const made = await setup();
    const { currentPeriodEnd, trialEnd } = await subscribe(made, { trialDays: 14 });
    expect(currentPeriodEnd).toEqual(trialEnd);
  });

  it('A-15 rolls over days that the next month lacks, as the engine does', async () => {
    const made = await setup();
    made.clock.set(new Date(2026, 0, 31, 12));
    expect((await subscribe(made)).currentPeriodEnd).toEqual(new Date(2026, 2, 3, 12));
  });

  it('A-16 keeps provider ids from create and merges those of updates', async () => {
    const made = await setup();
    await subscribe(made, { providerSubscriptionIds: { stripe: 's', 'my provider': 'x' } });
    await made.storage.subscriptions.update('sub-1', { providerSubscriptionIds: { paypal: 'p' } });
    const updated = await made.storage.subscriptions.update('sub-1', { providerSubscriptionIds: { stripe: 's2' } });
    expect(updated.providerSubscriptionIds).toEqual({ stripe: 's2', 'my provider': 'x', paypal: 'p' });
  });

  it('A-17 clears with null', async () => {
    const made = await setup();
    await subscribe(made, { trialDays: 3 });
    const change: QZPayScheduledPlanChange = {
      newPlanId: 'max',
      newPriceId: 'max-year',
      targetTransactionAmountMajor: 12.5,
      applyAt: '2026-02-01T00:00:00.000Z',
      requestedAt: '2026-01-01T00:00:00.000Z',
      requestedBy: 'user-1',
      status: 'pending',
      attemptCount: 0,
    };
    const set = await made.storage.subscriptions.update('sub-1', {
      canceledAt: made.clock(),
      scheduledPlanChange: change,
    });
    expect(set.canceledAt).toEqual(made.clock());
    expect(set.scheduledPlanChange).toStrictEqual(change);
    const replaced = await made.storage.subscriptions.update('sub-1', {
      scheduledPlanChange: { ...change, status: 'applied' },
    });
    expect(replaced.scheduledPlanChange?.status).toBe('applied');
    const cleared = await made.storage.subscriptions.update('sub-1', {
      canceledAt: null,
      trialEnd: null,
      scheduledPlanChange: null,
    });
    expect(cleared).toMatchObject({ canceledAt: null, trialEnd: null, scheduledPlanChange: null });
  });

  it('A-18 removes a metadata key that is undefined in the patch', async () => {
    const made = await setup();
    await subscribe(made, { metadata: { gracePeriod: 'yes', other: 1 } });
    const updated = await made.storage.subscriptions.update('sub-1', {
      metadata: { gracePeriod: undefined, other: 1 },
    });
    expect(updated.metadata).toStrictEqual({ other: 1 });
  });

  it('A-19 hides a deleted subscription everywhere', async () => {
    const made = await setup();
    const { customerId } = await subscribe(made);
    await made.storage.subscriptions.delete('sub-1');
    expect(await made.storage.subscriptions.findById('sub-1')).toBeNull();
    expect(await made.storage.subscriptions.findByCustomerId(customerId)).toEqual([]);
    expect((await made.storage.subscriptions.list()).total).toBe(0);
    await expect(made.storage.subscriptions.update('sub-1', { quantity: 2 })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Subscription',
    });
    await expect(made.storage.subscriptions.delete('sub-1')).resolves.toBeUndefined();
  });

  it('A-20 never shows hints for the provider on the entity', async () => {
    const made = await setup();
    const created = await subscribe(made);
    const updated = await made.storage.subscriptions.update('sub-1', {
      prorationBehavior: 'none',
      transactionAmount: 12.5,
      externalReference: 'ref',
      reason: 'because',
    });
    expect(Object.keys(updated)).toEqual(Object.keys(created));
  });

  it('A-21 returns all subscriptions of a customer and, on request, ten thousand on a page', async () => {
    const made = await setup();
    const { customerId } = await subscribe(made);
    for (let index = 0; index < 149; index += 1) await subscribe(made, { id: `other-${index}` });
    expect(await made.storage.subscriptions.findByCustomerId(customerId)).toHaveLength(150);
    expect(await made.storage.subscriptions.list({ limit: 10_000 })).toMatchObject({ total: 150, hasMore: false });
    const page = await made.storage.subscriptions.list();
    expect(page).toMatchObject({ total: 150, limit: 100, offset: 0, hasMore: true });
    expect(page.data).toHaveLength(100);
  });

  it('derives nothing: a status does not stamp dates, and dates do not change the status', async () => {
    const made = await setup();
    await subscribe(made);
    const canceled = await made.storage.subscriptions.update('sub-1', { status: 'canceled' });
    expect(canceled).toMatchObject({ canceledAt: null, cancelAtPeriodEnd: false });
  });

  it('takes what the typed input cannot say: interval, flags and dates', async () => {
    const made = await setup();
    await subscribe(made);
    const patch = {
      cancelAtPeriodEnd: true,
      cancelAt: made.clock(),
      interval: 'year',
      intervalCount: 2,
      promoCodeId: 'p',
    };
    expect(await made.storage.subscriptions.update('sub-1', untyped(patch))).toMatchObject(patch);
  });

  it('refuses a subscription of an unknown customer and one with a taken id', async () => {
    const made = await setup();
    await subscribe(made);
    await expect(
      made.storage.subscriptions.create({ id: 'sub-2', customerId: 'nobody', planId: 'pro' }),
    ).rejects.toMatchObject({ name: 'QZPayNotFoundError', entityType: 'Customer', entityId: 'nobody' });
    await expect(subscribe(made)).rejects.toMatchObject({ name: 'QZPayConflictError' });
  });
});
