import {
  QZPAY_DISCOUNT_STACKING_MODE_VALUES,
  QZPAY_DISCOUNT_TYPE_VALUES,
  type QZPayPromoCode,
  type QZPayPromoCodeCondition,
} from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonArray, isJsonObject, isOneOf, isSafeInteger } from './checks.js';
import {
  type ColumnsOf,
  count,
  createdAt,
  currency,
  deletedAt,
  id,
  instant,
  livemode,
  metadata,
  quantity,
  texts,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PROMO_CODES_CONSTRAINTS = {
  primaryKey: 'billing_promo_codes_pkey',
  codeLiveKey: 'billing_promo_codes_code_live_key',
  discountTypeCheck: 'billing_promo_codes_discount_type_check',
  stackingModeCheck: 'billing_promo_codes_stacking_mode_check',
  conditionsCheck: 'billing_promo_codes_conditions_check',
  maxRedemptionsCheck: 'billing_promo_codes_max_redemptions_check',
  currentRedemptionsCheck: 'billing_promo_codes_current_redemptions_check',
  maxRedemptionsPerCustomerCheck: 'billing_promo_codes_max_per_customer_check',
  metadataCheck: 'billing_promo_codes_metadata_check',
  activeIndex: 'billing_promo_codes_active_idx',
  listIndex: 'billing_promo_codes_list_idx',
  deletedIndex: 'billing_promo_codes_deleted_idx',
} as const;

/** Discount codes. A deleted code may be created anew. */
export function defineQZPayPromoCodes(ns: QZPayNamespace) {
  const names = QZPAY_PROMO_CODES_CONSTRAINTS;
  return ns.table(
    'billing_promo_codes',
    {
      id: id(),
      code: text('code').notNull(),
      /** The code in lower case: what look-ups compare. */
      codeKey: text('code_key').notNull(),
      discountType: text('discount_type', { enum: QZPAY_DISCOUNT_TYPE_VALUES }).notNull(),
      /** Percent, minor units or days, as the discount type says. */
      discountValue: quantity('discount_value').notNull(),
      currency: currency(),
      stackingMode: text('stacking_mode', { enum: QZPAY_DISCOUNT_STACKING_MODE_VALUES }).notNull().default('none'),
      conditions: jsonb('conditions').$type<QZPayPromoCodeCondition[]>().notNull().default([]),
      maxRedemptions: count('max_redemptions'),
      currentRedemptions: count('current_redemptions').notNull().default(0),
      maxRedemptionsPerCustomer: count('max_redemptions_per_customer'),
      validFrom: instant('valid_from'),
      validUntil: instant('valid_until'),
      /** Empty: every plan. */
      applicablePlanIds: texts('applicable_plan_ids'),
      /** Empty: every product. */
      applicableProductIds: texts('applicable_product_ids'),
      newCustomersOnly: boolean('new_customers_only').notNull().default(false),
      existingCustomersOnly: boolean('existing_customers_only').notNull().default(false),
      active: boolean('active').notNull().default(true),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayPromoCode>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      uniqueIndex(names.codeLiveKey).on(t.livemode, t.codeKey).where(sql`deleted_at is null`),
      isOneOf(names.discountTypeCheck, t.discountType, QZPAY_DISCOUNT_TYPE_VALUES),
      isOneOf(names.stackingModeCheck, t.stackingMode, QZPAY_DISCOUNT_STACKING_MODE_VALUES),
      isJsonArray(names.conditionsCheck, t.conditions),
      isSafeInteger(names.maxRedemptionsCheck, t.maxRedemptions),
      isSafeInteger(names.currentRedemptionsCheck, t.currentRedemptions),
      isSafeInteger(names.maxRedemptionsPerCustomerCheck, t.maxRedemptionsPerCustomer),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.activeIndex).on(t.livemode, t.validUntil).where(sql`active and deleted_at is null`),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      // For retention.
      index(names.deletedIndex).on(t.livemode, t.deletedAt).where(sql`deleted_at is not null`),
    ],
  );
}

export type QZPayPromoCodesTable = ReturnType<typeof defineQZPayPromoCodes>;
export type QZPayPromoCodeRow = RowOf<QZPayPromoCodesTable>;
export type QZPayPromoCodeInsert = InsertOf<QZPayPromoCodesTable>;
