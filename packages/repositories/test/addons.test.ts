import { expect, it } from 'vitest';
import { describeOnEveryDriver, type Setup } from './support/repositories.js';

describeOnEveryDriver('add-ons', (setup) => {
  const seats = { id: 'seats', name: 'Seats', unitAmount: 500, currency: 'USD', billingInterval: 'month' } as const;

  it('change everything but their id, and can be restored after a deletion', async () => {
    const { repositories, clock } = await setup();
    const { addons } = repositories;
    const created = await addons.create(seats);
    clock.advance(1);
    const patch = { currency: 'EUR', billingInterval: 'one_time', billingIntervalCount: 2, active: false } as const;
    const updated = await addons.update('seats', patch, { expectedVersion: created.version });
    expect(updated).toStrictEqual({ ...created, ...patch, version: expect.any(String), updatedAt: clock() });
    await addons.delete('seats');
    expect(await addons.findById('seats')).toBeNull();
    expect(await addons.count()).toBe(0);
    expect(await addons.restore('seats')).toMatchObject({ ...patch, deletedAt: null });
  });

  it('are searched by their fields and paged by cursor', async () => {
    const { repositories } = await setup();
    const { addons } = repositories;
    for (const id of ['a', 'b', 'c']) await addons.create({ ...seats, id });
    await addons.update('b', { active: false });
    expect(await addons.count({ active: true })).toBe(2);
    const first = await addons.page({ first: 2 });
    const second = await addons.page({ first: 2, after: first.endCursor ?? '' });
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });
});

async function withSubscriptions(setup: Setup) {
  const bundle = await setup();
  const { customers, subscriptions, addons, subscriptionAddons: attached } = bundle.repositories;
  const { id: customerId } = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
  const period = { currentPeriodStart: bundle.clock(), currentPeriodEnd: bundle.clock() };
  for (const id of ['sub_1', 'sub_2']) {
    await subscriptions.create({ id, customerId, planId: 'pro', status: 'active', interval: 'month', ...period });
  }
  for (const id of ['seats', 'calls']) {
    await addons.create({ id, name: id, unitAmount: 500, currency: 'USD', billingInterval: 'month' });
  }
  const attach = (id: string, given: Partial<Parameters<typeof attached.attach>[0]> = {}) =>
    attached.attach({ id, subscriptionId: 'sub_1', addOnId: 'seats', unitAmount: 500, currency: 'USD', ...given });
  return { ...bundle, attached, attach };
}

describeOnEveryDriver('add-ons of subscriptions', (setup) => {
  it('are attached in any state and as of any time', async () => {
    const { attached, attach } = await withSubscriptions(setup);
    const given = { status: 'pending', addedAt: new Date('2025-01-01'), expiresAt: new Date('2027-01-01') } as const;
    const row = await attach('sa_1', given);
    expect(row).toMatchObject({ ...given, quantity: 1 });
    expect(await attached.findCurrent('sub_1', 'seats')).toStrictEqual(row);
  });

  it('are found before they expire, the first to do so before others, and not when they are canceled', async () => {
    const { attached, attach } = await withSubscriptions(setup);
    const [first, second, end] = [1, 2, 3].map((day) => new Date(Date.UTC(2027, 0, day)));
    await attach('sa_2', { expiresAt: second });
    await attach('sa_1', { expiresAt: first });
    await attach('at_the_end', { expiresAt: end });
    await attach('pending', { expiresAt: first, status: 'pending' });
    await attach('never');
    const window = { start: first as Date, end: end as Date };
    expect((await attached.findExpiring(window)).map(({ id }) => id)).toEqual(['sa_1', 'sa_2']);
  });

  it('say which row was canceled, and what is left active', async () => {
    const { attached, attach, clock } = await withSubscriptions(setup);
    await attach('sa_1');
    clock.advance(1);
    const second = await attach('sa_2');
    const other = await attach('sa_3', { addOnId: 'calls' });
    await attach('sa_4', { subscriptionId: 'sub_2' });
    expect(await attached.cancelCurrent('sub_1', 'seats')).toMatchObject({ id: 'sa_1', canceledAt: clock() });
    expect(await attached.cancelCurrent('sub_1', 'unknown')).toBeNull();
    expect(await attached.findActiveBySubscriptionId('sub_1')).toStrictEqual([second, other]);
    expect((await attached.findBySubscriptionId('sub_1')).map(({ id }) => id)).toEqual(['sa_1', 'sa_2', 'sa_3']);
    expect(await attached.count({ subscriptionId: 'sub_1' })).toBe(3);
    expect((await attached.list({ filters: { addOnId: 'seats', status: 'active' } })).total).toBe(2);
  });

  it('can be changed by id, canceled ones included', async () => {
    const { attached, attach } = await withSubscriptions(setup);
    const { version } = await attach('sa_1');
    await attached.cancelCurrent('sub_1', 'seats');
    await expect(attached.update('sa_1', { quantity: 3 }, { expectedVersion: version })).rejects.toMatchObject({
      conflictType: 'version_mismatch',
    });
    expect(await attached.update('sa_1', { quantity: 3 })).toMatchObject({ quantity: 3, status: 'canceled' });
  });

  it('cost together what the active ones cost, by currency', async () => {
    const { attached, attach } = await withSubscriptions(setup);
    await attach('sa_1', { quantity: 3_000_000, unitAmount: 2_000_000 });
    await attach('sa_2', { quantity: 2 });
    await attach('sa_3', { currency: 'CLP', unitAmount: 7 });
    await attach('sa_4', { status: 'pending' });
    await attach('sa_5', { subscriptionId: 'sub_2' });
    expect(await attached.totalActive('sub_1')).toStrictEqual([
      { currency: 'CLP', amount: 7 },
      { currency: 'USD', amount: 6_000_000_001_000 },
    ]);
    expect(await attached.totalActive('unknown')).toEqual([]);
    expect(await attached.totalActive('\0')).toEqual([]);
  });
});
