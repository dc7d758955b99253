import assert from 'node:assert/strict';
import { fixtureDate } from '../../fixtures/instant.js';
import { buildQZPayVendorPayout, insertQZPayVendor, insertQZPayVendorPayout } from '../../fixtures/vendors.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  assertTied,
  idsOf,
  manyIds,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  together,
} from '../expectations.js';

export const vendorPayoutCases = defineCases('vendors', 1, {
  'payout-is-stored-as-given': [
    'A payout is stored as given: any id, its timestamp, every provider id, amounts beyond 32 bits, nulls.',
    async ({ storage, clock }) => {
      await insertQZPayVendor(storage);
      const paid = buildQZPayVendorPayout({
        id: 'po_„1“',
        amount: Number.MAX_SAFE_INTEGER,
        currency: 'CLP',
        status: 'paid',
        periodStart: new Date('2020-02-29T23:59:59.999Z'),
        periodEnd: new Date('2020-03-07T00:00:00.001Z'),
        providerPayoutIds: { stripe: 'po_1', 'another one': 'tr_2' },
        paidAt: new Date('2020-03-08T12:00:00.123Z'),
        createdAt: new Date('2020-03-07T12:00:00.456Z'),
      });
      const pending = buildQZPayVendorPayout({ amount: 0 });
      clock.advance(1);
      for (const payout of [paid, pending]) {
        assertEntity(await storage.vendors.createPayout(copyOf(payout)), payout);
      }
      assertEntity(await storage.vendors.findPayoutsByVendorId('vendor_test'), [pending, paid]);
    },
  ],
  'payout-gets-a-missing-id': [
    'The storage makes an id for each payout whose id is undefined at run time.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const first = await insertQZPayVendorPayout(storage, { id: undefined as never });
      const second = await insertQZPayVendorPayout(storage, { id: undefined as never });
      const found = idsOf(await storage.vendors.findPayoutsByVendorId('vendor_test'));
      assert.deepEqual(found.toSorted(), [first.id, second.id].toSorted());
    },
  ],
  'payout-refuses-an-unknown-vendor': [
    'A payout for an unknown vendor, or one of the other mode, rejects with `not_found` of a Vendor.',
    async ({ storage, open }) => {
      await insertQZPayVendor(storage);
      await rejectsNotFound(insertQZPayVendorPayout(storage, { vendorId: 'unknown' }), 'Vendor');
      const live = await open({ livemode: true });
      await rejectsNotFound(insertQZPayVendorPayout(live), 'Vendor');
      assert.deepEqual(await storage.vendors.findPayoutsByVendorId('vendor_test'), []);
    },
  ],
  'payout-refuses-a-fraction-of-a-minor-unit': [
    'Money is an integer number of minor units: a fraction is a `validation` error, and nothing is stored.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      await rejectsInvalid(insertQZPayVendorPayout(storage, { amount: 10.5 }), 'amount');
      assert.deepEqual(await storage.vendors.findPayoutsByVendorId('vendor_test'), []);
    },
  ],
  'payout-is-stored-once': [
    'A payout id in use rejects with the conflict `already_exists`, also of callers at once; the stored one stays.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const { fulfilled, rejected } = await together(5, (index) => insertQZPayVendorPayout(storage, { amount: index }));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      assertEntity(await storage.vendors.findPayoutsByVendorId('vendor_test'), fulfilled);
    },
  ],
  'payouts-are-complete': [
    'All payouts of the vendor and of no other one, newest first, then by id.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      await insertQZPayVendor(storage, { id: 'other', externalId: 'other' });
      await insertQZPayVendorPayout(storage, { id: 'po_other', vendorId: 'other' });
      await insertQZPayVendorPayout(storage, { id: 'po_newest', createdAt: fixtureDate(2) });
      const ids = manyIds('po_');
      await Promise.all(ids.map((id) => insertQZPayVendorPayout(storage, { id })));
      await insertQZPayVendorPayout(storage, { id: 'po_newer', createdAt: fixtureDate(1) });
      const found = idsOf(await storage.vendors.findPayoutsByVendorId('vendor_test'));
      assert.deepEqual(found.slice(0, 2), ['po_newest', 'po_newer']);
      assertTied(found.slice(2), ids);
    },
  ],
  'payouts-of-a-deleted-vendor-stay': [
    'Deleting a vendor leaves its payouts as they are.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const payout = await insertQZPayVendorPayout(storage);
      await storage.vendors.delete('vendor_test');
      assertEntity(await storage.vendors.findPayoutsByVendorId('vendor_test'), [payout]);
    },
  ],
  'payouts-of-the-other-mode-are-unknown': [
    'Payouts are found in their own mode only.',
    async ({ storage, open }) => {
      await insertQZPayVendor(storage);
      await insertQZPayVendorPayout(storage);
      const live = await open({ livemode: true });
      assert.deepEqual(await live.vendors.findPayoutsByVendorId('vendor_test'), []);
    },
  ],
  'payout-results-are-copies': [
    'Changing a returned payout, or the input, changes nothing in the store.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const input = buildQZPayVendorPayout({ providerPayoutIds: { stripe: 'po_1' }, paidAt: fixtureDate(1) });
      const stored = copyOf(input);
      const created = await storage.vendors.createPayout(input);
      for (const payout of [input, created, ...(await storage.vendors.findPayoutsByVendorId('vendor_test'))]) {
        payout.providerPayoutIds['stripe'] = 'other';
        payout.paidAt?.setTime(0);
        payout.createdAt.setTime(0);
      }
      assertEntity(await storage.vendors.findPayoutsByVendorId('vendor_test'), [stored]);
    },
  ],
});
