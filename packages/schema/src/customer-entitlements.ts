import { QZPAY_SOURCE_TYPE_VALUES, type QZPayCustomerEntitlement } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isOneOf } from './checks.js';
import { type ColumnsOf, createdAt, id, instant, livemode, updatedAt } from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_CUSTOMER_ENTITLEMENTS_CONSTRAINTS = {
  primaryKey: 'billing_customer_entitlements_pkey',
  grantKey: 'billing_customer_entitlements_grant_key',
  customerForeignKey: 'billing_customer_entitlements_customer_fkey',
  sourceCheck: 'billing_customer_entitlements_source_check',
  byKeyIndex: 'billing_customer_entitlements_by_key_idx',
  expiringIndex: 'billing_customer_entitlements_expiring_idx',
  bySourceIndex: 'billing_customer_entitlements_by_source_idx',
} as const;

/** Entitlements granted to customers, one row per source: access lasts while any of them does. */
export function defineQZPayCustomerEntitlements(
  ns: QZPayNamespace,
  parents: { readonly customers: QZPayCustomersTable },
) {
  const names = QZPAY_CUSTOMER_ENTITLEMENTS_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_customer_entitlements',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      entitlementKey: text('entitlement_key').notNull(),
      grantedAt: instant('granted_at').notNull().defaultNow(),
      /** Null: for ever. */
      expiresAt: instant('expires_at'),
      source: text('source', { enum: QZPAY_SOURCE_TYPE_VALUES }).notNull().default('manual'),
      sourceId: text('source_id'),
      livemode: livemode(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPayCustomerEntitlement>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      // A grant without a source id is one grant as well: null equals null here.
      unique(names.grantKey).on(t.livemode, t.customerId, t.entitlementKey, t.source, t.sourceId).nullsNotDistinct(),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isOneOf(names.sourceCheck, t.source, QZPAY_SOURCE_TYPE_VALUES),
      index(names.byKeyIndex).on(t.livemode, t.entitlementKey, t.customerId),
      index(names.expiringIndex).on(t.livemode, t.expiresAt, t.id).where(sql`expires_at is not null`),
      index(names.bySourceIndex).on(t.livemode, t.source, t.sourceId).where(sql`source_id is not null`),
    ],
  );
}

export type QZPayCustomerEntitlementsTable = ReturnType<typeof defineQZPayCustomerEntitlements>;
export type QZPayCustomerEntitlementRow = RowOf<QZPayCustomerEntitlementsTable>;
export type QZPayCustomerEntitlementInsert = InsertOf<QZPayCustomerEntitlementsTable>;
