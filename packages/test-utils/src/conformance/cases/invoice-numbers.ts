import assert from 'node:assert/strict';
import type { QZPayInvoice, QZPayInvoiceStorage } from '@qzpay/core';
import { hold, Undone, undo } from '../barrier.js';
import { defineCases, type QZPayConformanceStorage } from '../case.js';
import { present, rejectsNotFound, together } from '../expectations.js';
import { insertDrafts } from '../invoice-drafts.js';

/** What level 2 adds to an invoice. */
interface NumberedInvoice extends QZPayInvoice {
  /** Null until it is finalized. */
  readonly number: string | null;
}

/** What level 2 adds to the invoices: the only way to a number. */
interface NumberingStorage extends QZPayConformanceStorage {
  readonly invoices: QZPayInvoiceStorage & {
    finalize(id: string, options?: { readonly series?: string; readonly period?: string }): Promise<NumberedInvoice>;
  };
}

const numberOf = (invoice: unknown): string | null => {
  const { number } = present(invoice) as { number?: unknown };
  assert.ok(number === null || (typeof number === 'string' && number.length > 0), 'The invoice has no field `number`.');
  return number;
};

/** The numbers that these drafts would get, one after another; none of them is used up. */
async function nextNumbers(
  storage: NumberingStorage,
  ids: readonly string[],
  options?: { readonly series?: string; readonly period?: string },
): Promise<string[]> {
  const numbers: string[] = [];
  await assert.rejects(
    storage.transaction(async () => {
      for (const id of ids) numbers.push(present(numberOf(await storage.invoices.finalize(id, options))));
      undo();
    }),
    Undone,
  );
  return numbers;
}

const byNumber = new Intl.Collator('en', { numeric: true });

export const invoiceNumberCases = defineCases<NumberingStorage>('invoice-numbers', 2, {
  'finalizing-opens-and-numbers-a-draft': [
    'Finalizing turns a draft into an open invoice with a number; nothing else of it changes but the time of its last change.',
    async ({ storage, clock }) => {
      const [id = ''] = await insertDrafts(storage, 1);
      const draft = present(await storage.invoices.findById(id));
      assert.equal(numberOf(draft), null);
      clock.advance(1000);
      const invoice = await storage.invoices.finalize(id);
      assert.ok(numberOf(invoice) !== null);
      assert.equal(invoice.status, 'open');
      assert.deepEqual(await storage.invoices.findById(id), invoice);
      assert.deepEqual((await storage.invoices.list()).data, [invoice]);
      const expected = { status: 'open', updatedAt: clock.now() } as const;
      // What a storage tells beyond the contract, such as a version, may change too.
      for (const [field, value] of Object.entries({ ...draft, ...expected })) {
        if (['number', 'version', 'finalizedAt'].includes(field)) continue;
        assert.deepEqual((invoice as unknown as Record<string, unknown>)[field], value, field);
      }
    },
  ],
  'an-invoice-is-numbered-once': [
    'An invoice that has a number is returned unchanged, whatever has become of it, and takes no further number.',
    async ({ storage, clock }) => {
      const [id = '', other = ''] = await insertDrafts(storage, 2);
      const [first, second] = await nextNumbers(storage, [id, other]);
      const invoice = await storage.invoices.finalize(id);
      assert.equal(invoice.number, first);
      clock.advance(1000);
      assert.deepEqual(await storage.invoices.finalize(id), invoice);
      const paid = await storage.invoices.update(id, { status: 'paid' });
      assert.deepEqual(await storage.invoices.finalize(id, { series: 'OTHER' }), paid);
      const { fulfilled } = await together(5, () => storage.invoices.finalize(id));
      assert.deepEqual(
        fulfilled,
        Array.from({ length: 5 }, () => paid),
      );
      assert.equal((await storage.invoices.finalize(other)).number, second);
    },
  ],
  'parallel-callers-number-an-invoice-once': [
    'Of several callers that finalize the same draft each gets the one number that it has.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 4);
      const expected = await nextNumbers(storage, ids);
      for (const [index, id] of ids.entries()) {
        const { fulfilled, rejected } = await together(6, () => storage.invoices.finalize(id));
        assert.deepEqual(rejected, []);
        assert.deepEqual([...new Set(fulfilled.map(numberOf))], [expected[index]]);
      }
    },
  ],
  'numbers-ascend': [
    'Numbers are unique and ascend in the order in which the invoices are finalized.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 12);
      const numbers: string[] = [];
      for (const id of ids.toReversed()) numbers.push(present(numberOf(await storage.invoices.finalize(id))));
      assert.equal(new Set(numbers).size, 12);
      assert.deepEqual(numbers, numbers.toSorted(byNumber.compare));
    },
  ],
  'parallel-callers-leave-no-gap': [
    'Numbers have no gaps and no duplicates, however many callers finalize at once.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 10);
      const expected = await nextNumbers(storage, ids);
      const { fulfilled, rejected } = await together(10, (index) => storage.invoices.finalize(ids[index] ?? ''));
      assert.deepEqual(rejected, []);
      const numbers = fulfilled.map((invoice) => present(numberOf(invoice)));
      assert.deepEqual(numbers.toSorted(byNumber.compare), expected.toSorted(byNumber.compare));
      const stored = (await storage.invoices.list()).data.map((invoice) => present(numberOf(invoice)));
      assert.deepEqual(stored.toSorted(byNumber.compare), expected.toSorted(byNumber.compare));
    },
  ],
  'a-rollback-gives-the-number-back': [
    'A rollback gives the number back, to the next one and to the one that waited for it.',
    async ({ storage }) => {
      const [first = '', second = ''] = await insertDrafts(storage, 2);
      const [expected] = await nextNumbers(storage, [first]);
      assert.equal(numberOf(await storage.invoices.findById(first)), null);
      assert.equal((await storage.invoices.findById(first))?.status, 'draft');
      const held = await hold(storage, () => storage.invoices.finalize(first));
      const waiting = storage.invoices.finalize(second);
      held.rollBack();
      await held.ended;
      assert.equal((await waiting).number, expected);
      assert.equal(numberOf(await storage.invoices.findById(first)), null);
    },
  ],
  'a-rollback-of-a-nested-transaction-gives-the-number-back': [
    'A nested transaction that rolls back gives its number back to the outer one.',
    async ({ storage }) => {
      const [first = '', second = ''] = await insertDrafts(storage, 2);
      const expected = await nextNumbers(storage, [second]);
      const number = await storage.transaction(async () => {
        await nextNumbers(storage, [first]);
        return (await storage.invoices.finalize(second)).number;
      });
      assert.deepEqual([number], expected);
    },
  ],
  'failures-burn-no-number': [
    'Finalizing what is unknown or has a number takes none.',
    async ({ storage }) => {
      const [first = '', second = ''] = await insertDrafts(storage, 2);
      const expected = await nextNumbers(storage, [first, second]);
      await storage.invoices.finalize(first);
      await storage.invoices.finalize(first);
      await rejectsNotFound(storage.invoices.finalize('unknown'), 'Invoice');
      await rejectsNotFound(storage.invoices.finalize('nul\0'), 'Invoice');
      assert.equal((await storage.invoices.finalize(second)).number, expected[1]);
    },
  ],
  'updates-never-number': [
    'An update never gives, takes or changes a number.',
    async ({ storage }) => {
      const [id = '', other = ''] = await insertDrafts(storage, 2);
      const given = { number: 'GIVEN-1', status: 'open' } as Partial<QZPayInvoice>;
      assert.equal(numberOf(await storage.invoices.update(id, given)), null);
      const { number } = await storage.invoices.finalize(other);
      const patches: Partial<QZPayInvoice>[] = [given, { status: 'draft' }, { lines: [] }];
      for (const patch of [...patches, { number: null } as Partial<QZPayInvoice>]) {
        assert.equal(numberOf(await storage.invoices.update(other, patch)), number);
      }
    },
  ],
  'series-and-periods-count-on-their-own': [
    'Every series and period counts on its own, and no two invoices have the same number.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 9);
      const options = [{ series: 'A' }, { series: 'B' }, { series: 'A', period: '2031' }] as const;
      const alone: string[][] = [];
      for (const one of options) alone.push(await nextNumbers(storage, ids.slice(0, 3), one));
      const counted: string[][] = [[], [], []];
      for (const [index, id] of ids.entries()) {
        const { number } = await storage.invoices.finalize(id, options[index % 3] ?? {});
        counted[index % 3]?.push(present(number));
      }
      assert.deepEqual(counted, alone);
      assert.equal(new Set(counted.flat()).size, 9);
    },
  ],
  'the-period-is-the-year-of-the-clock': [
    "Unless told otherwise the period is the year of the storage's clock.",
    async ({ storage, clock }) => {
      const [first = '', second = '', third = ''] = await insertDrafts(storage, 3);
      clock.set('2026-12-31T12:00:00.000Z');
      const [expected] = await nextNumbers(storage, [first], { period: '2026' });
      assert.equal((await storage.invoices.finalize(first)).number, expected);
      clock.set('2027-01-01T12:00:00.000Z');
      const [next, after] = await nextNumbers(storage, [second, third], { period: '2027' });
      assert.equal((await storage.invoices.finalize(second)).number, next);
      assert.equal((await storage.invoices.finalize(third)).number, after);
    },
  ],
  'modes-count-on-their-own': [
    'Live and test invoices are numbered independently, and can have the same number.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const ids = await insertDrafts(storage, 3);
      await insertDrafts(live, 3);
      const expected = await nextNumbers(storage, ids);
      for (const handle of [storage, live]) {
        const numbers: (string | null)[] = [];
        for (const id of ids) numbers.push((await handle.invoices.finalize(id)).number);
        assert.deepEqual(numbers, expected);
      }
      const [foreign = ''] = await insertDrafts(live, 1, 'live');
      await rejectsNotFound(storage.invoices.finalize(foreign), 'Invoice');
      assert.equal(numberOf(await live.invoices.findById(foreign)), null);
    },
  ],
  'a-transaction-numbers-together-with-what-else-it-does': [
    'Numbers of one transaction are consecutive, and committed together with all else.',
    async ({ storage }) => {
      const ids = await insertDrafts(storage, 4);
      const expected = await nextNumbers(storage, ids);
      const finalize = async (some: readonly string[]) =>
        new Set((await Promise.all(some.map((id) => storage.invoices.finalize(id)))).map(numberOf));
      assert.deepEqual(await storage.transaction(() => finalize(ids.slice(0, 2))), new Set(expected.slice(0, 2)));
      assert.deepEqual(await finalize(ids.slice(2)), new Set(expected.slice(2)));
    },
  ],
});
