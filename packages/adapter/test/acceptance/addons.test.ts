import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { input, UNHOLDABLE } from '../support/addons.js';
import { describeOnEveryDriver } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

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
