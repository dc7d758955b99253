import assert from 'node:assert/strict';
import type { QZPayUsageEvent, QZPayUsagePeriod } from '@qzpay/core';
import { defineCases } from '../case.js';
import { present, rejectsInvalid, together, UNKNOWN_TEXTS } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { meter } from '../usage.js';

const at = (text: string) => new Date(`2026-01-${text}Z`);

export const usageTotalCases = defineCases<OperationsStorage>('usage', 3, {
  'totals-add-up-what-was-used': [
    'A total adds increments and takes off decrements, whatever their order and however old they are.',
    async ({ storage }) => {
      const { event, total } = await meter(storage);
      const quantities = [0.25, 1000.5, -3, 0, 2 ** 40];
      await storage.usage.ingest(
        quantities.map((quantity, index) =>
          event(`up-${index}`, { quantity, timestamp: at(`0${5 - index}T10:00:00.000`) }),
        ),
      );
      await storage.usage.ingest([
        event('down', { action: 'decrement', quantity: 0.5, timestamp: at('03T10:00:00.000') }),
      ]);
      assert.deepEqual(await total(), { total: 2 ** 40 + 997.25, records: 6 });
      const long = { start: new Date('1999-01-01T00:00:00.000Z') };
      await storage.usage.ingest([event('old', { quantity: 7, timestamp: new Date('1999-05-01T00:00:00.000Z') })]);
      assert.deepEqual(await total(), { total: 2 ** 40 + 997.25, records: 6 });
      assert.deepEqual(await total(long), { total: 2 ** 40 + 1004.25, records: 7 });
    },
  ],
  'a-total-counts-from-the-last-set-on': [
    'A total counts from the value of the last `set` in the window on; the records before it are still counted as records.',
    async ({ storage }) => {
      const { event, total } = await meter(storage);
      const given: Partial<QZPayUsageEvent>[] = [
        { quantity: 3, timestamp: at('02T10:30:00.001') },
        { quantity: 100, timestamp: at('02T10:15:00.000') },
        { action: 'decrement', quantity: 1, timestamp: at('02T11:00:00.000') },
        { action: 'set', quantity: 40, timestamp: at('02T10:30:00.000') },
        { action: 'set', quantity: 7, timestamp: at('01T23:59:59.999') },
        { quantity: 50, timestamp: at('01T12:00:00.000') },
      ];
      for (const [index, changes] of given.entries()) await storage.usage.ingest([event(`event-${index}`, changes)]);
      assert.deepEqual(await total(), { total: 42, records: 6 });
      assert.deepEqual(await total({ end: at('02T10:30:00.000') }), { total: 107, records: 3 });
      assert.deepEqual(await total({ end: at('02T00:00:00.000') }), { total: 7, records: 2 });
      // What a set before the window says does not count.
      assert.deepEqual(await total({ start: at('02T10:30:00.001') }), { total: 2, records: 2 });
      assert.deepEqual(await total({ start: at('02T00:00:00.000'), end: at('02T10:30:00.000') }), {
        total: 100,
        records: 1,
      });
    },
  ],
  'windows-are-half-open': [
    'A window reaches from its start on to before its end, to the millisecond, so that adjoining ones share no record.',
    async ({ storage }) => {
      const { event, total } = await meter(storage);
      const times = ['05T09:59:59.999', '05T10:00:00.000', '05T10:20:00.000', '05T10:20:00.001', '05T11:00:00.000'];
      await storage.usage.ingest(
        times.map((time, index) => event(time, { quantity: 10 ** index, timestamp: at(time) })),
      );
      const windows = [
        ['05T10:00:00.000', '05T11:00:00.000', 1110],
        ['05T10:00:00.000', '05T10:20:00.001', 110],
        ['05T10:20:00.001', '05T11:00:00.001', 11_000],
        ['05T09:59:59.999', '05T10:00:00.000', 1],
        ['05T10:20:00.000', '05T10:20:00.000', 0],
      ] as const;
      for (const [start, end, expected] of windows) {
        assert.equal((await total({ start: at(start), end: at(end) })).total, expected, `${start} to ${end}`);
      }
    },
  ],
  'a-query-without-sense-is-refused': [
    'A window that ends before it starts, and a missing customer or limit key, are `validation` errors and not 0.',
    async ({ storage }) => {
      const { event, query } = await meter(storage);
      await storage.usage.ingest([event('one')]);
      const { start, end, ...of } = query();
      const refused = async (changes: object, field: string) => {
        const wanted = { ...query(), ...changes };
        await rejectsInvalid(storage.usage.total(wanted), field);
        await rejectsInvalid(storage.usage.series(wanted, 'day'), field);
      };
      await refused({ start: end, end: start }, 'end');
      for (const field of Object.keys(of)) await refused({ [field]: undefined }, field);
      await rejectsInvalid(storage.usage.verify({ start: end, end: start }), 'end');
    },
  ],
  'records-of-one-instant-are-ordered-by-their-ids': [
    'Where records share an instant, their ids order them.',
    async ({ storage }) => {
      const { event, total } = await meter(storage);
      const given = Array.from({ length: 9 }, (_, index) =>
        event(`event-${index}`, { action: index % 3 === 1 ? 'set' : 'increment', quantity: 2 ** index }),
      );
      const { verdicts } = await storage.usage.ingest(given.toReversed(), { batchSize: 2 });
      const records = given.toReversed().map((stored, index) => {
        const verdict = present(verdicts[index]);
        assert.ok(verdict.status === 'accepted');
        return { ...stored, id: verdict.recordId };
      });
      const inOrder = records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const expected = inOrder.reduce((sum, { action, quantity }) => (action === 'set' ? quantity : sum + quantity), 0);
      assert.deepEqual(await total(), { total: expected, records: 9 });
    },
  ],
  'nothing-used-is-zero': [
    'A total is 0 without records, whatever text names the customer or the limit.',
    async ({ storage }) => {
      const used = await meter(storage);
      await storage.usage.ingest([used.event('one')]);
      for (const text of UNKNOWN_TEXTS) {
        for (const changes of [{ customerId: text }, { limitKey: text }]) {
          assert.deepEqual(await used.total(changes), { total: 0, records: 0 });
          assert.deepEqual(await storage.usage.series(used.query(changes), 'day'), []);
        }
      }
      assert.deepEqual((await storage.usage.verify({ customerId: 'unknown' })).records, 0);
    },
  ],
  'a-series-is-the-totals-of-its-periods': [
    'A series tells the window by period in UTC, ascending, each like the total of its part; empty periods are left out.',
    async ({ storage }) => {
      const { event, query, total } = await meter(storage);
      // The 4th and the 11th are Sundays.
      const times = [
        '04T23:59:59.999',
        '05T00:00:00.000',
        '05T00:59:59.999',
        '05T01:00:00.000',
        '11T12:00:00.000',
        '12T00:00:00.000',
      ];
      const window = { start: at('04T23:30:00.000'), end: new Date('2026-02-01T00:00:00.001Z') };
      const stamps = [...times.map(at), new Date('2026-02-01T00:00:00.000Z')];
      await storage.usage.ingest(
        stamps.map((timestamp, index) =>
          event(`event-${index}`, { quantity: 2 ** index, timestamp, action: index === 3 ? 'set' : 'increment' }),
        ),
      );
      const starts: Record<QZPayUsagePeriod, readonly string[]> = {
        hour: ['01-04T23', '01-05T00', '01-05T01', '01-11T12', '01-12T00', '02-01T00'],
        day: ['01-04T00', '01-05T00', '01-11T00', '01-12T00', '02-01T00'],
        week: ['2025-12-29T00', '01-05T00', '01-12T00', '01-26T00'],
        month: ['01-01T00', '02-01T00'],
      };
      for (const [period, texts] of Object.entries(starts) as [QZPayUsagePeriod, readonly string[]][]) {
        const instants = texts.map((text) => new Date(`${text.length > 8 ? text : `2026-${text}`}:00:00.000Z`));
        const points = await storage.usage.series(query(window), period);
        assert.deepEqual(
          points.map(({ start }) => start),
          instants,
          period,
        );
        for (const [index, { start, ...point }] of points.entries()) {
          const part = {
            start: new Date(Math.max(start.getTime(), window.start.getTime())),
            end: instants[index + 1] ?? window.end,
          };
          assert.deepEqual(point, await total(part), `${period} of ${start.toISOString()}`);
        }
      }
    },
  ],
  'unknown-periods-are-refused': [
    'A series by an unknown period is refused.',
    async ({ storage }) => {
      const { query } = await meter(storage);
      for (const period of ['year', '', 'toString'] as unknown as QZPayUsagePeriod[]) {
        await rejectsInvalid(storage.usage.series(query(), period), 'period');
      }
    },
  ],
  'sums-agree-with-records-while-others-write': [
    'A verification compares sums and records of one moment, also while others write.',
    async ({ storage }) => {
      const used = await meter(storage);
      const spread = (caller: number, index: number) =>
        new Date(at('10T00:00:00.000').getTime() + (caller + index) * 1_800_000);
      const { rejected } = await together(8, async (caller) => {
        if (caller % 2 === 1) {
          for (let round = 0; round < 3; round += 1) {
            assert.equal((await storage.usage.verify()).agrees, true);
          }
          return;
        }
        const own = Array.from({ length: 12 }, (_, index) =>
          used.event(`${caller}-${index}`, { quantity: index, timestamp: spread(caller, index) }),
        );
        await storage.usage.ingest(own, { batchSize: 3 });
      });
      assert.deepEqual(rejected, []);
      const expected = { agrees: true, hours: 9, records: 48, differing: 0, differences: [] };
      assert.deepEqual(await storage.usage.verify(), expected);
      assert.deepEqual(await used.total(), { total: 4 * 66, records: 48 });
    },
  ],
  'a-verification-keeps-to-its-scope': [
    'A verification reads the hours that begin from `start` on and before `end`, of the customer if one is named.',
    async ({ storage }) => {
      const [one, other] = [await meter(storage, 'one'), await meter(storage, 'other')];
      const times = ['06T10:00:00.000', '06T10:59:00.000', '06T11:30:00.000', '06T13:00:00.000'].map(at);
      const of = ({ event }: typeof one) => times.map((timestamp, index) => event(`event-${index}`, { timestamp }));
      await storage.usage.ingest([...of(one), ...of(other).slice(0, 1)]);
      const found = async (scope: Parameters<OperationsStorage['usage']['verify']>[0]) => {
        const { hours, records } = await storage.usage.verify(scope);
        return [hours, records];
      };
      assert.deepEqual(await found({}), [4, 5]);
      assert.deepEqual(await found({ customerId: one.customerId }), [3, 4]);
      assert.deepEqual(await found({ start: at('06T10:00:00.001') }), [2, 2]);
      assert.deepEqual(await found({ customerId: one.customerId, end: at('06T11:00:00.001') }), [2, 3]);
      assert.deepEqual(await found({ start: at('06T11:00:00.000'), end: at('06T13:00:00.000') }), [1, 1]);
    },
  ],
});
