import assert from 'node:assert/strict';
import type { QZPayPlan } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/plans.js';
import { insertQZPayPrice } from '../../fixtures/prices.js';
import { defineCases } from '../case.js';
import { assertEntity } from '../expectations.js';
import type { Aggregate, DeletingCollection } from '../shared/aggregate.js';
import { deletionCases, givenIdCases } from '../shared/identity.js';
import { readCases } from '../shared/reads.js';
import { updateCases } from '../shared/updates.js';

const plans: Aggregate<QZPayPlan, DeletingCollection<QZPayPlan>> = {
  entityType: 'Plan',
  collection: (storage) => storage.plans,
  insert: ({ storage }, id) => insertQZPayPlan(storage, { id }),
  finders: [],
  changes: [
    { name: 'Team' },
    { description: 'For teams' },
    { active: false },
    { features: [{ name: 'Seats', description: 'ten', included: true }] },
    { entitlements: ['api_access', 'sso'] },
    { limits: { seats: 10, storage: 1.5 } },
    { metadata: { tier: 2 } },
    { description: null },
    { features: [{ name: 'SSO', included: false }] },
    { entitlements: [] },
    { limits: { seats: -1 } },
  ],
  ignored: { id: 'other', createdAt: new Date(0), prices: [] },
};

export const planCases = defineCases('plans', 1, {
  ...readCases(plans),
  ...givenIdCases(plans),
  ...updateCases(plans),
  ...deletionCases(plans),
  'create-completes-what-is-absent': [
    'A new plan is active and has no prices; what is absent is null or empty.',
    async ({ storage, clock }) => {
      assertEntity(await storage.plans.create({ id: 'pro', name: 'Pro' }), {
        id: 'pro',
        name: 'Pro',
        description: null,
        active: true,
        prices: [],
        features: [],
        entitlements: [],
        limits: {},
        metadata: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is; absent keys of a feature stay absent.',
    async ({ storage, clock }) => {
      const given = {
        id: 'pro',
        name: ' Pro „Łódź“ 🚀 ',
        description: 'd'.repeat(2000),
        features: [
          { name: 'SSO', included: false },
          { name: 'Seats', description: '', included: true },
        ],
        entitlements: ['sso', 'api_access', 'sso'],
        limits: { seats: 10, 'storage.gb': 1.5, unlimited: -1 },
        metadata: { tier: 1, nothing: null },
      };
      await storage.plans.create(given);
      assertEntity(await storage.plans.findById('pro'), {
        ...given,
        active: true,
        prices: [],
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'a-plan-carries-its-prices': [
    'A plan comes with its stored prices, from `findById`, `list` and `update` alike, in the order of `prices.findByPlanId`.',
    async ({ storage }) => {
      await insertQZPayPlan(storage, { id: 'free' });
      await insertQZPayPlan(storage);
      await insertQZPayPrice(storage, { id: 'dear', unitAmount: 2000 });
      await insertQZPayPrice(storage, { id: 'cheap', unitAmount: 1000 });
      await insertQZPayPrice(storage, { id: 'free', planId: 'free', unitAmount: 0 });
      const prices = await storage.prices.findByPlanId('plan_test');
      assert.deepEqual(
        prices.map(({ id }) => id),
        ['cheap', 'dear'],
      );
      const { data } = await storage.plans.list();
      const updated = await storage.plans.update('plan_test', { name: 'Team', prices: [] });
      const listed = data.find(({ id }) => id === 'plan_test');
      for (const plan of [listed, updated, await storage.plans.findById('plan_test')]) {
        assert.deepEqual(plan?.prices, prices);
      }
      await storage.prices.delete('cheap');
      assert.deepEqual(
        (await storage.plans.findById('plan_test'))?.prices.map(({ id }) => id),
        ['dear'],
      );
    },
  ],
  'deletion-leaves-the-prices': [
    'The prices of a deleted plan stay readable, since running subscriptions renew at them.',
    async ({ storage }) => {
      await insertQZPayPlan(storage);
      const price = await insertQZPayPrice(storage);
      await storage.plans.delete('plan_test');
      assertEntity(await storage.prices.findById('price_test'), price);
      assertEntity(await storage.prices.findByPlanId('plan_test'), [price]);
    },
  ],
  'update-can-delete': [
    'An update that sets `deletedAt` hides the plan.',
    async ({ storage, clock }) => {
      await insertQZPayPlan(storage);
      await storage.plans.update('plan_test', { deletedAt: clock.now() });
      assert.equal(await storage.plans.findById('plan_test'), null);
      assert.equal((await storage.plans.list()).total, 0);
    },
  ],
  'lists-filter-by-active': [
    'A list that is filtered by `active` has the plans in that state and no others.',
    async ({ storage }) => {
      await insertQZPayPlan(storage, { id: 'sold' });
      await insertQZPayPlan(storage, { id: 'retired' });
      await storage.plans.update('retired', { active: false });
      for (const [active, id] of [
        [true, 'sold'],
        [false, 'retired'],
      ] as const) {
        const { data, total } = await storage.plans.list({ filters: { active } });
        assert.deepEqual([total, ...data.map((plan) => plan.id)], [1, id]);
      }
    },
  ],
  'without-a-limit-all-are-listed': [
    'Without a limit `list` returns the whole catalogue, up to 10 000 plans.',
    async ({ storage }) => {
      for (let index = 0; index < 101; index += 1) await insertQZPayPlan(storage, { id: `plan-${index}` });
      const { data, ...page } = await storage.plans.list({ filters: { active: true } });
      assert.equal(new Set(data.map(({ id }) => id)).size, 101);
      assert.deepEqual(page, { total: 101, limit: 10_000, offset: 0, hasMore: false });
    },
  ],
});
