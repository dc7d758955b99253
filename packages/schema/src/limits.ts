import type { QZPayLimit } from '@qzpay/core';
import { primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { type ColumnsOf, createdAt, id, livemode, quantity, updatedAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_LIMITS_CONSTRAINTS = {
  primaryKey: 'billing_limits_pkey',
  keyKey: 'billing_limits_key_key',
} as const;

/** Definitions of limits. A customer's limit needs none. */
export function defineQZPayLimits(ns: QZPayNamespace) {
  const names = QZPAY_LIMITS_CONSTRAINTS;
  return ns.table(
    'billing_limits',
    {
      id: id(),
      key: text('key').notNull(),
      name: text('name').notNull(),
      description: text('description'),
      defaultValue: quantity('default_value').notNull().default(0),
      livemode: livemode(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPayLimit>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.keyKey).on(t.livemode, t.key),
    ],
  );
}

export type QZPayLimitsTable = ReturnType<typeof defineQZPayLimits>;
export type QZPayLimitRow = RowOf<QZPayLimitsTable>;
export type QZPayLimitInsert = InsertOf<QZPayLimitsTable>;
