import { primaryKey, text } from 'drizzle-orm/pg-core';
import { isSafeInteger } from './checks.js';
import { count, instant, livemode, quantity, updatedAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_USAGE_ROLLUPS_CONSTRAINTS = {
  primaryKey: 'billing_usage_rollups_pkey',
  eventsCheck: 'billing_usage_rollups_events_check',
} as const;

/** Usage added up by hour (UTC), for totals that need not read every record. */
export function defineQZPayUsageRollups(ns: QZPayNamespace) {
  const names = QZPAY_USAGE_ROLLUPS_CONSTRAINTS;
  return ns.table(
    'billing_usage_rollups',
    {
      customerId: text('customer_id').notNull(),
      limitKey: text('limit_key').notNull(),
      /** The first instant of the hour. */
      hour: instant('hour').notNull(),
      /** Increments less decrements. */
      quantity: quantity('quantity').notNull().default(0),
      /** How many records went in. */
      events: count('events').notNull().default(0),
      livemode: livemode(),
      updatedAt: updatedAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.livemode, t.customerId, t.limitKey, t.hour] }),
      isSafeInteger(names.eventsCheck, t.events),
    ],
  );
}

export type QZPayUsageRollupsTable = ReturnType<typeof defineQZPayUsageRollups>;
export type QZPayUsageRollupRow = RowOf<QZPayUsageRollupsTable>;
export type QZPayUsageRollupInsert = InsertOf<QZPayUsageRollupsTable>;
