import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { input, UNHOLDABLE } from '../support/addons.js';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

async function withSubscription(setup: Setup) {
  const bundle = await setup();
  const { storage } = bundle;
  const customer = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
  await storage.subscriptions.create({ id: 'sub_1', customerId: customer.id, planId: 'pro' });
  await storage.addons.create(input('seats'));
  const attach = (id: string, given: { quantity?: number; metadata?: Record<string, unknown> } = {}) =>
    storage.addons.addToSubscription({
      id,
      subscriptionId: 'sub_1',
      addOnId: 'seats',
      quantity: 1,
      unitAmount: 500,
      currency: 'usd',
      ...given,
    });
  return { ...bundle, addons: storage.addons, attach };
}

describeOnEveryDriver('add-ons of subscriptions', (setup) => {
  it('A-02 attaches an active row as of now and returns what is found afterwards', async () => {
    const { addons, attach, clock } = await withSubscription(setup);
    const metadata = { nested: { deep: [1, 'two'] }, gone: undefined };
    const attached = await attach('sa_1', { quantity: 3_000_000_000, metadata });
    expect(attached).toStrictEqual({
      id: 'sa_1',
      subscriptionId: 'sub_1',
      addOnId: 'seats',
      quantity: 3_000_000_000,
      unitAmount: 500,
      currency: 'usd',
      status: 'active',
      addedAt: clock(),
      canceledAt: null,
      expiresAt: null,
      metadata: { nested: { deep: [1, 'two'] } },
      createdAt: clock(),
      updatedAt: clock(),
      version: expect.any(String),
    });
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toStrictEqual(attached);
    expect(await addons.findBySubscriptionId('sub_1')).toStrictEqual([attached]);
  });

  it('A-57 keeps the history through attaching, detaching and attaching again', async () => {
    const { addons, attach, clock } = await withSubscription(setup);
    const first = await attach('sa_2');
    clock.advance(1000);
    await expect(addons.removeFromSubscription('sub_1', 'seats')).resolves.toBeUndefined();
    const detached = {
      ...first,
      status: 'canceled',
      canceledAt: clock(),
      updatedAt: clock(),
      version: expect.any(String),
    };
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toBeNull();
    expect(await addons.findBySubscriptionId('sub_1')).toStrictEqual([detached]);
    clock.advance(1000);
    const second = await attach('sa_1');
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toStrictEqual(second);
    expect(await addons.findBySubscriptionId('sub_1')).toStrictEqual([detached, second]);
  });

  it('A-57 finds, changes and detaches the oldest active row, then the oldest pending one, never a canceled one', async () => {
    const { addons, attach, clock } = await withSubscription(setup);
    const current = async () => (await addons.findSubscriptionAddOn('sub_1', 'seats'))?.id ?? null;
    await attach('pending-1');
    await addons.updateSubscriptionAddOn('sub_1', 'seats', { status: 'pending' });
    expect(await current()).toBe('pending-1');
    // Of equal age: the id decides.
    await attach('active-2');
    await attach('active-1');
    clock.advance(1);
    await attach('active-0');

    const detached: (string | null)[] = [];
    for (let round = 0; round < 5; round += 1) {
      const found = await current();
      detached.push(found);
      if (found !== null) {
        const changed = await addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: round + 10 });
        expect(changed).toMatchObject({ id: found, quantity: round + 10 });
      }
      await addons.removeFromSubscription('sub_1', 'seats');
    }
    expect(detached).toEqual(['active-1', 'active-2', 'active-0', 'pending-1', null]);
    const rows = await addons.findBySubscriptionId('sub_1');
    expect(rows.map(({ id, status, quantity }) => [id, status, quantity])).toEqual([
      ['active-1', 'canceled', 10],
      ['active-2', 'canceled', 11],
      ['pending-1', 'canceled', 13],
      ['active-0', 'canceled', 12],
    ]);
  });

  it('attaches an add-on again that may be had once: whoever sells it looks at allowMultiple', async () => {
    const { addons, attach } = await withSubscription(setup);
    await attach('sa_1');
    await attach('sa_2');
    expect(await addons.findBySubscriptionId('sub_1')).toHaveLength(2);
    await expect(attach('sa_1')).rejects.toMatchObject({ conflictType: 'already_exists' });
  });

  it('changes any field but those that say whose row it is', async () => {
    const { addons, attach, clock } = await withSubscription(setup);
    const attached = await attach('sa_1');
    clock.advance(5);
    const patch = {
      quantity: 4,
      unitAmount: 0,
      currency: 'EUR',
      status: 'pending' as const,
      addedAt: new Date('2025-01-02T03:04:05.678Z'),
      canceledAt: new Date('2025-02-02T03:04:05.678Z'),
      expiresAt: new Date('2025-03-02T03:04:05.678Z'),
      metadata: { a: 1 },
    };
    const ignored = { id: 'x', subscriptionId: 'x', addOnId: 'x', createdAt: clock(), updatedAt: patch.addedAt };
    const updated = await addons.updateSubscriptionAddOn('sub_1', 'seats', { ...patch, ...ignored });
    expect(updated).toStrictEqual({ ...attached, ...patch, updatedAt: clock(), version: expect.any(String) });
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toStrictEqual(updated);
    const cleared = await addons.updateSubscriptionAddOn('sub_1', 'seats', { canceledAt: null, expiresAt: null });
    expect(cleared).toMatchObject({ canceledAt: null, expiresAt: null, quantity: 4 });
  });

  it('A-05 A-18 accepts an empty patch, and replaces metadata', async () => {
    const { addons, attach, clock, reopen } = await withSubscription(setup);
    const attached = await attach('sa_1', { metadata: { a: 1, b: 2 } });
    clock.advance(5);
    const unchanged = { ...attached, updatedAt: clock(), version: expect.any(String) };
    expect(await addons.updateSubscriptionAddOn('sub_1', 'seats', {})).toStrictEqual(unchanged);
    expect(await addons.updateSubscriptionAddOn('sub_1', 'seats', untyped({ quantity: undefined }))).toStrictEqual(
      unchanged,
    );
    const metadata = async (storage: typeof addons, patch: Record<string, number | null | undefined>) =>
      (await storage.updateSubscriptionAddOn('sub_1', 'seats', { metadata: patch })).metadata;
    expect(await metadata(addons, { b: 3, c: undefined })).toStrictEqual({ b: 3 });
    const merging = reopen({ metadataUpdates: 'merge' }).addons;
    expect(await metadata(merging, { c: 4 })).toStrictEqual({ b: 3, c: 4 });
    expect(await metadata(merging, { b: undefined, c: null, d: 5 })).toStrictEqual({ d: 5 });
  });

  it('refuses an update that expects another version, and keeps the row', async () => {
    const { addons, attach } = await withSubscription(setup);
    const { version } = await attach('sa_1');
    await addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: 2 }, { expectedVersion: version });
    for (const expectedVersion of [version, 'no version']) {
      await expect(
        addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: 3 }, { expectedVersion }),
      ).rejects.toMatchObject({ conflictType: 'version_mismatch' });
    }
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toMatchObject({ quantity: 2 });
    await addons.removeFromSubscription('sub_1', 'seats');
    await expect(
      addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: 3 }, { expectedVersion: version }),
    ).rejects.toBeInstanceOf(QZPayNotFoundError);
  });

  it('rejects an update where nothing is attached, and detaches it without a word', async () => {
    const { addons, attach } = await withSubscription(setup);
    await attach('sa_1');
    await addons.removeFromSubscription('sub_1', 'seats');
    const missing = addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: 2 });
    await expect(missing).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(missing).rejects.toMatchObject({ entityType: 'SubscriptionAddOn', entityId: 'sub_1:seats' });
    await expect(addons.removeFromSubscription('sub_1', 'seats')).resolves.toBeUndefined();
    for (const id of UNHOLDABLE) {
      expect(await addons.findSubscriptionAddOn(id, 'seats')).toBeNull();
      expect(await addons.findSubscriptionAddOn('sub_1', id)).toBeNull();
      expect(await addons.findBySubscriptionId(id)).toEqual([]);
      await expect(addons.removeFromSubscription(id, id)).resolves.toBeUndefined();
      await expect(addons.updateSubscriptionAddOn(id, id, {})).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
  });

  it('refuses to attach an unknown add-on, or to an unknown subscription', async () => {
    const { addons } = await withSubscription(setup);
    const of = { id: 'sa_1', subscriptionId: 'sub_1', addOnId: 'seats', quantity: 1, unitAmount: 1, currency: 'USD' };
    await expect(addons.addToSubscription({ ...of, subscriptionId: 'unknown' })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Subscription',
      entityId: 'unknown',
    });
    await expect(addons.addToSubscription({ ...of, addOnId: 'unknown' })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'AddOn',
      entityId: 'unknown',
    });
  });

  it('keeps what was bought of an add-on that is deleted later, and the modes apart', async () => {
    const { addons, attach, reopen } = await withSubscription(setup);
    const attached = await attach('sa_1');
    await addons.delete('seats');
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toStrictEqual(attached);
    const live = reopen({ livemode: true }).addons;
    expect(await live.findBySubscriptionId('sub_1')).toEqual([]);
    expect(await live.findSubscriptionAddOn('sub_1', 'seats')).toBeNull();
    await live.removeFromSubscription('sub_1', 'seats');
    await expect(live.updateSubscriptionAddOn('sub_1', 'seats', {})).rejects.toBeInstanceOf(QZPayNotFoundError);
    expect(await addons.findSubscriptionAddOn('sub_1', 'seats')).toStrictEqual(attached);
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describeOnServers('add-ons of subscriptions, used at once', (setup) => {
  it('A-57 detach one row for each caller, and no row twice', async () => {
    const { addons, attach } = await withSubscription(setup);
    for (let index = 0; index < 12; index += 1) await attach(`sa_${index}`);
    await Promise.all(Array.from({ length: 8 }, () => addons.removeFromSubscription('sub_1', 'seats')));
    const statuses = (await addons.findBySubscriptionId('sub_1')).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'canceled')).toHaveLength(8);
    expect(statuses.filter((status) => status === 'active')).toHaveLength(4);
  });

  it('never change a row that has been detached meanwhile', async () => {
    const { addons, attach } = await withSubscription(setup);
    for (let round = 0; round < 10; round += 1) {
      await attach(`sa_${round}`);
      const [changed] = await Promise.allSettled([
        addons.updateSubscriptionAddOn('sub_1', 'seats', { expiresAt: new Date('2030-01-01') }),
        addons.removeFromSubscription('sub_1', 'seats'),
      ]);
      const row = (await addons.findBySubscriptionId('sub_1')).find(({ id }) => id === `sa_${round}`);
      expect(row?.status).toBe('canceled');
      expect(row?.expiresAt !== null).toBe(changed.status === 'fulfilled');
    }
  });

  it('change the next row where the first one is detached while they wait for it', async () => {
    const { storage, addons, attach, query } = await withSubscription(setup);
    await attach('sa_1');
    await attach('sa_2');
    const detached = deferred();
    const mayCommit = deferred();
    const transaction = storage.transaction(async () => {
      await addons.removeFromSubscription('sub_1', 'seats');
      detached.resolve();
      await mayCommit.promise;
    });
    await detached.promise;
    const update = addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity: 9 });
    const blocked =
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and state = 'active'";
    while ((await query(blocked)).length === 0);
    mayCommit.resolve();
    await transaction;
    expect(await update).toMatchObject({ id: 'sa_2', quantity: 9 });
    expect(await addons.findBySubscriptionId('sub_1')).toMatchObject([
      { id: 'sa_1', status: 'canceled', quantity: 1 },
      { id: 'sa_2', status: 'active', quantity: 9 },
    ]);
  });

  it('let one of several updates of one version win', async () => {
    const { addons, attach } = await withSubscription(setup);
    const { version } = await attach('sa_1');
    const updates = await Promise.allSettled(
      Array.from({ length: 10 }, (_, quantity) =>
        addons.updateSubscriptionAddOn('sub_1', 'seats', { quantity }, { expectedVersion: version }),
      ),
    );
    expect(updates.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const update of updates) {
      if (update.status === 'rejected') expect(update.reason).toMatchObject({ conflictType: 'version_mismatch' });
    }
  });
});
