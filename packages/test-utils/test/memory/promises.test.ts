import { describe, expect, it } from 'vitest';
import { insertQZPayPayment } from '../../src/index.js';
import { customer, setup } from './support.js';

const alreadyExists = { name: 'QZPayConflictError', conflictType: 'already_exists' };
const notFound = (entityType: string, entityId: string) => ({ name: 'QZPayNotFoundError', entityType, entityId });
const refund = (id: string | undefined, status: 'succeeded' | 'failed') =>
  ({
    paymentId: 'pay',
    amount: 5,
    currency: 'EUR',
    status,
    livemode: false,
    ...(id === undefined ? {} : { providerRefundId: id }),
  }) as const;

async function withCustomer() {
  const made = setup({ defaultProvider: 'stripe' });
  const { id: customerId } = await made.storage.customers.create(customer('user'));
  return { ...made, customerId };
}

describe('the memory storage', () => {
  it('has one live customer per external id and mode', async () => {
    const { storage, reopen } = setup();
    const results = await Promise.allSettled([1, 2, 3].map(() => storage.customers.create(customer('a'))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results[1]).toMatchObject({ reason: alreadyExists });
    await reopen({ livemode: true }).customers.create(customer('a'));
    const first = await storage.customers.findByExternalId('a');
    await storage.customers.delete(first?.id ?? '');
    await storage.customers.create(customer('a'));
    expect(await storage.customers.list()).toMatchObject({ total: 1 });
  });

  it('tells promo codes apart without regard to case', async () => {
    const { storage } = setup();
    const promo = { discountType: 'percentage', discountValue: 12.5 } as const;
    await storage.promoCodes.create({ ...promo, id: '1', code: 'Summer' });
    await expect(storage.promoCodes.create({ ...promo, id: '2', code: 'SUMMER' })).rejects.toMatchObject(alreadyExists);
    await storage.promoCodes.create({ ...promo, id: '2', code: 'Winter' });
    await expect(storage.promoCodes.update('2', { code: 'summer' })).rejects.toMatchObject(alreadyExists);
    expect(await storage.promoCodes.findByCode('sUMMER')).toMatchObject({ id: '1', code: 'Summer' });
  });

  it('never lets a promo code be redeemed beyond its cap', async () => {
    const { storage } = setup();
    await storage.promoCodes.create({
      id: 'p',
      code: 'p',
      discountType: 'percentage',
      discountValue: 1,
      maxRedemptions: 3,
    });
    const claims = await Promise.all(
      Array.from({ length: 10 }, () => storage.promoCodes.atomicIncrementRedemptions('p')),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(3);
    await storage.promoCodes.incrementRedemptions('p');
    expect(await storage.promoCodes.findById('p')).toMatchObject({ currentRedemptions: 4 });
    await expect(storage.promoCodes.incrementRedemptions('q')).rejects.toMatchObject(notFound('PromoCode', 'q'));
  });

  it('counts a succeeded refund once, and every other one each time', async () => {
    const { storage, customerId, clock } = await withCustomer();
    await insertQZPayPayment(storage, {
      id: 'pay',
      customerId,
      amount: 100,
      createdAt: clock(),
      updatedAt: clock(),
    });
    for (const id of ['re', 're', '', '', undefined]) await storage.payments.createRefund(refund(id, 'succeeded'));
    for (const id of ['re', 'other']) await storage.payments.createRefund(refund(id, 'failed'));
    expect(await storage.payments.getTotalRefundedAmount('pay')).toBe(20);
    expect(await storage.payments.hasRefundForProviderRefundId('re')).toBe(true);
    expect(await storage.payments.hasRefundForProviderRefundId('other')).toBe(false);
    await expect(storage.payments.createRefund({ ...refund('x', 'failed'), paymentId: 'y' })).rejects.toMatchObject(
      notFound('Payment', 'y'),
    );
  });

  it('leaves one default payment method, whoever asks', async () => {
    const { storage, customerId } = await withCustomer();
    const method = { customerId, type: 'card', provider: 'stripe', providerPaymentMethodId: 'pm' } as const;
    const ids = ['a', 'b', 'c'];
    const created = await Promise.all(
      ids.map((id) => storage.paymentMethods.create({ ...method, id, setAsDefault: id === 'c' })),
    );
    expect(created.map(({ isDefault }) => isDefault)).toEqual([true, false, true]);
    await Promise.all(ids.map((id) => storage.paymentMethods.setDefault(customerId, id)));
    const methods = await storage.paymentMethods.findByCustomerId(customerId);
    expect(methods.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['c']);
    await expect(storage.paymentMethods.setDefault('nobody', 'a')).rejects.toMatchObject(
      notFound('PaymentMethod', 'a'),
    );
    await storage.paymentMethods.delete('c');
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toBeNull();
  });

  it('polls a resource once, and lets one of several writers of a version win', async () => {
    const { storage, customerId } = await withCustomer();
    await storage.subscriptions.create({ id: 'sub', customerId, planId: 'pro' });
    const schedule = () => storage.subscriptionPollingJobs.create({ subscriptionId: 'sub', providerResourceId: 'r' });
    const [job, ...others] = await Promise.all([schedule(), schedule(), schedule()]);
    expect(job).toMatchObject({ provider: 'stripe', attempts: 0, maxAttempts: 60 });
    expect(others).toEqual([null, null]);
    const { id = '', version: expectedVersion = '' } = job ?? {};
    const poll = () => storage.subscriptionPollingJobs.update({ id, expectedVersion, incrementAttemptsBy: 1 });
    const polls = await Promise.all([poll(), poll(), poll()]);
    expect(polls.map((poll) => poll?.attempts)).toEqual([1, undefined, undefined]);
  });

  it('counts usage exactly, where a sum of floating-point numbers would not', async () => {
    const { storage, customerId } = await withCustomer();
    await storage.limits.set({ customerId, limitKey: 'credits', maxValue: 1.5 });
    const increments = Array.from({ length: 10 }, () =>
      storage.limits.increment({ customerId, limitKey: 'credits', incrementBy: 0.1 }),
    );
    await Promise.all(increments);
    await storage.limits.set({ customerId, limitKey: 'credits', maxValue: -1 });
    expect(await storage.limits.check(customerId, 'credits')).toMatchObject({ currentValue: 1, maxValue: -1 });
    await storage.limits.increment({ customerId, limitKey: 'credits', incrementBy: 1e21 });
    const less = await storage.limits.increment({ customerId, limitKey: 'credits', incrementBy: -1e21 });
    expect(less.currentValue).toBe(1);
  });

  it('moves a counter with usage only where it was told to, and once', async () => {
    const { storage, customerId, reopen, clock } = await withCustomer();
    const moving = reopen({ usageMovesLimits: true });
    const record = {
      customerId,
      limitKey: 'k',
      quantity: 2,
      action: 'increment',
      timestamp: clock(),
      metadata: {},
    } as const;
    await storage.limits.set({ customerId, limitKey: 'k', maxValue: 9 });
    await storage.limits.recordUsage({ ...record, id: '1' });
    await moving.limits.recordUsage({ ...record, id: '2' });
    await expect(moving.limits.recordUsage({ ...record, id: '2' })).rejects.toMatchObject(alreadyExists);
    expect(await storage.limits.check(customerId, 'k')).toMatchObject({ currentValue: 2 });
  });

  it('keeps one grant per source, and of each key shows the longest', async () => {
    const { storage, customerId, clock } = await withCustomer();
    const soon = new Date(clock().getTime() + 1000);
    const grant = { customerId, entitlementKey: 'api' };
    await storage.entitlements.grant({ ...grant, source: 'subscription', sourceId: 's', expiresAt: soon });
    await storage.entitlements.grant({ ...grant, source: 'addon', sourceId: 'a' });
    await storage.entitlements.grant({ ...grant, source: 'addon', sourceId: 'a', expiresAt: soon });
    expect(await storage.entitlements.findByCustomerId(customerId)).toMatchObject([
      { source: 'addon', expiresAt: null },
    ]);
    expect(await storage.entitlements.revokeBySource('addon', 'a')).toBe(1);
    expect(await storage.entitlements.check(customerId, 'api')).toBe(true);
    clock.set(soon);
    expect(await storage.entitlements.check(customerId, 'api')).toBe(false);
  });

  it('stores an invoice with its lines or nothing, and replaces them together', async () => {
    const { storage, customerId } = await withCustomer();
    const line = { description: 'line', quantity: 1.5, unitAmount: 10 };
    const invoice = { id: 'inv', customerId, lines: [line, { ...line, description: 'a\0b' }] };
    await expect(storage.invoices.create(invoice)).rejects.toMatchObject({ field: 'description' });
    expect(await storage.invoices.findById('inv')).toBeNull();
    const created = await storage.invoices.create({ ...invoice, lines: [line, line] });
    expect(created).toMatchObject({ status: 'draft', total: 30, currency: 'USD', number: null });
    const [first] = created.lines;
    if (first === undefined) expect.unreachable();
    const twice = storage.invoices.update('inv', { status: 'paid', lines: [first, first] });
    await expect(twice).rejects.toMatchObject(alreadyExists);
    expect(await storage.invoices.findById('inv')).toStrictEqual(created);
    expect((await storage.invoices.update('inv', { lines: [first] })).lines).toStrictEqual([first]);
  });

  it('numbers invoices without gaps or duplicates, once each', async () => {
    const { storage, customerId } = await withCustomer();
    const ids = ['a', 'b', 'c'];
    for (const id of ids) await storage.invoices.create({ id, customerId, lines: [] });
    const undone = storage.transaction(async () => {
      await storage.invoices.finalize('a');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    const finalized = await Promise.all(ids.map((id) => storage.invoices.finalize(id)));
    expect(finalized.map(({ number }) => number)).toEqual(['INV-2026-000001', 'INV-2026-000002', 'INV-2026-000003']);
    expect(finalized[0]).toMatchObject({ status: 'open' });
    expect(await storage.invoices.finalize('a', { series: 'OTHER' })).toStrictEqual(finalized[0]);
    await storage.invoices.create({ id: 'd', customerId, lines: [] });
    expect(await storage.invoices.finalize('d', { series: 'X', period: '2031' })).toMatchObject({
      number: 'X-2031-000001',
    });
    await storage.invoices.create({ id: 'e', customerId, lines: [] });
    await storage.invoices.update('e', { status: 'void' });
    await expect(storage.invoices.finalize('e')).rejects.toMatchObject({ conflictType: 'incompatible' });
    await expect(storage.invoices.finalize('f')).rejects.toMatchObject(notFound('Invoice', 'f'));
  });

  it('keeps the modes apart, also by id and in references', async () => {
    const { storage, reopen } = setup();
    const live = reopen({ livemode: true });
    const { id } = await live.customers.create(customer('a'));
    expect(await storage.customers.findById(id)).toBeNull();
    await expect(storage.customers.update(id, { name: 'x' })).rejects.toMatchObject(notFound('Customer', id));
    await storage.customers.delete(id);
    const attempt = storage.subscriptions.create({ id: 'sub', customerId: id, planId: 'pro' });
    await expect(attempt).rejects.toMatchObject(notFound('Customer', id));
    await live.plans.create({ id: 'pro', name: 'Live' });
    await storage.plans.create({ id: 'pro', name: 'Test' });
    expect((await live.plans.list()).data).toMatchObject([{ name: 'Live' }]);
    expect(await live.customers.findById(id)).toMatchObject({ livemode: true, name: null });
  });

  it('bills a subscription as its price says', async () => {
    const { storage, customerId } = await withCustomer();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const price = { planId: 'pro', currency: 'EUR', billingInterval: 'year' } as const;
    await storage.prices.create({ ...price, id: 'dear', unitAmount: 9, billingInterval: 'week' });
    await storage.prices.create({ ...price, id: 'cheap', unitAmount: 1 });
    const intervalOf = async (input: object) => {
      const { interval } = await storage.subscriptions.create({
        id: crypto.randomUUID(),
        customerId,
        planId: 'pro',
        ...input,
      });
      return interval;
    };
    expect(await intervalOf({ priceId: 'dear' })).toBe('week');
    expect(await intervalOf({ billingInterval: 'monthly' })).toBe('month');
    expect(await intervalOf({})).toBe('year');
    expect(await intervalOf({ planId: 'of the host' })).toBe('month');
    const paid = await storage.subscriptions.create({
      id: 'paid',
      customerId,
      planId: 'pro',
      mode: 'paid',
      trialDays: 7,
    });
    expect(paid).toMatchObject({ status: 'incomplete', trialEnd: new Date('2026-01-08T00:00:00.000Z') });
  });
});
