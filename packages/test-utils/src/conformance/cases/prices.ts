import assert from 'node:assert/strict';
import type { QZPayPrice } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/plans.js';
import { insertQZPayPrice } from '../../fixtures/prices.js';
import { defineCases } from '../case.js';
import { assertEntity, rejectsInvalid, rejectsNotFound } from '../expectations.js';
import type { Aggregate, DeletingCollection } from '../shared/aggregate.js';
import { deletionCases, givenIdCases } from '../shared/identity.js';
import { thePlan } from '../shared/parents.js';
import { readCases } from '../shared/reads.js';
import { providerIdCases, updateCases } from '../shared/updates.js';

const prices: Aggregate<QZPayPrice, DeletingCollection<QZPayPrice>> = {
  entityType: 'Price',
  collection: (storage) => storage.prices,
  insert: async (context, id) => {
    await thePlan(context);
    return insertQZPayPrice(context.storage, { id });
  },
  finders: [{ key: 'planId', find: (storage, text) => storage.prices.findByPlanId(text) }],
  changes: [
    { nickname: 'Yearly' },
    { currency: 'USD' },
    { unitAmount: 3_000_000_000 },
    { billingInterval: 'year' },
    { intervalCount: 2 },
    { trialDays: 14 },
    { active: false },
    { providerPriceIds: { stripe: 'price_1' } },
    { metadata: { campaign: 'spring' } },
    { nickname: null },
    { trialDays: null },
    { unitAmount: 0 },
  ],
  ignored: { id: 'other', createdAt: new Date(0) },
};

export const priceCases = defineCases('prices', 1, {
  ...readCases(prices),
  ...givenIdCases(prices),
  ...updateCases(prices),
  ...providerIdCases(prices, 'providerPriceIds'),
  ...deletionCases(prices),
  'create-completes-what-is-absent': [
    'A new price is active and billed every interval; what is absent is null or empty.',
    async ({ storage, clock }) => {
      await insertQZPayPlan(storage, { id: 'pro' });
      const given = { id: 'p', planId: 'pro', currency: 'EUR', unitAmount: 2900, billingInterval: 'month' } as const;
      assertEntity(await storage.prices.create(given), {
        ...given,
        nickname: null,
        intervalCount: 1,
        trialDays: null,
        active: true,
        providerPriceIds: {},
        metadata: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is; what is meant for the provider is not stored.',
    async ({ storage, clock }) => {
      await insertQZPayPlan(storage, { id: 'pro' });
      const given = {
        id: 'p',
        planId: 'pro',
        nickname: '„Łódź“ 🚀',
        currency: 'CLP',
        unitAmount: Number.MAX_SAFE_INTEGER,
        billingInterval: 'week',
        intervalCount: 6,
        trialDays: 0,
        metadata: { half: 0.5 },
      } as const;
      await storage.prices.create({ ...given, backUrl: 'https://example.org/back' });
      assertEntity(await storage.prices.findById('p'), {
        ...given,
        active: true,
        providerPriceIds: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
    },
  ],
  'an-unknown-plan-is-not-found': [
    'A price of an unknown plan rejects with `not_found` of the plan and is not stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayPrice(storage, { planId: 'nowhere' }), 'Plan');
      assert.equal(await storage.prices.findById('price_test'), null);
    },
  ],
  'update-can-move-it-to-another-plan': [
    'An update with `planId` moves the price; an unknown plan rejects with `not_found` of the plan and moves nothing.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      await insertQZPayPlan(storage, { id: 'other' });
      await insertQZPayPrice(storage);
      const moved = await storage.prices.update('price_test', { planId: 'other' });
      await rejectsNotFound(storage.prices.update('price_test', { planId: 'nowhere' }), 'Plan');
      assertEntity(await storage.prices.findByPlanId('other'), [moved]);
      assert.deepEqual(await storage.prices.findByPlanId('plan_test'), []);
    },
  ],
  'a-fraction-of-a-minor-unit-is-refused': [
    'Money is an integer number of minor units: a fraction is a `validation` error and nothing is stored.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      await rejectsInvalid(insertQZPayPrice(storage, { unitAmount: 10.5 }), 'unitAmount');
      assert.equal(await storage.prices.findById('price_test'), null);
      const price = await insertQZPayPrice(storage);
      await rejectsInvalid(storage.prices.update('price_test', { unitAmount: 0.5 }), 'unitAmount');
      assertEntity(await storage.prices.findById('price_test'), price);
    },
  ],
  'a-period-has-an-interval-at-least': [
    'An `intervalCount` of 0, below it or with a fraction is a `validation` error and nothing is stored.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      for (const intervalCount of [0, -1, 1.5]) {
        await rejectsInvalid(insertQZPayPrice(storage, { intervalCount }), 'intervalCount');
      }
      assert.equal(await storage.prices.findById('price_test'), null);
      const price = await insertQZPayPrice(storage);
      for (const intervalCount of [0, -1, 1.5]) {
        await rejectsInvalid(storage.prices.update('price_test', { intervalCount }), 'intervalCount');
      }
      assertEntity(await storage.prices.findById('price_test'), price);
    },
  ],
  'the-order-of-a-plan-is-money': [
    'Prices of a plan come active ones first, then by unit amount, creation and id; inactive ones are included.',
    async ({ storage, clock }) => {
      await insertQZPayPlan(storage);
      await insertQZPayPlan(storage, { id: 'other' });
      await insertQZPayPrice(storage, { id: 'elsewhere', planId: 'other', unitAmount: 1 });
      await insertQZPayPrice(storage, { id: 'retired', unitAmount: 1 });
      await storage.prices.update('retired', { active: false });
      await insertQZPayPrice(storage, { id: 'dear', unitAmount: 3000 });
      await insertQZPayPrice(storage, { id: 'tie-z', unitAmount: 900 });
      await insertQZPayPrice(storage, { id: 'tie-b', unitAmount: 900 });
      clock.advance(1);
      await insertQZPayPrice(storage, { id: 'a-later', unitAmount: 900 });
      assert.deepEqual(
        (await storage.prices.findByPlanId('plan_test')).map(({ id }) => id),
        ['tie-b', 'tie-z', 'a-later', 'dear', 'retired'],
      );
    },
  ],
  'all-prices-of-a-plan-come-back': [
    '`findByPlanId` is complete.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      for (let index = 0; index < 101; index += 1) await insertQZPayPrice(storage, { id: `price-${index}` });
      assert.equal((await storage.prices.findByPlanId('plan_test')).length, 101);
    },
  ],
  'lists-filter-by-plan-and-active': [
    'A list that is filtered by `planId` and `active` has the prices that match both.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      await insertQZPayPlan(storage, { id: 'other' });
      await insertQZPayPrice(storage, { id: 'sold' });
      await insertQZPayPrice(storage, { id: 'retired' });
      await insertQZPayPrice(storage, { id: 'elsewhere', planId: 'other' });
      await storage.prices.update('retired', { active: false });
      const matching = async (filters: Record<string, unknown>) => {
        const { data, total } = await storage.prices.list({ filters });
        assert.equal(total, data.length);
        return data.map(({ id }) => id).sort();
      };
      assert.deepEqual(await matching({ planId: 'plan_test' }), ['retired', 'sold']);
      assert.deepEqual(await matching({ active: true }), ['elsewhere', 'sold']);
      assert.deepEqual(await matching({ planId: 'plan_test', active: false }), ['retired']);
      assert.deepEqual(await matching({ planId: 'unknown' }), []);
    },
  ],
});
