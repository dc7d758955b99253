import { type QZPayUsagePeriod, QZPayValidationError } from '@qzpay/core';
import { type SQL, sql } from 'drizzle-orm';
import { argument } from './statements.js';
import type { TableModel } from './table-model.js';

export const PERIODS: readonly QZPayUsagePeriod[] = ['hour', 'day', 'week', 'month'];

/** The quantity of a record where a `set` counts as what it sets. */
export const SIGNED = sql`case action when 'decrement' then -quantity else quantity end`;

/** The quantity of a record where a `set` counts nothing. */
export const MOVED = sql`case action when 'increment' then quantity when 'decrement' then -quantity else 0 end`;

export const hourOf = (instant: SQL): SQL => sql`date_trunc('hour', ${instant}, 'UTC')`;

/**
 * Adds the records of `from` to the hourly sums of `rollups`, or takes them out; needs `updatedAt` and `livemode`.
 *
 * In the order of their keys: whoever changes several sums at once waits for others only forwards, and nobody deadlocks.
 */
export function rollUp(rollups: TableModel, from: SQL, direction: 'in' | 'out' = 'in'): SQL {
  const sign = sql.raw(direction === 'in' ? '' : '-');
  return sql`insert into ${rollups.table} as rollup (customer_id, limit_key, hour, quantity, events, livemode, updated_at)
    select customer_id, limit_key, ${hourOf(sql`occurred_at`)}, ${sign}sum(${MOVED}), ${sign}count(*),
      ${argument(rollups.codec('livemode'))}, ${argument(rollups.codec('updatedAt'))}
    from ${from} group by 1, 2, 3 order by 1, 2, 3
    on conflict (livemode, customer_id, limit_key, hour) do update set
      quantity = rollup.quantity + excluded.quantity, events = rollup.events + excluded.events,
      updated_at = excluded.updated_at`;
}

export function assertMember(members: readonly string[], value: string, field: string): void {
  if (!members.includes(value)) throw new QZPayValidationError(`${field} must be one of ${members.join(', ')}`, field);
}
