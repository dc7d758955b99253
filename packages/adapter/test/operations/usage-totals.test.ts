import type { QZPayUsageAction, QZPayUsageTotal } from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';
import { at, event, HOUR, march, noon, ofCalls, withCustomers } from '../support/usage.js';

interface Fact {
  readonly quantity: number;
  readonly action: QZPayUsageAction;
  readonly timestamp: Date;
  readonly id: string;
}

/** What a total is, told the slow way: facts in order, each applied to the value before it. */
function fold(facts: readonly Fact[], { start, end }: { readonly start: Date; readonly end: Date }): QZPayUsageTotal {
  const inWindow = facts
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime() || (a.id < b.id ? -1 : 1));
  const total = inWindow.reduce((value, { action, quantity }) => {
    if (action === 'set') return quantity;
    return action === 'decrement' ? value - quantity : value + quantity;
  }, 0);
  return { total, records: inWindow.length };
}

const PERIODS = {
  hour: (time: Date) => new Date(Math.floor(time.getTime() / HOUR) * HOUR),
  day: (time: Date) => new Date(Math.floor(time.getTime() / (24 * HOUR)) * 24 * HOUR),
  month: (time: Date) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth())),
};

function seriesOf(facts: readonly Fact[], window: { start: Date; end: Date }, periodOf: (time: Date) => Date) {
  const starts = [...new Set(facts.map(({ timestamp }) => periodOf(timestamp).getTime()))].sort((a, b) => a - b);
  return starts
    .map((start) => {
      const inPeriod = facts.filter(({ timestamp }) => periodOf(timestamp).getTime() === start);
      return { start: new Date(start), ...fold(inPeriod, window) };
    })
    .filter(({ records }) => records > 0);
}

/** Few hours around the end of a month, few instants in each: sets share hours and instants with other facts. */
const instants = fc
  .tuple(fc.integer({ min: -4, max: 30 }), fc.constantFrom(0, 1, HOUR / 2, HOUR - 1))
  .map(([hour, rest]) => new Date(march.end.getTime() - 24 * HOUR + hour * HOUR + rest));
const facts = fc.array(
  fc.record({
    quantity: fc.integer({ min: -50, max: 50 }),
    action: fc.constantFrom<QZPayUsageAction>('increment', 'increment', 'decrement', 'set'),
    timestamp: instants,
  }),
  { maxLength: 60 },
);

describeOnEveryDriver('usage totals', (setup) => {
  it('and series are those of the facts, in whatever order, batches and hours they came, and after retention', async () => {
    const { usage, storage, query } = await withCustomers(setup);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        facts,
        fc.array(instants, { minLength: 2, maxLength: 6 }),
        instants,
        async (given, ends, cut) => {
          run += 1;
          const limitKey = `run ${run}`;
          const events = given.map((fact) => event({ ...fact, limitKey }));
          const { verdicts } = await usage.ingest(events, { batchSize: 7 });
          const stored: Fact[] = verdicts.map((verdict, index) => ({
            ...(given[index] as (typeof given)[number]),
            id: 'recordId' in verdict ? verdict.recordId : '',
          }));
          const agree = async (remaining: readonly Fact[]) => {
            for (const [index, start] of ends.entries()) {
              const other = ends[(index + 1) % ends.length] as Date;
              const window = start < other ? { start, end: other } : { start: other, end: start };
              const wanted = { customerId: 'c1', limitKey, ...window };
              expect(await usage.total(wanted)).toStrictEqual(fold(remaining, window));
              for (const [period, periodOf] of Object.entries(PERIODS)) {
                expect(await usage.series(wanted, period as keyof typeof PERIODS)).toStrictEqual(
                  seriesOf(remaining, window, periodOf),
                );
              }
            }
            expect(await usage.verify()).toMatchObject({ agrees: true });
          };
          await agree(stored);
          await storage.repositories.usageRecords.purgeBefore(cut);
          await agree(stored.filter(({ timestamp }) => timestamp >= cut));
        },
      ),
      { numRuns: 25 },
    );
    const emptied = `select 1 from billing_usage_rollups where events = 0`;
    await storage.repositories.usageRecords.purgeBefore(new Date('2027-01-01T00:00:00.000Z'));
    expect(await query(emptied)).toEqual([]);
  });

  it('hold fractions exactly', async () => {
    const { usage } = await withCustomers(setup);
    await usage.ingest([
      event({ quantity: 0.1 }),
      event({ quantity: 0.2 }),
      event({ quantity: 1e-7, action: 'decrement' }),
    ]);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 0.2999999, records: 3 });
  });

  it('take in late events, and records of the contract', async () => {
    const { usage, storage } = await withCustomers(setup);
    await usage.ingest([event({ timestamp: at('10T12:30:00.000') }), event({ action: 'set', quantity: 10 })]);
    expect(await usage.total(ofCalls)).toMatchObject({ total: 11 });
    await usage.ingest([
      event({ timestamp: at('10T12:00:00.001'), quantity: 5 }),
      event({ timestamp: at('02T00:00:00.000') }),
    ]);
    const record = { id: 'u1', customerId: 'c1', limitKey: 'calls', quantity: 2, metadata: {} } as const;
    await storage.limits.recordUsage({ ...record, action: 'decrement', timestamp: at('10T13:00:00.000') });
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 14, records: 5 });
    expect(await usage.verify()).toMatchObject({ agrees: true, hours: 3, records: 5 });
  });

  it('of what nobody could have used are 0', async () => {
    const { usage } = await withCustomers(setup);
    for (const customerId of ['nobody', '\0', 'x'.repeat(600)]) {
      expect(await usage.total({ ...ofCalls, customerId })).toStrictEqual({ total: 0, records: 0 });
      expect(await usage.series({ ...ofCalls, limitKey: customerId }, 'day')).toEqual([]);
      expect(await usage.verify({ customerId })).toMatchObject({ agrees: true, hours: 0 });
    }
    await expect(usage.series(ofCalls, untyped('decade'))).rejects.toMatchObject({ field: 'period' });
    for (const end of [new Date(Number.NaN), new Date(8.64e15), untyped<Date>('2026-01-01')]) {
      const refused = { name: 'QZPayValidationError', field: 'end' };
      await expect(usage.total({ ...ofCalls, end })).rejects.toMatchObject(refused);
      await expect(usage.verify({ end })).rejects.toMatchObject(refused);
    }
  });
});

describeOnEveryDriver('usage.verify', (setup) => {
  it('compares the first and the last hour of time as well', async () => {
    const { usage, query } = await withCustomers(setup);
    const [first, last] = [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];
    await usage.ingest([event({ timestamp: first }), event({ timestamp: last })]);
    await query('delete from billing_usage_rollups');
    expect(await usage.verify()).toMatchObject({ hours: 2, records: 2, differing: 2 });
    expect(await usage.verify({ end: first })).toMatchObject({ agrees: true, hours: 0 });
    expect(await usage.verify({ start: last })).toMatchObject({ agrees: true, hours: 0 });
  });

  it('finds sums that are not those of the records, in its scope', async () => {
    const { usage, query } = await withCustomers(setup);
    const later = new Date(noon.getTime() + HOUR);
    await usage.ingest([event({ quantity: 3 }), event({ timestamp: later }), event({ customerId: 'c2' })]);
    await query(`update billing_usage_rollups set quantity = 4 where customer_id = 'c1' and quantity = 3`);
    await query(`delete from billing_usage_rollups where customer_id = 'c2'`);
    await query(`insert into billing_usage_rollups (livemode, customer_id, limit_key, hour, quantity, events)
      values (false, 'c2', 'ghost', '2026-03-01', 0, 1)`);
    const calls = { limitKey: 'calls', hour: noon };
    const c1 = { ...calls, customerId: 'c1', facts: { quantity: 3, records: 1 }, rollup: { quantity: 4, records: 1 } };
    const c2 = { ...calls, customerId: 'c2', facts: { quantity: 1, records: 1 }, rollup: { quantity: 0, records: 0 } };
    const ghost = {
      customerId: 'c2',
      limitKey: 'ghost',
      hour: march.start,
      facts: { quantity: 0, records: 0 },
      rollup: { quantity: 0, records: 1 },
    };
    const differences = [c1, c2, ghost];
    expect(await usage.verify()).toStrictEqual({ agrees: false, hours: 4, records: 3, differing: 3, differences });
    expect(await usage.verify({ customerId: 'c1' })).toMatchObject({ hours: 2, differences: [c1] });
    expect(await usage.verify({ end: noon })).toMatchObject({ hours: 1, differences: [ghost] });
    expect(await usage.verify({ customerId: 'c1', start: later })).toMatchObject({
      agrees: true,
      hours: 1,
      records: 1,
    });
  });
});
