import type { QZPayEntitlement } from '@qzpay/core';
import { primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { type ColumnsOf, createdAt, id, livemode, updatedAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_ENTITLEMENTS_CONSTRAINTS = {
  primaryKey: 'billing_entitlements_pkey',
  keyKey: 'billing_entitlements_key_key',
} as const;

/** Definitions of entitlements. A grant needs none. */
export function defineQZPayEntitlements(ns: QZPayNamespace) {
  const names = QZPAY_ENTITLEMENTS_CONSTRAINTS;
  return ns.table(
    'billing_entitlements',
    {
      id: id(),
      key: text('key').notNull(),
      name: text('name').notNull(),
      description: text('description'),
      livemode: livemode(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPayEntitlement>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.keyKey).on(t.livemode, t.key),
    ],
  );
}

export type QZPayEntitlementsTable = ReturnType<typeof defineQZPayEntitlements>;
export type QZPayEntitlementRow = RowOf<QZPayEntitlementsTable>;
export type QZPayEntitlementInsert = InsertOf<QZPayEntitlementsTable>;
