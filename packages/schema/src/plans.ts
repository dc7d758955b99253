import type { QZPayPlan, QZPayPlanFeature } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonArray, isJsonObject } from './checks.js';
import { type ColumnsOf, createdAt, deletedAt, id, livemode, metadata, texts, updatedAt, version } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PLANS_CONSTRAINTS = {
  primaryKey: 'billing_plans_pkey',
  featuresCheck: 'billing_plans_features_check',
  limitsCheck: 'billing_plans_limits_check',
  metadataCheck: 'billing_plans_metadata_check',
  activeIndex: 'billing_plans_active_idx',
} as const;

/** Subscription plans. Ids may be slugs; subscriptions may name plans that are not stored here. */
export function defineQZPayPlans(ns: QZPayNamespace) {
  const names = QZPAY_PLANS_CONSTRAINTS;
  return ns.table(
    'billing_plans',
    {
      id: id(),
      name: text('name').notNull(),
      description: text('description'),
      active: boolean('active').notNull().default(true),
      features: jsonb('features').$type<QZPayPlanFeature[]>().notNull().default([]),
      entitlements: texts('entitlements'),
      limits: jsonb('limits').$type<Record<string, number>>().notNull().default({}),
      metadata: metadata(),
      livemode: livemode(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayPlan, 'prices'>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      isJsonArray(names.featuresCheck, t.features),
      isJsonObject(names.limitsCheck, t.limits),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.activeIndex).on(t.livemode, t.createdAt, t.id).where(sql`active and deleted_at is null`),
    ],
  );
}

export type QZPayPlansTable = ReturnType<typeof defineQZPayPlans>;
export type QZPayPlanRow = RowOf<QZPayPlansTable>;
export type QZPayPlanInsert = InsertOf<QZPayPlansTable>;
