import { QZPAY_SOURCE_TYPE_VALUES, type QZPayCustomerLimit } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import { isOneOf } from './checks.js';
import { type ColumnsOf, createdAt, instant, livemode, quantity, updatedAt } from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_CUSTOMER_LIMITS_CONSTRAINTS = {
  primaryKey: 'billing_customer_limits_pkey',
  customerForeignKey: 'billing_customer_limits_customer_fkey',
  sourceCheck: 'billing_customer_limits_source_check',
  byKeyIndex: 'billing_customer_limits_by_key_idx',
  resetDueIndex: 'billing_customer_limits_reset_due_idx',
  bySourceIndex: 'billing_customer_limits_by_source_idx',
} as const;

/** Caps of customers and what they have consumed. Consumption may pass the cap. */
export function defineQZPayCustomerLimits(ns: QZPayNamespace, parents: { readonly customers: QZPayCustomersTable }) {
  const names = QZPAY_CUSTOMER_LIMITS_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_customer_limits',
    {
      customerId: text('customer_id').notNull(),
      limitKey: text('limit_key').notNull(),
      maxValue: quantity('max_value').notNull(),
      currentValue: quantity('current_value').notNull().default(0),
      resetAt: instant('reset_at'),
      source: text('source', { enum: QZPAY_SOURCE_TYPE_VALUES }).notNull().default('manual'),
      sourceId: text('source_id'),
      livemode: livemode(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPayCustomerLimit>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.livemode, t.customerId, t.limitKey] }),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isOneOf(names.sourceCheck, t.source, QZPAY_SOURCE_TYPE_VALUES),
      index(names.byKeyIndex).on(t.livemode, t.limitKey, t.customerId),
      index(names.resetDueIndex).on(t.livemode, t.resetAt).where(sql`reset_at is not null`),
      index(names.bySourceIndex).on(t.livemode, t.source, t.sourceId).where(sql`source_id is not null`),
    ],
  );
}

export type QZPayCustomerLimitsTable = ReturnType<typeof defineQZPayCustomerLimits>;
export type QZPayCustomerLimitRow = RowOf<QZPayCustomerLimitsTable>;
export type QZPayCustomerLimitInsert = InsertOf<QZPayCustomerLimitsTable>;
