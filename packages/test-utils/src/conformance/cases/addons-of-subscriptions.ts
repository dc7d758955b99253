import assert from 'node:assert/strict';
import type { QZPaySubscriptionAddOn } from '@qzpay/core';
import { insertQZPayAddOn, insertQZPaySubscriptionAddOn } from '../../fixtures/addons.js';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPaySubscription } from '../../fixtures/subscriptions.js';
import { defineCases, type QZPayConformanceStorage } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  idsOf,
  manyIds,
  present,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  together,
} from '../expectations.js';

/** The pair that the cases are about. */
const PAIR = ['sub_test', 'addon_test'] as const;

export const subscriptionAddOnCases = defineCases('addons', 1, {
  'attach-stores-what-is-given': [
    'An attached add-on is active from now on, with quantity, amount, currency and metadata as given.',
    async ({ storage, clock }) => {
      clock.advance(123);
      await insertPair(storage);
      const given = {
        id: 'sa „1“',
        subscriptionId: 'sub_test',
        addOnId: 'addon_test',
        quantity: 3_000_000_000,
        unitAmount: Number.MAX_SAFE_INTEGER,
        currency: 'chf',
        metadata: { note: 'n'.repeat(1000), zero: 0, nothing: null, nested: { deep: [1, 'two'] } },
      };
      const attached = await storage.addons.addToSubscription(copyOf(given));
      assertEntity(attached, {
        ...given,
        status: 'active',
        addedAt: clock.now(),
        canceledAt: null,
        expiresAt: null,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), attached);
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [attached]);
    },
  ],
  'attach-completes-metadata': [
    'Absent metadata is empty.',
    async ({ storage }) => {
      await insertPair(storage);
      assert.deepEqual((await insertQZPaySubscriptionAddOn(storage)).metadata, {});
      assert.deepEqual((await storage.addons.findSubscriptionAddOn(...PAIR))?.metadata, {});
    },
  ],
  'attach-makes-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      await insertPair(storage);
      const attached = await insertQZPaySubscriptionAddOn(storage, { id: undefined as never });
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), attached);
    },
  ],
  'attach-again-makes-a-new-row': [
    'Attaching a pair again gives a new row: storage looks at neither `allowMultiple` nor `maxQuantity`.',
    async ({ storage }) => {
      await insertPair(storage, { allowMultiple: false, maxQuantity: 1 });
      const first = await insertQZPaySubscriptionAddOn(storage, { id: 'sa_1', quantity: 2 });
      const second = await insertQZPaySubscriptionAddOn(storage, { id: 'sa_2' });
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [first, second]);
    },
  ],
  'attach-refuses-what-is-not-there': [
    'Attaching to an unknown subscription, or an unknown add-on, rejects with `not_found` of what is missing.',
    async ({ storage }) => {
      await insertPair(storage);
      const ofNothing = insertQZPaySubscriptionAddOn(storage, { subscriptionId: 'unknown' });
      await rejectsNotFound(ofNothing, 'Subscription');
      await rejectsNotFound(insertQZPaySubscriptionAddOn(storage, { addOnId: 'unknown' }), 'AddOn');
      assert.deepEqual(await storage.addons.findBySubscriptionId('sub_test'), []);
      assert.deepEqual(await storage.addons.findBySubscriptionId('unknown'), []);
    },
  ],
  'attach-refuses-an-id-in-use': [
    'An id in use rejects with the conflict `already_exists`, also of callers at once; the stored row stays.',
    async ({ storage }) => {
      await insertPair(storage);
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPaySubscriptionAddOn(storage, { quantity: index + 1 }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), fulfilled);
    },
  ],
  'attach-refuses-a-fraction-of-a-minor-unit': [
    'Money is an integer number of minor units: a fraction is a `validation` error, and nothing is stored.',
    async ({ storage }) => {
      await insertPair(storage);
      await rejectsInvalid(insertQZPaySubscriptionAddOn(storage, { unitAmount: 0.5 }), 'unitAmount');
      assert.deepEqual(await storage.addons.findBySubscriptionId('sub_test'), []);
    },
  ],
  'detached-rows-stay-as-history': [
    'A detached row is `canceled` as of now and stays; the pair can be attached again.',
    async ({ storage, clock }) => {
      await insertPair(storage);
      const first = await insertQZPaySubscriptionAddOn(storage, { id: 'sa_2' });
      clock.advance(1000);
      assert.equal(await storage.addons.removeFromSubscription(...PAIR), undefined);
      const detached = { ...first, status: 'canceled', canceledAt: clock.now(), updatedAt: clock.now() };
      assert.equal(await storage.addons.findSubscriptionAddOn(...PAIR), null);
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [detached]);
      clock.advance(1000);
      const second = await insertQZPaySubscriptionAddOn(storage, { id: 'sa_1' });
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), second);
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [detached, second]);
    },
  ],
  'detach-of-nothing-resolves': [
    'Detaching resolves when nothing is attached, and touches neither what is canceled nor any other pair.',
    async ({ storage, clock }) => {
      await insertPair(storage);
      await insertQZPayAddOn(storage, { id: 'addon_other' });
      await insertQZPaySubscriptionAddOn(storage, { id: 'sa_other', addOnId: 'addon_other' });
      await insertQZPaySubscriptionAddOn(storage);
      await storage.addons.removeFromSubscription(...PAIR);
      const before = await storage.addons.findBySubscriptionId('sub_test');
      clock.advance(1);
      await storage.addons.removeFromSubscription(...PAIR);
      await storage.addons.removeFromSubscription('unknown', 'addon_other');
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), before);
      assert.deepEqual(before.map(({ status }) => status).toSorted(), ['active', 'canceled']);
    },
  ],
  'the-pair-stands-for-one-row': [
    'A pair stands for its oldest active row by `addedAt` and id, else its oldest pending one, never a canceled one; find, update and detach agree.',
    async ({ storage, clock }) => {
      const { addons } = storage;
      await insertPair(storage);
      for (const id of ['pending_2', 'pending_1']) {
        await insertQZPaySubscriptionAddOn(storage, { id });
        await addons.updateSubscriptionAddOn(...PAIR, { status: 'pending' });
      }
      clock.advance(1);
      for (const id of ['active_2', 'active_1']) await insertQZPaySubscriptionAddOn(storage, { id });
      // The least by id, and yet the youngest.
      clock.advance(1);
      await insertQZPaySubscriptionAddOn(storage, { id: 'active_0' });
      const order = ['active_1', 'active_2', 'active_0', 'pending_1', 'pending_2'];
      for (const [index, id] of order.entries()) {
        const found = present(await addons.findSubscriptionAddOn(...PAIR));
        assert.equal(found.id, id);
        const changed = await addons.updateSubscriptionAddOn(...PAIR, { quantity: 10 + index });
        assertEntity(changed, { ...found, quantity: 10 + index, updatedAt: clock.now() });
        await addons.removeFromSubscription(...PAIR);
      }
      assert.equal(await addons.findSubscriptionAddOn(...PAIR), null);
      const rows = await addons.findBySubscriptionId('sub_test');
      assert.deepEqual(
        rows.map(({ id, status, quantity }) => [id, status, quantity]),
        [
          ['pending_1', 'canceled', 13],
          ['pending_2', 'canceled', 14],
          ['active_1', 'canceled', 10],
          ['active_2', 'canceled', 11],
          ['active_0', 'canceled', 12],
        ],
      );
    },
  ],
  'added-at-decides-who-is-oldest': [
    'Rows are ordered by `addedAt` as it is now, whenever they were stored.',
    async ({ storage }) => {
      await insertPair(storage);
      await insertQZPaySubscriptionAddOn(storage, { id: 'sa_1' });
      await insertQZPaySubscriptionAddOn(storage, { id: 'sa_2' });
      await storage.addons.updateSubscriptionAddOn(...PAIR, { addedAt: fixtureDate(1) });
      assert.equal((await storage.addons.findSubscriptionAddOn(...PAIR))?.id, 'sa_2');
      assert.deepEqual(idsOf(await storage.addons.findBySubscriptionId('sub_test')), ['sa_2', 'sa_1']);
    },
  ],
  'attached-update-changes-what-is-given': [
    'An update changes each of the given fields of the row and `updatedAt`, leaves the others alone; null clears.',
    async ({ storage, clock }) => {
      await insertPair(storage);
      let expected = await insertQZPaySubscriptionAddOn(storage, { metadata: { a: 1, b: 2 } });
      for (const patch of [
        { quantity: 4 },
        { unitAmount: 0 },
        { currency: 'clp' },
        { addedAt: new Date('2025-01-02T03:04:05.678Z') },
        { canceledAt: new Date('2025-02-02T03:04:05.678Z') },
        { expiresAt: new Date('2025-03-02T03:04:05.678Z') },
        { metadata: { b: 3 } },
        { status: 'pending' as const },
        { canceledAt: null, expiresAt: null },
      ]) {
        clock.advance(1);
        const updated = await storage.addons.updateSubscriptionAddOn(...PAIR, patch);
        expected = { ...expected, ...patch, updatedAt: clock.now() };
        assertEntity(updated, expected);
        assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), updated);
      }
    },
  ],
  'attached-update-ignores-what-is-fixed': [
    'An empty patch, undefined values, unknown keys, and `id`, `subscriptionId`, `addOnId` and `createdAt` change nothing but `updatedAt`.',
    async ({ storage, clock }) => {
      await insertPair(storage);
      const attached = await insertQZPaySubscriptionAddOn(storage, { metadata: { a: 1 } });
      const nothing = { quantity: undefined, expiresAt: undefined, status: undefined, metadata: undefined };
      const fixed = { id: 'x', subscriptionId: 'x', addOnId: 'x', createdAt: fixtureDate(9), unheardOf: 1 };
      for (const patch of [{}, nothing, fixed]) {
        clock.advance(1);
        const updated = await storage.addons.updateSubscriptionAddOn(...PAIR, patch as object);
        assertEntity(updated, { ...attached, updatedAt: clock.now() });
        assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [updated]);
      }
    },
  ],
  'attached-update-of-what-is-absent-is-not-found': [
    'An update rejects with `not_found` where nothing is attached, what has been detached included.',
    async ({ storage }) => {
      await insertPair(storage);
      const update = () => storage.addons.updateSubscriptionAddOn(...PAIR, { quantity: 2 });
      await rejectsNotFound(update(), 'SubscriptionAddOn');
      await insertQZPaySubscriptionAddOn(storage);
      await storage.addons.removeFromSubscription(...PAIR);
      const before = await storage.addons.findBySubscriptionId('sub_test');
      await rejectsNotFound(update(), 'SubscriptionAddOn');
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), before);
    },
  ],
  'rows-of-a-subscription-are-complete': [
    'All rows of the subscription and of no other one, in any state, earliest `addedAt` first, then by id.',
    async ({ storage, clock }) => {
      await insertPair(storage);
      const { customerId } = present(await storage.subscriptions.findById('sub_test'));
      await insertQZPaySubscription(storage, { id: 'sub_other', customerId });
      await insertQZPaySubscriptionAddOn(storage, { id: 'sa_other', subscriptionId: 'sub_other' });
      const ids = manyIds('sa_');
      await Promise.all(ids.map((id) => insertQZPaySubscriptionAddOn(storage, { id })));
      await storage.addons.removeFromSubscription(...PAIR);
      clock.advance(1);
      await insertQZPaySubscriptionAddOn(storage, { id: 'sa_000' });
      const found = idsOf(await storage.addons.findBySubscriptionId('sub_test'));
      assert.deepEqual(found, [...ids.toSorted(), 'sa_000']);
    },
  ],
  'what-was-bought-outlives-the-add-on': [
    'Deleting an add-on leaves it where it was bought.',
    async ({ storage }) => {
      await insertPair(storage);
      const attached = await insertQZPaySubscriptionAddOn(storage);
      await storage.addons.delete('addon_test');
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), attached);
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [attached]);
    },
  ],
  'attached-results-are-copies': [
    'Changing a returned row, or the input, changes nothing in the store.',
    async ({ storage }) => {
      await insertPair(storage);
      const metadata: Record<string, unknown> = { nested: { deep: [1] } };
      const attached = await insertQZPaySubscriptionAddOn(storage, { metadata });
      const stored = copyOf(attached);
      metadata['b'] = 2;
      const found = present(await storage.addons.findSubscriptionAddOn(...PAIR));
      const spoil = (row: QZPaySubscriptionAddOn) => {
        Object.assign(row.metadata['nested'] as unknown as object, { deep: [] });
        row.addedAt.setTime(0);
      };
      for (const row of [attached, found, ...(await storage.addons.findBySubscriptionId('sub_test'))]) spoil(row);
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), stored);
      spoil(await storage.addons.updateSubscriptionAddOn(...PAIR, {}));
      assertEntity(await storage.addons.findSubscriptionAddOn(...PAIR), stored);
    },
  ],
  'attached-rows-of-the-other-mode-are-unknown': [
    'A row of the other mode is unknown to every read and write.',
    async ({ storage, open }) => {
      await insertPair(storage);
      const attached = await insertQZPaySubscriptionAddOn(storage);
      const live = await open({ livemode: true });
      assert.deepEqual(await live.addons.findBySubscriptionId('sub_test'), []);
      assert.equal(await live.addons.findSubscriptionAddOn(...PAIR), null);
      await rejectsNotFound(live.addons.updateSubscriptionAddOn(...PAIR, { quantity: 2 }), 'SubscriptionAddOn');
      await rejectsNotFound(insertQZPaySubscriptionAddOn(live, { id: 'sa_live' }));
      await live.addons.removeFromSubscription(...PAIR);
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [attached]);
    },
  ],
});

/** The subscription and the add-on that {@link PAIR} names. */
async function insertPair(
  storage: QZPayConformanceStorage,
  addOn: { allowMultiple?: boolean; maxQuantity?: number } = {},
): Promise<void> {
  const { id: customerId } = await insertQZPayCustomer(storage);
  await insertQZPaySubscription(storage, { customerId });
  await insertQZPayAddOn(storage, addOn);
}
