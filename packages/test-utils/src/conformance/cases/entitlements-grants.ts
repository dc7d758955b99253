import assert from 'node:assert/strict';
import type { QZPayGrantEntitlementInput } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayGrant } from '../../fixtures/entitlements.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { defineCases } from '../case.js';
import { manyIds, rejectsNotFound, together } from '../expectations.js';

export const entitlementGrantCases = defineCases('entitlements', 1, {
  'grant-completes-what-is-absent': [
    'A grant never expires and is by hand unless told otherwise, and needs no definition.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grant = await storage.entitlements.grant({ customerId, entitlementKey: 'exports' });
      assert.deepEqual(grant, {
        customerId,
        entitlementKey: 'exports',
        grantedAt: clock.now(),
        expiresAt: null,
        source: 'manual',
        sourceId: null,
      });
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [grant]);
      assert.equal(await storage.entitlements.check(customerId, 'exports'), true);
    },
  ],
  'grant-stores-what-is-given': [
    'A grant keeps its key, its expiry to the millisecond, its source and any text as the id of the source.',
    async ({ storage, clock }) => {
      clock.advance(123);
      const { id: customerId } = await insertQZPayCustomer(storage);
      for (const source of ['addon', 'manual', 'purchase', 'subscription'] as const) {
        const expiresAt = new Date('2030-02-03T04:05:06.789Z');
        const given = {
          customerId,
          entitlementKey: ` ${source} Łódź`,
          expiresAt,
          source,
          sourceId: `„${source}“ `.repeat(20),
        };
        assert.deepEqual(await storage.entitlements.grant(given), { ...given, grantedAt: clock.now() });
        assert.equal(await storage.entitlements.check(customerId, given.entitlementKey), true);
        const found = await storage.entitlements.findByCustomerId(customerId);
        assert.deepEqual(found.at(-1), { ...given, grantedAt: clock.now() });
      }
    },
  ],
  'grant-refuses-an-unknown-customer': [
    'A grant to an unknown customer rejects with `not_found` of a Customer.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayGrant(storage, { customerId: 'unknown' }), 'Customer');
      assert.equal(await storage.entitlements.check('unknown', 'api_access'), false);
    },
  ],
  'grant-of-a-source-keeps-the-later-expiry': [
    'Granting again from the same source keeps `grantedAt` and the later expiry, where never is the latest.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const first = clock.now();
      for (const source of [{}, { source: 'purchase', sourceId: 'p_1' }] as const) {
        const of = { customerId, entitlementKey: `key of ${source.sourceId}`, ...source };
        clock.set(first);
        for (const [given, kept] of [
          [2, 2],
          [1, 2],
          [3, 3],
          [null, null],
          [4, null],
        ] as const) {
          const expiry = given === null ? {} : { expiresAt: fixtureDate(given) };
          const granted = await storage.entitlements.grant({ ...of, ...expiry });
          assert.deepEqual(granted, {
            source: 'manual',
            sourceId: null,
            ...of,
            grantedAt: first,
            expiresAt: kept === null ? null : fixtureDate(kept),
          });
          const found = await storage.entitlements.findByCustomerId(customerId);
          assert.deepEqual(
            found.filter(({ entitlementKey }) => entitlementKey === of.entitlementKey),
            [granted],
          );
          clock.advance(1);
        }
      }
      assert.equal(await storage.entitlements.revokeBySource('purchase', 'p_1'), 1);
    },
  ],
  'grant-revives-what-has-expired': [
    'Granting again from the source of an expired grant gives access until the new expiry.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayGrant(storage, { customerId, expiresAt: fixtureDate(1) });
      clock.set(fixtureDate(2));
      assert.equal(await storage.entitlements.check(customerId, 'api_access'), false);
      await insertQZPayGrant(storage, { customerId, expiresAt: fixtureDate(3) });
      assert.equal(await storage.entitlements.check(customerId, 'api_access'), true);
    },
  ],
  'one-grant-of-grants-at-once': [
    'However many callers grant a key from one source at once, one grant is left, with the latest expiry of them all.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const of = { customerId, source: 'purchase', sourceId: 'p_1' } as const;
      const { rejected } = await together(9, (index) =>
        insertQZPayGrant(storage, { ...of, expiresAt: fixtureDate(1 + ((index * 4) % 9)) }),
      );
      assert.deepEqual(rejected, []);
      const expiries = (await storage.entitlements.findByCustomerId(customerId)).map(({ expiresAt }) => expiresAt);
      assert.deepEqual(expiries, [fixtureDate(9)]);
      await together(9, (index) =>
        insertQZPayGrant(storage, { ...of, ...(index === 4 ? {} : { expiresAt: fixtureDate(10 + index) }) }),
      );
      assert.equal((await storage.entitlements.findByCustomerId(customerId))[0]?.expiresAt, null);
      assert.equal(await storage.entitlements.revokeBySource('purchase', 'p_1'), 1);
    },
  ],
  'each-source-has-a-grant-of-its-own': [
    'Ending the grant of one source leaves what another one owes.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const expiresAt = fixtureDate(1);
      await insertQZPayGrant(storage, { customerId, source: 'subscription', sourceId: 'sub_1' });
      await insertQZPayGrant(storage, { customerId, source: 'addon', sourceId: 'sub_1', expiresAt });
      const manual = await insertQZPayGrant(storage, { customerId });
      await insertQZPayGrant(storage, { customerId, source: 'addon', sourceId: 'sub_2', expiresAt });
      assert.equal(await storage.entitlements.revokeBySource('subscription', 'sub_1'), 1);
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [manual]);
      assert.equal(await storage.entitlements.revokeBySource('addon', 'sub_2'), 1);
      assert.equal(await storage.entitlements.revokeBySource('addon', 'sub_1'), 1);
      assert.equal(await storage.entitlements.check(customerId, 'api_access'), true);
    },
  ],
  'access-ends-at-the-very-instant': [
    'A grant is worth nothing from the instant of its expiry on, to `check` and to `findByCustomerId` alike.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grant = await insertQZPayGrant(storage, { customerId, expiresAt: fixtureDate(1) });
      clock.set(fixtureDate(1).getTime() - 1);
      assert.equal(await storage.entitlements.check(customerId, 'api_access'), true);
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [grant]);
      clock.advance(1);
      assert.equal(await storage.entitlements.check(customerId, 'api_access'), false);
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), []);
    },
  ],
  'one-entry-per-key': [
    'A customer’s unexpired entitlements by key, ascending; of several grants of a key the one that lasts longest.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const grant = (entitlementKey: string, sourceId: string, days: number | null) =>
        storage.entitlements.grant({
          customerId,
          entitlementKey,
          source: 'purchase',
          sourceId,
          ...(days === null ? {} : { expiresAt: fixtureDate(days) }),
        } satisfies QZPayGrantEntitlementInput);
      await insertQZPayGrant(storage, { customerId: other.id, entitlementKey: 'd' });
      await grant('gone', 'p_1', 1);
      await grant('c', 'p_1', 3);
      const c = await grant('c', 'p_2', 4);
      await grant('a', 'p_1', 5);
      const a = await grant('a', 'p_2', null);
      await grant('a', 'p_3', 6);
      const b = await grant('b', 'p_1', 7);
      await grant('b', 'p_2', 6);
      clock.set(fixtureDate(2));
      assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [a, b, c]);
    },
  ],
  'entitlements-of-a-customer-are-complete': [
    'All of a customer’s entitlements are found, however many there are.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const keys = manyIds('key_');
      await Promise.all(keys.map((key) => insertQZPayGrant(storage, { customerId, entitlementKey: key })));
      const found = (await storage.entitlements.findByCustomerId(customerId)).map((one) => one.entitlementKey);
      assert.deepEqual(found, keys.toSorted());
    },
  ],
  'revoke-ends-every-source-of-the-key': [
    'Revoking a key ends its grants from every source, and no other key or customer; it resolves when there is none.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayGrant(storage, { customerId });
      await insertQZPayGrant(storage, { customerId, source: 'addon', sourceId: 'a_1' });
      const kept = await insertQZPayGrant(storage, { customerId, entitlementKey: 'kept' });
      await insertQZPayGrant(storage, { customerId: other.id });
      for (let times = 0; times < 2; times += 1) {
        assert.equal(await storage.entitlements.revoke(customerId, 'api_access'), undefined);
        assert.deepEqual(await storage.entitlements.findByCustomerId(customerId), [kept]);
      }
      assert.equal(await storage.entitlements.revokeBySource('addon', 'a_1'), 0);
      assert.equal(await storage.entitlements.check(other.id, 'api_access'), true);
    },
  ],
  'revoke-by-source-counts-across-customers': [
    'Revoking a source ends all its grants, across customers and keys, and says how many there were.',
    async ({ storage }) => {
      const customers = [
        await insertQZPayCustomer(storage),
        await insertQZPayCustomer(storage, { externalId: 'other' }),
      ];
      for (const { id: customerId } of customers) {
        for (const entitlementKey of ['a', 'b']) {
          await insertQZPayGrant(storage, { customerId, entitlementKey, source: 'subscription', sourceId: 's_1' });
        }
        await insertQZPayGrant(storage, { customerId, entitlementKey: 'c', source: 'subscription', sourceId: 's_2' });
        await insertQZPayGrant(storage, { customerId, entitlementKey: 'd', source: 'purchase', sourceId: 's_1' });
      }
      assert.equal(await storage.entitlements.revokeBySource('subscription', 's_1'), 4);
      assert.equal(await storage.entitlements.revokeBySource('subscription', 's_1'), 0);
      for (const { id } of customers) {
        const keys = (await storage.entitlements.findByCustomerId(id)).map(({ entitlementKey }) => entitlementKey);
        assert.deepEqual(keys, ['c', 'd']);
      }
    },
  ],
});
