import { type QZPayCreateAddOnInput, QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNHOLDABLE = ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

const input = (id: string, given: Partial<QZPayCreateAddOnInput> = {}) => ({
  id,
  name: id,
  unitAmount: 500,
  currency: 'USD',
  billingInterval: 'month' as const,
  ...given,
});

const complete = {
  description: 'Ten more',
  unitAmount: 3_000_000_000,
  currency: 'chf, free text',
  billingInterval: 'one_time' as const,
  billingIntervalCount: 3,
  compatiblePlanIds: ['pro', 'team, "quoted" {\\}'],
  allowMultiple: true,
  maxQuantity: 7,
  entitlements: ['exports'],
  limits: [{ key: 'seats', value: 1.5, action: 'increment' as const }],
  metadata: { note: 'n'.repeat(1000) },
};

describeOnEveryDriver('add-ons', (setup) => {
  it('A-02 returns from create what findById returns afterwards, with defaults where nothing was given', async () => {
    const { storage, clock } = await setup();
    const created = await storage.addons.create(input('seats'));
    expect(created).toStrictEqual({
      id: 'seats',
      name: 'seats',
      description: null,
      active: true,
      unitAmount: 500,
      currency: 'USD',
      billingInterval: 'month',
      billingIntervalCount: 1,
      compatiblePlanIds: [],
      allowMultiple: false,
      maxQuantity: null,
      entitlements: [],
      limits: [],
      metadata: {},
      createdAt: clock(),
      updatedAt: clock(),
      version: expect.any(String),
    });
    expect(await storage.addons.findById('seats')).toStrictEqual(created);
  });

  it('A-04 keeps every field that is given', async () => {
    const { storage } = await setup();
    const created = await storage.addons.create(input('seats', complete));
    expect(created).toMatchObject(complete);
    expect(await storage.addons.findById('seats')).toStrictEqual(created);
  });

  it('A-58 makes an id where it is undefined at run time', async () => {
    const { storage } = await setup();
    const first = await storage.addons.create(untyped({ ...input('seats'), id: undefined }));
    const second = await storage.addons.create(untyped({ ...input('seats'), id: undefined }));
    expect(first.id).toEqual(expect.stringMatching(/./));
    expect(second.id).not.toBe(first.id);
    expect(await storage.addons.findById(first.id)).toStrictEqual(first);
  });

  it('refuses an id that is in use, also in use by a deleted add-on', async () => {
    const { storage, reopen } = await setup();
    await storage.addons.create(input('seats'));
    await storage.addons.delete('seats');
    await expect(storage.addons.create(input('seats'))).rejects.toMatchObject({ conflictType: 'already_exists' });
    await reopen({ livemode: true }).addons.create(input('seats'));
  });

  it('refuses a fraction of a minor unit and a value outside a closed set', async () => {
    const { storage } = await setup();
    for (const invalid of [{ unitAmount: 0.5 }, { billingInterval: untyped<'day'>('decade') }]) {
      await expect(storage.addons.create(input('seats', invalid))).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
  });

  it('changes what is given, clears with null, and never what and how often it charges', async () => {
    const { storage, clock } = await setup();
    const created = await storage.addons.create(input('seats', complete));
    clock.advance(5);
    const patch = {
      name: 'More seats',
      active: false,
      unitAmount: 700,
      compatiblePlanIds: [],
      allowMultiple: false,
      entitlements: [],
      limits: [],
      metadata: { a: 1 },
    };
    const ignored = { id: 'x', currency: 'EUR', billingInterval: 'day', billingIntervalCount: 9, createdAt: clock() };
    const updated = await storage.addons.update(
      'seats',
      untyped({ ...patch, ...ignored, description: null, maxQuantity: null, unheardOf: true }),
    );
    expect(updated).toStrictEqual({
      ...created,
      ...patch,
      description: null,
      maxQuantity: null,
      updatedAt: clock(),
      version: expect.any(String),
    });
    expect(updated.version).not.toBe(created.version);
    expect(await storage.addons.findById('seats')).toStrictEqual(updated);
  });

  it('A-05 accepts an empty patch and one of undefined values, which change updatedAt only', async () => {
    const { storage, clock } = await setup();
    const created = await storage.addons.create(input('seats', complete));
    clock.advance(5);
    const unchanged = { ...created, updatedAt: clock(), version: expect.any(String) };
    expect(await storage.addons.update('seats', {})).toStrictEqual(unchanged);
    expect(await storage.addons.update('seats', untyped({ name: undefined, limits: undefined }))).toStrictEqual(
      unchanged,
    );
  });

  it('refuses an update of an unknown or deleted add-on, and one that expects another version', async () => {
    const { storage } = await setup();
    const { version } = await storage.addons.create(input('seats'));
    await storage.addons.update('seats', { name: 'x' }, { expectedVersion: version });
    for (const expectedVersion of [version, 'no version']) {
      await expect(storage.addons.update('seats', { name: 'y' }, { expectedVersion })).rejects.toMatchObject({
        conflictType: 'version_mismatch',
      });
    }
    await storage.addons.delete('seats');
    for (const id of ['seats', ...UNHOLDABLE]) {
      const update = storage.addons.update(id, { name: 'y' });
      await expect(update).rejects.toBeInstanceOf(QZPayNotFoundError);
      await expect(update).rejects.toMatchObject({ entityType: 'AddOn' });
    }
  });

  it('A-56 offers a plan what is made for it or for every plan, by name, and nothing inactive or deleted', async () => {
    const { storage, reopen } = await setup();
    const { addons } = storage;
    await addons.create(input('z', { name: 'Same name', compatiblePlanIds: ['pro', 'team'] }));
    await addons.create(input('y', { name: 'Same name' }));
    await addons.create(input('a', { name: 'Zoo' }));
    await addons.create(input('b', { compatiblePlanIds: ['team'] }));
    await addons.create(input('inactive'));
    await addons.update('inactive', { active: false });
    await addons.create(input('deleted'));
    await addons.delete('deleted');
    await reopen({ livemode: true }).addons.create(input('live'));
    const ids = async (planId: string) => (await addons.findByPlanId(planId)).map(({ id }) => id);
    expect(await ids('pro')).toEqual(['y', 'z', 'a']);
    expect(await ids('team')).toEqual(['y', 'z', 'a', 'b']);
    expect(await ids('unheard-of')).toEqual(['y', 'a']);
    expect(await ids('\0')).toEqual([]);
  });

  it('lists newest first and filters by active', async () => {
    const { storage, clock } = await setup();
    for (const id of ['a', 'b', 'c']) {
      await storage.addons.create(input(id));
      clock.advance(1);
    }
    await storage.addons.update('b', { active: false });
    expect((await storage.addons.list()).data.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(await storage.addons.list({ filters: { active: true }, limit: 1 })).toMatchObject({
      data: [{ id: 'c' }],
      total: 2,
      hasMore: true,
    });
    await expect(storage.addons.list({ filters: { planId: 'pro' } })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });

  it('A-01 A-65 answers null for garbage and deletes it without a word', async () => {
    const { storage } = await setup();
    for (const id of UNHOLDABLE) {
      expect(await storage.addons.findById(id)).toBeNull();
      await expect(storage.addons.delete(id)).resolves.toBeUndefined();
    }
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage } = await setup();
    const created = await storage.addons.create(input('seats', structuredClone(complete)));
    created.compatiblePlanIds.push('other');
    created.limits.length = 0;
    expect(await storage.addons.findById('seats')).toMatchObject(complete);
  });
});

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
