import assert from 'node:assert/strict';
import type { QZPayVendor } from '@qzpay/core';
import { insertQZPayVendor } from '../../fixtures/vendors.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  assertTied,
  idsOf,
  present,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  together,
  UNKNOWN_TEXTS,
} from '../expectations.js';

export const vendorCases = defineCases('vendors', 1, {
  'create-stores-what-is-given': [
    'A vendor is stored as given, in state `pending`; every way to read it gives the same.',
    async ({ storage, clock }) => {
      clock.advance(123);
      const given = {
        id: 'vendor „1“',
        externalId: 'Shop-1',
        name: `Bücher ${'n'.repeat(300)}`,
        email: 'Shop@Example.org',
        commissionRate: 12.345,
        payoutSchedule: { interval: 'weekly', dayOfWeek: 0 },
        metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
      } as const;
      const created = await storage.vendors.create(copyOf(given));
      assertEntity(created, {
        ...given,
        status: 'pending',
        providerAccountIds: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
      assertEntity(await storage.vendors.findById(given.id), created);
      assertEntity(await storage.vendors.findByExternalId('Shop-1'), created);
      assertEntity((await storage.vendors.list()).data, [created]);
      assert.equal(await storage.vendors.findByExternalId('shop-1'), null);
    },
  ],
  'create-completes-what-is-absent': [
    'Absent are ten percent of commission, payouts on the first of each month and empty metadata.',
    async ({ storage, clock }) => {
      const created = await insertQZPayVendor(storage);
      assertEntity(created, {
        id: 'vendor_test',
        externalId: 'seller_test',
        name: 'Bookshop',
        email: 'shop@example.org',
        status: 'pending',
        commissionRate: 10,
        payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
        providerAccountIds: {},
        metadata: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
      assertEntity(await storage.vendors.findById('vendor_test'), created);
    },
  ],
  'create-makes-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      const created = await insertQZPayVendor(storage, { id: undefined as never });
      assertEntity(await storage.vendors.findById(created.id), created);
    },
  ],
  'commission-rate-keeps-its-decimals': [
    'A commission rate is a percent with all its decimals, 0 and 100 included.',
    async ({ storage }) => {
      for (const [index, commissionRate] of [0, 100, 12.345, 33.333333].entries()) {
        const given = { id: `vendor_${index}`, externalId: `seller ${index}`, commissionRate };
        assert.equal((await insertQZPayVendor(storage, given)).commissionRate, commissionRate);
        assert.equal((await storage.vendors.findById(given.id))?.commissionRate, commissionRate);
        const updated = await storage.vendors.update(given.id, { commissionRate: commissionRate / 2 });
        assert.equal(updated.commissionRate, commissionRate / 2);
        assert.equal((await storage.vendors.findById(given.id))?.commissionRate, commissionRate / 2);
      }
    },
  ],
  'create-refuses-ids-in-use': [
    'An id or an external id in use rejects with the conflict `already_exists`; the stored vendor stays as it is.',
    async ({ storage }) => {
      const created = await insertQZPayVendor(storage);
      const sameId = insertQZPayVendor(storage, { externalId: 'other', name: 'Other' });
      await rejectsConflict(sameId, 'already_exists');
      const sameExternalId = insertQZPayVendor(storage, { id: 'other', name: 'Other' });
      await rejectsConflict(sameExternalId, 'already_exists');
      assertEntity((await storage.vendors.list()).data, [created]);
    },
  ],
  'one-winner-per-external-id': [
    'Of several callers that create the same external id at once one wins; the others get the conflict `already_exists`.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPayVendor(storage, { id: `vendor_${index}` }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      assertEntity((await storage.vendors.list()).data, fulfilled);
    },
  ],
  'update-changes-what-is-given': [
    'An update changes the given fields and `updatedAt`, leaves the others alone, and gives the vendor as it is now.',
    async ({ storage, clock }) => {
      let expected = await insertQZPayVendor(storage, { metadata: { a: 1, b: 2 } });
      for (const patch of [
        { name: 'Papeterie' },
        { email: 'Other@Example.org' },
        { commissionRate: 0 },
        { payoutSchedule: { interval: 'weekly', dayOfWeek: 6 } },
        { payoutSchedule: { interval: 'daily' } },
        { metadata: { b: 3 } },
      ] as const) {
        clock.advance(1);
        const updated = await storage.vendors.update('vendor_test', patch);
        expected = { ...expected, ...patch, updatedAt: clock.now() };
        assertEntity(updated, expected);
        assertEntity(await storage.vendors.findById('vendor_test'), updated);
      }
    },
  ],
  'update-approves-the-vendor': [
    'An update accepts `status` at run time: there is no other way to approve a vendor.',
    async ({ storage }) => {
      const created = await insertQZPayVendor(storage);
      for (const status of ['active', 'suspended', 'rejected', 'pending'] as const) {
        const updated = await storage.vendors.update('vendor_test', { status } as object);
        assertEntity(updated, { ...created, status });
        assertEntity(await storage.vendors.findById('vendor_test'), updated);
      }
    },
  ],
  'update-merges-accounts': [
    'An update merges `providerAccountIds` per provider; a provider that is given again is replaced, null removes it.',
    async ({ storage }) => {
      const created = await insertQZPayVendor(storage);
      for (const [patch, expected] of [
        [{ stripe: 'acct_1' }, { stripe: 'acct_1' }],
        [{ 'another one': 'a' }, { stripe: 'acct_1', 'another one': 'a' }],
        [{ stripe: 'acct_2' }, { stripe: 'acct_2', 'another one': 'a' }],
        [{}, { stripe: 'acct_2', 'another one': 'a' }],
        [{ stripe: null }, { 'another one': 'a' }],
      ]) {
        await storage.vendors.update('vendor_test', { providerAccountIds: patch } as object);
        const found = await storage.vendors.findById('vendor_test');
        assertEntity(found, { ...created, providerAccountIds: expected });
      }
    },
  ],
  'accounts-linked-at-once-are-all-kept': [
    'No account is lost when several callers link different providers at once.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const { rejected } = await together(8, (index) =>
        storage.vendors.update('vendor_test', { providerAccountIds: { [`provider ${index}`]: `${index}` } } as object),
      );
      assert.deepEqual(rejected, []);
      const accounts = (await storage.vendors.findById('vendor_test'))?.providerAccountIds;
      const expected = Array.from({ length: 8 }, (_, index) => [`provider ${index}`, `${index}`]);
      assert.deepEqual(accounts, Object.fromEntries(expected));
    },
  ],
  'update-of-nothing-moves-updated-at-only': [
    'An empty patch, undefined values and keys that cannot be changed succeed, and change nothing but `updatedAt`.',
    async ({ storage, clock }) => {
      const created = await insertQZPayVendor(storage, { commissionRate: 5, metadata: { a: 1 } });
      const nothing = { name: undefined, commissionRate: undefined, payoutSchedule: undefined, metadata: undefined };
      const fixed = { id: 'x', livemode: true, createdAt: new Date(0), unheardOf: 1 };
      for (const patch of [{}, nothing, { status: undefined, providerAccountIds: undefined }, fixed]) {
        clock.advance(1);
        const updated = await storage.vendors.update('vendor_test', patch as object);
        assertEntity(updated, { ...created, updatedAt: clock.now() });
        assertEntity(await storage.vendors.findById('vendor_test'), updated);
      }
    },
  ],
  'update-of-what-is-absent-is-not-found': [
    'An update of an unknown or deleted vendor rejects with `not_found`.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      await storage.vendors.delete('vendor_test');
      for (const id of ['vendor_test', ...UNKNOWN_TEXTS]) {
        await rejectsNotFound(storage.vendors.update(id, { name: 'x' }), 'Vendor');
      }
    },
  ],
  'delete-frees-the-external-id': [
    'A deleted vendor is found by nothing and its external id is free; deleting it again, or what is unknown, resolves.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      for (const id of ['vendor_test', 'vendor_test', ...UNKNOWN_TEXTS]) await storage.vendors.delete(id);
      assert.equal(await storage.vendors.findById('vendor_test'), null);
      assert.equal(await storage.vendors.findByExternalId('seller_test'), null);
      assert.equal((await storage.vendors.list()).total, 0);
      const next = await insertQZPayVendor(storage, { id: 'vendor_2' });
      assertEntity(await storage.vendors.findByExternalId('seller_test'), next);
      assertEntity((await storage.vendors.list()).data, [next]);
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'A look-up with any string answers with nothing, never with an error.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.vendors.findById(text), null);
        assert.equal(await storage.vendors.findByExternalId(text), null);
        assert.deepEqual(await storage.vendors.findPayoutsByVendorId(text), []);
      }
    },
  ],
  'list-filters-by-status': [
    'A list is newest first, then by id, and filters by `status`; an unknown filter is a `validation` error.',
    async ({ storage, clock }) => {
      for (const id of ['v_b', 'v_c', 'v_a']) await insertQZPayVendor(storage, { id, externalId: id });
      clock.advance(1);
      await insertQZPayVendor(storage, { id: 'v_newest', externalId: 'newest' });
      await storage.vendors.update('v_c', { status: 'active' } as object);
      const [newest, ...tied] = idsOf((await storage.vendors.list()).data);
      assert.equal(newest, 'v_newest');
      assertTied(tied, ['v_a', 'v_b', 'v_c']);
      assert.deepEqual(idsOf((await storage.vendors.list({ filters: { status: 'active' } })).data), ['v_c']);
      const { data, ...page } = await storage.vendors.list({ filters: { status: 'pending' }, limit: 1 });
      assert.deepEqual(idsOf(data), ['v_newest']);
      assert.deepEqual(page, { total: 3, limit: 1, offset: 0, hasMore: true });
      await rejectsInvalid(storage.vendors.list({ filters: { unheardOf: 1 } }));
    },
  ],
  'results-are-copies': [
    'Changing a returned vendor, or the input, changes nothing in the store.',
    async ({ storage }) => {
      const input = { payoutSchedule: { interval: 'monthly' as const, dayOfMonth: 3 }, metadata: { a: 1 } };
      const created = await insertQZPayVendor(storage, input);
      const stored = copyOf(created);
      input.payoutSchedule.dayOfMonth = 31;
      input.metadata.a = 2;
      const found = [
        await storage.vendors.findById('vendor_test'),
        await storage.vendors.findByExternalId('seller_test'),
      ];
      const spoil = (vendor: QZPayVendor) => {
        vendor.payoutSchedule.dayOfMonth = 31;
        Object.assign(vendor.providerAccountIds, { stripe: 'acct_1' });
        Object.assign(vendor.metadata, { b: 2 });
        vendor.createdAt.setTime(0);
      };
      for (const vendor of [created, ...found.map(present), ...(await storage.vendors.list()).data]) spoil(vendor);
      assertEntity(await storage.vendors.findById('vendor_test'), stored);
      spoil(await storage.vendors.update('vendor_test', {}));
      assertEntity(await storage.vendors.findById('vendor_test'), stored);
    },
  ],
  'modes-are-apart': [
    'A vendor of the other mode is unknown to every read and write, and does not occupy its external id.',
    async ({ storage, open }) => {
      const created = await insertQZPayVendor(storage);
      const live = await open({ livemode: true });
      assert.equal(await live.vendors.findById('vendor_test'), null);
      assert.equal(await live.vendors.findByExternalId('seller_test'), null);
      assert.equal((await live.vendors.list()).total, 0);
      await rejectsNotFound(live.vendors.update('vendor_test', { name: 'x' }), 'Vendor');
      await live.vendors.delete('vendor_test');
      const twin = await insertQZPayVendor(live, { id: 'vendor_live' });
      assert.equal(twin.livemode, true);
      assertEntity(await live.vendors.findByExternalId('seller_test'), twin);
      assertEntity(await storage.vendors.findByExternalId('seller_test'), created);
      assertEntity((await storage.vendors.list()).data, [created]);
    },
  ],
});
