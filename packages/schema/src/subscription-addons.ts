import { QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES, type QZPaySubscriptionAddOn } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import type { QZPayAddonsTable } from './addons.js';
import { isJsonObject, isOneOf, isSafeInteger } from './checks.js';
import {
  type ColumnsOf,
  count,
  createdAt,
  id,
  instant,
  livemode,
  metadata,
  money,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';
import type { QZPaySubscriptionsTable } from './subscriptions.js';

export const QZPAY_SUBSCRIPTION_ADDONS_CONSTRAINTS = {
  primaryKey: 'billing_subscription_addons_pkey',
  subscriptionForeignKey: 'billing_subscription_addons_subscription_fkey',
  addOnForeignKey: 'billing_subscription_addons_add_on_fkey',
  quantityCheck: 'billing_subscription_addons_quantity_check',
  unitAmountCheck: 'billing_subscription_addons_unit_amount_check',
  statusCheck: 'billing_subscription_addons_status_check',
  metadataCheck: 'billing_subscription_addons_metadata_check',
  bySubscriptionIndex: 'billing_subscription_addons_by_subscription_idx',
  byAddOnIndex: 'billing_subscription_addons_by_add_on_idx',
  expiringIndex: 'billing_subscription_addons_expiring_idx',
} as const;

/** Add-ons attached to subscriptions, past ones included; an add-on may be attached more than once. */
export function defineQZPaySubscriptionAddons(
  ns: QZPayNamespace,
  parents: { readonly subscriptions: QZPaySubscriptionsTable; readonly addons: QZPayAddonsTable },
) {
  const names = QZPAY_SUBSCRIPTION_ADDONS_CONSTRAINTS;
  const { subscriptions, addons } = parents;
  return ns.table(
    'billing_subscription_addons',
    {
      id: id(),
      subscriptionId: text('subscription_id').notNull(),
      addOnId: text('add_on_id').notNull(),
      quantity: count('quantity').notNull().default(1),
      /** Minor units, as they were when the add-on was attached. */
      unitAmount: money('unit_amount').notNull(),
      currency: text('currency').notNull(),
      status: text('status', { enum: QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES }).notNull().default('active'),
      addedAt: instant('added_at').notNull().defaultNow(),
      canceledAt: instant('canceled_at'),
      expiresAt: instant('expires_at'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
    } satisfies ColumnsOf<QZPaySubscriptionAddOn>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      foreignKey({
        name: names.subscriptionForeignKey,
        columns: [t.subscriptionId, t.livemode],
        foreignColumns: [subscriptions.id, subscriptions.livemode],
      }).onDelete('restrict'),
      foreignKey({
        name: names.addOnForeignKey,
        columns: [t.addOnId, t.livemode],
        foreignColumns: [addons.id, addons.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.quantityCheck, t.quantity),
      isSafeInteger(names.unitAmountCheck, t.unitAmount),
      isOneOf(names.statusCheck, t.status, QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.bySubscriptionIndex).on(t.livemode, t.subscriptionId, t.addedAt, t.id),
      index(names.byAddOnIndex).on(t.livemode, t.addOnId),
      index(names.expiringIndex).on(t.livemode, t.expiresAt).where(sql`expires_at is not null and status = 'active'`),
    ],
  );
}

export type QZPaySubscriptionAddonsTable = ReturnType<typeof defineQZPaySubscriptionAddons>;
export type QZPaySubscriptionAddonRow = RowOf<QZPaySubscriptionAddonsTable>;
export type QZPaySubscriptionAddonInsert = InsertOf<QZPaySubscriptionAddonsTable>;
