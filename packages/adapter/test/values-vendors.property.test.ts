import {
  QZPAY_PAYOUT_INTERVAL_VALUES,
  QZPAY_VENDOR_PAYOUT_STATUS_VALUES,
  QZPAY_VENDOR_STATUS_VALUES,
} from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  currency,
  finite,
  idMap,
  instant,
  key,
  longText,
  metadata,
  minorUnits,
  NUM_RUNS,
  nullable,
  optional,
  unique,
} from './support/arbitraries.js';
import { describeOnEveryDriver } from './support/drivers.js';

describeOnEveryDriver('whatever the type allows comes back as it was', (setup) => {
  it('vendors', async () => {
    const { storage, clock } = await setup();
    const required = { name: key, email: longText };
    const payoutSchedule = fc.record(
      { interval: fc.constantFrom(...QZPAY_PAYOUT_INTERVAL_VALUES), dayOfWeek: fc.nat(6), dayOfMonth: fc.nat(31) },
      { requiredKeys: ['interval'] },
    );
    const extra = { commissionRate: finite, payoutSchedule, metadata };
    const patch = fc.record({
      ...required,
      ...extra,
      status: fc.constantFrom(...QZPAY_VENDOR_STATUS_VALUES),
      providerAccountIds: idMap,
    });
    await fc.assert(
      fc.asyncProperty(key, fc.record(required), optional(extra), patch, async (prefix, given, others, changes) => {
        const id = unique();
        const externalId = `${prefix}${id}`;
        const created = await storage.vendors.create({ ...given, ...others, id, externalId });
        expect(created).toEqual({
          status: 'pending',
          commissionRate: 10,
          payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
          providerAccountIds: {},
          metadata: {},
          ...given,
          ...others,
          id,
          externalId,
          livemode: false,
          createdAt: clock(),
          updatedAt: clock(),
          deletedAt: null,
          version: created.version,
        });
        expect(await storage.vendors.findByExternalId(externalId)).toEqual(created);
        const updated = await storage.vendors.update(id, changes);
        expect(updated).toEqual({ ...created, ...changes, version: updated.version });
        expect(await storage.vendors.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('payouts', async () => {
    const { storage } = await setup();
    const status = fc.constantFrom(...QZPAY_VENDOR_PAYOUT_STATUS_VALUES);
    const payout = fc.record({
      amount: minorUnits,
      currency,
      status,
      periodStart: instant,
      periodEnd: instant,
      providerPayoutIds: idMap,
      paidAt: nullable(instant),
      createdAt: instant,
    });
    const patch = fc.record({ status, providerPayoutIds: idMap, paidAt: nullable(instant) });
    await fc.assert(
      fc.asyncProperty(payout, patch, async (given, changes) => {
        const id = unique();
        const vendorId = unique();
        await storage.vendors.create({ id: vendorId, externalId: vendorId, name: 'Shop', email: 'a@b.c' });
        const created = await storage.vendors.createPayout({ ...given, id, vendorId });
        expect(created).toEqual({ ...given, id, vendorId, version: created.version });
        expect(await storage.vendors.findPayoutsByVendorId(vendorId)).toEqual([created]);
        const { version } = await storage.repositories.vendorPayouts.update(id, changes);
        const providerPayoutIds = { ...given.providerPayoutIds, ...changes.providerPayoutIds };
        const updated = { ...created, ...changes, providerPayoutIds, version };
        expect(await storage.vendors.findPayoutsByVendorId(vendorId)).toEqual([updated]);
      }),
      NUM_RUNS,
    );
  });
});
