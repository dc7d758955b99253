import { sql } from 'drizzle-orm';
import { index, integer, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, id, instant, livemode } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_WEBHOOK_DEAD_LETTER_CONSTRAINTS = {
  primaryKey: 'billing_webhook_dead_letter_pkey',
  providerEventKey: 'billing_webhook_dead_letter_provider_event_key',
  unresolvedIndex: 'billing_webhook_dead_letter_unresolved_idx',
  resolvedIndex: 'billing_webhook_dead_letter_resolved_idx',
  customerIndex: 'billing_webhook_dead_letter_customer_idx',
} as const;

/** Provider events that used up their attempts. They outlive the events that they come from. */
export function defineQZPayWebhookDeadLetter(ns: QZPayNamespace) {
  const names = QZPAY_WEBHOOK_DEAD_LETTER_CONSTRAINTS;
  return ns.table(
    'billing_webhook_dead_letter',
    {
      id: id(),
      /** The event's row, which may have been purged since. */
      webhookEventId: text('webhook_event_id'),
      provider: text('provider').notNull(),
      providerEventId: text('provider_event_id').notNull(),
      type: text('type').notNull(),
      payload: jsonb('payload').notNull(),
      error: text('error').notNull(),
      attempts: integer('attempts').notNull().default(1),
      lastAttemptAt: instant('last_attempt_at').notNull().defaultNow(),
      resolvedAt: instant('resolved_at'),
      resolvedBy: text('resolved_by'),
      resolutionNotes: text('resolution_notes'),
      /** Whose data the payload holds, if known: erasure finds it by this. */
      customerId: text('customer_id'),
      livemode: livemode(),
      createdAt: createdAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.providerEventKey).on(t.livemode, t.provider, t.providerEventId),
      index(names.unresolvedIndex).on(t.livemode, t.createdAt, t.id).where(sql`resolved_at is null`),
      index(names.resolvedIndex).on(t.livemode, t.resolvedAt).where(sql`resolved_at is not null`),
      index(names.customerIndex).on(t.livemode, t.customerId).where(sql`customer_id is not null`),
    ],
  );
}

export type QZPayWebhookDeadLetterTable = ReturnType<typeof defineQZPayWebhookDeadLetter>;
export type QZPayWebhookDeadLetterRow = RowOf<QZPayWebhookDeadLetterTable>;
export type QZPayWebhookDeadLetterInsert = InsertOf<QZPayWebhookDeadLetterTable>;
