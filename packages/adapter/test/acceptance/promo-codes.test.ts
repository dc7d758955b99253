import { type QZPayCreatePromoCodeInput, QZPayNotFoundError, type QZPayPromoCode } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNKNOWN_IDS = ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

const input = (id: string, given: Partial<QZPayCreatePromoCodeInput> = {}) => ({
  id,
  code: id,
  discountType: 'percentage' as const,
  discountValue: 10,
  ...given,
});

describeOnEveryDriver('promo codes', (setup) => {
  it('A-02 returns from create what findById returns afterwards, with nulls and empty lists where nothing was given', async () => {
    const { storage, clock } = await setup();
    const created = await storage.promoCodes.create(input('promo_1', { code: 'Summer10' }));
    expect(created).toStrictEqual({
      id: 'promo_1',
      code: 'Summer10',
      discountType: 'percentage',
      discountValue: 10,
      currency: null,
      stackingMode: 'none',
      conditions: [],
      maxRedemptions: null,
      currentRedemptions: 0,
      maxRedemptionsPerCustomer: null,
      validFrom: null,
      validUntil: null,
      applicablePlanIds: [],
      applicableProductIds: [],
      active: true,
      metadata: {},
      createdAt: clock(),
      updatedAt: clock(),
      deletedAt: null,
      version: expect.any(String),
    });
    expect(await storage.promoCodes.findById('promo_1')).toStrictEqual(created);
    expect(await storage.promoCodes.findByCode('Summer10')).toStrictEqual(created);
    expect((await storage.promoCodes.list()).data).toStrictEqual([created]);
  });

  it('A-02 keeps everything that is given', async () => {
    const { storage } = await setup();
    const full = input('promo_1', {
      discountType: 'fixed_amount',
      discountValue: 3_000_000_000,
      currency: 'CLP',
      stackingMode: 'multiplicative',
      conditions: [
        { type: 'first_purchase', value: true },
        { type: 'min_amount', value: 1500 },
        { type: 'specific_plans', value: ['pro', 'team, "gold"'] },
        { type: 'date_range', value: { start: '2026-01-01T00:00:00.000Z' } },
      ],
      maxRedemptions: 0,
      maxRedemptionsPerCustomer: 2,
      validFrom: new Date('2026-02-03T04:05:06.789Z'),
      validUntil: new Date('2027-02-03T04:05:06.789Z'),
      applicablePlanIds: ['pro', 'comma, quote " and \\ slash', ''],
      applicableProductIds: ['prod_1'],
      metadata: { campaign: 'łódź' },
    });
    expect(await storage.promoCodes.create(full)).toMatchObject(full);
    expect(await storage.promoCodes.findById('promo_1')).toMatchObject(full);
  });

  it('A-04 keeps fractions of a percentage', async () => {
    const { storage } = await setup();
    expect((await storage.promoCodes.create(input('promo_1', { discountValue: 12.5 }))).discountValue).toBe(12.5);
  });

  it('A-01 answers null or not found for ids and codes that no row could have', async () => {
    const { storage } = await setup();
    for (const id of UNKNOWN_IDS) {
      expect(await storage.promoCodes.findById(id)).toBeNull();
      expect(await storage.promoCodes.findByCode(id)).toBeNull();
      expect(await storage.promoCodes.atomicIncrementRedemptions(id)).toBeNull();
      await expect(storage.promoCodes.incrementRedemptions(id)).rejects.toBeInstanceOf(QZPayNotFoundError);
      await expect(storage.promoCodes.update(id, { active: false })).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
  });

  it('A-05 accepts an empty patch and one of undefined values, which change updatedAt only', async () => {
    const { storage, clock } = await setup();
    const created = await storage.promoCodes.create(input('promo_1', { metadata: { a: 1 } }));
    clock.advance(5);
    const unchanged = { ...created, updatedAt: clock(), version: expect.any(String) };
    expect(await storage.promoCodes.update('promo_1', {})).toStrictEqual(unchanged);
    const nothing = untyped<Partial<QZPayPromoCode>>({ code: undefined, active: undefined, metadata: undefined });
    expect(await storage.promoCodes.update('promo_1', nothing)).toStrictEqual(unchanged);
  });

  it('A-44 finds a code in any case and returns it as given', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { code: 'Summer10' }));
    for (const code of ['Summer10', 'summer10', 'SUMMER10', 'sUmMeR10']) {
      expect(await storage.promoCodes.findByCode(code)).toMatchObject({ id: 'promo_1', code: 'Summer10' });
    }
    expect(await storage.promoCodes.findByCode('Summer1')).toBeNull();
    await storage.promoCodes.create(input('promo_2', { code: ' ŻÓŁĆ 🎁 ' }));
    expect((await storage.promoCodes.findByCode(' żółć 🎁 '))?.code).toBe(' ŻÓŁĆ 🎁 ');
  });

  it('A-44 refuses the same code in another case, on create and on update', async () => {
    const { storage, reopen } = await setup();
    await storage.promoCodes.create(input('promo_1', { code: 'Summer10' }));
    const again = storage.promoCodes.create(input('promo_2', { code: 'SUMMER10' }));
    await expect(again).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'already_exists' });
    await storage.promoCodes.create(input('promo_3', { code: 'winter' }));
    await expect(storage.promoCodes.update('promo_3', { code: 'summer10' })).rejects.toMatchObject({
      conflictType: 'already_exists',
    });
    expect((await storage.promoCodes.findById('promo_3'))?.code).toBe('winter');
    await reopen({ livemode: true }).promoCodes.create(input('promo_1', { code: 'Summer10' }));
  });

  it('A-45 changes by update the given fields and no others, one field at a time', async () => {
    const { storage, clock } = await setup();
    let known: QZPayPromoCode = await storage.promoCodes.create(
      input('promo_1', {
        currency: 'EUR',
        stackingMode: 'best',
        conditions: [{ type: 'min_quantity', value: 2 }],
        maxRedemptions: 5,
        maxRedemptionsPerCustomer: 1,
        validFrom: new Date('2026-01-01T00:00:00.001Z'),
        validUntil: new Date('2026-12-31T00:00:00.001Z'),
        applicablePlanIds: ['pro'],
        applicableProductIds: ['prod_1'],
        metadata: { a: 1 },
      }),
    );
    const patches: Partial<QZPayPromoCode>[] = [
      { code: 'Renamed' },
      { discountType: 'fixed_amount' },
      { discountValue: 7.25 },
      { currency: 'USD' },
      { currency: null },
      { stackingMode: 'additive' },
      { conditions: [] },
      { maxRedemptions: 7 },
      { maxRedemptions: null },
      { currentRedemptions: 3 },
      { maxRedemptionsPerCustomer: null },
      { validFrom: null },
      { validUntil: new Date('2028-01-01T00:00:00.000Z') },
      { applicablePlanIds: ['basic', 'team'] },
      { applicableProductIds: [] },
      { active: false },
      { metadata: { b: 2 } },
    ];
    for (const patch of patches) {
      clock.advance(1);
      const updated = await storage.promoCodes.update('promo_1', patch);
      expect(updated).toStrictEqual({ ...known, ...patch, updatedAt: clock(), version: expect.any(String) });
      expect(await storage.promoCodes.findById('promo_1')).toStrictEqual(updated);
      known = updated;
    }
    expect((await storage.promoCodes.findByCode('RENAMED'))?.id).toBe('promo_1');
    expect(await storage.promoCodes.findByCode('promo_1')).toBeNull();
  });

  it('ignores id and creation in an update, and hides the code where deletedAt is set', async () => {
    const { storage, clock } = await setup();
    const created = await storage.promoCodes.create(input('promo_1'));
    clock.advance(1);
    const moved = await storage.promoCodes.update('promo_1', { id: 'other', createdAt: new Date(0) });
    expect(moved).toStrictEqual({ ...created, updatedAt: clock(), version: expect.any(String) });
    expect(await storage.promoCodes.update('promo_1', { deletedAt: clock() })).toMatchObject({ deletedAt: clock() });
    expect(await storage.promoCodes.findById('promo_1')).toBeNull();
    expect((await storage.promoCodes.create(input('promo_2', { code: 'promo_1' }))).id).toBe('promo_2');
  });

  it('refuses a stale version', async () => {
    const { storage } = await setup();
    const { version } = await storage.promoCodes.create(input('promo_1'));
    await storage.promoCodes.update('promo_1', { active: false }, { expectedVersion: version });
    await expect(
      storage.promoCodes.update('promo_1', { active: true }, { expectedVersion: version }),
    ).rejects.toMatchObject({ conflictType: 'version_mismatch' });
  });

  it('A-46 counts one by one to the cap, returns the code each time, and null from then on', async () => {
    const { storage, clock } = await setup();
    const created = await storage.promoCodes.create(input('promo_1', { maxRedemptions: 2 }));
    clock.advance(1);
    expect(await storage.promoCodes.atomicIncrementRedemptions('promo_1')).toStrictEqual({
      ...created,
      currentRedemptions: 1,
      updatedAt: clock(),
      version: expect.not.stringMatching(created.version),
    });
    expect((await storage.promoCodes.atomicIncrementRedemptions('promo_1'))?.currentRedemptions).toBe(2);
    expect(await storage.promoCodes.atomicIncrementRedemptions('promo_1')).toBeNull();
    expect((await storage.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(2);
  });

  it('A-46 takes a cap of 0 as exhausted and no cap as unlimited, and looks at neither state nor dates', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('none', { maxRedemptions: 0 }));
    expect(await storage.promoCodes.atomicIncrementRedemptions('none')).toBeNull();
    await storage.promoCodes.create(input('past', { validUntil: new Date(0) }));
    await storage.promoCodes.update('past', { active: false });
    for (let count = 1; count <= 3; count += 1) {
      expect((await storage.promoCodes.atomicIncrementRedemptions('past'))?.currentRedemptions).toBe(count);
    }
  });

  it('increments whatever the cap with the deprecated method', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { maxRedemptions: 1 }));
    for (let count = 0; count < 3; count += 1) {
      await expect(storage.promoCodes.incrementRedemptions('promo_1')).resolves.toBeUndefined();
    }
    expect((await storage.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(3);
    const unknown = storage.promoCodes.incrementRedemptions('unknown');
    await expect(unknown).rejects.toMatchObject({ entityType: 'PromoCode', entityId: 'unknown' });
  });

  it('A-47 hides a deleted code everywhere and lets it be created anew', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { code: 'Summer10' }));
    await storage.promoCodes.delete('promo_1');
    expect(await storage.promoCodes.findById('promo_1')).toBeNull();
    expect(await storage.promoCodes.findByCode('Summer10')).toBeNull();
    expect(await storage.promoCodes.list()).toMatchObject({ data: [], total: 0 });
    expect(await storage.promoCodes.atomicIncrementRedemptions('promo_1')).toBeNull();
    await expect(storage.promoCodes.incrementRedemptions('promo_1')).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(storage.promoCodes.update('promo_1', {})).rejects.toBeInstanceOf(QZPayNotFoundError);
    await storage.promoCodes.create(input('promo_2', { code: 'SUMMER10' }));
    expect((await storage.promoCodes.findByCode('summer10'))?.id).toBe('promo_2');
  });

  it('A-47 finds inactive, expired and exhausted codes', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { validUntil: new Date(0), maxRedemptions: 0 }));
    await storage.promoCodes.update('promo_1', { active: false });
    expect(await storage.promoCodes.findByCode('promo_1')).toMatchObject({ id: 'promo_1', active: false });
  });

  it('A-65 deletes an unknown code without a word', async () => {
    const { storage } = await setup();
    for (const id of UNKNOWN_IDS) await expect(storage.promoCodes.delete(id)).resolves.toBeUndefined();
  });

  it('refuses a taken id, and values that no row could hold', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1'));
    await expect(storage.promoCodes.create(input('promo_1', { code: 'other' }))).rejects.toMatchObject({
      conflictType: 'already_exists',
    });
    const refused = [
      { code: 'a\0b' },
      { code: undefined },
      { discountValue: Number.NaN },
      { discountType: 'gift' },
      { maxRedemptions: 1.5 },
    ];
    for (const given of refused) {
      await expect(storage.promoCodes.create(untyped(input('promo_2', untyped(given))))).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
    expect((await storage.promoCodes.list()).total).toBe(1);
  });

  it('A-62 filters by active and by code in any case, and refuses an unknown filter', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { code: 'One' }));
    await storage.promoCodes.create(input('promo_2', { code: 'Two', currency: 'EUR' }));
    await storage.promoCodes.update('promo_2', { active: false });
    const ids = async (filters: Record<string, unknown>) =>
      (await storage.promoCodes.list({ filters })).data.map(({ id }) => id);
    expect(await ids({ active: true })).toEqual(['promo_1']);
    expect(await ids({ active: false })).toEqual(['promo_2']);
    expect(await ids({ code: ['ONE', 'two'] })).toEqual(['promo_2', 'promo_1']);
    expect(await ids({ currency: null })).toEqual(['promo_1']);
    await expect(ids({ isActive: true })).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('keeps the modes apart', async () => {
    const { storage, reopen } = await setup();
    const live = reopen({ livemode: true });
    await live.promoCodes.create(input('promo_1'));
    expect(await storage.promoCodes.findByCode('promo_1')).toBeNull();
    expect(await storage.promoCodes.atomicIncrementRedemptions('promo_1')).toBeNull();
    await storage.promoCodes.delete('promo_1');
    expect((await live.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(0);
  });

  it('A-61 takes a redemption back with the transaction around it', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { maxRedemptions: 1 }));
    const failed = storage.transaction(async () => {
      expect(await storage.promoCodes.atomicIncrementRedemptions('promo_1')).not.toBeNull();
      throw new Error('payment failed');
    });
    await expect(failed).rejects.toThrow('payment failed');
    expect((await storage.promoCodes.atomicIncrementRedemptions('promo_1'))?.currentRedemptions).toBe(1);
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage } = await setup();
    const created = await storage.promoCodes.create(input('promo_1', { applicablePlanIds: ['pro'] }));
    created.applicablePlanIds.push('other');
    created.conditions.push({ type: 'first_purchase', value: true });
    expect(await storage.promoCodes.findById('promo_1')).toMatchObject({ applicablePlanIds: ['pro'], conditions: [] });
  });
});

describeOnServers('promo codes of simultaneous callers', (setup) => {
  it('A-46 lets three of ten simultaneous redemptions through a cap of three', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1', { maxRedemptions: 3 }));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => storage.promoCodes.atomicIncrementRedemptions('promo_1')),
    );
    const counts = answers.flatMap((code) => (code === null ? [] : [code.currentRedemptions]));
    expect(counts.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
    expect((await storage.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(3);
  });

  it('A-46 counts every one of many simultaneous redemptions without a cap', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1'));
    await Promise.all(Array.from({ length: 20 }, () => storage.promoCodes.atomicIncrementRedemptions('promo_1')));
    await Promise.all(Array.from({ length: 20 }, () => storage.promoCodes.incrementRedemptions('promo_1')));
    expect((await storage.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(40);
  });

  it('A-44 lets one of many simultaneous creations of a code win', async () => {
    const { storage } = await setup();
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        storage.promoCodes.create(input(`promo_${index}`, { code: index % 2 === 0 ? 'SUMMER' : 'summer' })),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') expect(attempt.reason).toMatchObject({ conflictType: 'already_exists' });
    }
  });

  it('A-45 loses no redemption to an update of other fields at the same time', async () => {
    const { storage } = await setup();
    await storage.promoCodes.create(input('promo_1'));
    await Promise.all([
      ...Array.from({ length: 10 }, () => storage.promoCodes.atomicIncrementRedemptions('promo_1')),
      ...Array.from({ length: 10 }, (_, index) => storage.promoCodes.update('promo_1', { discountValue: index })),
    ]);
    expect((await storage.promoCodes.findById('promo_1'))?.currentRedemptions).toBe(10);
  });
});
