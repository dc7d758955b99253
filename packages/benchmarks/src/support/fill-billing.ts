import type { RawClient } from './raw.js';

/**
 * Invoices with lines, numbers and payments, and usage with its sums, as an application leaves them: all of it sound.
 */
export async function fillBilling(
  { query }: Pick<RawClient, 'query'>,
  invoices: number,
  linesPerInvoice: number,
): Promise<void> {
  const customers = Math.max(1, Math.floor(invoices / 100));
  const insert = (table: string, rows: string) =>
    query({ name: '', text: `insert into qzpay.billing_${table} ${rows}` }, []);
  const upTo = (count: number) => `generate_series(1, ${count}) as n`;
  const customer = `'cus_' || 1 + n % ${customers}`;
  const sum = 1000.25 * linesPerInvoice;
  await insert(
    'customers (id, external_id, email, email_key, livemode)',
    `select 'cus_' || n, 'user ' || n, n || '@example.org', n || '@example.org', false from ${upTo(customers)}`,
  );
  await insert(
    'invoices (id, customer_id, number, status, currency, subtotal, total, amount_paid, amount_due, finalized_at, livemode)',
    `select 'inv_' || md5(n::text), ${customer}, 'INV-2026-' || lpad(n::text, greatest(length(n::text), 6), '0'), 'paid', 'USD',
      ${sum}, ${sum}, ${sum}, 0, now(), false from ${upTo(invoices)}`,
  );
  await insert(
    'invoice_lines (id, invoice_id, position, description, quantity, unit_amount, amount, livemode)',
    `select 'line_' || md5(n || '/' || place), 'inv_' || md5(n::text), place, 'Seats', 4, 250.0625, 1000.25, false
      from ${upTo(invoices)}, generate_series(0, ${linesPerInvoice - 1}) as place`,
  );
  await insert(
    'invoice_sequences (livemode, series, period, last_value)',
    `values (false, 'INV', '2026', ${invoices})`,
  );
  await insert(
    'payments (id, customer_id, invoice_id, amount, currency, status, livemode)',
    `select 'pay_' || md5(n::text), ${customer}, 'inv_' || md5(n::text), 1, 'USD', 'succeeded', false from ${upTo(invoices)}`,
  );
  await insert(
    'usage_records (id, customer_id, limit_key, quantity, occurred_at, livemode)',
    `select 'use_' || n, ${customer}, 'calls', 1, timestamptz '2026-01-01' + n % 2000 * interval '1 hour', false
      from ${upTo(invoices)}`,
  );
  await query({ name: '', text: 'vacuum analyze' }, []);
}
