import { QZPAY_REFUND_STATUS_VALUES, type QZPayRefund } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger } from './checks.js';
import { type ColumnsOf, createdAt, currency, id, livemode, metadata, money, providerIds } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { QZPayPaymentsTable } from './payments.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_REFUNDS_CONSTRAINTS = {
  primaryKey: 'billing_refunds_pkey',
  succeededProviderRefundKey: 'billing_refunds_succeeded_provider_refund_key',
  paymentForeignKey: 'billing_refunds_payment_fkey',
  amountCheck: 'billing_refunds_amount_check',
  statusCheck: 'billing_refunds_status_check',
  providerRefundIdsCheck: 'billing_refunds_provider_refund_ids_check',
  metadataCheck: 'billing_refunds_metadata_check',
  byPaymentIndex: 'billing_refunds_by_payment_idx',
  pendingIndex: 'billing_refunds_pending_idx',
} as const;

/** Refund events of payments; rows are appended and never changed. */
export function defineQZPayRefunds(ns: QZPayNamespace, parents: { readonly payments: QZPayPaymentsTable }) {
  const names = QZPAY_REFUNDS_CONSTRAINTS;
  const { payments } = parents;
  return ns.table(
    'billing_refunds',
    {
      id: id(),
      paymentId: text('payment_id').notNull(),
      /** Minor units of this event alone. */
      amount: money('amount').notNull(),
      currency: currency().notNull(),
      status: text('status', { enum: QZPAY_REFUND_STATUS_VALUES }).notNull(),
      reason: text('reason'),
      provider: text('provider'),
      providerRefundIds: providerIds('provider_refund_ids'),
      /** The id by which a provider's repeated notices of one refund are recognised. */
      providerRefundId: text('provider_refund_id'),
      livemode: livemode(),
      metadata: metadata(),
      createdAt: createdAt(),
    } satisfies ColumnsOf<QZPayRefund>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      // Partial: money moves once, while a failed attempt and its success may carry one id.
      uniqueIndex(names.succeededProviderRefundKey)
        .on(t.livemode, t.providerRefundId)
        .where(sql`status = 'succeeded' and provider_refund_id is not null`),
      foreignKey({
        name: names.paymentForeignKey,
        columns: [t.paymentId, t.livemode],
        foreignColumns: [payments.id, payments.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.amountCheck, t.amount),
      isOneOf(names.statusCheck, t.status, QZPAY_REFUND_STATUS_VALUES),
      isJsonObject(names.providerRefundIdsCheck, t.providerRefundIds),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byPaymentIndex).on(t.livemode, t.paymentId, t.createdAt, t.id),
      index(names.pendingIndex).on(t.livemode, t.createdAt, t.id).where(sql`status = 'pending'`),
    ],
  );
}

export type QZPayRefundsTable = ReturnType<typeof defineQZPayRefunds>;
export type QZPayRefundRow = RowOf<QZPayRefundsTable>;
export type QZPayRefundInsert = InsertOf<QZPayRefundsTable>;
