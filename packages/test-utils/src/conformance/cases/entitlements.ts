import assert from 'node:assert/strict';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { buildQZPayEntitlement, insertQZPayEntitlement, insertQZPayGrant } from '../../fixtures/entitlements.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { manyIds, present, rejectsConflict, rejectsNotFound, together, UNKNOWN_TEXTS } from '../expectations.js';

export const entitlementCases = defineCases('entitlements', 1, {
  'definition-is-stored-as-given': [
    'A definition is stored as given, its timestamps included.',
    async ({ storage }) => {
      const full = buildQZPayEntitlement({
        id: 'ent „1“',
        key: 'exports & more',
        description: 'd'.repeat(1000),
        createdAt: new Date('2020-02-29T23:59:59.999Z'),
        updatedAt: new Date('2021-01-02T03:04:05.678Z'),
      });
      const plain = buildQZPayEntitlement();
      for (const definition of [full, plain]) {
        assert.deepEqual(await storage.entitlements.createDefinition(copyOf(definition)), definition);
        assert.deepEqual(await storage.entitlements.findDefinitionByKey(definition.key), definition);
      }
      assert.deepEqual(await storage.entitlements.listDefinitions(), [plain, full]);
    },
  ],
  'definition-gets-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      const created = await insertQZPayEntitlement(storage, { id: undefined as never });
      assert.ok(created.id.length > 0);
      assert.deepEqual(await storage.entitlements.listDefinitions(), [created]);
    },
  ],
  'definition-key-has-one-winner': [
    'A definition of a key in use rejects with the conflict `already_exists`, also of callers at once; the first stays.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPayEntitlement(storage, { id: `ent_${index}`, name: `${index}` }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      await rejectsConflict(insertQZPayEntitlement(storage, { id: 'ent_late', name: 'late' }), 'already_exists');
      assert.deepEqual(await storage.entitlements.listDefinitions(), fulfilled);
    },
  ],
  'definitions-are-listed-by-key': [
    'All definitions by key, ascending.',
    async ({ storage }) => {
      const keys = manyIds('key_');
      await Promise.all(keys.map((key) => insertQZPayEntitlement(storage, { id: `ent_${key}`, key })));
      const listed = (await storage.entitlements.listDefinitions()).map(({ key }) => key);
      assert.deepEqual(listed, keys.toSorted());
    },
  ],
  'definitions-of-the-other-mode-are-unknown': [
    'Keys are unique per mode, and a definition is found in its own mode only.',
    async ({ storage, open }) => {
      const definition = await insertQZPayEntitlement(storage);
      const live = await open({ livemode: true });
      assert.equal(await live.entitlements.findDefinitionByKey('api_access'), null);
      assert.deepEqual(await live.entitlements.listDefinitions(), []);
      const twin = await insertQZPayEntitlement(live, { id: 'ent_live', name: 'live' });
      assert.deepEqual(await live.entitlements.listDefinitions(), [twin]);
      assert.deepEqual(await storage.entitlements.findDefinitionByKey('api_access'), definition);
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'Any string answers with nothing, false or silence, never with an error.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grant = await insertQZPayGrant(storage, { customerId });
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.entitlements.findDefinitionByKey(text), null);
        assert.deepEqual(await storage.entitlements.findByCustomerId(text), []);
        assert.equal(await storage.entitlements.check(text, 'api_access'), false);
        assert.equal(await storage.entitlements.check(customerId, text), false);
        await storage.entitlements.revoke(text, 'api_access');
        await storage.entitlements.revoke(customerId, text);
        assert.equal(await storage.entitlements.revokeBySource('manual', text), 0);
      }
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [grant]);
    },
  ],
  'results-are-copies': [
    'Changing a returned definition or grant, or the input, changes nothing in the store.',
    async ({ storage }) => {
      const definition = buildQZPayEntitlement();
      const storedDefinition = copyOf(definition);
      const expiresAt = fixtureDate(9);
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grant = await insertQZPayGrant(storage, { customerId, expiresAt });
      const storedGrant = copyOf(grant);
      const created = await storage.entitlements.createDefinition(definition);
      const found = present(await storage.entitlements.findDefinitionByKey('api_access'));
      for (const one of [definition, created, found, ...(await storage.entitlements.listDefinitions())]) {
        one.name = 'other';
        one.createdAt.setTime(0);
      }
      for (const one of [grant, ...(await storage.entitlements.findByCustomerId(customerId)), { expiresAt }]) {
        one.expiresAt?.setTime(0);
      }
      assert.deepEqual(await storage.entitlements.listDefinitions(), [storedDefinition]);
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [storedGrant]);
    },
  ],
  'modes-are-apart': [
    'A grant of the other mode gives nothing here, and nothing here ends it.',
    async ({ storage, open }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grant = await insertQZPayGrant(storage, { customerId, source: 'purchase', sourceId: 'p_1' });
      const live = await open({ livemode: true });
      assert.equal(await live.entitlements.check(customerId, 'api_access'), false);
      assert.deepEqual(await live.entitlements.findByCustomerId(customerId), []);
      await rejectsNotFound(insertQZPayGrant(live, { customerId }), 'Customer');
      await live.entitlements.revoke(customerId, 'api_access');
      assert.equal(await live.entitlements.revokeBySource('purchase', 'p_1'), 0);
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [grant]);
    },
  ],
});
