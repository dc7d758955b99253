import assert from 'node:assert/strict';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import {
  buildQZPayLimit,
  buildQZPayUsageRecord,
  insertQZPayCustomerLimit,
  insertQZPayLimit,
} from '../../fixtures/limits.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { manyIds, present, rejectsConflict, rejectsNotFound, together, UNKNOWN_TEXTS } from '../expectations.js';

export const limitCases = defineCases('limits', 1, {
  'definition-is-stored-as-given': [
    'A definition is stored as given, its timestamps included; the default cap is any finite number.',
    async ({ storage }) => {
      const full = buildQZPayLimit({
        id: 'limit „1“',
        key: 'seats & more',
        description: 'd'.repeat(1000),
        defaultValue: -1.5,
        createdAt: new Date('2020-02-29T23:59:59.999Z'),
        updatedAt: new Date('2021-01-02T03:04:05.678Z'),
      });
      const plain = buildQZPayLimit({ defaultValue: 3_000_000_000 });
      for (const definition of [full, plain]) {
        assert.deepEqual(await storage.limits.createDefinition(copyOf(definition)), definition);
        assert.deepEqual(await storage.limits.findDefinitionByKey(definition.key), definition);
      }
      assert.deepEqual(await storage.limits.listDefinitions(), [plain, full]);
    },
  ],
  'definition-gets-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      const created = await insertQZPayLimit(storage, { id: undefined as never });
      assert.ok(created.id.length > 0);
      assert.deepEqual(await storage.limits.listDefinitions(), [created]);
    },
  ],
  'definition-key-has-one-winner': [
    'A definition of a key in use rejects with the conflict `already_exists`, also of callers at once; the first stays.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPayLimit(storage, { id: `limit_${index}`, defaultValue: index }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      await rejectsConflict(insertQZPayLimit(storage, { id: 'limit_late', defaultValue: 9 }), 'already_exists');
      assert.deepEqual(await storage.limits.listDefinitions(), fulfilled);
    },
  ],
  'definitions-are-listed-by-key': [
    'All definitions by key, ascending.',
    async ({ storage }) => {
      const keys = manyIds('key_');
      await Promise.all(keys.map((key) => insertQZPayLimit(storage, { id: `limit_${key}`, key })));
      const listed = (await storage.limits.listDefinitions()).map(({ key }) => key);
      assert.deepEqual(listed, keys.toSorted());
    },
  ],
  'definitions-of-the-other-mode-are-unknown': [
    'Keys are unique per mode, and a definition is found in its own mode only.',
    async ({ storage, open }) => {
      const definition = await insertQZPayLimit(storage);
      const live = await open({ livemode: true });
      assert.equal(await live.limits.findDefinitionByKey('api_calls'), null);
      assert.deepEqual(await live.limits.listDefinitions(), []);
      const twin = await insertQZPayLimit(live, { id: 'limit_live', name: 'live' });
      assert.deepEqual(await live.limits.listDefinitions(), [twin]);
      assert.deepEqual(await storage.limits.findDefinitionByKey('api_calls'), definition);
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'Any string answers with nothing or silence, never with an error; what is to be counted rejects with `not_found`.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const limit = await insertQZPayCustomerLimit(storage, { customerId });
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.limits.findDefinitionByKey(text), null);
        assert.deepEqual(await storage.limits.findByCustomerId(text), []);
        assert.equal(await storage.limits.check(text, 'api_calls'), null);
        assert.equal(await storage.limits.check(customerId, text), null);
        await storage.limits.delete(text, 'api_calls');
        await storage.limits.delete(customerId, text);
        assert.equal(await storage.limits.deleteBySource('manual', text), 0);
        await rejectsNotFound(storage.limits.increment({ customerId: text, limitKey: 'api_calls' }));
        await rejectsNotFound(storage.limits.increment({ customerId, limitKey: text }));
      }
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), [limit]);
    },
  ],
  'usage-is-returned-as-given': [
    'A usage record is returned as given, with its action, its instant and any finite quantity; nobody has to be stored.',
    async ({ storage }) => {
      for (const [action, quantity] of [
        ['increment', 1.25],
        ['decrement', 0],
        ['set', -3],
        ['set', 9e15],
      ] as const) {
        const record = buildQZPayUsageRecord({
          id: `usage „${action} ${quantity}“`,
          customerId: 'nobody',
          limitKey: 'Calls & more',
          quantity,
          action,
          timestamp: new Date('2020-02-29T23:59:59.999Z'),
          metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
        });
        const given = copyOf(record);
        assert.deepEqual(await storage.limits.recordUsage(record), given);
        assert.deepEqual(record, given);
      }
    },
  ],
  'usage-counts-once': [
    'A record with an id in use rejects with the conflict `already_exists`, also of callers at once, and counts nothing.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayCustomerLimit(storage, { customerId });
      await storage.limits.recordUsage(buildQZPayUsageRecord({ id: 'usage_0', customerId, quantity: 3 }));
      const used = async () => present(await storage.limits.check(customerId, 'api_calls')).currentValue;
      const step = await used();
      assert.ok(step === 0 || step === 3, 'A record of 3 moves the counter by 3 or not at all.');
      const { fulfilled, rejected } = await together(5, () =>
        storage.limits.recordUsage(buildQZPayUsageRecord({ id: 'usage_1', customerId, quantity: 3 })),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      assert.equal(await used(), 2 * step);
    },
  ],
  'results-are-copies': [
    'Changing a returned definition or limit, or the input, changes nothing in the store.',
    async ({ storage }) => {
      const definition = buildQZPayLimit();
      const storedDefinition = copyOf(definition);
      const resetAt = fixtureDate(9);
      const { id: customerId } = await insertQZPayCustomer(storage);
      const limit = await insertQZPayCustomerLimit(storage, { customerId, resetAt });
      const storedLimit = copyOf(limit);
      const created = await storage.limits.createDefinition(definition);
      const found = present(await storage.limits.findDefinitionByKey('api_calls'));
      for (const one of [definition, created, found, ...(await storage.limits.listDefinitions())]) {
        one.defaultValue = 9;
        one.createdAt.setTime(0);
      }
      const checked = present(await storage.limits.check(customerId, 'api_calls'));
      for (const one of [limit, checked, ...(await storage.limits.findByCustomerId(customerId))]) {
        one.currentValue = 9;
        one.resetAt?.setTime(0);
      }
      resetAt.setTime(0);
      assert.deepEqual(await storage.limits.listDefinitions(), [storedDefinition]);
      assert.deepEqual(await storage.limits.check(customerId, 'api_calls'), storedLimit);
    },
  ],
  'modes-are-apart': [
    'A limit of the other mode is unknown to every read and write.',
    async ({ storage, open }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const of = { customerId, limitKey: 'api_calls' };
      const limit = await insertQZPayCustomerLimit(storage, { ...of, source: 'purchase', sourceId: 'p_1' });
      const { limits } = await open({ livemode: true });
      assert.equal(await limits.check(customerId, 'api_calls'), null);
      assert.deepEqual(await limits.findByCustomerId(customerId), []);
      await rejectsNotFound(limits.set({ ...of, maxValue: 1 }), 'Customer');
      await rejectsNotFound(limits.increment(of));
      await limits.delete(customerId, 'api_calls');
      assert.equal(await limits.deleteBySource('purchase', 'p_1'), 0);
      assert.deepEqual(await storage.limits.findByCustomerId(customerId), [limit]);
    },
  ],
});
