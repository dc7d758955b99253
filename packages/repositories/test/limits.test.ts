import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

describeOnEveryDriver('limit definitions', (setup) => {
  it('are found by id, by key and all at once by key', async () => {
    const { repositories, clock } = await setup();
    const { limits } = repositories;
    const b = await limits.create({ key: 'b', name: 'Beta' });
    const a = await limits.create({ id: 'limit-a', key: 'a', name: 'Alpha', defaultValue: 0.5 });
    expect(b).toStrictEqual({
      id: expect.any(String),
      key: 'b',
      name: 'Beta',
      description: null,
      defaultValue: 0,
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
    });
    expect(await limits.findById('limit-a')).toStrictEqual(a);
    expect(await limits.findByKey('b')).toStrictEqual(b);
    expect(await limits.findAll()).toStrictEqual([a, b]);
    expect((await limits.list({ filters: { defaultValue: 0.5 } })).data).toStrictEqual([a]);
  });

  it('change everything but their key, and leave the limits of customers behind when they are deleted', async () => {
    const { repositories, clock } = await setup();
    const { limits, customerLimits, customers } = repositories;
    const created = await limits.create({ key: 'seats', name: 'Seats' });
    clock.advance(1);
    const patch = { name: 'Chairs', description: 'x', defaultValue: -1, key: 'z' };
    const { key, ...changed } = patch;
    expect(await limits.update(created.id, patch)).toStrictEqual({ ...created, ...changed, updatedAt: clock() });
    expect(await limits.findByKey(key)).toBeNull();
    const customer = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await customerLimits.set({ customerId: customer.id, limitKey: 'seats', maxValue: 1 });
    await limits.delete(created.id);
    await limits.delete(created.id);
    expect(await limits.findByKey('seats')).toBeNull();
    expect(await customerLimits.find(customer.id, 'seats')).not.toBeNull();
  });
});

async function withCustomers(setup: Setup) {
  const bundle = await setup();
  const { customers, customerLimits: limits } = bundle.repositories;
  for (const id of ['c1', 'c2', 'c3']) await customers.create({ id, externalId: id, email: 'a@b.c' });
  const start = bundle.clock();
  return { ...bundle, limits, in: (seconds: number) => new Date(start.getTime() + seconds * 1000) };
}

describeOnEveryDriver('limits of customers', (setup) => {
  it('keep when they were first set, and know when they changed', async () => {
    const { limits, clock, in: at } = await withCustomers(setup);
    const first = await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    expect(first).toMatchObject({ livemode: false, createdAt: at(0), updatedAt: at(0) });
    clock.advance(1000);
    expect(await limits.increment('c1', 'calls')).toStrictEqual({ ...first, currentValue: 1, updatedAt: at(1) });
    clock.advance(1000);
    expect(await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 6 })).toMatchObject({
      currentValue: 1,
      createdAt: at(0),
      updatedAt: at(2),
    });
  });

  it('give back no more than was used, and leave alone what is below 0', async () => {
    const { limits } = await withCustomers(setup);
    await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    const steps: number[] = [];
    const note = ({ currentValue }: { currentValue: number }) => steps.push(currentValue);
    note(await limits.increment('c1', 'calls', 5));
    note(await limits.decrement('c1', 'calls'));
    note(await limits.decrement('c1', 'calls', 1.5));
    note(await limits.decrement('c1', 'calls', 100));
    note(await limits.increment('c1', 'calls', -3));
    note(await limits.decrement('c1', 'calls', 1));
    expect(steps).toEqual([5, 4, 2.5, 0, -3, -3]);
    await expect(limits.decrement('c2', 'calls')).rejects.toMatchObject({ entityId: 'c2:calls' });
  });

  it('are reset to 0, and to the next date', async () => {
    const { limits, in: at } = await withCustomers(setup);
    await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5, resetAt: at(1) });
    await limits.increment('c1', 'calls', 5);
    expect(await limits.reset('c1', 'calls', at(2))).toMatchObject({ currentValue: 0, maxValue: 5, resetAt: at(2) });
    expect(await limits.reset('c1', 'calls')).toMatchObject({ currentValue: 0, resetAt: null });
    await expect(limits.reset('c1', 'other')).rejects.toMatchObject({ entityType: 'CustomerLimit' });
  });

  it('that are due are reset in batches, the longest due first', async () => {
    const { limits, clock, reopen, in: at } = await withCustomers(setup);
    for (const [limitKey, seconds] of Object.entries({ c: 3, a: 1, b: 2, d: 4 })) {
      await limits.set({ customerId: 'c1', limitKey, maxValue: 5, resetAt: at(seconds) });
      await limits.increment('c1', limitKey, 5);
    }
    await limits.set({ customerId: 'c1', limitKey: 'never', maxValue: 5 });
    await limits.increment('c1', 'never', 5);
    clock.advance(3000);
    expect(await reopen({ livemode: true }).customerLimits.resetDue()).toEqual([]);

    const keys = (rows: { limitKey: string }[]) => rows.map(({ limitKey }) => limitKey).sort();
    const first = await limits.resetDue({ limit: 2, nextResetAt: at(100) });
    expect(keys(first)).toEqual(['a', 'b']);
    expect(first[0]).toMatchObject({ currentValue: 0, maxValue: 5, resetAt: at(100), updatedAt: at(3) });
    const second = await limits.resetDue({ limit: 2 });
    expect(keys(second)).toEqual(['c']);
    expect(second[0]).toMatchObject({ currentValue: 0, resetAt: null });
    expect(await limits.resetDue()).toEqual([]);
    await expect(limits.resetDue({ limit: -1 })).rejects.toMatchObject({ field: 'limit' });
    const used = (await limits.findByCustomerId('c1')).map(({ limitKey, currentValue }) => [limitKey, currentValue]);
    expect(used).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 0],
      ['d', 5],
      ['never', 5],
    ]);
  });

  it('of a key are counted, and paged by customer', async () => {
    const { limits, reopen } = await withCustomers(setup);
    for (const customerId of ['c3', 'c1', 'c2']) await limits.set({ customerId, limitKey: 'calls', maxValue: 5 });
    await limits.set({ customerId: 'c1', limitKey: 'other', maxValue: 5 });
    const ids = (rows: { customerId: string }[]) => rows.map(({ customerId }) => customerId);
    expect(await limits.countByKey('calls')).toBe(3);
    expect(ids(await limits.findByKey('calls'))).toEqual(['c1', 'c2', 'c3']);
    expect(ids(await limits.findByKey('calls', { first: 2 }))).toEqual(['c1', 'c2']);
    expect(ids(await limits.findByKey('calls', { first: 2, after: 'c2' }))).toEqual(['c3']);
    expect(await limits.findByKey('\0')).toEqual([]);
    expect(await limits.countByKey('\0')).toBe(0);
    expect(await reopen({ livemode: true }).customerLimits.countByKey('calls')).toBe(0);
    for (const first of [0, 10_001]) {
      await expect(limits.findByKey('calls', { first })).rejects.toMatchObject({ field: 'first' });
    }
  });

  it('change with the transaction around them', async () => {
    const { limits, transaction } = await withCustomers(setup);
    await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    await expect(
      transaction(async () => {
        await limits.increment('c1', 'calls', 3);
        throw new Error('undo');
      }),
    ).rejects.toThrow('undo');
    expect(await limits.find('c1', 'calls')).toMatchObject({ currentValue: 0 });
  });
});

describeOnServers('simultaneous changes of limits', (setup) => {
  it('add up exactly, fractions included', async () => {
    const { limits } = await withCustomers(setup);
    await limits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    await limits.increment('c1', 'calls', 10);
    await tenAtOnce((index) =>
      index % 2 === 0 ? limits.increment('c1', 'calls', 0.1) : limits.decrement('c1', 'calls', 0.3),
    );
    expect(await limits.find('c1', 'calls')).toMatchObject({ currentValue: 9 });
  });

  it('reset each limit that is due for one of the callers', async () => {
    const { limits, clock, in: at } = await withCustomers(setup);
    for (let index = 0; index < 30; index += 1) {
      await limits.set({ customerId: 'c1', limitKey: `k${index}`, maxValue: 1, resetAt: at(1) });
    }
    clock.advance(1000);
    const batches = await tenAtOnce(() => limits.resetDue({ limit: 5 }));
    const keys = batches
      .flatMap((batch) => (batch.status === 'fulfilled' ? batch.value : []))
      .map((row) => row.limitKey);
    const rest = (await limits.resetDue()).map(({ limitKey }) => limitKey);
    expect([...keys, ...rest]).toHaveLength(30);
    expect(new Set([...keys, ...rest]).size).toBe(30);
  });
});
