import assert from 'node:assert/strict';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPayCustomerLimit } from '../../fixtures/limits.js';
import { defineCases } from '../case.js';
import { manyIds, present, rejectsNotFound, together } from '../expectations.js';

export const limitCounterCases = defineCases('limits', 1, {
  'set-completes-what-is-absent': [
    'A new limit has nothing used, is never reset and is set by hand unless told otherwise; it needs no definition.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const limit = await storage.limits.set({ customerId, limitKey: 'seats', maxValue: 5 });
      assert.deepEqual(limit, {
        customerId,
        limitKey: 'seats',
        maxValue: 5,
        currentValue: 0,
        resetAt: null,
        source: 'manual',
        sourceId: null,
      });
      assert.deepEqual(await storage.limits.check(customerId, 'seats'), limit);
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), [limit]);
    },
  ],
  'set-stores-what-is-given': [
    'A cap is any finite number: fractions, -1, 0 and beyond 32 bits; key, source and its id are kept as given.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const resetAt = new Date('2030-02-03T04:05:06.789Z');
      for (const [source, maxValue] of [
        ['addon', 1.5],
        ['manual', -1],
        ['purchase', 9e15],
        ['subscription', 0],
      ] as const) {
        const given = {
          customerId,
          limitKey: ` ${source} Łódź`,
          maxValue,
          resetAt,
          source,
          sourceId: `„${source}“ `.repeat(20),
        };
        assert.deepEqual(await storage.limits.set(given), { ...given, currentValue: 0 });
        const stored = { ...given, currentValue: 0 };
        assert.deepEqual(await storage.limits.check(customerId, given.limitKey), stored);
        assert.deepEqual((await storage.limits.findByCustomerId(customerId)).at(-1), stored);
      }
    },
  ],
  'set-refuses-an-unknown-customer': [
    'A limit of an unknown customer rejects with `not_found` of a Customer, and nothing is stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayCustomerLimit(storage, { customerId: 'unknown' }), 'Customer');
      assert.equal(await storage.limits.check('unknown', 'api_calls'), null);
    },
  ],
  'set-again-keeps-what-has-been-used': [
    'Setting a limit again replaces cap, reset and source, absent ones by their defaults; what has been used stays.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const of = { customerId, limitKey: 'api_calls' };
      await storage.limits.set({ ...of, maxValue: 5, resetAt: fixtureDate(1), source: 'addon', sourceId: 'a_1' });
      await storage.limits.increment({ ...of, incrementBy: 4 });
      const other = { maxValue: 2, resetAt: fixtureDate(2), source: 'purchase', sourceId: 'p_1' } as const;
      assert.deepEqual(await storage.limits.set({ ...of, ...other }), { ...of, ...other, currentValue: 4 });
      const plain = { ...of, maxValue: 10, currentValue: 4, resetAt: null, source: 'manual', sourceId: null };
      assert.deepEqual(await storage.limits.set({ ...of, maxValue: 10 }), plain);
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), [plain]);
      assert.equal(await storage.limits.deleteBySource('addon', 'a_1'), 0);
    },
  ],
  'one-limit-of-sets-at-once': [
    'However many callers set a limit at once, one limit is left, as one of them set it.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const { fulfilled } = await together(8, (maxValue) =>
        insertQZPayCustomerLimit(storage, { customerId, maxValue, source: 'addon', sourceId: 'a_1' }),
      );
      const caps = fulfilled.map(({ maxValue }) => maxValue);
      assert.deepEqual(caps, [0, 1, 2, 3, 4, 5, 6, 7]);
      const [limit, ...more] = await storage.limits.findByCustomerId(customerId);
      assert.deepEqual(more, []);
      assert.ok(caps.includes(present(limit).maxValue));
      assert.equal(await storage.limits.deleteBySource('addon', 'a_1'), 1);
    },
  ],
  'increment-adds-to-what-has-been-used': [
    'An increment adds 1 unless told otherwise, 0 and less included, looks at no cap, and gives the limit as it is now.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const of = { customerId, limitKey: 'api_calls' };
      const limit = await insertQZPayCustomerLimit(storage, {
        ...of,
        maxValue: 2,
        resetAt: new Date('2026-01-02T03:04:05.678Z'),
        source: 'addon',
        sourceId: 'a_1',
      });
      const bystander = await insertQZPayCustomerLimit(storage, { ...of, limitKey: 'seats' });
      for (const [incrementBy, currentValue] of [
        [undefined, 1],
        [5, 6],
        [0, 6],
        [-10, -4],
        [0.25, -3.75],
        [3_000_000_000, 2_999_999_996.25],
      ] as const) {
        const incremented = await storage.limits.increment({
          ...of,
          ...(incrementBy === undefined ? {} : { incrementBy }),
        });
        assert.deepEqual(incremented, { ...limit, currentValue });
        assert.deepEqual(await storage.limits.check(customerId, 'api_calls'), incremented);
      }
      assert.deepEqual(await storage.limits.check(customerId, 'seats'), bystander);
    },
  ],
  'increment-without-a-limit-is-not-found': [
    'An increment rejects with `not_found` where there is no limit, and makes none.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await rejectsNotFound(storage.limits.increment({ customerId, limitKey: 'api_calls' }));
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), []);
    },
  ],
  'increments-at-once-all-count': [
    'Every one of several concurrent increments counts exactly once, and each caller gets a count of its own.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayCustomerLimit(storage, { customerId, maxValue: 1 });
      const { fulfilled } = await together(20, () => storage.limits.increment({ customerId, limitKey: 'api_calls' }));
      const counts = fulfilled.map(({ currentValue }) => currentValue).toSorted((a, b) => a - b);
      assert.deepEqual(
        counts,
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
      assert.equal(present(await storage.limits.check(customerId, 'api_calls')).currentValue, 20);
    },
  ],
  'caps-set-meanwhile-lose-no-count': [
    'What is used while the cap is being set is counted exactly once as well.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayCustomerLimit(storage, { customerId });
      const { rejected } = await together(
        20,
        async (index): Promise<unknown> =>
          index % 2 === 0
            ? storage.limits.increment({ customerId, limitKey: 'api_calls' })
            : insertQZPayCustomerLimit(storage, { customerId, maxValue: index }),
      );
      assert.deepEqual(rejected, []);
      assert.equal(present(await storage.limits.check(customerId, 'api_calls')).currentValue, 10);
    },
  ],
  'counter-does-not-reset-by-itself': [
    'Storage does not act on `resetAt`: what has been used stays when it has passed.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const of = { customerId, limitKey: 'api_calls' };
      await insertQZPayCustomerLimit(storage, { ...of, resetAt: fixtureDate(1) });
      const limit = await storage.limits.increment({ ...of, incrementBy: 3 });
      clock.set(fixtureDate(2));
      assert.deepEqual(await storage.limits.check(customerId, 'api_calls'), limit);
      assert.deepEqual(await storage.limits.increment(of), { ...limit, currentValue: 4 });
    },
  ],
  'limits-of-a-customer-are-complete': [
    'All limits of the customer and of nobody else, by key, ascending.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayCustomerLimit(storage, { customerId: other.id, limitKey: 'theirs' });
      const keys = manyIds('key_');
      await Promise.all(keys.map((key) => insertQZPayCustomerLimit(storage, { customerId, limitKey: key })));
      const found = (await storage.limits.findByCustomerId(customerId)).map(({ limitKey }) => limitKey);
      assert.deepEqual(found, keys.toSorted());
    },
  ],
  'delete-removes-limit-and-counter': [
    'A deleted limit is gone with its counter, and no other one is; it resolves when there is none.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const of = { customerId, limitKey: 'api_calls' };
      await insertQZPayCustomerLimit(storage, of);
      await storage.limits.increment(of);
      const kept = await insertQZPayCustomerLimit(storage, { customerId, limitKey: 'seats' });
      const theirs = await insertQZPayCustomerLimit(storage, { customerId: other.id });
      for (let times = 0; times < 2; times += 1) {
        assert.equal(await storage.limits.delete(customerId, 'api_calls'), undefined);
        assert.equal(await storage.limits.check(customerId, 'api_calls'), null);
      }
      await rejectsNotFound(storage.limits.increment(of));
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), [kept]);
      assert.deepEqual(await storage.limits.findByCustomerId(other.id), [theirs]);
      assert.equal((await insertQZPayCustomerLimit(storage, of)).currentValue, 0);
    },
  ],
  'delete-by-source-counts-across-customers': [
    'Deleting by source removes all its limits, across customers and keys, and says how many there were.',
    async ({ storage }) => {
      const customers = [
        await insertQZPayCustomer(storage),
        await insertQZPayCustomer(storage, { externalId: 'other' }),
      ];
      for (const { id: customerId } of customers) {
        for (const limitKey of ['a', 'b']) {
          await insertQZPayCustomerLimit(storage, { customerId, limitKey, source: 'subscription', sourceId: 's_1' });
        }
        await insertQZPayCustomerLimit(storage, { customerId, limitKey: 'c', source: 'subscription', sourceId: 's_2' });
        await insertQZPayCustomerLimit(storage, { customerId, limitKey: 'd', source: 'purchase', sourceId: 's_1' });
      }
      assert.equal(await storage.limits.deleteBySource('subscription', 's_1'), 4);
      assert.equal(await storage.limits.deleteBySource('subscription', 's_1'), 0);
      for (const { id } of customers) {
        const keys = (await storage.limits.findByCustomerId(id)).map(({ limitKey }) => limitKey);
        assert.deepEqual(keys, ['c', 'd']);
      }
    },
  ],
});
