import { expect, it } from 'vitest';
import { describeOnEveryDriver, type Setup } from './support/repositories.js';

const price = { planId: 'pro', currency: 'EUR', unitAmount: 1000, billingInterval: 'month' } as const;

async function withPlan(setup: Setup) {
  const made = await setup();
  await made.repositories.plans.create({ id: 'pro', name: 'Pro' });
  return made;
}

describeOnEveryDriver('plans and their prices', (setup) => {
  it('give a new subscriber the cheapest price that is active', async () => {
    const { repositories } = await withPlan(setup);
    const { prices, plans } = repositories;
    expect(await prices.findDefaultByPlanId('pro')).toBeNull();
    await prices.createMany([
      { ...price, id: 'dear' },
      { ...price, id: 'cheap', unitAmount: 500 },
      { ...price, id: 'archived', unitAmount: 1, active: false },
    ]);
    expect(await prices.findDefaultByPlanId('pro')).toMatchObject({ id: 'cheap' });
    await prices.delete('cheap');
    expect(await prices.findDefaultByPlanId('pro')).toMatchObject({ id: 'dear' });
    expect((await prices.findByPlanId('pro')).map(({ id }) => id)).toEqual(['dear', 'archived']);
    expect((await plans.update('pro', { name: 'Max' })).prices.map(({ id }) => id)).toEqual(['dear', 'archived']);
  });

  it('are stored all or none, in the order given', async () => {
    const { repositories } = await withPlan(setup);
    const { prices } = repositories;
    expect(await prices.createMany([])).toEqual([]);
    const stored = await prices.createMany(['c', 'a', 'b'].map((id) => ({ ...price, id })));
    expect(stored.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    const again = prices.createMany(['d', 'a'].map((id) => ({ ...price, id })));
    await expect(again).rejects.toMatchObject({ conflictType: 'already_exists' });
    const elsewhere = prices.createMany([
      { ...price, id: 'd' },
      { ...price, id: 'e', planId: 'unknown' },
    ]);
    await expect(elsewhere).rejects.toMatchObject({ name: 'QZPayNotFoundError', entityType: 'Plan' });
    expect(await prices.findById('d')).toBeNull();
  });

  it('are found by the oldest price of a provider id, in this mode only', async () => {
    const { repositories, reopen, clock } = await withPlan(setup);
    const providerPriceIds = { stripe: 'price_1' };
    await repositories.prices.create({ ...price, id: 'first', providerPriceIds });
    clock.advance(1);
    await repositories.prices.create({ ...price, id: 'a second', providerPriceIds });
    expect(await repositories.prices.findByProviderId('stripe', 'price_1')).toMatchObject({ id: 'first' });
    expect(await repositories.prices.findByProviderId('paypal', 'price_1')).toBeNull();
    expect(await reopen({ livemode: true }).prices.findByProviderId('stripe', 'price_1')).toBeNull();
    await repositories.prices.update('first', { providerPriceIds: { stripe: 'price_2' } });
    expect(await repositories.prices.findByProviderId('stripe', 'price_1')).toMatchObject({ id: 'a second' });
  });
});
