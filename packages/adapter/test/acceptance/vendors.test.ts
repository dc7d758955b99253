import { type QZPayCreateVendorInput, QZPayNotFoundError, type QZPayVendorPayout } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNKNOWN_IDS = ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

const input = (id: string, given: Partial<QZPayCreateVendorInput> = {}) => ({
  id,
  externalId: `${id} of the host`,
  name: 'Ada Ltd',
  email: 'Ada@Example.org',
  ...given,
});

const payout = (id: string, given: Partial<QZPayVendorPayout> = {}): QZPayVendorPayout => ({
  id,
  vendorId: 'vendor_1',
  amount: 1500,
  currency: 'USD',
  status: 'pending',
  periodStart: new Date('2026-01-01T00:00:00.000Z'),
  periodEnd: new Date('2026-02-01T00:00:00.000Z'),
  providerPayoutIds: {},
  paidAt: null,
  createdAt: new Date('2026-02-01T12:00:00.123Z'),
  ...given,
});

const stored = (given: QZPayVendorPayout) => ({ ...given, version: expect.any(String) });

describeOnEveryDriver('vendors', (setup) => {
  it('A-02 returns from create what findById returns afterwards, with its defaults where nothing was given', async () => {
    const { storage, clock } = await setup();
    const created = await storage.vendors.create(input('vendor_1', { externalId: 'shop-1' }));
    expect(created).toStrictEqual({
      id: 'vendor_1',
      externalId: 'shop-1',
      name: 'Ada Ltd',
      email: 'Ada@Example.org',
      status: 'pending',
      commissionRate: 10,
      payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
      providerAccountIds: {},
      metadata: {},
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
      deletedAt: null,
      version: expect.any(String),
    });
    expect(await storage.vendors.findById('vendor_1')).toStrictEqual(created);
    expect(await storage.vendors.findByExternalId('shop-1')).toStrictEqual(created);
    expect((await storage.vendors.list()).data).toStrictEqual([created]);
  });

  it('A-04 keeps every decimal of the commission, and the schedule as given', async () => {
    const { storage } = await setup();
    const given = { commissionRate: 12.345, payoutSchedule: { interval: 'weekly' as const, dayOfWeek: 0 } };
    expect(await storage.vendors.create(input('vendor_1', given))).toMatchObject(given);
    const found = await storage.vendors.findById('vendor_1');
    expect(found?.commissionRate).toBe(12.345);
    expect(found?.payoutSchedule).toStrictEqual({ interval: 'weekly', dayOfWeek: 0 });
    expect((await storage.vendors.create(input('vendor_2', { commissionRate: 0 }))).commissionRate).toBe(0);
  });

  it('A-01 answers null, nothing or not found for ids that no row could have', async () => {
    const { storage } = await setup();
    for (const id of UNKNOWN_IDS) {
      expect(await storage.vendors.findById(id)).toBeNull();
      expect(await storage.vendors.findByExternalId(id)).toBeNull();
      expect(await storage.vendors.findPayoutsByVendorId(id)).toEqual([]);
      await expect(storage.vendors.update(id, {})).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
  });

  it('A-05 accepts an empty patch and one of undefined values, which change updatedAt only', async () => {
    const { storage, clock } = await setup();
    const created = await storage.vendors.create(input('vendor_1'));
    clock.advance(5);
    const unchanged = { ...created, updatedAt: clock(), version: expect.any(String) };
    expect(await storage.vendors.update('vendor_1', {})).toStrictEqual(unchanged);
    const nothing = { name: undefined, status: undefined, providerAccountIds: undefined };
    expect(await storage.vendors.update('vendor_1', untyped(nothing))).toStrictEqual(unchanged);
  });

  it('changes the given fields and no others, status and accounts included', async () => {
    const { storage, clock } = await setup();
    const created = await storage.vendors.create(input('vendor_1', { metadata: { a: 1, b: 2 } }));
    const patches = [
      { name: 'Grace' },
      { email: 'grace@example.org' },
      { commissionRate: 7.5 },
      { payoutSchedule: { interval: 'daily' as const } },
      { status: 'active' as const },
      { metadata: { b: 3 } },
    ];
    let known = created;
    for (const patch of patches) {
      clock.advance(1);
      const updated = await storage.vendors.update('vendor_1', patch);
      expect(updated).toStrictEqual({ ...known, ...patch, updatedAt: clock(), version: expect.any(String) });
      known = updated;
    }
    const others = { id: 'x', externalId: 'x', livemode: true, createdAt: new Date(0), deletedAt: new Date(0) };
    expect(await storage.vendors.update('vendor_1', untyped(others))).toStrictEqual({
      ...known,
      version: expect.any(String),
    });
  });

  it('merges provider accounts and removes one that is emptied', async () => {
    const { storage } = await setup();
    await storage.vendors.create(input('vendor_1'));
    await storage.vendors.update('vendor_1', { providerAccountIds: { stripe: 'acct_1' } });
    const both = await storage.vendors.update('vendor_1', { providerAccountIds: { mercadopago: 'mp_1' } });
    expect(both.providerAccountIds).toEqual({ stripe: 'acct_1', mercadopago: 'mp_1' });
    const one = await storage.vendors.update('vendor_1', { providerAccountIds: untyped({ stripe: null }) });
    expect(one.providerAccountIds).toEqual({ mercadopago: 'mp_1' });
  });

  it('refuses a status outside its set, and a stale version', async () => {
    const { storage } = await setup();
    const { version } = await storage.vendors.create(input('vendor_1'));
    await expect(storage.vendors.update('vendor_1', untyped({ status: 'completed' }))).rejects.toMatchObject({
      name: 'QZPayValidationError',
      field: 'status',
    });
    await storage.vendors.update('vendor_1', { status: 'active' }, { expectedVersion: version });
    await expect(
      storage.vendors.update('vendor_1', { status: 'suspended' }, { expectedVersion: version }),
    ).rejects.toMatchObject({ conflictType: 'version_mismatch' });
  });

  it('refuses a second live vendor of an external id and a taken id; the other mode is free', async () => {
    const { storage, reopen } = await setup();
    await storage.vendors.create(input('vendor_1', { externalId: 'shop-1' }));
    for (const taken of [input('vendor_2', { externalId: 'shop-1' }), input('vendor_1')]) {
      await expect(storage.vendors.create(taken)).rejects.toMatchObject({
        name: 'QZPayConflictError',
        conflictType: 'already_exists',
      });
    }
    const live = reopen({ livemode: true });
    expect(await live.vendors.findByExternalId('shop-1')).toBeNull();
    expect((await live.vendors.create(input('vendor_1', { externalId: 'shop-1' }))).livemode).toBe(true);
  });

  it('A-49 hides a deleted vendor everywhere and lets its external id be used again', async () => {
    const { storage } = await setup();
    await storage.vendors.create(input('vendor_1', { externalId: 'shop-1' }));
    await storage.vendors.createPayout(payout('po_1'));
    await storage.vendors.delete('vendor_1');
    expect(await storage.vendors.findById('vendor_1')).toBeNull();
    expect(await storage.vendors.findByExternalId('shop-1')).toBeNull();
    expect(await storage.vendors.list()).toMatchObject({ data: [], total: 0 });
    await expect(storage.vendors.update('vendor_1', { name: 'Ada' })).rejects.toMatchObject({ entityType: 'Vendor' });
    await storage.vendors.create(input('vendor_2', { externalId: 'shop-1' }));
    expect((await storage.vendors.findByExternalId('shop-1'))?.id).toBe('vendor_2');
    expect(await storage.vendors.findPayoutsByVendorId('vendor_1')).toHaveLength(1);
  });

  it('A-65 deletes an unknown vendor without a word', async () => {
    const { storage } = await setup();
    for (const id of UNKNOWN_IDS) await expect(storage.vendors.delete(id)).resolves.toBeUndefined();
  });

  it('A-48 stores a payout as given: id, instants and every provider id', async () => {
    const { storage } = await setup();
    await storage.vendors.create(input('vendor_1'));
    const given = payout('po_x', {
      amount: 3_000_000_000,
      status: 'paid',
      paidAt: new Date('2026-02-02T00:00:00.007Z'),
      providerPayoutIds: { stripe: 'po_1', 'another one': 'tr_2' },
    });
    expect(await storage.vendors.createPayout(given)).toStrictEqual(stored(given));
    expect(await storage.vendors.findPayoutsByVendorId('vendor_1')).toStrictEqual([stored(given)]);
  });

  it('A-48 returns all payouts of the vendor and nobody else’s, newest first, then by id', async () => {
    const { storage } = await setup();
    await storage.vendors.create(input('vendor_1'));
    await storage.vendors.create(input('vendor_2'));
    await storage.vendors.createPayout(payout('po_other', { vendorId: 'vendor_2' }));
    const ids = Array.from({ length: 120 }, (_, index) => `po_${String(index).padStart(3, '0')}`);
    for (const id of ids) await storage.vendors.createPayout(payout(id));
    await storage.vendors.createPayout(payout('po_newest', { createdAt: new Date('2026-03-01T00:00:00.000Z') }));
    const found = await storage.vendors.findPayoutsByVendorId('vendor_1');
    expect(found.map(({ id }) => id)).toEqual(['po_newest', ...ids.toReversed()]);
  });

  it('refuses a payout for an unknown vendor or one of the other mode, and a taken id', async () => {
    const { storage, reopen } = await setup();
    await storage.vendors.create(input('vendor_1'));
    const orphan = storage.vendors.createPayout(payout('po_1', { vendorId: 'unknown' }));
    await expect(orphan).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(orphan).rejects.toMatchObject({ entityType: 'Vendor', entityId: 'unknown' });
    await expect(reopen({ livemode: true }).vendors.createPayout(payout('po_1'))).rejects.toMatchObject({
      entityType: 'Vendor',
    });
    const first = await storage.vendors.createPayout(payout('po_1'));
    await expect(storage.vendors.createPayout(payout('po_1', { amount: 1 }))).rejects.toMatchObject({
      conflictType: 'already_exists',
    });
    expect(await storage.vendors.findPayoutsByVendorId('vendor_1')).toStrictEqual([first]);
  });

  it('A-62 filters by status, pages steadily and refuses an unknown filter', async () => {
    const { storage } = await setup();
    for (const id of ['vendor_1', 'vendor_2', 'vendor_3']) await storage.vendors.create(input(id));
    await storage.vendors.update('vendor_2', { status: 'active' });
    const filtered = await storage.vendors.list({ filters: { status: 'pending' }, limit: 1, offset: 1 });
    expect(filtered).toMatchObject({ data: [{ id: 'vendor_1' }], total: 2, limit: 1, offset: 1, hasMore: false });
    await expect(storage.vendors.list({ filters: { owner: 'x' } })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });

  it('A-61 takes vendor and payout back with the transaction around them', async () => {
    const { storage } = await setup();
    const failed = storage.transaction(async () => {
      await storage.vendors.create(input('vendor_1'));
      await storage.vendors.createPayout(payout('po_1'));
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await storage.vendors.findById('vendor_1')).toBeNull();
    expect(await storage.vendors.findPayoutsByVendorId('vendor_1')).toEqual([]);
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage } = await setup();
    const created = await storage.vendors.create(input('vendor_1'));
    created.payoutSchedule.dayOfMonth = 31;
    created.providerAccountIds['stripe'] = 'acct_1';
    expect(await storage.vendors.findById('vendor_1')).toMatchObject({
      payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
      providerAccountIds: {},
    });
    expect((await storage.vendors.create(input('vendor_2'))).payoutSchedule).toEqual({
      interval: 'monthly',
      dayOfMonth: 1,
    });
  });
});

describeOnServers('vendors of simultaneous callers', (setup) => {
  it('lets one of many simultaneous creations of an external id win', async () => {
    const { storage } = await setup();
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        storage.vendors.create(input(`vendor_${index}`, { externalId: 'shop-1' })),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await storage.vendors.list()).total).toBe(1);
  });

  it('loses no account when different providers are linked at once', async () => {
    const { storage } = await setup();
    await storage.vendors.create(input('vendor_1'));
    const providers = Array.from({ length: 10 }, (_, index) => `provider ${index}`);
    await Promise.all(
      providers.map((provider) =>
        storage.vendors.update('vendor_1', { providerAccountIds: { [provider]: `account at ${provider}` } }),
      ),
    );
    const accounts = (await storage.vendors.findById('vendor_1'))?.providerAccountIds ?? {};
    expect(Object.keys(accounts).toSorted()).toEqual(providers);
  });
});
