import { QZPAY_USAGE_ACTION_VALUES, type QZPayUsageRecord } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { index, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf } from './checks.js';
import { type ColumnsOf, createdAt, id, instant, livemode, metadata, quantity } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_USAGE_RECORDS_CONSTRAINTS = {
  primaryKey: 'billing_usage_records_pkey',
  idempotencyKey: 'billing_usage_records_idempotency_key',
  actionCheck: 'billing_usage_records_action_check',
  metadataCheck: 'billing_usage_records_metadata_check',
  byLimitIndex: 'billing_usage_records_by_limit_idx',
  lastSetIndex: 'billing_usage_records_last_set_idx',
  occurredAtIndex: 'billing_usage_records_occurred_at_idx',
} as const;

/** Metered usage; rows are appended and never changed. Without foreign keys, which would halve the rate of ingestion. */
export function defineQZPayUsageRecords(ns: QZPayNamespace) {
  const names = QZPAY_USAGE_RECORDS_CONSTRAINTS;
  return ns.table(
    'billing_usage_records',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      subscriptionId: text('subscription_id'),
      limitKey: text('limit_key').notNull(),
      quantity: quantity('quantity').notNull(),
      action: text('action', { enum: QZPAY_USAGE_ACTION_VALUES }).notNull().default('increment'),
      /** When the usage happened. */
      timestamp: instant('occurred_at').notNull().defaultNow(),
      /** Counts the usage once per customer; null: not recognised when it comes again. */
      idempotencyKey: text('idempotency_key'),
      livemode: livemode(),
      metadata: metadata(),
      createdAt: createdAt(),
    } satisfies ColumnsOf<QZPayUsageRecord>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.idempotencyKey).on(t.livemode, t.customerId, t.idempotencyKey),
      isOneOf(names.actionCheck, t.action, QZPAY_USAGE_ACTION_VALUES),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byLimitIndex).on(t.livemode, t.customerId, t.limitKey, t.timestamp, t.id),
      index(names.lastSetIndex).on(t.livemode, t.customerId, t.limitKey, t.timestamp, t.id).where(sql`action = 'set'`),
      // For retention: kilobytes, and no measurable cost to writers, since records come more or less in the order of time.
      index(names.occurredAtIndex).using('brin', t.timestamp).with({ autosummarize: true }),
    ],
  );
}

export type QZPayUsageRecordsTable = ReturnType<typeof defineQZPayUsageRecords>;
export type QZPayUsageRecordRow = RowOf<QZPayUsageRecordsTable>;
export type QZPayUsageRecordInsert = InsertOf<QZPayUsageRecordsTable>;
