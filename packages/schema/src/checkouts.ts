import {
  QZPAY_CHECKOUT_MODE_VALUES,
  QZPAY_CHECKOUT_STATUS_VALUES,
  type QZPayCheckoutLineItem,
  type QZPayCheckoutSession,
} from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonArray, isJsonObject, isOneOf, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  currency,
  id,
  instant,
  livemode,
  metadata,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_CHECKOUTS_CONSTRAINTS = {
  primaryKey: 'billing_checkouts_pkey',
  modeCheck: 'billing_checkouts_mode_check',
  statusCheck: 'billing_checkouts_status_check',
  lineItemsCheck: 'billing_checkouts_line_items_check',
  providerSessionIdsCheck: 'billing_checkouts_provider_session_ids_check',
  metadataCheck: 'billing_checkouts_metadata_check',
  byCustomerIndex: 'billing_checkouts_by_customer_idx',
  listIndex: 'billing_checkouts_list_idx',
  expireDueIndex: 'billing_checkouts_expire_due_idx',
  expiredIndex: 'billing_checkouts_expired_idx',
  providerIdsIndex: 'billing_checkouts_provider_ids_idx',
} as const;

/** Checkout sessions. Without foreign keys: a session may be for a customer that is not stored yet. */
export function defineQZPayCheckouts(ns: QZPayNamespace) {
  const names = QZPAY_CHECKOUTS_CONSTRAINTS;
  return ns.table(
    'billing_checkouts',
    {
      id: id(),
      customerId: text('customer_id'),
      customerEmail: text('customer_email'),
      mode: text('mode', { enum: QZPAY_CHECKOUT_MODE_VALUES }).notNull(),
      status: text('status', { enum: QZPAY_CHECKOUT_STATUS_VALUES }).notNull().default('open'),
      currency: currency().notNull(),
      lineItems: jsonb('line_items').$type<QZPayCheckoutLineItem[]>().notNull().default([]),
      successUrl: text('success_url').notNull(),
      cancelUrl: text('cancel_url').notNull(),
      expiresAt: instant('expires_at').notNull(),
      paymentId: text('payment_id'),
      subscriptionId: text('subscription_id'),
      providerSessionIds: providerIds('provider_session_ids'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      completedAt: instant('completed_at'),
    } satisfies ColumnsOf<QZPayCheckoutSession>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      isOneOf(names.modeCheck, t.mode, QZPAY_CHECKOUT_MODE_VALUES),
      isOneOf(names.statusCheck, t.status, QZPAY_CHECKOUT_STATUS_VALUES),
      isJsonArray(names.lineItemsCheck, t.lineItems),
      isJsonObject(names.providerSessionIdsCheck, t.providerSessionIds),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.createdAt, t.id).where(sql`customer_id is not null`),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id),
      index(names.expireDueIndex).on(t.livemode, t.expiresAt, t.id).where(sql`status = 'open'`),
      index(names.expiredIndex).on(t.livemode, t.expiresAt).where(sql`status = 'expired'`),
      providerIdsIndex(names.providerIdsIndex, t.providerSessionIds),
    ],
  );
}

export type QZPayCheckoutsTable = ReturnType<typeof defineQZPayCheckouts>;
export type QZPayCheckoutRow = RowOf<QZPayCheckoutsTable>;
export type QZPayCheckoutInsert = InsertOf<QZPayCheckoutsTable>;
