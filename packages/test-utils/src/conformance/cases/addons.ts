import assert from 'node:assert/strict';
import type { QZPayAddOn, QZPayCreateAddOnInput } from '@qzpay/core';
import { buildQZPayAddOn, insertQZPayAddOn } from '../../fixtures/addons.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  assertTied,
  idsOf,
  manyIds,
  present,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  together,
  UNKNOWN_TEXTS,
} from '../expectations.js';

export const addOnCases = defineCases('addons', 1, {
  'create-stores-what-is-given': [
    'An add-on is stored as given and is active; every way to read it gives the same.',
    async ({ storage, clock }) => {
      clock.advance(123);
      const created = await storage.addons.create(fullAddOn());
      assertEntity(created, { ...fullAddOn(), active: true, createdAt: clock.now(), updatedAt: clock.now() });
      assertEntity(await storage.addons.findById(created.id), created);
      assertEntity(await storage.addons.findByPlanId('team'), [created]);
      assertEntity((await storage.addons.list()).data, [created]);
    },
  ],
  'create-completes-what-is-absent': [
    'Absent are no description, every plan, once per interval and per subscription, no cap, and nothing that it brings.',
    async ({ storage, clock }) => {
      const created = await storage.addons.create(buildQZPayAddOn());
      assertEntity(created, {
        id: 'addon_test',
        name: 'Support',
        description: null,
        active: true,
        unitAmount: 500,
        currency: 'EUR',
        billingInterval: 'month',
        billingIntervalCount: 1,
        compatiblePlanIds: [],
        allowMultiple: false,
        maxQuantity: null,
        entitlements: [],
        limits: [],
        metadata: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      assertEntity(await storage.addons.findById('addon_test'), created);
    },
  ],
  'create-makes-a-missing-id': [
    'The storage makes an id of its own for each add-on whose id is undefined at run time.',
    async ({ storage }) => {
      const input = { ...buildQZPayAddOn(), id: undefined as never };
      const first = await storage.addons.create(input);
      const second = await storage.addons.create(input);
      assert.ok(first.id.length > 0);
      assert.notEqual(second.id, first.id);
      assertEntity(await storage.addons.findById(first.id), first);
    },
  ],
  'create-refuses-an-id-in-use': [
    'An id in use rejects with the conflict `already_exists`, also of callers at once; the stored add-on stays.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, (unitAmount) => insertQZPayAddOn(storage, { unitAmount }));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      await rejectsConflict(insertQZPayAddOn(storage, { name: 'late' }), 'already_exists');
      assertEntity((await storage.addons.list()).data, fulfilled);
    },
  ],
  'amounts-are-whole-minor-units': [
    'Money is an integer number of minor units, up to the safe integers; a fraction is a `validation` error.',
    async ({ storage }) => {
      await rejectsInvalid(insertQZPayAddOn(storage, { unitAmount: 0.5 }), 'unitAmount');
      const unitAmount = Number.MAX_SAFE_INTEGER;
      const created = await insertQZPayAddOn(storage, { unitAmount });
      assert.equal(created.unitAmount, unitAmount);
      await rejectsInvalid(storage.addons.update('addon_test', { unitAmount: 0.5 }), 'unitAmount');
      assertEntity(await storage.addons.findById('addon_test'), created);
    },
  ],
  'update-changes-what-is-given': [
    'An update changes the given fields and `updatedAt`, replaces lists and metadata, and leaves the others alone.',
    async ({ storage, clock }) => {
      let expected = await storage.addons.create(fullAddOn());
      for (const patch of [
        { name: 'Other' },
        { description: 'other' },
        { unitAmount: 0 },
        { active: false },
        { compatiblePlanIds: [] },
        { allowMultiple: false },
        { maxQuantity: 0 },
        { entitlements: ['b', 'a'] },
        { limits: [] },
        { metadata: { b: 3 } },
        { description: null, maxQuantity: null },
      ]) {
        clock.advance(1);
        const updated = await storage.addons.update(expected.id, patch as object);
        expected = { ...expected, ...(patch as object), updatedAt: clock.now() };
        assertEntity(updated, expected);
        assertEntity(await storage.addons.findById(expected.id), updated);
      }
    },
  ],
  'update-of-nothing-moves-updated-at-only': [
    'An empty patch, undefined values and keys that cannot be changed succeed, and change nothing but `updatedAt`.',
    async ({ storage, clock }) => {
      const created = await storage.addons.create(fullAddOn());
      const nothing = { name: undefined, description: undefined, maxQuantity: undefined, limits: undefined };
      const fixed = { id: 'x', createdAt: new Date(0), livemode: true, unheardOf: 1 };
      for (const patch of [{}, nothing, fixed]) {
        clock.advance(1);
        const updated = await storage.addons.update(created.id, patch as object);
        assertEntity(updated, { ...created, updatedAt: clock.now() });
        assertEntity(await storage.addons.findById(created.id), updated);
      }
    },
  ],
  'update-of-what-is-absent-is-not-found': [
    'An update of an unknown or deleted add-on rejects with `not_found`.',
    async ({ storage }) => {
      await insertQZPayAddOn(storage);
      await storage.addons.delete('addon_test');
      for (const id of ['addon_test', ...UNKNOWN_TEXTS]) {
        await rejectsNotFound(storage.addons.update(id, { name: 'x' }), 'AddOn');
      }
    },
  ],
  'delete-hides-the-add-on': [
    'A deleted add-on is found by nothing and counted by no list; deleting it again, or what is unknown, resolves.',
    async ({ storage }) => {
      await insertQZPayAddOn(storage);
      const kept = await insertQZPayAddOn(storage, { id: 'kept' });
      for (const id of ['addon_test', 'addon_test', ...UNKNOWN_TEXTS]) await storage.addons.delete(id);
      assert.equal(await storage.addons.findById('addon_test'), null);
      assertEntity(await storage.addons.findByPlanId('pro'), [kept]);
      const { data, total } = await storage.addons.list();
      assertEntity(data, [kept]);
      assert.equal(total, 1);
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'A look-up with any string answers with nothing, never with an error.',
    async ({ storage }) => {
      await insertQZPayAddOn(storage, { compatiblePlanIds: ['pro'] });
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.addons.findById(text), null);
        assert.deepEqual(await storage.addons.findByPlanId(text), []);
        assert.deepEqual(await storage.addons.findBySubscriptionId(text), []);
        assert.equal(await storage.addons.findSubscriptionAddOn(text, 'addon_test'), null);
        assert.equal(await storage.addons.findSubscriptionAddOn('sub_test', text), null);
        await storage.addons.removeFromSubscription(text, text);
        await rejectsNotFound(storage.addons.updateSubscriptionAddOn(text, text, {}), 'SubscriptionAddOn');
      }
    },
  ],
  'find-by-plan-gives-what-fits': [
    'Active add-ons that fit the plan, those that fit every plan included, by name, then by id.',
    async ({ storage }) => {
      for (const addOn of [
        { id: 'z', name: 'same name', compatiblePlanIds: ['pro', 'team'] },
        { id: 'y', name: 'same name' },
        { id: 'a', name: 'zoo' },
        { id: 'x', name: 'hobby', compatiblePlanIds: ['team'] },
        { id: 'inactive', name: 'b' },
      ]) {
        await insertQZPayAddOn(storage, addOn);
      }
      await storage.addons.update('inactive', { active: false });
      assert.deepEqual(idsOf(await storage.addons.findByPlanId('pro')), ['y', 'z', 'a']);
      assert.deepEqual(idsOf(await storage.addons.findByPlanId('team')), ['x', 'y', 'z', 'a']);
      assert.deepEqual(idsOf(await storage.addons.findByPlanId('pro,team')), ['y', 'a']);
    },
  ],
  'find-by-plan-is-complete': [
    'All add-ons of a plan are found, however many there are.',
    async ({ storage }) => {
      const ids = manyIds('addon_');
      await Promise.all(ids.map((id) => insertQZPayAddOn(storage, { id })));
      assert.deepEqual(idsOf(await storage.addons.findByPlanId('pro')), ids.toSorted());
    },
  ],
  'list-filters-by-active': [
    'A list is newest first, then by id, and filters by `active`; an unknown filter is a `validation` error.',
    async ({ storage, clock }) => {
      for (const id of ['b', 'c', 'a']) await insertQZPayAddOn(storage, { id });
      clock.advance(1);
      await insertQZPayAddOn(storage, { id: 'newest' });
      await storage.addons.update('c', { active: false });
      const [newest, ...tied] = idsOf((await storage.addons.list()).data);
      assert.equal(newest, 'newest');
      assertTied(tied, ['a', 'b', 'c']);
      assert.deepEqual(idsOf((await storage.addons.list({ filters: { active: false } })).data), ['c']);
      const { data, ...page } = await storage.addons.list({ filters: { active: true }, limit: 1 });
      assert.deepEqual(idsOf(data), ['newest']);
      assert.deepEqual(page, { total: 3, limit: 1, offset: 0, hasMore: true });
      await rejectsInvalid(storage.addons.list({ filters: { unheardOf: 1 } }));
    },
  ],
  'results-are-copies': [
    'Changing a returned add-on, or the input, changes nothing in the store.',
    async ({ storage }) => {
      const input = fullAddOn();
      const created = await storage.addons.create(input);
      const stored = copyOf(created);
      const found = present(await storage.addons.findById(created.id));
      const listed = [...(await storage.addons.findByPlanId('pro')), ...(await storage.addons.list()).data];
      const spoil = (addOn: QZPayAddOn | QZPayCreateAddOnInput) => {
        addOn.compatiblePlanIds?.push('other');
        addOn.entitlements?.push('other');
        Object.assign(addOn.limits?.[0] ?? {}, { value: 9 });
        Object.assign(addOn.metadata ?? {}, { b: 2 });
        if ('createdAt' in addOn) addOn.createdAt.setTime(0);
      };
      for (const addOn of [input, created, found, ...listed]) spoil(addOn);
      assertEntity(await storage.addons.findById(stored.id), stored);
      spoil(await storage.addons.update(stored.id, {}));
      assertEntity(await storage.addons.findById(stored.id), stored);
    },
  ],
  'modes-are-apart': [
    'An add-on of the other mode is unknown to every read and write.',
    async ({ storage, open }) => {
      const created = await storage.addons.create(fullAddOn());
      const live = await open({ livemode: true });
      assert.equal(await live.addons.findById(created.id), null);
      assert.deepEqual(await live.addons.findByPlanId('pro'), []);
      assert.equal((await live.addons.list()).total, 0);
      await rejectsNotFound(live.addons.update(created.id, { name: 'x' }), 'AddOn');
      await live.addons.delete(created.id);
      assertEntity(await storage.addons.findById(created.id), created);
    },
  ],
});

/** Every field filled, with values that a narrower store would refuse or change. */
function fullAddOn(): QZPayCreateAddOnInput & { id: string } {
  return {
    id: 'addon „1“',
    name: 'Plätze',
    description: 'd'.repeat(1000),
    unitAmount: 3_000_000_000,
    currency: 'chf',
    billingInterval: 'one_time',
    billingIntervalCount: 3,
    compatiblePlanIds: ['team', 'pro', 'with, "quotes" {\\}'],
    allowMultiple: true,
    maxQuantity: 7,
    entitlements: ['exports', 'api_access'],
    limits: [
      { key: 'seats', value: 1.5, action: 'increment' },
      { key: 'calls', value: -1, action: 'set' },
    ],
    metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
  };
}
