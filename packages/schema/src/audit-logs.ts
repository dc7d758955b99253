import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isSafeInteger } from './checks.js';
import { count, createdAt, id, livemode, metadata } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_AUDIT_LOGS_CONSTRAINTS = {
  primaryKey: 'billing_audit_logs_pkey',
  changesCheck: 'billing_audit_logs_changes_check',
  previousValuesCheck: 'billing_audit_logs_previous_values_check',
  metadataCheck: 'billing_audit_logs_metadata_check',
  blockSeqCheck: 'billing_audit_logs_block_seq_check',
  byEntityIndex: 'billing_audit_logs_by_entity_idx',
  recentIndex: 'billing_audit_logs_recent_idx',
  byBlockIndex: 'billing_audit_logs_by_block_idx',
  byActorIndex: 'billing_audit_logs_by_actor_idx',
  requestIndex: 'billing_audit_logs_request_idx',
} as const;

/**
 * Who changed what, appended with the change itself. Without foreign keys: entries outlive what they speak of.
 *
 * The payload (`changes`, `previousValues` and what identifies a person) counts in the chain of blocks by its salted
 * hash only, so it can be erased, salt included, and the chain still verifies.
 */
export function defineQZPayAuditLogs(ns: QZPayNamespace) {
  const names = QZPAY_AUDIT_LOGS_CONSTRAINTS;
  return ns.table(
    'billing_audit_logs',
    {
      id: id(),
      entityType: text('entity_type').notNull(),
      entityId: text('entity_id').notNull(),
      action: text('action').notNull(),
      category: text('category'),
      actorType: text('actor_type').notNull().default('system'),
      actorId: text('actor_id'),
      changes: jsonb('changes').$type<Record<string, unknown>>(),
      previousValues: jsonb('previous_values').$type<Record<string, unknown>>(),
      reason: text('reason'),
      success: boolean('success').notNull().default(true),
      errorMessage: text('error_message'),
      requestId: text('request_id'),
      ipAddress: text('ip_address'),
      userAgent: text('user_agent'),
      /** SHA-256 of salt and payload in hexadecimal digits. */
      payloadHash: text('payload_hash').notNull(),
      /** Random text; null once the payload was erased. */
      salt: text('salt'),
      /** The block that seals the entry; null until then. */
      blockSeq: count('block_seq'),
      livemode: livemode(),
      metadata: metadata(),
      createdAt: createdAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      isJsonObject(names.changesCheck, t.changes),
      isJsonObject(names.previousValuesCheck, t.previousValues),
      isJsonObject(names.metadataCheck, t.metadata),
      isSafeInteger(names.blockSeqCheck, t.blockSeq),
      index(names.byEntityIndex).on(t.livemode, t.entityType, t.entityId, t.createdAt, t.id),
      index(names.recentIndex).on(t.livemode, t.createdAt, t.id),
      // Finds the entries of a block, and by `is null` those that wait for one.
      index(names.byBlockIndex).on(t.livemode, t.blockSeq, t.id),
      index(names.byActorIndex)
        .on(t.livemode, t.actorType, t.actorId, t.createdAt, t.id)
        .where(sql`actor_id is not null`),
      index(names.requestIndex).on(t.livemode, t.requestId).where(sql`request_id is not null`),
    ],
  );
}

export type QZPayAuditLogsTable = ReturnType<typeof defineQZPayAuditLogs>;
export type QZPayAuditLogRow = RowOf<QZPayAuditLogsTable>;
export type QZPayAuditLogInsert = InsertOf<QZPayAuditLogsTable>;
