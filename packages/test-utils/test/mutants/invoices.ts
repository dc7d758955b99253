import type { QZPayInvoice } from '@qzpay/core';
import { answering, failing, type Mutant, outsider, override, type Storage, tick, without } from './mutant.js';

const WHOLE = 'invoice with its lines or nothing';
const NUMBERS = 'invoice numbers without gaps or duplicates';

type Numbered = Awaited<ReturnType<Storage['invoices']['finalize']>>;

/** Numbers invoices in another way: `take` gives the number of one that has none. */
function numbering(
  harness: Parameters<typeof override>[0],
  take: (invoice: Numbered, sound: Storage) => Promise<string>,
) {
  const numbers = new Map<string, string>();
  const broken = override(harness, (sound) => ({
    invoices: {
      async finalize(id, options) {
        const draft = await sound.invoices.findById(id);
        const finalized = await sound.invoices.finalize(id, options);
        if (draft?.number === null) numbers.set(id, await take(finalized, sound));
        return finalized;
      },
    },
  }));
  return answering(broken, /^invoices\./, (invoice) => ({
    ...invoice,
    number: invoice['number'] === null ? null : numbers.get(invoice['id'] as string),
  }));
}

const numberOf = (value: number) => `INV-${String(value).padStart(6, '0')}`;

export const invoiceMutants: readonly Mutant[] = [
  [
    'header and lines are read in two steps',
    WHOLE,
    ['concurrency/nobody-reads-a-torn-invoice'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async findById(id) {
            const header = await invoices.findById(id);
            await tick();
            return header && { ...header, lines: (await invoices.findById(id))?.lines ?? [] };
          },
        },
      })),
  ],
  [
    'header and lines are stored in two steps',
    WHOLE,
    ['faults/an-invoice-with-a-bad-line-is-not-stored', 'invoices/an-invoice-is-stored-whole-or-not'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          create: (input) =>
            failing(invoices.create(input), async (error) => {
              await invoices.create({ ...input, lines: [] });
              throw error;
            }),
        },
      })),
  ],
  [
    'header and lines are changed in two steps',
    WHOLE,
    ['faults/an-invoice-keeps-its-lines-when-new-ones-are-refused', 'invoices/a-refused-line-changes-nothing'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async update(id, patch) {
            const updated = await invoices.update(id, without(patch, 'lines'));
            return patch.lines === undefined ? updated : invoices.update(id, { lines: patch.lines });
          },
        },
      })),
  ],
  [
    'new lines are added to the old ones',
    WHOLE,
    ['invoices/update-replaces-the-lines', 'concurrency/nobody-reads-a-torn-invoice'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async update(id, patch) {
            const { lines } = patch;
            if (lines === undefined) return invoices.update(id, patch);
            const old = (await invoices.findById(id))?.lines ?? [];
            const kept = old.filter((line) => !lines.some((given) => given.id === line.id));
            return invoices.update(id, { ...patch, lines: [...kept, ...lines] });
          },
        },
      })),
  ],
  [
    'an invoice that is paid owes nothing',
    'an update derives nothing',
    ['invoices/update-derives-nothing'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          update: (id, patch) => invoices.update(id, patch.status === 'paid' ? { amountDue: 0, ...patch } : patch),
        },
      })),
  ],
  [
    'a rolled-back number is burnt',
    NUMBERS,
    [
      'invoice-numbers/a-rollback-gives-the-number-back',
      'invoice-numbers/a-rollback-of-a-nested-transaction-gives-the-number-back',
    ],
    (harness) => {
      let sequence = 0;
      return numbering(harness, async () => {
        sequence += 1;
        return numberOf(sequence);
      });
    },
  ],
  [
    'the highest number is read, and the next one given',
    NUMBERS,
    ['invoice-numbers/parallel-callers-leave-no-gap'],
    (harness) => {
      const given = new Map<string, number>();
      return numbering(harness, async ({ id }, { invoices }) => {
        const numbered = (await invoices.list({ limit: 10_000 })).data.filter(({ number }) => number !== null);
        const last = Math.max(0, ...numbered.map((invoice) => given.get(invoice.id) ?? 0));
        await tick();
        given.set(id, last + 1);
        return numberOf(last + 1);
      });
    },
  ],
  [
    'a number is taken before the invoice is looked for',
    NUMBERS,
    ['invoice-numbers/failures-burn-no-number'],
    (harness) =>
      override(harness, ({ customers, invoices }) => ({
        invoices: {
          finalize: (id, options) =>
            failing(invoices.finalize(id, options), async (error) => {
              const customer = await customers.create({ externalId: crypto.randomUUID(), email: 'burnt' });
              const burnt = await invoices.create({ id: crypto.randomUUID(), customerId: customer.id, lines: [] });
              await invoices.finalize(burnt.id, options);
              throw error;
            }),
        },
      })),
  ],
  [
    'finalizing again gives another number',
    NUMBERS,
    ['invoice-numbers/an-invoice-is-numbered-once', 'invoice-numbers/parallel-callers-number-an-invoice-once'],
    (harness) => {
      let calls = 0;
      return override(harness, ({ invoices }) => ({
        invoices: {
          async finalize(id, options) {
            const invoice = await invoices.finalize(id, options);
            calls += 1;
            return { ...invoice, number: `${invoice.number}-${calls}` };
          },
        },
      }));
    },
  ],
  [
    'opening an invoice numbers it',
    NUMBERS,
    ['invoice-numbers/updates-never-number'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async update(id, patch) {
            if (patch.status === 'open') await failing(invoices.finalize(id), () => null as never);
            return invoices.update(id, patch);
          },
        },
      })),
  ],
  [
    'all series count together',
    NUMBERS,
    ['invoice-numbers/series-and-periods-count-on-their-own'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: { finalize: (id, options) => invoices.finalize(id, without(options ?? {}, 'series')) },
      })),
  ],
  [
    'both modes count together',
    NUMBERS,
    ['invoice-numbers/modes-count-on-their-own'],
    (harness) => {
      const outside = outsider();
      const handle = (livemode: boolean) => outside(() => harness.open({ livemode })) as Promise<Storage>;
      return override(harness, (sound, livemode) => ({
        invoices: {
          async finalize(id, options) {
            const invoice = await sound.invoices.finalize(id, options);
            const other = (await (await handle(!livemode)).invoices.list({ limit: 10_000 })).data as Numbered[];
            const taken = other.filter(({ number }) => number !== null).length;
            return { ...invoice, number: `${invoice.number}${'0'.repeat(taken)}` };
          },
        },
      }));
    },
  ],
  [
    'an invoice is finalized and stays a draft',
    'finalizing opens a draft',
    ['invoice-numbers/finalizing-opens-and-numbers-a-draft'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async finalize(id, options) {
            await invoices.finalize(id, options);
            return (await invoices.update(id, { status: 'draft' } satisfies Partial<QZPayInvoice>)) as Numbered;
          },
        },
      })),
  ],
];
