import type { QZPayUsageAction } from '@qzpay/core';
import { type SQL, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { QZPayUsageRecordsRepository } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

const at = (time: string) => new Date(`2026-${time}Z`);
const day = (number: number) => at(`03-${String(number).padStart(2, '0')}T00:00:00.000`);
const march = { customerId: 'c1', limitKey: 'calls', start: day(1), end: at('04-01T00:00:00.000') };

function recorder(usage: QZPayUsageRecordsRepository) {
  return (action: QZPayUsageAction, quantity: number, timestamp: Date, limitKey = 'calls', customerId = 'c1') =>
    usage.record({ customerId, limitKey, action, quantity, timestamp });
}

/** SQL of the test's own, in the transaction around the call. */
function execute(usage: QZPayUsageRecordsRepository, statement: SQL) {
  return usage['context'].runner.transactions.run(async (handle) => {
    await handle.execute(statement);
  });
}

describeOnEveryDriver('usage records', (setup) => {
  it('count now, upwards, unless told otherwise', async () => {
    const { repositories, clock } = await setup();
    expect(await repositories.usageRecords.record({ customerId: 'c1', limitKey: 'calls', quantity: 2 })).toStrictEqual({
      id: expect.any(String),
      customerId: 'c1',
      subscriptionId: null,
      limitKey: 'calls',
      quantity: 2,
      action: 'increment',
      timestamp: clock(),
      idempotencyKey: null,
      livemode: false,
      metadata: {},
      createdAt: clock(),
    });
  });

  it('keep the first record when an idempotency key is reused by the customer in this mode', async () => {
    const { repositories, reopen } = await setup();
    const usage = repositories.usageRecords;
    const record = { customerId: 'c1', limitKey: 'calls', quantity: 2, idempotencyKey: 'request-1' };
    const first = await usage.record(record);
    expect(await usage.record({ ...record, quantity: 9 })).toStrictEqual(first);
    expect(await usage.record({ ...record, id: first.id })).toStrictEqual(first);
    expect(await usage.findByIdempotencyKey('c1', 'request-1')).toStrictEqual(first);
    expect(await usage.findByIdempotencyKey('c2', 'request-1')).toBeNull();
    expect(await usage.findByIdempotencyKey('c1', '\0')).toBeNull();
    await usage.record({ ...record, customerId: 'c2' });
    await reopen({ livemode: true }).usageRecords.record(record);
    expect(await usage.count()).toBe(2);
  });

  it('refuse an id that is in use under another idempotency key or under none', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = { id: 'u1', customerId: 'c1', limitKey: 'calls', quantity: 2 };
    await usage.record({ ...record, idempotencyKey: 'request-1' });
    for (const idempotencyKey of ['request-2', null, undefined]) {
      await expect(usage.record({ ...record, idempotencyKey })).rejects.toMatchObject({
        conflictType: 'already_exists',
      });
    }
  });

  it('move the counter of the limit once per idempotency key', async () => {
    const { repositories } = await setup();
    const { usageRecords: usage, customerLimits, customers } = repositories;
    await customers.create({ id: 'c1', externalId: 'user-1', email: 'a@b.c' });
    await customerLimits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    const record = { customerId: 'c1', limitKey: 'calls', quantity: 2, idempotencyKey: 'request-1' };
    const first = await usage.record(record, { movesLimit: true });
    expect(await usage.record(record, { movesLimit: true })).toStrictEqual(first);
    expect(await customerLimits.find('c1', 'calls')).toMatchObject({ currentValue: 2 });
  });

  it('come oldest first within a half-open window', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    await record('increment', 3, day(3));
    await record('increment', 1, day(1));
    await record('increment', 2, at('03-02T23:59:59.999'));
    await record('increment', 9, day(2), 'other');
    await record('increment', 9, day(2), 'calls', 'c2');
    const quantities = async (start: Date, end: Date) =>
      (await usage.findByWindow({ ...march, start, end })).map(({ quantity }) => quantity);
    expect(await quantities(day(1), day(3))).toEqual([1, 2]);
    expect(await quantities(day(3), day(4))).toEqual([3]);
    expect(await usage.findByWindow({ ...march, customerId: '\0' })).toEqual([]);
  });

  it('never change, and go only by retention', async () => {
    const { repositories, database } = await setup();
    const { id } = await repositories.usageRecords.record({ customerId: 'c1', limitKey: 'calls', quantity: 2 });
    await expect(database.execute(sql`update qzpay.billing_usage_records set quantity = 3`)).rejects.toThrow();
    await expect(database.execute(sql`delete from qzpay.billing_usage_records`)).rejects.toThrow();
    expect(await repositories.usageRecords.findById(id)).toMatchObject({ quantity: 2 });
  });
});

describeOnEveryDriver('usage totals', (setup) => {
  it('count a record in exactly one of two adjoining windows', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    for (const time of [day(1), at('03-09T23:59:59.999'), day(10), at('03-31T23:59:59.999'), march.end]) {
      await record('increment', 1, time);
    }
    expect(await usage.total({ ...march, end: day(10) })).toBe(2);
    expect(await usage.total({ ...march, start: day(10) })).toBe(2);
    expect(await usage.total(march)).toBe(4);
  });

  it('begin with the last set of the window and add what came after it', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    await record('increment', 5, day(2));
    await record('set', 100, day(3));
    await record('increment', 5, day(4));
    await record('set', 10, day(5));
    await record('increment', 3.5, day(6));
    await record('decrement', 1, day(7));
    expect(await usage.total(march)).toBe(12.5);
    expect(await usage.total({ ...march, end: day(5) })).toBe(105);
    expect(await usage.total({ ...march, end: day(3) })).toBe(5);
    // What was set before the window is not used in it.
    expect(await usage.total({ ...march, start: day(6) })).toBe(2.5);
    expect(await usage.findLastSet('c1', 'calls', day(5))).toMatchObject({ quantity: 100 });
    expect(await usage.findLastSet('c1', 'calls', day(6))).toMatchObject({ quantity: 10 });
    expect(await usage.findLastSet('c1', 'calls', day(3))).toBeNull();
    expect(await usage.findLastSet('c1', '\0', day(3))).toBeNull();
  });

  it('tell records of one instant apart by their id', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const timestamp = day(2);
    const of = { customerId: 'c1', limitKey: 'calls', timestamp };
    await usage.record({ ...of, id: 'c', quantity: 3 });
    await usage.record({ ...of, id: 'b', quantity: 10, action: 'set' });
    await usage.record({ ...of, id: 'a', quantity: 5 });
    expect(await usage.total(march)).toBe(13);
    expect(await usage.total(march, 'last')).toBe(3);
  });

  it('are the sum, the maximum, the last value or the number of records', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    for (const aggregation of ['sum', 'max', 'last', 'count'] as const) {
      expect(await usage.total(march, aggregation)).toBe(0);
    }
    await record('increment', 7, day(2));
    await record('set', 4, day(3));
    await record('decrement', 9, day(4));
    expect(await usage.total(march)).toBe(-5);
    expect(await usage.total(march, 'max')).toBe(7);
    expect(await usage.total(march, 'last')).toBe(-9);
    expect(await usage.total(march, 'count')).toBe(3);
    await expect(usage.total(march, 'median' as 'sum')).rejects.toMatchObject({ field: 'aggregation' });
  });

  it('of all metrics come by metric, each with its own last set', async () => {
    const { repositories, reopen } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    await record('increment', 5, day(2), 'b');
    await record('set', 100, day(3), 'b');
    await record('increment', 3, day(4), 'b');
    await record('increment', 1, day(5), 'a');
    await record('decrement', 0.5, day(5), 'a');
    await record('increment', 1, march.end, 'later');
    await record('increment', 1, day(5), 'a', 'c2');
    expect(await usage.totalsByLimitKey(march)).toStrictEqual([
      { limitKey: 'a', total: 0.5, records: 2 },
      { limitKey: 'b', total: 103, records: 3 },
    ]);
    expect(await usage.totalsByLimitKey({ ...march, customerId: '\0' })).toEqual([]);
    expect(await reopen({ livemode: true }).usageRecords.totalsByLimitKey(march)).toEqual([]);
  });

  it('of each day are those of the day in UTC, whatever the time zone of the session', async () => {
    const { repositories, transaction } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    await record('set', 10, at('03-01T00:00:00.000'));
    await record('increment', 1, at('03-01T23:59:59.999'));
    await record('increment', 2, at('03-02T00:00:00.000'));
    await record('increment', 5, at('03-04T10:00:00.000'));
    await record('set', 1, at('03-04T12:00:00.000'));
    const days = [
      { start: day(1), total: 11, records: 2 },
      { start: day(2), total: 2, records: 1 },
      { start: day(4), total: 1, records: 2 },
    ];
    expect(await usage.totalsByPeriod(march)).toStrictEqual(days);
    await transaction(async () => {
      await execute(usage, sql`set local time zone 'America/New_York'`);
      expect(await usage.totalsByPeriod(march)).toStrictEqual(days);
    });
  });

  it('of hours, weeks and months begin where those begin in UTC', async () => {
    const { repositories } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    await record('increment', 1, at('03-01T23:30:00.000'));
    await record('increment', 2, at('03-02T00:00:00.000'));
    await record('increment', 4, at('03-31T23:59:59.999'));
    const starts = async (period: 'hour' | 'week' | 'month') =>
      (await usage.totalsByPeriod(march, period)).map(({ start, total }) => [start, total]);
    expect(await starts('hour')).toEqual([
      [at('03-01T23:00:00.000'), 1],
      [at('03-02T00:00:00.000'), 2],
      [at('03-31T23:00:00.000'), 4],
    ]);
    expect(await starts('week')).toEqual([
      [at('02-23T00:00:00.000'), 1],
      [at('03-02T00:00:00.000'), 2],
      [at('03-30T00:00:00.000'), 4],
    ]);
    expect(await starts('month')).toEqual([[day(1), 7]]);
    await expect(usage.totalsByPeriod(march, "day'" as 'day')).rejects.toMatchObject({ field: 'period' });
  });

  it('name the metrics that a customer has used', async () => {
    const { repositories, reopen } = await setup();
    const usage = repositories.usageRecords;
    const record = recorder(usage);
    for (const key of ['b', 'a', 'Z', 'b', 'a', 'é']) await record('increment', 1, day(2), key);
    await record('increment', 1, day(2), 'other', 'c2');
    expect(await usage.findLimitKeys('c1')).toEqual(['Z', 'a', 'b', 'é']);
    expect(await usage.findLimitKeys('unknown')).toEqual([]);
    expect(await usage.findLimitKeys('\0')).toEqual([]);
    expect(await reopen({ livemode: true }).usageRecords.findLimitKeys('c1')).toEqual([]);
  });
});

async function withOldRecords(setup: Setup) {
  const bundle = await setup();
  const usage = bundle.repositories.usageRecords;
  const record = recorder(usage);
  for (let number = 1; number <= 5; number += 1) await record('increment', number, day(number));
  return { ...bundle, usage };
}

describeOnEveryDriver('retention of usage', (setup) => {
  it('removes records from before an instant in batches, in this mode only', async () => {
    const { usage, reopen } = await withOldRecords(setup);
    const live = reopen({ livemode: true }).usageRecords;
    await recorder(live)('increment', 1, day(1));
    expect(await usage.purgeBefore(day(4), { limit: 2 })).toBe(2);
    expect(await usage.purgeBefore(day(4), { limit: 2 })).toBe(1);
    expect(await usage.purgeBefore(day(4))).toBe(0);
    expect((await usage.findByWindow(march)).map(({ quantity }) => quantity)).toEqual([4, 5]);
    expect(await live.count()).toBe(1);
    await expect(usage.purgeBefore(day(4), { limit: -1 })).rejects.toMatchObject({ field: 'limit' });
  });

  it('guards the records again for the rest of the transaction around it', async () => {
    const { usage, transaction } = await withOldRecords(setup);
    const after = transaction(async () => {
      expect(await usage.purgeBefore(day(4))).toBe(3);
      await execute(usage, sql`delete from qzpay.billing_usage_records`);
    });
    await expect(after).rejects.toMatchObject({ cause: { code: 'QZ001' } });
    expect(await usage.count()).toBe(5);
  });
});

describeOnServers('simultaneous usage records', (setup) => {
  it('with one idempotency key are one record, which every caller gets', async () => {
    const { repositories } = await setup();
    const { usageRecords: usage, customerLimits, customers } = repositories;
    await customers.create({ id: 'c1', externalId: 'user-1', email: 'a@b.c' });
    await customerLimits.set({ customerId: 'c1', limitKey: 'calls', maxValue: 5 });
    const record = { customerId: 'c1', limitKey: 'calls', quantity: 2, idempotencyKey: 'request-1' };
    for (const id of [undefined, 'same-id']) {
      const idempotencyKey = `request of ${id ?? 'any id'}`;
      const attempts = await tenAtOnce(() => usage.record({ ...record, id, idempotencyKey }, { movesLimit: true }));
      const ids = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value.id : attempt.reason));
      expect(new Set(ids).size).toBe(1);
    }
    expect(await usage.count()).toBe(2);
    expect(await customerLimits.find('c1', 'calls')).toMatchObject({ currentValue: 4 });
  });

  it('come in as new when the record with their key is purged while they look for it', async () => {
    let looked = (): void => {};
    const { repositories, reopen, transaction } = await setup({
      onQuery: ({ name }) => name === 'usageRecords.record' && looked(),
    });
    const { usageRecords: usage, usageRollups } = repositories;
    const elsewhere = reopen({ onQuery: () => {} }).usageRecords;
    const record = { customerId: 'c1', limitKey: 'calls', quantity: 2, idempotencyKey: 'request-1', timestamp: day(1) };
    const { id } = await usage.record(record);
    const again = await transaction(() => {
      looked = () => {
        looked = () => {};
        // The next statement of the transaction waits for this savepoint.
        void transaction(() => elsewhere.purgeBefore(day(2)));
      };
      return usage.record(record);
    });
    expect(again.id).not.toBe(id);
    expect(await usageRollups.verify()).toMatchObject({ agrees: true, records: 1 });
  });

  it('are purged once, however many callers purge at once', async () => {
    const { usage } = await withOldRecords(setup);
    const attempts = await tenAtOnce(() => usage.purgeBefore(day(4), { limit: 1 }));
    const removed = attempts.map((attempt) => (attempt.status === 'fulfilled' ? attempt.value : Number.NaN));
    const rest = await usage.purgeBefore(day(4));
    expect(removed.reduce((sum, count) => sum + count, rest)).toBe(3);
    expect(await usage.count()).toBe(2);
  });
});
