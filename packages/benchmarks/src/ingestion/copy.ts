import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { QZPayUsageEvent } from '@qzpay/core';
import type { Sql } from 'postgres';
import { uuidv7 } from 'uuidv7';

/** The rows of the events, stored as fast as PostgreSQL stores rows: no check, no verdict, no sums. */
export async function copyEvents(sql: Sql, events: readonly QZPayUsageEvent[]): Promise<void> {
  const now = new Date().toISOString();
  const lines = events.map(
    ({ customerId, limitKey, quantity, timestamp, idempotencyKey }) =>
      `${uuidv7()}\tf\t${customerId}\t${limitKey}\t${quantity}\tincrement\t${timestamp.toISOString()}\t${idempotencyKey}\t{}\t${now}\n`,
  );
  const target = await sql`copy qzpay.billing_usage_records
    (id, livemode, customer_id, limit_key, quantity, action, occurred_at, idempotency_key, metadata, created_at)
    from stdin`.writable();
  await pipeline(Readable.from([lines.join('')]), target);
}
