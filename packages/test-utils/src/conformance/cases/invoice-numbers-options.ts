import assert from 'node:assert/strict';
import type { QZPayInvoiceNumberOptions } from '@qzpay/core';
import { hold, Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { rejectsConflict, rejectsInvalid, rejectsNotFound, retrying, together } from '../expectations.js';
import { insertDrafts } from '../invoice-drafts.js';
import type { OperationsStorage } from '../operations.js';

const VALID = { valid: true, missing: 0, gaps: [], duplicates: [], beyond: 0 };

async function finalizeAll(
  storage: OperationsStorage,
  ids: readonly string[],
  options?: QZPayInvoiceNumberOptions,
): Promise<(string | null)[]> {
  const numbers: (string | null)[] = [];
  for (const id of ids) numbers.push((await storage.invoices.finalize(id, options)).number);
  return numbers;
}

/** Options that make no number. */
const BAD: readonly [field: string, options: QZPayInvoiceNumberOptions][] = [
  ['series', { series: '' }],
  ['prefix', { prefix: '' }],
  ...['', '26', '20260', 'ALL', '2026-01', ' 2026'].map((period): [string, QZPayInvoiceNumberOptions] => [
    'period',
    { period },
  ]),
  ...[0, 16, -1, 1.5, Number.NaN].map((width): [string, QZPayInvoiceNumberOptions] => ['width', { width }]),
];

export const invoiceNumberOptionCases = defineCases<OperationsStorage>('invoice-numbers', 3, {
  'numbers-are-written-as-the-options-say': [
    'A number is prefix, year and count, by default `INV`, the year of the clock and six digits.',
    async ({ storage, clock }) => {
      const ids = await insertDrafts(storage, 14);
      const cases: readonly [QZPayInvoiceNumberOptions | undefined, string][] = [
        [undefined, 'INV-2026-000001'],
        [{}, 'INV-2026-000002'],
        [{ series: 'INV', period: '2026', prefix: 'INV', width: 6 }, 'INV-2026-000003'],
        [{ series: undefined, period: undefined, prefix: undefined, width: undefined }, 'INV-2026-000004'],
        [{ width: 1 }, 'INV-2026-5'],
        [{ width: 15 }, 'INV-2026-000000000000006'],
        [{ prefix: 'FV' }, 'FV-2026-000007'],
        [{ series: 'CREDIT' }, 'CREDIT-2026-000001'],
        [{ series: 'CREDIT', prefix: 'CN', width: 3 }, 'CN-2026-002'],
        [{ period: '1999' }, 'INV-1999-000001'],
        [{ period: 'all' }, 'INV-000001'],
        [{ series: 'A-B é', period: 'all', width: 2 }, 'A-B é-01'],
      ];
      for (const [index, [options, number]] of cases.entries()) {
        assert.equal((await storage.invoices.finalize(ids[index] ?? '', options)).number, number);
      }
      clock.set('2027-06-01T12:00:00.000Z');
      assert.deepEqual(await finalizeAll(storage, ids.slice(12, 13)), ['INV-2027-000001']);
      assert.deepEqual(await finalizeAll(storage, ids.slice(13), { period: 'all' }), ['INV-000002']);
    },
  ],
  'a-count-may-outgrow-its-width': [
    'The width is a minimum: a count with more digits is written whole.',
    async ({ storage }) => {
      const numbers = await finalizeAll(storage, await insertDrafts(storage, 11), { series: 'S', width: 1 });
      assert.deepEqual(numbers.slice(8), ['S-2026-9', 'S-2026-10', 'S-2026-11']);
    },
  ],
  'options-that-make-no-number-are-refused': [
    'Options that make no number are refused with their name; none is used up, and the draft stays one.',
    async ({ storage }) => {
      const [id = ''] = await insertDrafts(storage, 1);
      for (const [field, options] of BAD) await rejectsInvalid(storage.invoices.finalize(id, options), field);
      for (const [field, options] of BAD.filter(([name]) => name !== 'width')) {
        await rejectsInvalid(storage.invoices.verifyNumbers(options), field);
      }
      assert.equal((await storage.invoices.findById(id))?.status, 'draft');
      assert.deepEqual(await finalizeAll(storage, [id]), ['INV-2026-000001']);
    },
  ],
  'what-was-opened-without-a-number-gets-one': [
    'An invoice that is no draft any more and has no number gets the next one; its status stays.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 3);
      for (const [index, status] of (['open', 'paid', 'uncollectible'] as const).entries()) {
        const id = ids[index] ?? '';
        await storage.invoices.update(id, { status });
        const finalized = await storage.invoices.finalize(id);
        assert.deepEqual([finalized.status, finalized.number], [status, `INV-2026-00000${index + 1}`]);
        assert.deepEqual(await storage.invoices.findById(id), finalized);
      }
    },
  ],
  'a-void-invoice-gets-no-number': [
    'A void invoice without a number is refused as `incompatible` and uses none up; one that has a number keeps it.',
    async ({ storage }) => {
      const [numbered = '', voided = '', next = ''] = await insertDrafts(storage, 3);
      const { number } = await storage.invoices.finalize(numbered);
      for (const id of [numbered, voided]) await storage.invoices.update(id, { status: 'void' });
      const before = await storage.invoices.findById(voided);
      await rejectsConflict(storage.invoices.finalize(voided), 'incompatible');
      assert.deepEqual(await storage.invoices.findById(voided), before);
      assert.equal((await storage.invoices.finalize(numbered)).number, number);
      assert.deepEqual(await finalizeAll(storage, [next]), ['INV-2026-000002']);
    },
  ],
  'who-waits-for-an-invoice-takes-no-number': [
    'A caller that finalizes what another transaction has just finalized gets that number, and takes none of its own.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 4);
      for (const [index, id] of ids.entries()) {
        const held = await hold(storage, () => storage.invoices.finalize(id));
        const waiting = storage.invoices.finalize(id);
        // Its turn on the way to the data, where callers have ways of their own.
        if (storage.capabilities.concurrentTransactions) await storage.plans.list();
        held.commit();
        assert.equal((await waiting).number, `INV-2026-00000${index + 1}`);
        await held.ended;
      }
      assert.equal((await storage.invoices.verifyNumbers()).lastValue, 4);
    },
  ],
  'a-number-that-is-taken-is-refused': [
    'When another invoice carries the text already, finalizing is refused as `already_exists` and the number stays free.',
    async ({ storage }) => {
      const [first = '', second = ''] = await insertDrafts(storage, 2);
      await storage.invoices.finalize(first, { series: 'A' });
      const before = await storage.invoices.findById(second);
      const taken = { series: 'B', prefix: 'A' };
      await rejectsConflict(storage.invoices.finalize(second, taken), 'already_exists');
      assert.deepEqual(await storage.invoices.findById(second), before);
      assert.equal((await storage.invoices.verifyNumbers(taken)).lastValue, 0);
      assert.deepEqual(await finalizeAll(storage, [second], { series: 'B' }), ['B-2026-000001']);
    },
  ],
  'a-verified-series-has-every-number-once': [
    'A check finds a series valid when each number up to the last one is on one invoice, whatever became of the invoice.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 5);
      const report = { ...VALID, series: 'INV', period: '2026' };
      assert.deepEqual(await storage.invoices.verifyNumbers(), { ...report, lastValue: 0, invoices: 0 });
      await finalizeAll(storage, ids.slice(0, 2));
      await finalizeAll(storage, ids.slice(2, 4), { width: 2 });
      await storage.invoices.update(ids[1] ?? '', { status: 'void' });
      const undone = storage.transaction(async () => {
        await finalizeAll(storage, ids.slice(4));
        assert.equal((await storage.invoices.verifyNumbers()).lastValue, 5);
        undo();
      });
      await assert.rejects(undone, Undone);
      assert.deepEqual(await storage.invoices.verifyNumbers(), { ...report, lastValue: 4, invoices: 4 });
    },
  ],
  'a-check-finds-missing-numbers': [
    'A check tells the numbers that no invoice carries, in runs with both ends.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 9);
      // One counter writes with two prefixes: under either of them the numbers of the other are missing.
      const shape = 'ooxooxxxo';
      for (const [index, id] of ids.entries()) {
        await storage.invoices.finalize(id, { series: 'S', prefix: shape[index] === 'x' ? 'X' : 'O' });
      }
      const expected = { series: 'S', period: '2026', valid: false, lastValue: 9, duplicates: [], beyond: 0 };
      assert.deepEqual(await storage.invoices.verifyNumbers({ series: 'S', prefix: 'O' }), {
        ...expected,
        invoices: 5,
        missing: 4,
        gaps: [
          { from: 3, to: 3 },
          { from: 6, to: 8 },
        ],
      });
      assert.deepEqual(await storage.invoices.verifyNumbers({ series: 'S', prefix: 'X' }), {
        ...expected,
        invoices: 4,
        missing: 5,
        gaps: [
          { from: 1, to: 2 },
          { from: 4, to: 5 },
          { from: 9, to: 9 },
        ],
      });
    },
  ],
  'a-check-finds-repeated-numbers-and-those-beyond': [
    'A check tells the numbers that several invoices carry in different writing, and how many are beyond the counter.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 6);
      await finalizeAll(storage, ids.slice(0, 2), { series: 'A' });
      await finalizeAll(storage, ids.slice(2), { series: 'B', prefix: 'A', width: 2 });
      assert.deepEqual(await storage.invoices.verifyNumbers({ series: 'A' }), {
        series: 'A',
        period: '2026',
        valid: false,
        lastValue: 2,
        invoices: 6,
        missing: 0,
        gaps: [],
        duplicates: [1, 2],
        beyond: 2,
      });
    },
  ],
  'a-check-looks-at-its-own-series-only': [
    'A check looks at one series in one period of one mode; a number of another form is none of its own.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const each = [{}, { period: 'all' }, { series: 'IN' }, { series: 'INV-2' }, { period: '2025' }];
      const ids = await insertDrafts(storage, each.length);
      for (const [index, options] of each.entries()) await finalizeAll(storage, ids.slice(index, index + 1), options);
      await finalizeAll(live, await insertDrafts(live, 2));
      for (const options of each) {
        const { series, period, ...report } = await storage.invoices.verifyNumbers(options);
        assert.deepEqual([series, period], [options.series ?? 'INV', options.period ?? '2026']);
        assert.deepEqual(report, { ...VALID, lastValue: 1, invoices: 1 });
      }
      assert.equal((await live.invoices.verifyNumbers()).lastValue, 2);
      assert.equal((await live.invoices.verifyNumbers({ series: 'IN' })).invoices, 0);
    },
  ],
  'a-check-is-of-one-moment': [
    'A check reads counter and invoices at one moment, also while others finalize, and changes nothing.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 12);
      const { rejected } = await together(8, async (caller) => {
        if (caller % 2 === 0) return void (await finalizeAll(storage, ids.slice(caller * 1.5, caller * 1.5 + 3)));
        for (let round = 0; round < 3; round += 1) {
          const { lastValue, invoices, ...report } = await storage.invoices.verifyNumbers();
          assert.deepEqual({ ...report, invoices }, { ...VALID, series: 'INV', period: '2026', invoices: lastValue });
        }
      });
      assert.deepEqual(rejected, []);
      assert.equal((await storage.invoices.verifyNumbers()).lastValue, 12);
    },
  ],
  'every-interrupted-series-goes-on-without-a-gap': [
    'No crash leaves a gap: after an interruption the series goes on where what is stored ends.',
    async ({ storage, interrupt }) => {
      const ids = await insertDrafts(storage, 3);
      await finalizeAll(storage, ids.slice(0, 1));
      await storage
        .transaction(async () => {
          await finalizeAll(storage, ids.slice(1, 2));
          undo();
        })
        .catch((error: unknown) => assert.ok(error instanceof Undone));
      await interrupt();
      assert.deepEqual(await retrying(() => finalizeAll(storage, ids.slice(1))), [
        'INV-2026-000002',
        'INV-2026-000003',
      ]);
      await rejectsNotFound(storage.invoices.finalize('unknown'), 'Invoice');
      assert.equal((await storage.invoices.verifyNumbers()).valid, true);
    },
  ],
});
