import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import type { QZPayNewVendor, QZPayNewVendorPayout } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

async function withVendors(setup: Setup) {
  const bundle = await setup();
  const { vendors, vendorPayouts } = bundle.repositories;
  const create = (id: string, given: Partial<QZPayNewVendor> = {}) =>
    vendors.create({ id, externalId: `${id} of the host`, name: id, email: 'a@b.c', ...given });
  const pay = (id: string, given: Partial<QZPayNewVendorPayout> = {}) =>
    vendorPayouts.create({
      id,
      vendorId: 'vendor_1',
      amount: 100,
      currency: 'USD',
      periodStart: new Date('2026-01-01T00:00:00.000Z'),
      periodEnd: new Date('2026-02-01T00:00:00.000Z'),
      ...given,
    });
  return { ...bundle, vendors, vendorPayouts, create, pay };
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describeOnEveryDriver('vendors', (setup) => {
  it('fills in what a new vendor lacks', async () => {
    const { create, clock } = await withVendors(setup);
    expect(await create('vendor_1')).toStrictEqual({
      id: 'vendor_1',
      externalId: 'vendor_1 of the host',
      name: 'vendor_1',
      email: 'a@b.c',
      status: 'pending',
      onboardingStatus: 'pending',
      commissionRate: 10,
      payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
      paymentMode: 'automatic',
      canReceivePayments: false,
      pendingBalance: 0,
      balanceCurrency: null,
      providerAccountIds: {},
      livemode: false,
      metadata: {},
      version: expect.any(String),
      createdAt: clock(),
      updatedAt: clock(),
      deletedAt: null,
    });
  });

  it('finds by account at a provider the oldest live vendor that has it', async () => {
    const { vendors, clock, create } = await withVendors(setup);
    await create('vendor_2', { providerAccountIds: { stripe: 'acct_1' } });
    clock.advance(1);
    await create('vendor_1', { providerAccountIds: { stripe: 'acct_1', paypal: 'merchant' } });
    expect((await vendors.findByProviderId('stripe', 'acct_1'))?.id).toBe('vendor_2');
    expect((await vendors.findByProviderId('paypal', 'merchant'))?.id).toBe('vendor_1');
    expect(await vendors.findByProviderId('stripe', 'merchant')).toBeNull();
    expect(await vendors.findByProviderId('\0', 'acct_1')).toBeNull();
  });

  it('finds vendors by onboarding status, and those that can be paid, by name', async () => {
    const { vendors, create } = await withVendors(setup);
    for (const [id, name] of [
      ['vendor_1', 'Zoe'],
      ['vendor_2', 'Ada'],
      ['vendor_3', 'Ada'],
      ['vendor_4', 'Bob'],
    ] as const) {
      await create(id, { name });
      await vendors.update(id, { onboardingStatus: 'completed', canReceivePayments: id !== 'vendor_4' });
    }
    await create('vendor_5');
    expect(ids(await vendors.findPayable())).toEqual(['vendor_2', 'vendor_3', 'vendor_1']);
    const completed = await vendors.list({ filters: { onboardingStatus: 'completed' }, orderDirection: 'asc' });
    expect(ids(completed.data)).toEqual(['vendor_1', 'vendor_2', 'vendor_3', 'vendor_4']);
    await vendors.delete('vendor_2');
    expect(ids(await vendors.findPayable())).toEqual(['vendor_3', 'vendor_1']);
  });

  it('adds to the pending balance and takes off it', async () => {
    const { vendors, clock, create } = await withVendors(setup);
    const created = await create('vendor_1');
    clock.advance(5);
    const owed = await vendors.addToPendingBalance('vendor_1', 3_000_000_000, 'CLP');
    expect(owed).toStrictEqual({
      ...created,
      pendingBalance: 3_000_000_000,
      balanceCurrency: 'CLP',
      updatedAt: clock(),
      version: expect.not.stringMatching(created.version),
    });
    expect((await vendors.addToPendingBalance('vendor_1', -3_000_000_001, 'CLP')).pendingBalance).toBe(-1);
  });

  it('refuses another currency than the balance has, unless it is empty', async () => {
    const { vendors, create } = await withVendors(setup);
    await create('vendor_1');
    await vendors.addToPendingBalance('vendor_1', 100, 'USD');
    await expect(vendors.addToPendingBalance('vendor_1', 100, 'EUR')).rejects.toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'incompatible',
    });
    expect(await vendors.addToPendingBalance('vendor_1', -100, 'USD')).toMatchObject({ pendingBalance: 0 });
    expect(await vendors.addToPendingBalance('vendor_1', 7, 'EUR')).toMatchObject({
      pendingBalance: 7,
      balanceCurrency: 'EUR',
    });
  });

  it('refuses to add to an unknown vendor, a fraction, or beyond what a number holds exactly', async () => {
    const { vendors, create } = await withVendors(setup);
    await create('vendor_1');
    for (const id of ['unknown', '\0']) {
      await expect(vendors.addToPendingBalance(id, 1, 'USD')).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
    await vendors.addToPendingBalance('vendor_1', Number.MAX_SAFE_INTEGER, 'USD');
    for (const amount of [0.5, 1]) {
      await expect(vendors.addToPendingBalance('vendor_1', amount, 'USD')).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field: 'pendingBalance',
      });
    }
    expect((await vendors.findById('vendor_1'))?.pendingBalance).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('sees and changes rows of its own mode only', async () => {
    const { vendors, reopen, create } = await withVendors(setup);
    await create('vendor_1', { canReceivePayments: true, providerAccountIds: { stripe: 'acct_1' } });
    const live = reopen({ livemode: true }).vendors;
    expect(await live.findPayable()).toEqual([]);
    expect(await live.findByProviderId('stripe', 'acct_1')).toBeNull();
    await expect(live.addToPendingBalance('vendor_1', 1, 'USD')).rejects.toBeInstanceOf(QZPayNotFoundError);
    expect((await vendors.findById('vendor_1'))?.pendingBalance).toBe(0);
  });
});

describeOnEveryDriver('vendor payouts', (setup) => {
  it('starts a payout as pending and makes what it lacks', async () => {
    const { clock, create, pay } = await withVendors(setup);
    await create('vendor_1');
    expect(await pay('po_1')).toMatchObject({
      id: 'po_1',
      status: 'pending',
      provider: null,
      providerPayoutIds: {},
      failureCode: null,
      failureMessage: null,
      paidAt: null,
      metadata: {},
      createdAt: clock(),
      updatedAt: clock(),
    });
  });

  it('moves a payout on, merging provider ids; what it is for stays', async () => {
    const { vendorPayouts, clock, create, pay } = await withVendors(setup);
    await create('vendor_1');
    const created = await pay('po_1', { providerPayoutIds: { stripe: 'po_1' } });
    clock.advance(5);
    const patch = {
      status: 'paid' as const,
      paidAt: clock(),
      provider: 'paypal',
      providerPayoutIds: { paypal: 'batch_1' },
      metadata: { run: 7 },
    };
    const updated = await vendorPayouts.update('po_1', { ...patch, ...({ amount: 1, vendorId: 'other' } as object) });
    expect(updated).toStrictEqual({
      ...created,
      ...patch,
      providerPayoutIds: { stripe: 'po_1', paypal: 'batch_1' },
      updatedAt: clock(),
      version: expect.any(String),
    });
    const failed = { status: 'failed', failureCode: 'closed', failureMessage: 'Account closed', paidAt: null } as const;
    expect(await vendorPayouts.update('po_1', failed)).toMatchObject(failed);
    await expect(vendorPayouts.update('unknown', failed)).rejects.toMatchObject({ entityType: 'VendorPayout' });
  });

  it('finds a payout by its id and by its id at a provider', async () => {
    const { vendorPayouts, create, pay } = await withVendors(setup);
    await create('vendor_1');
    await pay('po_1', { providerPayoutIds: { stripe: 'tr_1' } });
    expect((await vendorPayouts.findById('po_1'))?.id).toBe('po_1');
    expect((await vendorPayouts.findByProviderId('stripe', 'tr_1'))?.id).toBe('po_1');
    expect(await vendorPayouts.findByProviderId('stripe', 'tr_2')).toBeNull();
    expect(await vendorPayouts.findByProviderId('paypal', 'tr_1')).toBeNull();
  });

  it('finds open payouts, oldest first', async () => {
    const { vendorPayouts, clock, create, pay } = await withVendors(setup);
    await create('vendor_1');
    for (const [id, status] of [
      ['po_4', 'pending'],
      ['po_3', 'processing'],
      ['po_2', 'paid'],
      ['po_1', 'failed'],
      ['po_0', 'pending'],
    ] as const) {
      await pay(id, { status });
      clock.advance(1);
    }
    expect(ids(await vendorPayouts.findOpen())).toEqual(['po_4', 'po_3', 'po_0']);
    expect(ids(await vendorPayouts.findOpen(2))).toEqual(['po_4', 'po_3']);
    await expect(vendorPayouts.findOpen(10_001)).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('lists the payouts of a vendor by status and pages through them by cursor', async () => {
    const { vendorPayouts, create, pay } = await withVendors(setup);
    await create('vendor_1');
    await create('vendor_2');
    for (let index = 0; index < 3; index += 1) await pay(`po_${index}`);
    await pay('po_paid', { status: 'paid' });
    await pay('po_other', { vendorId: 'vendor_2' });
    const filters = { vendorId: 'vendor_1', status: 'pending' };
    expect(await vendorPayouts.count(filters)).toBe(3);
    const first = await vendorPayouts.page({ first: 2, filters });
    const second = await vendorPayouts.page({ first: 2, filters, after: first.endCursor ?? undefined });
    expect([...ids(first.data), ...ids(second.data)]).toEqual(['po_2', 'po_1', 'po_0']);
    expect(second.hasNextPage).toBe(false);
  });

  it('sums the payouts of a vendor per currency and status', async () => {
    const { vendorPayouts, create, pay } = await withVendors(setup);
    await create('vendor_1');
    await create('vendor_2');
    await pay('po_1', { amount: 3_000_000_000, currency: 'CLP', status: 'paid' });
    await pay('po_2', { amount: 3_000_000_000, currency: 'CLP', status: 'paid' });
    await pay('po_3', { amount: 5, currency: 'CLP', status: 'failed' });
    await pay('po_4', { amount: 7, currency: 'USD', status: 'paid' });
    await pay('po_5', { amount: 9, currency: 'USD', vendorId: 'vendor_2' });
    expect(await vendorPayouts.totals('vendor_1')).toStrictEqual([
      { currency: 'CLP', status: 'failed', amount: 5, payouts: 1 },
      { currency: 'CLP', status: 'paid', amount: 6_000_000_000, payouts: 2 },
      { currency: 'USD', status: 'paid', amount: 7, payouts: 1 },
    ]);
    expect(await vendorPayouts.totals('unknown')).toEqual([]);
    expect(await vendorPayouts.totals('\0')).toEqual([]);
  });

  it('sees payouts of its own mode only', async () => {
    const { reopen, create, pay } = await withVendors(setup);
    await create('vendor_1');
    await pay('po_1', { providerPayoutIds: { stripe: 'tr_1' } });
    const live = reopen({ livemode: true }).vendorPayouts;
    expect(await live.findById('po_1')).toBeNull();
    expect(await live.findByVendorId('vendor_1')).toEqual([]);
    expect(await live.findOpen()).toEqual([]);
    expect(await live.findByProviderId('stripe', 'tr_1')).toBeNull();
    expect(await live.totals('vendor_1')).toEqual([]);
    await expect(live.update('po_1', { status: 'paid' })).rejects.toBeInstanceOf(QZPayNotFoundError);
  });
});

describeOnServers('vendors and payouts of simultaneous callers', (setup) => {
  it('adds up every amount', async () => {
    const { vendors, create } = await withVendors(setup);
    await create('vendor_1');
    await tenAtOnce((index) => vendors.addToPendingBalance('vendor_1', index % 2 === 0 ? 10 ** index : -1, 'USD'));
    expect((await vendors.findById('vendor_1'))?.pendingBalance).toBe(101_010_101 - 5);
  });

  it('gives an empty balance one currency only', async () => {
    const { vendors, create } = await withVendors(setup);
    await create('vendor_1');
    const currencies = ['USD', 'EUR'] as const;
    const attempts = await tenAtOnce((index) =>
      vendors.addToPendingBalance('vendor_1', 1, currencies[index % 2] ?? 'USD'),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect((await vendors.findById('vendor_1'))?.pendingBalance).toBe(5);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ conflictType: 'incompatible' });
    }
  });

  it('gives a payout to one of the workers that take it by its version', async () => {
    const { vendorPayouts, create, pay } = await withVendors(setup);
    await create('vendor_1');
    const { version } = await pay('po_1');
    const attempts = await tenAtOnce((index) =>
      vendorPayouts.update('po_1', { status: 'processing', metadata: { worker: index } }, { expectedVersion: version }),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ conflictType: 'version_mismatch' });
    }
  });
});
