import type { QZPayCreatePriceInput } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const monthly = { planId: 'pro', currency: 'EUR', unitAmount: 2900, billingInterval: 'month' } as const;

async function planWithPrices({ storage, clock }: StorageSetup, ...prices: (QZPayCreatePriceInput & { id: string })[]) {
  await storage.plans.create({ id: 'pro', name: 'Pro' });
  for (const price of prices) {
    await storage.prices.create(price);
    clock.advance(1);
  }
}

describeOnEveryDriver('plans', (setup) => {
  it('A-02 A-40 returns from create what findById returns, under an id of any form', async () => {
    const { storage, clock } = await setup();
    for (const id of ['pro', 'ext-1', 'po_abc', '0191d8a0-0000-7000-8000-000000000000', 'ünïcode plan']) {
      const created = await storage.plans.create({ id, name: 'Pro' });
      expect(created).toStrictEqual({
        id,
        name: 'Pro',
        description: null,
        active: true,
        prices: [],
        features: [],
        entitlements: [],
        limits: {},
        metadata: {},
        createdAt: clock(),
        updatedAt: clock(),
        deletedAt: null,
        version: expect.any(String),
      });
      expect(await storage.plans.findById(id)).toStrictEqual(created);
    }
  });

  it('A-40 carries its prices in findById, list and update, and ignores prices in a patch', async () => {
    const made = await setup();
    const { storage } = made;
    await planWithPrices(made, { ...monthly, id: 'm' }, { ...monthly, id: 'y', billingInterval: 'year' });
    const ids = (plan: { prices: { id: string }[] } | null | undefined) => plan?.prices.map(({ id }) => id);
    expect(ids(await storage.plans.findById('pro'))).toEqual(['m', 'y']);
    expect(ids((await storage.plans.list()).data[0])).toEqual(['m', 'y']);
    const updated = await storage.plans.update('pro', { name: 'Pro 2', prices: [] });
    expect(updated.name).toBe('Pro 2');
    expect(ids(updated)).toEqual(['m', 'y']);
    expect(await storage.plans.findById('pro')).toStrictEqual(updated);
  });

  it('changes every field of a plan', async () => {
    const { storage } = await setup();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const patch = {
      name: 'Other',
      description: 'text',
      active: false,
      features: [{ name: 'Seats', description: 'ten', included: true }],
      entitlements: ['api'],
      limits: { seats: 10, storage: 1.5 },
      metadata: { a: 1 },
    };
    expect(await storage.plans.update('pro', untyped(patch))).toMatchObject(patch);
    expect(await storage.plans.findById('pro')).toMatchObject(patch);
  });

  it('A-43 lists all active plans, however many there are, and none that is inactive', async () => {
    const { storage } = await setup();
    for (let index = 0; index < 130; index += 1) {
      await storage.plans.create({ id: `plan-${index}`, name: 'Plan' });
    }
    await storage.plans.update('plan-7', { active: false });
    const { data, total, hasMore } = await storage.plans.list({ filters: { active: true } });
    expect(data).toHaveLength(129);
    expect({ total, hasMore }).toEqual({ total: 129, hasMore: false });
    expect(data.every(({ active }) => active)).toBe(true);
  });

  it('keeps the prices of a deleted plan, since running subscriptions are renewed at them', async () => {
    const made = await setup();
    await planWithPrices(made, { ...monthly, id: 'm' });
    await made.storage.plans.delete('pro');
    expect(await made.storage.plans.findById('pro')).toBeNull();
    expect(await made.storage.prices.findByPlanId('pro')).toHaveLength(1);
    await expect(made.storage.plans.delete('pro')).resolves.toBeUndefined();
  });

  it('refuses a taken id and changes nothing', async () => {
    const { storage } = await setup();
    const first = await storage.plans.create({ id: 'pro', name: 'First' });
    await expect(storage.plans.create({ id: 'pro', name: 'Second' })).rejects.toMatchObject({
      name: 'QZPayConflictError',
      message: 'Plan already exists',
    });
    expect(await storage.plans.findById('pro')).toStrictEqual(first);
  });

  it('makes an id where JavaScript callers give none', async () => {
    const { storage } = await setup();
    const plan = await storage.plans.create(untyped({ id: undefined, name: 'Pro' }));
    expect(plan.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await storage.plans.findById(plan.id)).toStrictEqual(plan);
  });
});

describeOnEveryDriver('prices', (setup) => {
  it('A-41 changes every field, provider ids included, and merges them', async () => {
    const made = await setup();
    const { storage } = made;
    await planWithPrices(made, { ...monthly, id: 'm' });
    const patch = {
      nickname: 'Yearly',
      currency: 'USD',
      unitAmount: 3_000_000_000,
      billingInterval: 'year',
      intervalCount: 2,
      trialDays: 7,
      active: false,
      providerPriceIds: { stripe: 'price_1' },
      metadata: { a: true },
    } as const;
    expect(await storage.prices.update('m', patch)).toMatchObject(patch);
    await storage.prices.update('m', { providerPriceIds: { other: 'p2' } });
    expect(await storage.prices.findById('m')).toMatchObject({
      ...patch,
      providerPriceIds: { stripe: 'price_1', other: 'p2' },
    });
  });

  it('A-42 orders by active, amount, age and id; an archived price comes last', async () => {
    const made = await setup();
    const { storage } = made;
    await planWithPrices(
      made,
      { ...monthly, id: 'archived', unitAmount: 1 },
      { ...monthly, id: 'dear', unitAmount: 300 },
      { ...monthly, id: 'cheap-but-younger', unitAmount: 200 },
      { ...monthly, id: 'a-still-younger', unitAmount: 200 },
    );
    await storage.prices.update('archived', { active: false });
    const order = (await storage.prices.findByPlanId('pro')).map(({ id }) => id);
    expect(order).toEqual(['cheap-but-younger', 'a-still-younger', 'dear', 'archived']);
    expect((await storage.plans.findById('pro'))?.prices.map(({ id }) => id)).toEqual(order);
  });

  it('A-42 answers with an empty list for a plan that is not stored', async () => {
    const { storage } = await setup();
    expect(await storage.prices.findByPlanId('configured-elsewhere')).toEqual([]);
    expect(await storage.prices.findByPlanId('\0')).toEqual([]);
  });

  it('forgets a deleted price', async () => {
    const made = await setup();
    await planWithPrices(made, { ...monthly, id: 'm' });
    await made.storage.prices.delete('m');
    expect(await made.storage.prices.findById('m')).toBeNull();
    expect(await made.storage.prices.findByPlanId('pro')).toEqual([]);
    expect((await made.storage.plans.findById('pro'))?.prices).toEqual([]);
  });

  it('refuses a price of an unknown plan, naming the plan', async () => {
    const { storage } = await setup();
    await expect(storage.prices.create({ ...monthly, id: 'm' })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Plan',
      entityId: 'pro',
    });
  });
});
