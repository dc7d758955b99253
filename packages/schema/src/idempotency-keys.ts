import { sql } from 'drizzle-orm';
import { index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isOneOf } from './checks.js';
import { createdAt, instant, livemode } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

/** States of an idempotent operation. */
export const QZPAY_IDEMPOTENCY_STATUS_VALUES = ['pending', 'completed'] as const;
export type QZPayIdempotencyStatus = (typeof QZPAY_IDEMPOTENCY_STATUS_VALUES)[number];

export const QZPAY_IDEMPOTENCY_KEYS_CONSTRAINTS = {
  primaryKey: 'billing_idempotency_keys_pkey',
  statusCheck: 'billing_idempotency_keys_status_check',
  expiryIndex: 'billing_idempotency_keys_expiry_idx',
  customerIndex: 'billing_idempotency_keys_customer_idx',
} as const;

/**
 * Operations that run once per key, and their results.
 *
 * A caller claims the key with a lease token of its own and stores the result where the token is still its own: one
 * whose lease ran out and was taken over cannot overwrite its successor's result.
 */
export function defineQZPayIdempotencyKeys(ns: QZPayNamespace) {
  const names = QZPAY_IDEMPOTENCY_KEYS_CONSTRAINTS;
  return ns.table(
    'billing_idempotency_keys',
    {
      livemode: livemode(),
      key: text('key').notNull(),
      operation: text('operation'),
      /** Hash of the request: the same key with another request is refused. The request itself is not kept. */
      requestHash: text('request_hash').notNull(),
      status: text('status', { enum: QZPAY_IDEMPOTENCY_STATUS_VALUES }).notNull().default('pending'),
      response: jsonb('response'),
      leaseToken: text('lease_token'),
      lockedUntil: instant('locked_until'),
      completedAt: instant('completed_at'),
      /** From when on the key may be taken anew and the row be purged, unless a lease still runs. */
      expiresAt: instant('expires_at').notNull(),
      /** Whose data the response holds, if known: erasure finds it by this. */
      customerId: text('customer_id'),
      createdAt: createdAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.livemode, t.key] }),
      isOneOf(names.statusCheck, t.status, QZPAY_IDEMPOTENCY_STATUS_VALUES),
      index(names.expiryIndex).on(t.livemode, t.expiresAt),
      index(names.customerIndex).on(t.livemode, t.customerId).where(sql`customer_id is not null`),
    ],
  );
}

export type QZPayIdempotencyKeysTable = ReturnType<typeof defineQZPayIdempotencyKeys>;
export type QZPayIdempotencyKeyRow = RowOf<QZPayIdempotencyKeysTable>;
export type QZPayIdempotencyKeyInsert = InsertOf<QZPayIdempotencyKeysTable>;
