import type { QZPayUsageEvent } from '@qzpay/core';
import type { Sql } from 'postgres';

const CUSTOMERS = 10_000;
const LIMIT_KEYS = ['api_calls', 'storage_gb', 'seats', 'emails', 'minutes'];
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 15, 12);

/** Customers, and facts of the month before: the size that a table has when the measurement begins. */
export async function fillUsage(sql: Sql, facts: number): Promise<void> {
  await sql`insert into qzpay.billing_customers (id, livemode, external_id, email, email_key)
    select 'cus_' || n, false, 'user_' || n, n || '@example.com', n || '@example.com' from generate_series(0, ${CUSTOMERS - 1}::int) n`;
  await sql`insert into qzpay.billing_usage_records
      (id, livemode, customer_id, limit_key, quantity, action, occurred_at, idempotency_key, metadata, created_at)
    select lpad(to_hex(n), 12, '0') || '-0000-7000-8000-000000000000', false,
      'cus_' || abs(hashint4(n::int)) % ${CUSTOMERS}::int, (${`{${LIMIT_KEYS.join(',')}}`}::text[])[n % 5 + 1], n % 10, 'increment', at,
      'filled_' || md5(n::text), '{}', at
    from generate_series(1, ${facts}::int) n, lateral (
      select ${new Date(NOW - 30 * 24 * HOUR).toISOString()}::timestamptz + n * (interval '29 days' / ${Math.max(facts, 1)}::int) as at) as moment`;
}

/** Events of the last two hours, by random customers, each with a key of its own. */
export function makeEvents(count: number): QZPayUsageEvent[] {
  return Array.from({ length: count }, makeEvent);
}

export function makeEvent(): QZPayUsageEvent {
  return {
    customerId: `cus_${Math.floor(Math.random() * CUSTOMERS)}`,
    limitKey: LIMIT_KEYS[Math.floor(Math.random() * LIMIT_KEYS.length)] ?? '',
    quantity: Math.floor(Math.random() * 10),
    timestamp: new Date(NOW - Math.floor(Math.random() * 2 * HOUR)),
    idempotencyKey: crypto.randomUUID(),
  };
}
