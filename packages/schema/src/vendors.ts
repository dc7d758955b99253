import { QZPAY_VENDOR_STATUS_VALUES, type QZPayPayoutSchedule, type QZPayVendor } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  deletedAt,
  id,
  livemode,
  metadata,
  money,
  providerIds,
  quantity,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_VENDORS_CONSTRAINTS = {
  primaryKey: 'billing_vendors_pkey',
  externalIdLiveKey: 'billing_vendors_external_id_live_key',
  statusCheck: 'billing_vendors_status_check',
  payoutScheduleCheck: 'billing_vendors_payout_schedule_check',
  pendingBalanceCheck: 'billing_vendors_pending_balance_check',
  providerAccountIdsCheck: 'billing_vendors_provider_account_ids_check',
  metadataCheck: 'billing_vendors_metadata_check',
  byStatusIndex: 'billing_vendors_by_status_idx',
  byOnboardingIndex: 'billing_vendors_by_onboarding_idx',
  payableIndex: 'billing_vendors_payable_idx',
  providerIdsIndex: 'billing_vendors_provider_ids_idx',
} as const;

/** Marketplace vendors; one live row per external id and mode. */
export function defineQZPayVendors(ns: QZPayNamespace) {
  const names = QZPAY_VENDORS_CONSTRAINTS;
  return ns.table(
    'billing_vendors',
    {
      id: id(),
      externalId: text('external_id').notNull(),
      name: text('name').notNull(),
      email: text('email').notNull(),
      status: text('status', { enum: QZPAY_VENDOR_STATUS_VALUES }).notNull().default('pending'),
      /** Where the vendor stands at the provider: `pending`, `in_progress`, `completed`, `failed` or a word of the host's. */
      onboardingStatus: text('onboarding_status').notNull().default('pending'),
      /** The platform's share in percent. */
      commissionRate: quantity('commission_rate').notNull().default(10),
      payoutSchedule: jsonb('payout_schedule')
        .$type<QZPayPayoutSchedule>()
        .notNull()
        .default({ interval: 'monthly', dayOfMonth: 1 }),
      /** `automatic` or `manual`. */
      paymentMode: text('payment_mode').notNull().default('automatic'),
      canReceivePayments: boolean('can_receive_payments').notNull().default(false),
      /** Owed to the vendor, in minor units of the balance currency. */
      pendingBalance: money('pending_balance').notNull().default(0),
      balanceCurrency: text('balance_currency'),
      providerAccountIds: providerIds('provider_account_ids'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayVendor>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      // Partial: deleting a vendor frees its external id.
      uniqueIndex(names.externalIdLiveKey).on(t.livemode, t.externalId).where(sql`deleted_at is null`),
      isOneOf(names.statusCheck, t.status, QZPAY_VENDOR_STATUS_VALUES),
      isJsonObject(names.payoutScheduleCheck, t.payoutSchedule),
      isSafeInteger(names.pendingBalanceCheck, t.pendingBalance),
      isJsonObject(names.providerAccountIdsCheck, t.providerAccountIds),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byStatusIndex).on(t.livemode, t.status, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.byOnboardingIndex)
        .on(t.livemode, t.onboardingStatus, t.createdAt, t.id)
        .where(sql`deleted_at is null`),
      index(names.payableIndex)
        .on(t.livemode, t.createdAt, t.id)
        .where(sql`can_receive_payments and deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerAccountIds),
    ],
  );
}

export type QZPayVendorsTable = ReturnType<typeof defineQZPayVendors>;
export type QZPayVendorRow = RowOf<QZPayVendorsTable>;
export type QZPayVendorInsert = InsertOf<QZPayVendorsTable>;
