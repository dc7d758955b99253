import { QZPAY_WEBHOOK_EVENT_STATUS_VALUES } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { index, integer, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf } from './checks.js';
import { createdAt, id, instant, livemode, metadata, updatedAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_WEBHOOK_EVENTS_CONSTRAINTS = {
  primaryKey: 'billing_webhook_events_pkey',
  providerEventKey: 'billing_webhook_events_provider_event_key',
  statusCheck: 'billing_webhook_events_status_check',
  metadataCheck: 'billing_webhook_events_metadata_check',
  dueIndex: 'billing_webhook_events_due_idx',
  staleIndex: 'billing_webhook_events_stale_idx',
  byTypeIndex: 'billing_webhook_events_by_type_idx',
  purgeIndex: 'billing_webhook_events_purge_idx',
  deadIndex: 'billing_webhook_events_dead_idx',
  customerIndex: 'billing_webhook_events_customer_idx',
} as const;

/** Incoming provider events: deduplication, queue and log in one. */
export function defineQZPayWebhookEvents(ns: QZPayNamespace) {
  const names = QZPAY_WEBHOOK_EVENTS_CONSTRAINTS;
  return ns.table(
    'billing_webhook_events',
    {
      id: id(),
      provider: text('provider').notNull(),
      providerEventId: text('provider_event_id').notNull(),
      type: text('type').notNull(),
      status: text('status', { enum: QZPAY_WEBHOOK_EVENT_STATUS_VALUES }).notNull().default('pending'),
      /** The body as received. */
      payload: jsonb('payload').notNull(),
      /** Headers, source address, correlation id. */
      metadata: metadata(),
      attempts: integer('attempts').notNull().default(0),
      /**
       * When a worker may take the event. Set at receipt already, so that one index serves new and repeated events; the end
       * of the lease while a worker has it.
       */
      nextRetryAt: instant('next_retry_at').notNull().defaultNow(),
      lockedAt: instant('locked_at'),
      /** Who has claimed the event. */
      lockedBy: text('locked_by'),
      /** The event's own time, as the provider states it. */
      occurredAt: instant('occurred_at'),
      processedAt: instant('processed_at'),
      durationMs: integer('duration_ms'),
      error: text('error'),
      /** Whose data the payload holds, if known: erasure finds it by this. */
      customerId: text('customer_id'),
      livemode: livemode(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.providerEventKey).on(t.livemode, t.provider, t.providerEventId),
      isOneOf(names.statusCheck, t.status, QZPAY_WEBHOOK_EVENT_STATUS_VALUES),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.dueIndex).on(t.livemode, t.nextRetryAt, t.id).where(sql`status in ('pending', 'failed')`),
      index(names.staleIndex).on(t.livemode, t.nextRetryAt).where(sql`status = 'processing'`),
      index(names.byTypeIndex).on(t.livemode, t.provider, t.type, t.createdAt, t.id),
      index(names.purgeIndex).on(t.livemode, t.processedAt).where(sql`status = 'processed'`),
      // By a column that never changes: one on `updated_at` would move every row at every update.
      index(names.deadIndex).on(t.livemode, t.createdAt).where(sql`status = 'dead_letter'`),
      index(names.customerIndex).on(t.livemode, t.customerId).where(sql`customer_id is not null`),
    ],
  );
}

export type QZPayWebhookEventsTable = ReturnType<typeof defineQZPayWebhookEvents>;
export type QZPayWebhookEventRow = RowOf<QZPayWebhookEventsTable>;
export type QZPayWebhookEventInsert = InsertOf<QZPayWebhookEventsTable>;
