import assert from 'node:assert/strict';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { defineCases } from '../case.js';
import { present, rejects, rejectsConflict, together } from '../expectations.js';

export const customerCases = defineCases('customers', 1, {
  'create-completes-what-is-absent': [
    'The storage makes the id; an absent name or phone is null, metadata and provider ids are empty, the mode is stamped on.',
    async ({ storage, clock }) => {
      const customer = await storage.customers.create({ externalId: 'user', email: 'Ada@Example.org' });
      const { id, version: _, ...rest } = customer as typeof customer & { version?: string };
      assert.ok(id.length > 0);
      assert.deepEqual(rest, {
        externalId: 'user',
        email: 'Ada@Example.org',
        name: null,
        phone: null,
        providerCustomerIds: {},
        metadata: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'one-winner-per-external-id': [
    'Of several callers that create the same external id at once one wins; the others get the conflict `already_exists`.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, () => insertQZPayCustomer(storage));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      const found = present(await storage.customers.findByExternalId('user_test'));
      assert.equal(found.id, fulfilled[0]?.id);
    },
  ],
  'update-of-an-unknown-id-is-not-found': [
    'An update of an unknown id rejects with `not_found` of a Customer.',
    async ({ storage }) => {
      const error = await rejects(storage.customers.update('unknown', { name: 'x' }), 'not_found');
      assert.equal(error.entityType, 'Customer');
      assert.equal(error.entityId, 'unknown');
    },
  ],
});
