import { QZPayNotFoundError, type QZPayUsageRecord } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNHOLDABLE = ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

const definition = {
  id: 'limit-1',
  key: 'seats',
  name: 'Seats',
  description: 'How many people',
  defaultValue: 5,
  createdAt: new Date('2020-01-02T03:04:05.678Z'),
  updatedAt: new Date('2021-01-02T03:04:05.678Z'),
};

const usage = (customerId: string, given: Partial<QZPayUsageRecord> = {}): QZPayUsageRecord => ({
  id: 'usage-1',
  customerId,
  limitKey: 'calls',
  quantity: 3,
  action: 'increment',
  timestamp: new Date('2026-01-02T03:04:05.678Z'),
  metadata: {},
  ...given,
});

async function withCustomer(setup: Setup, options?: Parameters<Setup>[0]) {
  const bundle = await setup(options);
  const { id: customerId } = await bundle.storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
  return { ...bundle, customerId, limits: bundle.storage.limits };
}

describeOnEveryDriver('limit definitions', (setup) => {
  it('A-50 keeps a definition as given, its instants included', async () => {
    const { storage } = await setup();
    expect(await storage.limits.createDefinition(definition)).toStrictEqual(definition);
    expect(await storage.limits.findDefinitionByKey('seats')).toStrictEqual(definition);
  });

  it('A-50 refuses a second definition of a key or of an id, and leaves the first as it is', async () => {
    const { storage, reopen } = await setup();
    await storage.limits.createDefinition(definition);
    for (const twice of [
      { ...definition, id: 'limit-2', defaultValue: 7 },
      { ...definition, key: 'other' },
    ]) {
      await expect(storage.limits.createDefinition(twice)).rejects.toMatchObject({
        name: 'QZPayConflictError',
        conflictType: 'already_exists',
      });
    }
    expect(await storage.limits.listDefinitions()).toStrictEqual([definition]);
    await reopen({ livemode: true }).limits.createDefinition(definition);
  });

  it('A-04 lists definitions by key, with any finite number as default', async () => {
    const { storage } = await setup();
    const values = { b: 1.5, a: -1, c: 3_000_000_000, d: 0.1 };
    for (const [key, defaultValue] of Object.entries(values)) {
      await storage.limits.createDefinition({ ...definition, id: key, key, defaultValue });
    }
    const listed = await storage.limits.listDefinitions();
    expect(listed.map(({ key, defaultValue }) => [key, defaultValue])).toEqual([
      ['a', -1],
      ['b', 1.5],
      ['c', 3_000_000_000],
      ['d', 0.1],
    ]);
  });

  it('A-01 answers null for a key that no definition could have', async () => {
    const { storage } = await setup();
    for (const key of UNHOLDABLE) expect(await storage.limits.findDefinitionByKey(key)).toBeNull();
  });
});

describeOnEveryDriver('limits of customers', (setup) => {
  it('sets a limit by hand, never to be reset, unless told otherwise', async () => {
    const { limits, customerId } = await withCustomer(setup);
    const limit = await limits.set({ customerId, limitKey: 'seats', maxValue: 5 });
    expect(limit).toStrictEqual({
      customerId,
      limitKey: 'seats',
      maxValue: 5,
      currentValue: 0,
      resetAt: null,
      source: 'manual',
      sourceId: null,
    });
    expect(await limits.check(customerId, 'seats')).toStrictEqual(limit);
    expect(await limits.findByCustomerId(customerId)).toStrictEqual([limit]);
  });

  it('A-53 A-55 keeps what has been used when the limit is set again, and replaces everything else', async () => {
    const { limits, customerId, clock } = await withCustomer(setup);
    const resetAt = new Date(clock().getTime() + 1000);
    const given = { customerId, limitKey: 'seats', maxValue: 5, resetAt, source: 'addon' as const, sourceId: 'sub_1' };
    expect(await limits.set(given)).toStrictEqual({ ...given, currentValue: 0 });
    await limits.increment({ customerId, limitKey: 'seats', incrementBy: 4 });
    expect(await limits.set({ ...given, maxValue: 2, sourceId: 'sub_2' })).toStrictEqual({
      ...given,
      maxValue: 2,
      sourceId: 'sub_2',
      currentValue: 4,
    });
    expect(await limits.set({ customerId, limitKey: 'seats', maxValue: 10 })).toStrictEqual({
      customerId,
      limitKey: 'seats',
      maxValue: 10,
      currentValue: 4,
      resetAt: null,
      source: 'manual',
      sourceId: null,
    });
  });

  it('A-53 adds 1 unless told otherwise, takes away below 0, and lets the cap be exceeded', async () => {
    const { limits, customerId } = await withCustomer(setup);
    const of = { customerId, limitKey: 'seats' };
    await limits.set({ ...of, maxValue: 2 });
    expect((await limits.increment(of)).currentValue).toBe(1);
    expect((await limits.increment({ ...of, incrementBy: 5 })).currentValue).toBe(6);
    expect((await limits.increment({ ...of, incrementBy: -10 })).currentValue).toBe(-4);
    expect((await limits.increment({ ...of, incrementBy: 0 })).currentValue).toBe(-4);
    expect(await limits.check(customerId, 'seats')).toMatchObject({ currentValue: -4, maxValue: 2 });
  });

  it('A-53 rejects an increment where there is no limit', async () => {
    const { limits, customerId } = await withCustomer(setup);
    const missing = limits.increment({ customerId, limitKey: 'seats', incrementBy: 1 });
    await expect(missing).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(missing).rejects.toMatchObject({ entityType: 'CustomerLimit', entityId: `${customerId}:seats` });
    for (const id of UNHOLDABLE) {
      await expect(limits.increment({ customerId: id, limitKey: id })).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
    expect(await limits.findByCustomerId(customerId)).toEqual([]);
  });

  it('A-04 counts fractions, negative caps and very large numbers exactly', async () => {
    const { limits, customerId } = await withCustomer(setup);
    for (const [limitKey, maxValue] of Object.entries({ a: 1.5, b: -1, c: 9e15, d: 1e-7, e: 1e300 })) {
      expect((await limits.set({ customerId, limitKey, maxValue })).maxValue).toBe(maxValue);
    }
    await limits.increment({ customerId, limitKey: 'a', incrementBy: 0.1 });
    expect((await limits.increment({ customerId, limitKey: 'a', incrementBy: 0.2 })).currentValue).toBe(0.3);
    await limits.increment({ customerId, limitKey: 'c', incrementBy: 9e15 });
    expect((await limits.increment({ customerId, limitKey: 'c', incrementBy: -9e15 })).currentValue).toBe(0);
  });

  it('refuses numbers that are none, an unknown source and an unknown customer', async () => {
    const { limits, customerId } = await withCustomer(setup);
    const of = { customerId, limitKey: 'seats' };
    await limits.set({ ...of, maxValue: 5 });
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, untyped<number>('5')]) {
      await expect(limits.set({ ...of, maxValue: number })).rejects.toMatchObject({ name: 'QZPayValidationError' });
      await expect(limits.increment({ ...of, incrementBy: number })).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
    const promotion = { ...of, maxValue: 1, source: untyped<'manual'>('promotion') };
    await expect(limits.set(promotion)).rejects.toMatchObject({ name: 'QZPayValidationError' });
    await expect(limits.set({ ...of, customerId: 'unknown', maxValue: 1 })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Customer',
      entityId: 'unknown',
    });
    expect(await limits.check(customerId, 'seats')).toMatchObject({ maxValue: 5, currentValue: 0, source: 'manual' });
  });

  it('does not reset by itself when resetAt has passed', async () => {
    const { limits, customerId, clock } = await withCustomer(setup);
    const of = { customerId, limitKey: 'calls' };
    await limits.set({ ...of, maxValue: 5, resetAt: new Date(clock().getTime() + 1) });
    await limits.increment({ ...of, incrementBy: 3 });
    clock.advance(1000);
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 3 });
  });

  it('lists all limits of a customer by key', async () => {
    const { limits, customerId } = await withCustomer(setup);
    for (const limitKey of ['b', 'a', 'Z']) await limits.set({ customerId, limitKey, maxValue: 1 });
    expect((await limits.findByCustomerId(customerId)).map(({ limitKey }) => limitKey)).toEqual(['Z', 'a', 'b']);
  });

  it('deletes one limit with its counter, and no other one', async () => {
    const { storage, limits, customerId } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    for (const id of [customerId, other.id]) await limits.set({ customerId: id, limitKey: 'seats', maxValue: 5 });
    await limits.set({ customerId, limitKey: 'calls', maxValue: 5 });
    await limits.increment({ customerId, limitKey: 'seats' });
    await expect(limits.delete(customerId, 'seats')).resolves.toBeUndefined();
    expect(await limits.check(customerId, 'seats')).toBeNull();
    expect(await limits.check(customerId, 'calls')).not.toBeNull();
    expect(await limits.check(other.id, 'seats')).not.toBeNull();
    expect((await limits.set({ customerId, limitKey: 'seats', maxValue: 5 })).currentValue).toBe(0);
  });

  it('deletes the limits of a source across customers and counts them', async () => {
    const { storage, limits, customerId } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    const addOn = { maxValue: 1, source: 'addon' as const, sourceId: 'addon_1' };
    await limits.set({ customerId, limitKey: 'a', ...addOn });
    await limits.set({ customerId: other.id, limitKey: 'a', ...addOn });
    await limits.set({ customerId, limitKey: 'b', ...addOn, source: 'purchase' });
    expect(await limits.deleteBySource('addon', 'addon_1')).toBe(2);
    expect(await limits.deleteBySource('addon', 'addon_1')).toBe(0);
    expect(await limits.findByCustomerId(customerId)).toMatchObject([{ limitKey: 'b' }]);
  });

  it('A-01 A-65 answers garbage with null, nothing and silence', async () => {
    const { limits, customerId } = await withCustomer(setup);
    await limits.set({ customerId, limitKey: 'seats', maxValue: 5 });
    for (const id of UNHOLDABLE) {
      expect(await limits.check(id, 'seats')).toBeNull();
      expect(await limits.check(customerId, id)).toBeNull();
      expect(await limits.findByCustomerId(id)).toEqual([]);
      await expect(limits.delete(id, 'seats')).resolves.toBeUndefined();
      await expect(limits.delete(customerId, id)).resolves.toBeUndefined();
      expect(await limits.deleteBySource('manual', id)).toBe(0);
      expect(await limits.deleteBySource(untyped(id), 'sub_1')).toBe(0);
    }
    expect(await limits.deleteBySource('manual', untyped(undefined))).toBe(0);
    expect(await limits.findByCustomerId(customerId)).toHaveLength(1);
  });

  it('keeps the modes apart', async () => {
    const { limits, customerId, reopen } = await withCustomer(setup);
    const of = { customerId, limitKey: 'seats' };
    await limits.set({ ...of, maxValue: 5, source: 'purchase', sourceId: 'p-1' });
    const live = reopen({ livemode: true }).limits;
    expect(await live.check(customerId, 'seats')).toBeNull();
    expect(await live.findByCustomerId(customerId)).toEqual([]);
    expect(await live.deleteBySource('purchase', 'p-1')).toBe(0);
    await live.delete(customerId, 'seats');
    await expect(live.increment(of)).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(live.set({ ...of, maxValue: 1 })).rejects.toBeInstanceOf(QZPayNotFoundError);
    expect(await limits.check(customerId, 'seats')).toMatchObject({ currentValue: 0, maxValue: 5 });
  });
});

describeOnEveryDriver('recorded usage', (setup) => {
  it('A-54 stores the record and returns it as given, also of a customer that is not stored', async () => {
    const { storage, query } = await setup();
    const record = usage('unknown customer', {
      id: 'usage „1“',
      quantity: 1.25,
      action: 'set',
      metadata: { note: 'n'.repeat(1000), emoji: '🧾', zero: 0, no: false, nothing: null },
    });
    const given = structuredClone(record);
    expect(await storage.limits.recordUsage(record)).toStrictEqual(given);
    expect(record).toStrictEqual(given);
    expect(await query('select id, customer_id, quantity::text, action from billing_usage_records')).toEqual([
      { id: 'usage „1“', customer_id: 'unknown customer', quantity: '1.25', action: 'set' },
    ]);
  });

  it('A-54 leaves the counter alone unless told otherwise', async () => {
    const { limits, customerId } = await withCustomer(setup);
    await limits.set({ customerId, limitKey: 'calls', maxValue: 10 });
    await limits.recordUsage(usage(customerId));
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 0 });
  });

  it('A-54 moves the counter with the record when usageMovesLimits is set', async () => {
    const { limits, customerId } = await withCustomer(setup, { usageMovesLimits: true });
    await limits.set({ customerId, limitKey: 'calls', maxValue: 10 });
    await limits.set({ customerId, limitKey: 'seats', maxValue: 10 });
    const steps = [
      { action: 'increment', quantity: 3, after: 3 },
      { action: 'decrement', quantity: 1.5, after: 1.5 },
      { action: 'set', quantity: 7, after: 7 },
      { action: 'increment', quantity: -2, after: 5 },
      { action: 'set', quantity: 0, after: 0 },
    ] as const;
    for (const [index, { action, quantity, after }] of steps.entries()) {
      const record = usage(customerId, { id: `usage-${index}`, action, quantity });
      expect(await limits.recordUsage(record)).toStrictEqual(record);
      expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: after, maxValue: 10 });
    }
    expect(await limits.check(customerId, 'seats')).toMatchObject({ currentValue: 0 });
  });

  it('A-54 keeps the record where there is no counter to move', async () => {
    const { limits, customerId, query } = await withCustomer(setup, { usageMovesLimits: true });
    await limits.recordUsage(usage(customerId));
    expect(await limits.check(customerId, 'calls')).toBeNull();
    expect(await query('select id from billing_usage_records')).toHaveLength(1);
  });

  it('refuses an id that is in use, and does not count it again', async () => {
    const { limits, customerId } = await withCustomer(setup, { usageMovesLimits: true });
    await limits.set({ customerId, limitKey: 'calls', maxValue: 10 });
    await limits.recordUsage(usage(customerId));
    await expect(limits.recordUsage(usage(customerId, { quantity: 5 }))).rejects.toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'already_exists',
    });
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 3 });
  });

  it('refuses an unknown action and a quantity that is no number', async () => {
    const { limits, customerId } = await withCustomer(setup);
    for (const invalid of [{ action: untyped<'set'>('reset') }, { quantity: Number.NaN }, { metadata: untyped('x') }]) {
      await expect(limits.recordUsage(usage(customerId, untyped(invalid)))).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
  });
});

describeOnServers('simultaneous changes of limits', (setup) => {
  it('A-53 leave one row, however many callers set it at once', async () => {
    const { limits, customerId, query } = await withCustomer(setup);
    const set = await Promise.all(
      Array.from({ length: 20 }, (_, maxValue) => limits.set({ customerId, limitKey: 'seats', maxValue })),
    );
    expect(set).toHaveLength(20);
    expect(await query('select limit_key from billing_customer_limits')).toHaveLength(1);
  });

  it('A-53 all count: 50 increments at once make 50, with caps being set in between', async () => {
    const { limits, customerId } = await withCustomer(setup);
    const of = { customerId, limitKey: 'calls' };
    await limits.set({ ...of, maxValue: 1 });
    const [increments] = await Promise.all([
      Promise.all(Array.from({ length: 50 }, () => limits.increment({ ...of, incrementBy: 1 }))),
      Promise.all(Array.from({ length: 10 }, (_, maxValue) => limits.set({ ...of, maxValue }))),
    ]);
    // Each caller saw a value of its own: no two were counted as one.
    expect(new Set(increments.map(({ currentValue }) => currentValue)).size).toBe(50);
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 50 });
  });

  it('A-54 all count when usage moves the counter', async () => {
    const { limits, customerId } = await withCustomer(setup, { usageMovesLimits: true });
    await limits.set({ customerId, limitKey: 'calls', maxValue: 1 });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        limits.recordUsage(usage(customerId, { id: `usage-${index}`, quantity: 2 })),
      ),
    );
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 60 });
  });

  it('count a record once that several callers store under one id', async () => {
    const { limits, customerId } = await withCustomer(setup, { usageMovesLimits: true });
    await limits.set({ customerId, limitKey: 'calls', maxValue: 1 });
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => limits.recordUsage(usage(customerId))));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await limits.check(customerId, 'calls')).toMatchObject({ currentValue: 3 });
  });

  it('are counted once when a source is removed by several callers at once', async () => {
    const { limits, customerId } = await withCustomer(setup);
    for (let index = 0; index < 10; index += 1) {
      await limits.set({ customerId, limitKey: `k${index}`, maxValue: 1, source: 'addon', sourceId: 'addon_1' });
    }
    const counts = await Promise.all(Array.from({ length: 5 }, () => limits.deleteBySource('addon', 'addon_1')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  });
});
