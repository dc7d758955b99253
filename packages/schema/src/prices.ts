import { QZPAY_BILLING_INTERVAL_VALUES, type QZPayPrice } from '@qzpay/core';
import { boolean, foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  count,
  createdAt,
  currency,
  deletedAt,
  id,
  livemode,
  metadata,
  money,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { QZPayPlansTable } from './plans.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PRICES_CONSTRAINTS = {
  primaryKey: 'billing_prices_pkey',
  planForeignKey: 'billing_prices_plan_fkey',
  unitAmountCheck: 'billing_prices_unit_amount_check',
  billingIntervalCheck: 'billing_prices_billing_interval_check',
  intervalCountCheck: 'billing_prices_interval_count_check',
  trialDaysCheck: 'billing_prices_trial_days_check',
  providerPriceIdsCheck: 'billing_prices_provider_price_ids_check',
  metadataCheck: 'billing_prices_metadata_check',
  byPlanIndex: 'billing_prices_by_plan_idx',
  providerIdsIndex: 'billing_prices_provider_ids_idx',
} as const;

/** Price points of a plan. */
export function defineQZPayPrices(ns: QZPayNamespace, parents: { readonly plans: QZPayPlansTable }) {
  const names = QZPAY_PRICES_CONSTRAINTS;
  const { plans } = parents;
  return ns.table(
    'billing_prices',
    {
      id: id(),
      planId: text('plan_id').notNull(),
      nickname: text('nickname'),
      currency: currency().notNull(),
      /** Minor units per unit of quantity and billing interval. */
      unitAmount: money('unit_amount').notNull(),
      billingInterval: text('billing_interval', { enum: QZPAY_BILLING_INTERVAL_VALUES }).notNull(),
      intervalCount: count('interval_count').notNull().default(1),
      trialDays: count('trial_days'),
      active: boolean('active').notNull().default(true),
      providerPriceIds: providerIds('provider_price_ids'),
      metadata: metadata(),
      livemode: livemode(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayPrice>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      foreignKey({
        name: names.planForeignKey,
        columns: [t.planId, t.livemode],
        foreignColumns: [plans.id, plans.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.unitAmountCheck, t.unitAmount),
      isOneOf(names.billingIntervalCheck, t.billingInterval, QZPAY_BILLING_INTERVAL_VALUES),
      isSafeInteger(names.intervalCountCheck, t.intervalCount),
      isSafeInteger(names.trialDaysCheck, t.trialDays),
      isJsonObject(names.providerPriceIdsCheck, t.providerPriceIds),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.byPlanIndex).on(t.livemode, t.planId, t.currency, t.unitAmount),
      providerIdsIndex(names.providerIdsIndex, t.providerPriceIds),
    ],
  );
}

export type QZPayPricesTable = ReturnType<typeof defineQZPayPrices>;
export type QZPayPriceRow = RowOf<QZPayPricesTable>;
export type QZPayPriceInsert = InsertOf<QZPayPricesTable>;
