import { QZPAY_ADDON_BILLING_INTERVAL_VALUES, type QZPayAddOn } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonArray, isJsonObject, isOneOf, isSafeInteger } from './checks.js';
import {
  type ColumnsOf,
  count,
  createdAt,
  deletedAt,
  id,
  livemode,
  metadata,
  money,
  texts,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_ADDONS_CONSTRAINTS = {
  primaryKey: 'billing_addons_pkey',
  unitAmountCheck: 'billing_addons_unit_amount_check',
  billingIntervalCheck: 'billing_addons_billing_interval_check',
  billingIntervalCountCheck: 'billing_addons_billing_interval_count_check',
  maxQuantityCheck: 'billing_addons_max_quantity_check',
  limitsCheck: 'billing_addons_limits_check',
  metadataCheck: 'billing_addons_metadata_check',
  activeIndex: 'billing_addons_active_idx',
} as const;

/** Add-ons on offer. */
export function defineQZPayAddons(ns: QZPayNamespace) {
  const names = QZPAY_ADDONS_CONSTRAINTS;
  return ns.table(
    'billing_addons',
    {
      id: id(),
      name: text('name').notNull(),
      description: text('description'),
      active: boolean('active').notNull().default(true),
      /** Minor units per unit of quantity and billing interval. */
      unitAmount: money('unit_amount').notNull(),
      currency: text('currency').notNull(),
      billingInterval: text('billing_interval', { enum: QZPAY_ADDON_BILLING_INTERVAL_VALUES }).notNull(),
      billingIntervalCount: count('billing_interval_count').notNull().default(1),
      /** Empty: every plan. */
      compatiblePlanIds: texts('compatible_plan_ids'),
      allowMultiple: boolean('allow_multiple').notNull().default(false),
      maxQuantity: count('max_quantity'),
      entitlements: texts('entitlements'),
      limits: jsonb('limits').$type<QZPayAddOn['limits']>().notNull().default([]),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayAddOn>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      isSafeInteger(names.unitAmountCheck, t.unitAmount),
      isOneOf(names.billingIntervalCheck, t.billingInterval, QZPAY_ADDON_BILLING_INTERVAL_VALUES),
      isSafeInteger(names.billingIntervalCountCheck, t.billingIntervalCount),
      isSafeInteger(names.maxQuantityCheck, t.maxQuantity),
      isJsonArray(names.limitsCheck, t.limits),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.activeIndex).on(t.livemode, t.createdAt, t.id).where(sql`active and deleted_at is null`),
    ],
  );
}

export type QZPayAddonsTable = ReturnType<typeof defineQZPayAddons>;
export type QZPayAddonRow = RowOf<QZPayAddonsTable>;
export type QZPayAddonInsert = InsertOf<QZPayAddonsTable>;
