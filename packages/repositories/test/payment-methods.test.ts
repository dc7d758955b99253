import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import type { QZPayNewPaymentMethod } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

const cardOf = (expMonth: unknown, expYear: unknown) =>
  ({
    brand: 'visa',
    last4: '4242',
    expMonth,
    expYear,
    funding: 'credit',
    country: null,
  }) as QZPayNewPaymentMethod['card'];

async function withCustomer(setup: Setup) {
  const bundle = await setup();
  const { customers, paymentMethods } = bundle.repositories;
  const { id: customerId } = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
  const create = (id: string, given: Partial<QZPayNewPaymentMethod> = {}) =>
    paymentMethods.create({ id, customerId, type: 'card', ...given });
  return { ...bundle, customers, paymentMethods, customerId, create };
}

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

describeOnEveryDriver('payment methods', (setup) => {
  it('keeps what the contract cannot pass: card, bank account, status', async () => {
    const { paymentMethods, create } = await withCustomer(setup);
    const bankAccount = { bankName: null, last4: '6789', accountType: 'checking' as const, country: 'CL' };
    const card = { ...cardOf(12, 2030), funding: 'prepaid' as const } as NonNullable<QZPayNewPaymentMethod['card']>;
    const created = await create('pm_1', { card, bankAccount, status: 'invalid' });
    expect(created).toMatchObject({ card, bankAccount, status: 'invalid', provider: null, isDefault: true });
    const updated = await paymentMethods.update('pm_1', { status: 'expired', bankAccount: null, provider: 'stripe' });
    expect(updated).toStrictEqual({
      ...created,
      status: 'expired',
      bankAccount: null,
      provider: 'stripe',
      version: expect.any(String),
    });
  });

  it('merges billing details key by key beside other fields, and clears them all by null', async () => {
    const { paymentMethods, create } = await withCustomer(setup);
    await create('pm_1');
    const merged = await paymentMethods.update('pm_1', { billingDetails: { name: 'Ada' }, metadata: { a: 1 } });
    expect(merged).toMatchObject({
      billingDetails: { name: 'Ada', email: null, phone: null, address: null },
      metadata: { a: 1 },
    });
    expect((await paymentMethods.update('pm_1', { billingDetails: null })).billingDetails).toBeNull();
  });

  it('finds by provider id the oldest live method that carries it', async () => {
    const { paymentMethods, clock, create } = await withCustomer(setup);
    for (const id of ['pm_2', 'pm_1']) {
      await create(id, { providerPaymentMethodIds: { stripe: 'tok', paypal: `${id} at paypal` } });
      clock.advance(1);
    }
    expect((await paymentMethods.findByProviderId('stripe', 'tok'))?.id).toBe('pm_2');
    expect((await paymentMethods.findByProviderId('paypal', 'pm_1 at paypal'))?.id).toBe('pm_1');
    expect(await paymentMethods.findByProviderId('paypal', 'tok')).toBeNull();
    expect(await paymentMethods.findByProviderId('stripe', '\0')).toBeNull();
    await paymentMethods.delete('pm_2');
    expect((await paymentMethods.findByProviderId('stripe', 'tok'))?.id).toBe('pm_1');
  });

  it('returns the chosen default, and leaves none when it is unset', async () => {
    const { paymentMethods, customerId, create } = await withCustomer(setup);
    await create('pm_1');
    await create('pm_2');
    expect(await paymentMethods.setDefault(customerId, 'pm_2')).toMatchObject({ id: 'pm_2', isDefault: true });
    await paymentMethods.unsetDefault(customerId);
    expect(await paymentMethods.findDefaultByCustomerId(customerId)).toBeNull();
    await expect(paymentMethods.unsetDefault('unknown')).resolves.toBeUndefined();
    await expect(paymentMethods.unsetDefault('\0')).resolves.toBeUndefined();
  });

  it('restores a deleted default as an ordinary method', async () => {
    const { paymentMethods, customerId, create } = await withCustomer(setup);
    await create('pm_1');
    await paymentMethods.delete('pm_1');
    await create('pm_2');
    expect(await paymentMethods.restore('pm_1')).toMatchObject({ id: 'pm_1', isDefault: false, deletedAt: null });
    expect((await paymentMethods.findDefaultByCustomerId(customerId))?.id).toBe('pm_2');
  });

  it('deletes and counts all methods of one customer', async () => {
    const { customers, paymentMethods, customerId, create } = await withCustomer(setup);
    const other = await customers.create({ externalId: 'user-2', email: 'x@y.z' });
    await create('pm_1');
    await create('pm_2');
    await create('pm_3', { customerId: other.id });
    expect(await paymentMethods.count({ customerId })).toBe(2);
    expect(await paymentMethods.deleteByCustomerId(customerId)).toBe(2);
    expect(await paymentMethods.deleteByCustomerId(customerId)).toBe(0);
    expect(await paymentMethods.deleteByCustomerId('\0')).toBe(0);
    expect(await paymentMethods.count({ customerId })).toBe(0);
    expect(ids(await paymentMethods.findByCustomerId(other.id))).toEqual(['pm_3']);
  });

  it('finds cards that expire between two months, both included, soonest first, active ones only', async () => {
    const { paymentMethods, create } = await withCustomer(setup);
    await create('later', { card: cardOf(3, 2027) });
    await create('this month', { card: cardOf(1, 2026) });
    await create('next year', { card: cardOf(2, 2027) });
    await create('this year', { card: cardOf(12, 2026) });
    await create('last year', { card: cardOf(12, 2025) });
    await create('invalid', { card: cardOf(6, 2026), status: 'invalid' });
    await create('deleted', { card: cardOf(6, 2026) });
    await create('no card', { type: 'sepa_debit' });
    await create('text', { card: cardOf('6', '2026') });
    await create('nothing', { card: cardOf(null, null) });
    await paymentMethods.delete('deleted');
    const from = new Date('2026-01-31T23:59:59.999Z');
    const until = new Date('2027-02-01T00:00:00.000Z');
    expect(ids(await paymentMethods.findExpiring(from, until))).toEqual(['this month', 'this year', 'next year']);
    expect(await paymentMethods.findExpiring(until, from)).toEqual([]);
    await expect(paymentMethods.findExpiring(from, new Date(Number.NaN))).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });

  it('finds active methods whose card has expired, longest ago first, until they are marked', async () => {
    const { paymentMethods, create } = await withCustomer(setup);
    await create('december', { card: cardOf(12, 2025) });
    await create('long ago', { card: cardOf(5, 2019) });
    await create('january', { card: cardOf(1, 2026) });
    await create('nothing', { card: cardOf(null, null) });
    const now = new Date('2026-01-31T23:59:59.999Z');
    expect(ids(await paymentMethods.findExpired(now))).toEqual(['long ago', 'december']);
    expect(ids(await paymentMethods.findExpired(now, 1))).toEqual(['long ago']);
    await paymentMethods.update('long ago', { status: 'expired' });
    expect(ids(await paymentMethods.findExpired(now))).toEqual(['december']);
    const february = new Date('2026-02-01T00:00:00.000Z');
    expect(ids(await paymentMethods.findExpired(february))).toEqual(['december', 'january']);
    await expect(paymentMethods.findExpired(now, -1)).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('tells whether a customer has a usable method', async () => {
    const { paymentMethods, clock, customerId, create } = await withCustomer(setup);
    const usable = () => paymentMethods.hasUsable(customerId);
    expect(await usable()).toBe(false);
    await create('card', { card: cardOf(1, 2026) });
    expect(await usable()).toBe(true);
    clock.set('2026-02-01T00:00:00.000Z');
    expect(await usable()).toBe(false);
    await create('bank', { type: 'bank_account' });
    expect(await usable()).toBe(true);
    await paymentMethods.update('bank', { status: 'invalid' });
    expect(await usable()).toBe(false);
    await create('card without expiry');
    expect(await usable()).toBe(true);
    await paymentMethods.delete('card without expiry');
    expect(await usable()).toBe(false);
    expect(await paymentMethods.hasUsable('\0')).toBe(false);
  });

  it('pages by cursor through methods of one instant', async () => {
    const { paymentMethods, customerId, create } = await withCustomer(setup);
    for (let index = 0; index < 5; index += 1) await create(`pm_${index}`);
    const seen: string[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await paymentMethods.page({ first: 2, after, filters: { customerId } });
      seen.push(...ids(page.data));
      more = page.hasNextPage;
      after = page.endCursor ?? undefined;
    }
    expect(seen).toEqual(['pm_4', 'pm_3', 'pm_2', 'pm_1', 'pm_0']);
  });

  it('sees and changes rows of its own mode only', async () => {
    const { paymentMethods, reopen, customerId, create } = await withCustomer(setup);
    await create('pm_1', { card: cardOf(1, 2020), providerPaymentMethodIds: { stripe: 'tok' } });
    const live = reopen({ livemode: true }).paymentMethods;
    expect(await live.findByProviderId('stripe', 'tok')).toBeNull();
    expect(await live.findExpired(new Date('2030-01-01T00:00:00.000Z'))).toEqual([]);
    expect(await live.hasUsable(customerId)).toBe(false);
    expect(await live.deleteByCustomerId(customerId)).toBe(0);
    await live.unsetDefault(customerId);
    await expect(live.setDefault(customerId, 'pm_1')).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(live.create({ customerId, type: 'card' })).rejects.toMatchObject({ entityType: 'Customer' });
    expect((await paymentMethods.findDefaultByCustomerId(customerId))?.id).toBe('pm_1');
  });
});

describeOnServers('payment methods of simultaneous callers', (setup) => {
  it('keeps at most one default while callers choose, unset, delete and create', async () => {
    const { paymentMethods, customerId, create } = await withCustomer(setup);
    for (let index = 0; index < 4; index += 1) await create(`pm_${index}`);
    const attempts = await tenAtOnce<unknown>((index) => {
      if (index < 4) return paymentMethods.setDefault(customerId, `pm_${index}`);
      if (index < 6) return paymentMethods.unsetDefault(customerId);
      if (index < 7) return paymentMethods.delete('pm_0');
      return create(`pm_${index}`, { isDefault: true });
    });
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toBeInstanceOf(QZPayNotFoundError);
    }
    expect(await paymentMethods.count({ customerId, isDefault: true })).toBeLessThanOrEqual(1);
    expect(await paymentMethods.count({ customerId })).toBe(6);
  });
});
