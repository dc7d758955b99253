import { createQZPayStorage } from '@qzpay/adapter';
import type { Bench } from '../bench.js';
import type { RawClient } from '../support/raw.js';

/** Drafts per second of measuring and way: more than can be numbered. */
const DRAFTS_PER_SECOND = 4000;
const CALLERS = 16;

/** The least that a series without gaps takes: its counter is locked until the invoice is on disk. */
const COUNT = {
  name: 'count',
  text: `with counter as (
      update qzpay.billing_invoice_sequences set last_value = last_value + 1
      where livemode = false and series = 'HAND' and period = '' returning lpad(last_value::text, 6, '0') as digits
    )
    update qzpay.billing_invoices as invoice
    set number = 'HAND-' || digits, status = 'open', finalized_at = now(), updated_at = now()
    from counter where invoice.id = $1 and livemode = false and number is null returning invoice.id`,
};
const LOCK = { name: 'lock', text: 'select pg_advisory_xact_lock(4711)' };
const ASSIGN = {
  name: 'assign',
  text: `update qzpay.billing_invoices set number = $2, status = 'open', finalized_at = now(), updated_at = now()
    where id = $1 and livemode = false and number is null returning *`,
};
/** The highest number of a series: as text, which one probe of the index finds and which is wrong after 999999; or right. */
const HIGHEST = {
  text: {
    name: 'highest_text',
    text: `select max(number) as highest from qzpay.billing_invoices
      where livemode = false and number >= $1 || '0' and number < $1 || ':'`,
  },
  number: {
    name: 'highest_number',
    text: `select $1 || max(substr(number, length($1) + 1)::bigint) as highest from qzpay.billing_invoices
      where livemode = false and number >= $1 || '0' and number < $1 || ':'`,
  },
};

/** `invoices.finalize` against an advisory lock and the highest number plus one, in one series. */
export async function measureInvoiceNumbers(bench: Bench): Promise<void> {
  const { ours, raw, drizzle } = await bench.empty();
  if (ours === undefined) return;
  // As many processes would: what they call cannot become one statement.
  const apart = Array.from({ length: CALLERS }, () => createQZPayStorage(drizzle));
  await ours.customers.create({ externalId: 'customer', email: 'a@b.c' });
  const drafts = Math.ceil(DRAFTS_PER_SECOND * bench.options.seconds) + 100;
  const ways: Record<string, (id: string, turn: number) => Promise<unknown>> = {
    'invoices.finalize': (id) => ours.invoices.finalize(id),
    'lock + max of the texts': (id) => numberByMaximum(raw, 'text', 'TEXT-2026-', id),
    'lock + max of the numbers': (id) => numberByMaximum(raw, 'number', 'NUMBER-2026-', id),
    'finalize, a storage each': (id, turn) => apart[turn % CALLERS]?.invoices.finalize(id) ?? Promise.reject(),
    'counter by hand': (id) => raw.query(COUNT, [id]),
  };
  const series = `insert into qzpay.billing_invoice_sequences (livemode, series, period) values (false, 'HAND', '')`;
  await raw.query({ name: 'series', text: series }, []);
  const contenders = [];
  for (const [name, number] of Object.entries(ways)) {
    const rows = await raw.query(
      {
        name: 'drafts',
        text: `insert into qzpay.billing_invoices (id, customer_id, currency, livemode)
          select $1 || n, (select id from qzpay.billing_customers), 'EUR', false from generate_series(1, $2::int) n returning id`,
      },
      [name, drafts],
    );
    const ids = rows.values();
    const run = (turn: number) => {
      const next = ids.next();
      if (next.done) throw new Error('No draft is left');
      return number(next.value['id'] as string, turn);
    };
    contenders.push({ name, run });
  }
  const targets = [{ of: 'invoices.finalize', over: 'lock + max of the texts', measure: 'rate', least: 2.5 } as const];
  await bench.compare({ work: 'invoice numbers of one series', callers: CALLERS, differs: true, contenders, targets });
  const { valid, lastValue } = await ours.invoices.verifyNumbers();
  if (!valid) throw new Error('The numbers are not without gaps');
  bench.section.notes.push(`${lastValue} numbers: no gap and no duplicate.`);
}

/** The usual way without a counter: under a lock, the highest number plus one. */
function numberByMaximum(raw: RawClient, highest: keyof typeof HIGHEST, start: string, id: string): Promise<unknown> {
  return raw.begin(async (query) => {
    await query(LOCK, []);
    const [row] = await query(HIGHEST[highest], [start]);
    const next = Number((row?.['highest'] as string | null)?.slice(start.length) ?? 0) + 1;
    return query(ASSIGN, [id, `${start}${String(next).padStart(6, '0')}`]);
  });
}
