import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import type { QZPayNewPromoCode } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const EARLIER = new Date('2025-12-31T23:59:59.999Z');
const LATER = new Date('2026-01-01T00:00:00.001Z');

/** Repositories whose clock stands at {@link NOW}, with two customers. */
async function withCustomers(setup: Setup) {
  const bundle = await setup();
  const { customers, promoCodes, promoCodeUsage } = bundle.repositories;
  const { id: ada } = await customers.create({ id: 'ada', externalId: 'user-1', email: 'a@b.c' });
  const { id: grace } = await customers.create({ id: 'grace', externalId: 'user-2', email: 'x@y.z' });
  bundle.clock.set(NOW);
  const create = (id: string, given: Partial<QZPayNewPromoCode> = {}) =>
    promoCodes.create({ id, code: id, discountType: 'percentage', discountValue: 10, ...given });
  const redeem = (promoCodeId: string, customerId = ada) =>
    promoCodeUsage.redeem({ promoCodeId, customerId, usedAt: undefined, currency: undefined });
  return { ...bundle, promoCodes, promoCodeUsage, ada, grace, create, redeem };
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describeOnEveryDriver('promo codes', (setup) => {
  it('finds active codes that have expired, longest ago first', async () => {
    const { promoCodes, create } = await withCustomers(setup);
    await create('now', { validUntil: NOW });
    await create('earlier', { validUntil: EARLIER });
    await create('later', { validUntil: LATER });
    await create('for ever');
    await create('inactive', { validUntil: EARLIER, active: false });
    await create('deleted', { validUntil: EARLIER });
    await promoCodes.delete('deleted');
    expect(ids(await promoCodes.findExpired(NOW))).toEqual(['earlier', 'now']);
    expect(ids(await promoCodes.findExpired(NOW, 1))).toEqual(['earlier']);
    await promoCodes.update('earlier', { active: false });
    expect(ids(await promoCodes.findExpired(NOW))).toEqual(['now']);
    await expect(promoCodes.findExpired(NOW, 1.5)).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('returns the counted code, and tells an unknown one from one at its cap', async () => {
    const { promoCodes, create } = await withCustomers(setup);
    await create('promo_1', { maxRedemptions: 1 });
    expect((await promoCodes.claimRedemption('promo_1'))?.currentRedemptions).toBe(1);
    expect(await promoCodes.claimRedemption('promo_1')).toBeNull();
    expect((await promoCodes.incrementRedemptions('promo_1')).currentRedemptions).toBe(2);
    expect(await promoCodes.claimRedemption('\0')).toBeNull();
    await expect(promoCodes.incrementRedemptions('\0')).rejects.toBeInstanceOf(QZPayNotFoundError);
  });

  it('checks a code in any case and says why it cannot be redeemed', async () => {
    const { promoCodes, ada, create } = await withCustomers(setup);
    await create('Fine', { validFrom: NOW, validUntil: LATER, maxRedemptions: 1, applicablePlanIds: ['pro'] });
    await create('inactive', { active: false });
    await create('not started', { validFrom: LATER });
    await create('expired', { validUntil: NOW });
    await create('exhausted', { maxRedemptions: 0 });
    await create('plans', { applicablePlanIds: ['pro'] });
    await create('products', { applicableProductIds: ['seat'] });
    const refusal = async (code: string, use = {}) => (await promoCodes.check(code, use)).refusal;
    expect(await promoCodes.check('fINE', { customerId: ada, planId: 'pro', productId: 'any' })).toStrictEqual({
      promoCode: await promoCodes.findById('Fine'),
      refusal: null,
    });
    for (const code of ['unknown', '\0', '']) {
      expect(await promoCodes.check(code)).toStrictEqual({ promoCode: null, refusal: 'unknown' });
    }
    expect(await refusal('inactive')).toBe('inactive');
    expect(await refusal('not started')).toBe('not_started');
    expect(await refusal('expired')).toBe('expired');
    expect(await refusal('exhausted')).toBe('exhausted');
    expect(await refusal('plans', { planId: 'basic' })).toBe('plan_not_covered');
    expect(await refusal('plans')).toBeNull();
    expect(await refusal('products', { productId: 'disk' })).toBe('product_not_covered');
    expect(await refusal('products', { productId: 'seat', customerId: '\0' })).toBeNull();
  });

  it('checks the cap of the customer', async () => {
    const { promoCodes, ada, grace, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptionsPerCustomer: 1 });
    await redeem('promo_1', ada);
    expect((await promoCodes.check('promo_1', { customerId: ada })).refusal).toBe('exhausted_for_customer');
    expect((await promoCodes.check('promo_1', { customerId: grace })).refusal).toBeNull();
    expect((await promoCodes.check('promo_1')).refusal).toBeNull();
  });

  it('takes for an existing customer who has paid or subscribed, not who has tried to', async () => {
    const { repositories, promoCodes, ada, grace, create } = await withCustomers(setup);
    await create('new', { newCustomersOnly: true });
    await create('existing', { existingCustomersOnly: true });
    const refusals = async (customerId: string) =>
      Promise.all(['new', 'existing'].map(async (code) => (await promoCodes.check(code, { customerId })).refusal));
    const payment = { customerId: ada, amount: 100, currency: 'USD' } as const;
    const period = { currentPeriodStart: NOW, currentPeriodEnd: LATER, interval: 'month' } as const;
    const asNew = [null, 'existing_customers_only'];
    const asExisting = ['new_customers_only', null];

    await repositories.payments.create({ ...payment, id: 'pay_1', status: 'failed' });
    await repositories.subscriptions.create({
      ...period,
      id: 'sub_1',
      customerId: grace,
      planId: 'pro',
      status: 'incomplete',
    });
    expect(await refusals(ada)).toEqual(asNew);
    expect(await refusals(grace)).toEqual(asNew);
    await repositories.payments.update('pay_1', { status: 'succeeded' });
    await repositories.subscriptions.update('sub_1', { status: 'trialing' });
    expect(await refusals(ada)).toEqual(asExisting);
    expect(await refusals(grace)).toEqual(asExisting);
    await repositories.payments.update('pay_1', { status: 'refunded' });
    expect(await refusals(ada)).toEqual(asExisting);
  });

  it('refuses a missing code text before anything is sent', async () => {
    const { promoCodes, create } = await withCustomers(setup);
    await create('promo_1');
    for (const code of [undefined, null, 7] as never[]) {
      await expect(create('promo_2', { code })).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'code' });
    }
    await expect(promoCodes.update('promo_1', { code: null as never })).rejects.toMatchObject({ field: 'code' });
  });
});

describeOnEveryDriver('redemptions of promo codes', (setup) => {
  it('stores the redemption and counts it on the code', async () => {
    const { promoCodes, promoCodeUsage, clock, ada, create } = await withCustomers(setup);
    const code = await create('promo_1');
    clock.advance(5);
    const redemption = {
      promoCodeId: 'promo_1',
      customerId: ada,
      subscriptionId: 'sub_1',
      paymentId: 'pay_1',
      discountAmount: 3_000_000_000,
      currency: 'CLP' as const,
    };
    const stored = await promoCodeUsage.redeem(redemption);
    expect(stored).toStrictEqual({
      ...redemption,
      id: expect.any(String),
      redemptionNo: 1,
      usedAt: clock(),
      livemode: false,
    });
    expect(await promoCodeUsage.findById(stored?.id ?? '')).toStrictEqual(stored);
    expect(await promoCodes.findById('promo_1')).toStrictEqual({
      ...code,
      currentRedemptions: 1,
      updatedAt: clock(),
      version: expect.not.stringMatching(code.version),
    });
  });

  it('keeps id and instant where they are given, and counts each customer from 1', async () => {
    const { promoCodeUsage, ada, grace, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    await create('promo_2');
    const given = { id: 'use_1', usedAt: EARLIER, promoCodeId: 'promo_1', customerId: ada };
    expect(await promoCodeUsage.redeem(given)).toMatchObject({
      ...given,
      redemptionNo: 1,
      discountAmount: 0,
      currency: null,
    });
    expect(await redeem('promo_1', ada)).toMatchObject({ redemptionNo: 2 });
    expect(await redeem('promo_1', grace)).toMatchObject({ redemptionNo: 1 });
    expect(await redeem('promo_2', ada)).toMatchObject({ redemptionNo: 1 });
    await expect(promoCodeUsage.redeem({ ...given })).rejects.toMatchObject({ conflictType: 'already_exists' });
  });

  it('answers null and changes nothing for a code that cannot be redeemed', async () => {
    const { promoCodes, promoCodeUsage, create, redeem } = await withCustomers(setup);
    await create('inactive', { active: false });
    await create('not started', { validFrom: LATER });
    await create('expired', { validUntil: NOW });
    await create('exhausted', { maxRedemptions: 0 });
    await create('no customer', { maxRedemptionsPerCustomer: 0 });
    await create('deleted');
    await promoCodes.delete('deleted');
    for (const id of ['inactive', 'not started', 'expired', 'exhausted', 'no customer', 'deleted', 'unknown', '\0']) {
      const known = await promoCodes.findById(id);
      expect(await redeem(id)).toBeNull();
      expect(await promoCodes.findById(id)).toStrictEqual(known);
    }
    expect(await promoCodeUsage.count()).toBe(0);
    await create('open', { validFrom: NOW, validUntil: LATER });
    expect(await redeem('open')).not.toBeNull();
  });

  it('holds the cap for everybody and the cap per customer', async () => {
    const { ada, grace, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptions: 3, maxRedemptionsPerCustomer: 2 });
    expect(await redeem('promo_1', ada)).toMatchObject({ redemptionNo: 1 });
    expect(await redeem('promo_1', ada)).toMatchObject({ redemptionNo: 2 });
    expect(await redeem('promo_1', ada)).toBeNull();
    expect(await redeem('promo_1', grace)).toMatchObject({ redemptionNo: 1 });
    expect(await redeem('promo_1', grace)).toBeNull();
  });

  it('refuses an unknown customer and takes the count back', async () => {
    const { promoCodes, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    await expect(redeem('promo_1', 'unknown')).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Customer',
      entityId: 'unknown',
    });
    expect((await promoCodes.findById('promo_1'))?.currentRedemptions).toBe(0);
  });

  it('joins the transaction around it and rolls back with it', async () => {
    const { promoCodes, promoCodeUsage, transaction, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptions: 1 });
    const failed = transaction(async () => {
      expect(await redeem('promo_1')).not.toBeNull();
      expect(await redeem('promo_1')).toBeNull();
      throw new Error('payment failed');
    });
    await expect(failed).rejects.toThrow('payment failed');
    expect((await promoCodes.findById('promo_1'))?.currentRedemptions).toBe(0);
    expect(await promoCodeUsage.count()).toBe(0);
  });

  it('lists, counts and finds the redemptions of a code and of a customer, newest first', async () => {
    const { promoCodeUsage, clock, ada, grace, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    await create('promo_2');
    const made: string[] = [];
    for (const [code, customer] of [
      ['promo_1', ada],
      ['promo_1', grace],
      ['promo_2', ada],
    ] as const) {
      made.push((await redeem(code, customer))?.id ?? '');
      clock.advance(1);
    }
    const [first, second, third] = made;
    expect(ids(await promoCodeUsage.findByPromoCodeId('promo_1'))).toEqual([second, first]);
    expect(ids(await promoCodeUsage.findByCustomerId(ada))).toEqual([third, first]);
    expect(await promoCodeUsage.count({ promoCodeId: 'promo_1' })).toBe(2);
    expect(await promoCodeUsage.list({ limit: 2 })).toMatchObject({ data: [{ id: third }, { id: second }], total: 3 });
    const oldest = await promoCodeUsage.list({ filters: { customerId: ada }, orderDirection: 'asc' });
    expect(ids(oldest.data)).toEqual([first, third]);
    for (const id of ['unknown', '\0']) {
      expect(await promoCodeUsage.findByPromoCodeId(id)).toEqual([]);
      expect(await promoCodeUsage.findByCustomerId(id)).toEqual([]);
    }
  });

  it('tells whether a customer has redeemed a code', async () => {
    const { promoCodeUsage, ada, grace, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    await create('promo_2');
    await redeem('promo_1', ada);
    expect(await promoCodeUsage.hasRedeemed(ada, 'promo_1')).toBe(true);
    expect(await promoCodeUsage.hasRedeemed(ada, 'promo_2')).toBe(false);
    expect(await promoCodeUsage.hasRedeemed(grace, 'promo_1')).toBe(false);
    expect(await promoCodeUsage.hasRedeemed('\0', 'promo_1')).toBe(false);
    expect(await promoCodeUsage.hasRedeemed(ada, '\0')).toBe(false);
  });

  it('sums the discounts of a code per currency', async () => {
    const { promoCodeUsage, ada, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    for (const [currency, discountAmount] of [
      ['USD', 100],
      ['CLP', 3_000_000_000],
      ['USD', 50],
      ['CLP', 3_000_000_000],
    ] as const) {
      await promoCodeUsage.redeem({ promoCodeId: 'promo_1', customerId: ada, currency, discountAmount });
    }
    await redeem('promo_1');
    expect(await promoCodeUsage.totalDiscounts('promo_1')).toStrictEqual([
      { currency: 'CLP', amount: 6_000_000_000, redemptions: 2 },
      { currency: 'USD', amount: 150, redemptions: 2 },
      { currency: null, amount: 0, redemptions: 1 },
    ]);
    expect(await promoCodeUsage.totalDiscounts('unknown')).toEqual([]);
    expect(await promoCodeUsage.totalDiscounts('\0')).toEqual([]);
  });

  it('sees redemptions of its own mode only', async () => {
    const { promoCodeUsage, reopen, ada, create, redeem } = await withCustomers(setup);
    await create('promo_1');
    await redeem('promo_1');
    const live = reopen({ livemode: true });
    expect(await live.promoCodeUsage.redeem({ promoCodeId: 'promo_1', customerId: ada })).toBeNull();
    expect(await live.promoCodeUsage.hasRedeemed(ada, 'promo_1')).toBe(false);
    expect(await live.promoCodeUsage.totalDiscounts('promo_1')).toEqual([]);
    expect(await live.promoCodes.check('promo_1')).toEqual({ promoCode: null, refusal: 'unknown' });
    expect(await promoCodeUsage.count()).toBe(1);
  });
});

describeOnServers('redemptions of simultaneous callers', (setup) => {
  it('lets two of ten simultaneous redemptions of one customer through a cap of two', async () => {
    const { promoCodes, promoCodeUsage, ada, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptionsPerCustomer: 2 });
    const attempts = await tenAtOnce(() => redeem('promo_1', ada));
    const numbers = attempts.map((attempt) => {
      if (attempt.status === 'rejected') throw attempt.reason;
      return attempt.value?.redemptionNo ?? null;
    });
    expect(numbers.filter((number) => number !== null).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect((await promoCodes.findById('promo_1'))?.currentRedemptions).toBe(2);
    expect(await promoCodeUsage.count({ promoCodeId: 'promo_1' })).toBe(2);
  });

  it('lets three of ten customers through a cap of three', async () => {
    const { repositories, promoCodes, promoCodeUsage, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptions: 3, maxRedemptionsPerCustomer: 1 });
    for (let index = 0; index < 10; index += 1) {
      await repositories.customers.create({ id: `customer ${index}`, externalId: `customer ${index}`, email: 'a@b.c' });
    }
    const attempts = await tenAtOnce((index) => redeem('promo_1', `customer ${index}`));
    expect(attempts.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled' && attempt.value !== null)).toHaveLength(3);
    expect((await promoCodes.findById('promo_1'))?.currentRedemptions).toBe(3);
    expect(await promoCodeUsage.count({ promoCodeId: 'promo_1' })).toBe(3);
  });

  it('numbers the redemptions of one customer without gaps, beside other ways of counting', async () => {
    const { promoCodes, promoCodeUsage, ada, create, redeem } = await withCustomers(setup);
    await create('promo_1', { maxRedemptions: 8 });
    const attempts = await tenAtOnce<unknown>((index) =>
      index % 2 === 0 ? redeem('promo_1', ada) : promoCodes.claimRedemption('promo_1'),
    );
    const served = attempts.filter((attempt) => attempt.status === 'fulfilled' && attempt.value !== null);
    expect(served).toHaveLength(8);
    expect((await promoCodes.findById('promo_1'))?.currentRedemptions).toBe(8);
    const numbers = (await promoCodeUsage.findByCustomerId(ada))
      .map(({ redemptionNo }) => redemptionNo)
      .toSorted((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
