import type { RawClient } from './raw.js';

/** Every so many customers have an invoice, with ten lines. */
const CUSTOMERS_PER_INVOICE = 10;
export const LINES = 10;

/** Ids of the rows that {@link fillTables} makes, by number. */
export const customerId = (n: number): string => `customer_${n}`;
export const externalId = (n: number): string => `user_${n}`;
export const subscriptionId = (n: number): string => `subscription_${n}`;
export const paymentId = (n: number): string => `payment_${n}`;

/** Customers, created a second after another, with a subscription and a payment each up to 10 000, and invoices. */
export async function fillTables({ query }: RawClient, customers: number): Promise<void> {
  const children = Math.min(customers, 10_000) - 1;
  const at = `timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second'`;
  const run = (text: string) => query({ name: '', text }, []);
  await run(`insert into qzpay.billing_customers (id, livemode, external_id, email, email_key, name, provider_customer_ids, metadata, created_at, updated_at)
    select 'customer_' || n, false, 'user_' || n, n || '@example.com', n || '@example.com', 'Customer ' || n,
      jsonb_build_object('stripe', 'cus_' || n), jsonb_build_object('segment', n % 7), ${at}, ${at} from generate_series(0, ${customers - 1}) n`);
  await run(`insert into qzpay.billing_plans (id, livemode, name) values ('plan', false, 'Plan')`);
  await run(`insert into qzpay.billing_prices (id, livemode, plan_id, currency, unit_amount, billing_interval)
    values ('price', false, 'plan', 'EUR', 1900, 'month')`);
  await run(`insert into qzpay.billing_subscriptions (id, livemode, customer_id, plan_id, price_id, status, billing_interval, current_period_start, current_period_end, created_at, updated_at)
    select 'subscription_' || n, false, 'customer_' || n, 'plan', 'price', 'active', 'month', ${at}, ${at} + interval '1 month', ${at}, ${at} from generate_series(0, ${children}) n`);
  await run(`insert into qzpay.billing_payments (id, livemode, customer_id, amount, currency, status, provider_payment_ids, created_at, updated_at)
    select 'payment_' || n, false, 'customer_' || n, 1900, 'EUR', 'succeeded', jsonb_build_object('stripe', 'pi_' || n), ${at}, ${at} from generate_series(0, ${children}) n`);
  await run(`insert into qzpay.billing_invoices (id, livemode, customer_id, status, currency, subtotal, total, amount_due, created_at, updated_at)
    select 'invoice_' || n, false, 'customer_' || n, 'open', 'EUR', 10000, 10000, 10000, ${at}, ${at} from generate_series(0, ${children}, ${CUSTOMERS_PER_INVOICE}) n`);
  await run(`insert into qzpay.billing_invoice_lines (id, livemode, invoice_id, position, description, quantity, unit_amount, amount, price_id, created_at)
    select 'line_' || n || '_' || line, false, 'invoice_' || n, line, 'Line ' || line, 2, 500, 1000, 'price', ${at}
    from generate_series(0, ${children}, ${CUSTOMERS_PER_INVOICE}) n, generate_series(0, ${LINES - 1}) line`);
  await run(`insert into qzpay.billing_customer_limits (customer_id, limit_key, max_value, livemode)
    select 'customer_' || n, 'api_calls', 1000, false from generate_series(0, ${Math.min(children, 99)}) n`);
  await run(`insert into qzpay.billing_promo_codes (id, livemode, code, code_key, discount_type, discount_value, max_redemptions)
    values ('promo', false, 'LAUNCH', 'launch', 'percentage', 10, 1000000000)`);
  await run('vacuum analyze');
}
