import { QZPAY_VENDOR_PAYOUT_STATUS_VALUES, type QZPayVendorPayout } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  currency,
  id,
  instant,
  livemode,
  metadata,
  money,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';
import type { QZPayVendorsTable } from './vendors.js';

export const QZPAY_VENDOR_PAYOUTS_CONSTRAINTS = {
  primaryKey: 'billing_vendor_payouts_pkey',
  vendorForeignKey: 'billing_vendor_payouts_vendor_fkey',
  amountCheck: 'billing_vendor_payouts_amount_check',
  statusCheck: 'billing_vendor_payouts_status_check',
  providerPayoutIdsCheck: 'billing_vendor_payouts_provider_payout_ids_check',
  metadataCheck: 'billing_vendor_payouts_metadata_check',
  byVendorIndex: 'billing_vendor_payouts_by_vendor_idx',
  openIndex: 'billing_vendor_payouts_open_idx',
  providerIdsIndex: 'billing_vendor_payouts_provider_ids_idx',
} as const;

/** Transfers to vendors. */
export function defineQZPayVendorPayouts(ns: QZPayNamespace, parents: { readonly vendors: QZPayVendorsTable }) {
  const names = QZPAY_VENDOR_PAYOUTS_CONSTRAINTS;
  const { vendors } = parents;
  return ns.table(
    'billing_vendor_payouts',
    {
      id: id(),
      vendorId: text('vendor_id').notNull(),
      amount: money('amount').notNull(),
      currency: currency().notNull(),
      status: text('status', { enum: QZPAY_VENDOR_PAYOUT_STATUS_VALUES }).notNull().default('pending'),
      periodStart: instant('period_start').notNull(),
      periodEnd: instant('period_end').notNull(),
      provider: text('provider'),
      providerPayoutIds: providerIds('provider_payout_ids'),
      failureCode: text('failure_code'),
      failureMessage: text('failure_message'),
      paidAt: instant('paid_at'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPayVendorPayout>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      foreignKey({
        name: names.vendorForeignKey,
        columns: [t.vendorId, t.livemode],
        foreignColumns: [vendors.id, vendors.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.amountCheck, t.amount),
      isOneOf(names.statusCheck, t.status, QZPAY_VENDOR_PAYOUT_STATUS_VALUES),
      isJsonObject(names.providerPayoutIdsCheck, t.providerPayoutIds),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byVendorIndex).on(t.livemode, t.vendorId, t.createdAt, t.id),
      index(names.openIndex).on(t.livemode, t.createdAt, t.id).where(sql`status in ('pending', 'processing')`),
      providerIdsIndex(names.providerIdsIndex, t.providerPayoutIds),
    ],
  );
}

export type QZPayVendorPayoutsTable = ReturnType<typeof defineQZPayVendorPayouts>;
export type QZPayVendorPayoutRow = RowOf<QZPayVendorPayoutsTable>;
export type QZPayVendorPayoutInsert = InsertOf<QZPayVendorPayoutsTable>;
