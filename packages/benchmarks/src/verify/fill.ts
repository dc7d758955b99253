import type { Sql } from 'postgres';

/**
 * Invoices with lines, numbers and payments, and usage with its sums, as an application leaves them: all of it sound.
 */
export async function fillBilling(sql: Sql, invoices: number, linesPerInvoice: number): Promise<void> {
  const customers = Math.max(1, Math.floor(invoices / 100));
  const rows = (count: number) => sql`generate_series(1, ${count}::int) as n`;
  await sql`insert into qzpay.billing_customers (id, external_id, email, email_key, livemode)
    select 'cus_' || n, 'user ' || n, n || '@example.org', n || '@example.org', false from ${rows(customers)}`;
  await sql`insert into qzpay.billing_invoices
      (id, customer_id, number, status, currency, subtotal, total, amount_paid, amount_due, finalized_at, livemode)
    select 'inv_' || md5(n::text), 'cus_' || 1 + n % ${customers}::int, 'INV-2026-' || lpad(n::text, 6, '0'), 'paid', 'USD',
      sum, sum, sum, 0, now(), false
    from ${rows(invoices)}, lateral (select 1000.25 * ${linesPerInvoice}::int as sum) as lines`;
  await sql`insert into qzpay.billing_invoice_lines (id, invoice_id, position, description, quantity, unit_amount, amount, livemode)
    select 'line_' || md5(n || '/' || place), 'inv_' || md5(n::text), place, 'Seats', 4, 250.0625, 1000.25, false
    from ${rows(invoices)}, generate_series(0, ${linesPerInvoice}::int - 1) as place`;
  await sql`insert into qzpay.billing_invoice_sequences (livemode, series, period, last_value)
    values (false, 'INV', '2026', ${invoices})`;
  await sql`insert into qzpay.billing_payments (id, customer_id, invoice_id, amount, currency, status, livemode)
    select 'pay_' || md5(n::text), 'cus_' || 1 + n % ${customers}::int, 'inv_' || md5(n::text), 1, 'USD', 'succeeded', false
    from ${rows(invoices)}`;
  await sql`insert into qzpay.billing_usage_records (id, customer_id, limit_key, quantity, occurred_at, livemode)
    select 'use_' || n, 'cus_' || 1 + n % ${customers}::int, 'calls', 1,
      timestamptz '2026-01-01' + n % 2000 * interval '1 hour', false from ${rows(invoices)}`;
  await sql`vacuum analyze`;
}
