import {
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_SUBSCRIPTION_STATUS_VALUES,
  type QZPayScheduledPlanChange,
  type QZPaySubscription,
} from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  count,
  createdAt,
  deletedAt,
  id,
  instant,
  livemode,
  metadata,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_SUBSCRIPTIONS_CONSTRAINTS = {
  primaryKey: 'billing_subscriptions_pkey',
  customerForeignKey: 'billing_subscriptions_customer_fkey',
  statusCheck: 'billing_subscriptions_status_check',
  billingIntervalCheck: 'billing_subscriptions_billing_interval_check',
  intervalCountCheck: 'billing_subscriptions_interval_count_check',
  quantityCheck: 'billing_subscriptions_quantity_check',
  providerSubscriptionIdsCheck: 'billing_subscriptions_provider_subscription_ids_check',
  scheduledPlanChangeCheck: 'billing_subscriptions_scheduled_plan_change_check',
  metadataCheck: 'billing_subscriptions_metadata_check',
  byCustomerIndex: 'billing_subscriptions_by_customer_idx',
  listIndex: 'billing_subscriptions_list_idx',
  deletedIndex: 'billing_subscriptions_deleted_idx',
  countIndex: 'billing_subscriptions_count_idx',
  byStatusIndex: 'billing_subscriptions_by_status_idx',
  periodEndIndex: 'billing_subscriptions_period_end_idx',
  trialEndIndex: 'billing_subscriptions_trial_end_idx',
  retryDueIndex: 'billing_subscriptions_retry_due_idx',
  graceEndIndex: 'billing_subscriptions_grace_end_idx',
  cancelAtIndex: 'billing_subscriptions_cancel_at_idx',
  planChangeIndex: 'billing_subscriptions_plan_change_idx',
  planIndex: 'billing_subscriptions_plan_idx',
  priceIndex: 'billing_subscriptions_price_idx',
  promoCodeIndex: 'billing_subscriptions_promo_code_idx',
  paymentMethodIndex: 'billing_subscriptions_payment_method_idx',
  syncDueIndex: 'billing_subscriptions_sync_due_idx',
  providerIdsIndex: 'billing_subscriptions_provider_ids_idx',
} as const;

/**
 * Life cycles of subscriptions.
 *
 * Plan, price, promo code and payment method are opaque ids: plans may exist in the host's configuration only.
 */
export function defineQZPaySubscriptions(ns: QZPayNamespace, parents: { readonly customers: QZPayCustomersTable }) {
  const names = QZPAY_SUBSCRIPTIONS_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_subscriptions',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      planId: text('plan_id').notNull(),
      priceId: text('price_id'),
      status: text('status', { enum: QZPAY_SUBSCRIPTION_STATUS_VALUES }).notNull(),
      interval: text('billing_interval', { enum: QZPAY_BILLING_INTERVAL_VALUES }).notNull(),
      intervalCount: count('interval_count').notNull().default(1),
      quantity: count('quantity').notNull().default(1),
      currentPeriodStart: instant('current_period_start').notNull(),
      currentPeriodEnd: instant('current_period_end').notNull(),
      trialStart: instant('trial_start'),
      trialEnd: instant('trial_end'),
      trialConverted: boolean('trial_converted').notNull().default(false),
      trialConvertedAt: instant('trial_converted_at'),
      cancelAt: instant('cancel_at'),
      canceledAt: instant('canceled_at'),
      cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull().default(false),
      endedAt: instant('ended_at'),
      promoCodeId: text('promo_code_id'),
      promoEffectRemainingCycles: integer('promo_effect_remaining_cycles'),
      defaultPaymentMethodId: text('default_payment_method_id'),
      /** Until when access is kept while a payment is past due. */
      gracePeriodEndsAt: instant('grace_period_ends_at'),
      /** Failed attempts to renew. */
      retryCount: integer('retry_count').notNull().default(0),
      lastRetryAt: instant('last_retry_at'),
      nextRetryAt: instant('next_retry_at'),
      providerSubscriptionIds: providerIds('provider_subscription_ids'),
      /** When the row was last compared with the provider. */
      providerSyncedAt: instant('provider_synced_at'),
      scheduledPlanChange: jsonb('scheduled_plan_change').$type<QZPayScheduledPlanChange>(),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPaySubscription>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isOneOf(names.statusCheck, t.status, QZPAY_SUBSCRIPTION_STATUS_VALUES),
      isOneOf(names.billingIntervalCheck, t.interval, QZPAY_BILLING_INTERVAL_VALUES),
      isSafeInteger(names.intervalCountCheck, t.intervalCount),
      isSafeInteger(names.quantityCheck, t.quantity),
      isJsonObject(names.providerSubscriptionIdsCheck, t.providerSubscriptionIds),
      isJsonObject(names.scheduledPlanChangeCheck, t.scheduledPlanChange),
      isJsonObject(names.metadataCheck, t.metadata),
      // Over all rows, since the foreign key looks for deleted children too.
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.createdAt, t.id),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      // For retention.
      index(names.deletedIndex).on(t.livemode, t.deletedAt).where(sql`deleted_at is not null`),
      index(names.countIndex).on(t.livemode).where(sql`deleted_at is null`),
      index(names.byStatusIndex).on(t.livemode, t.status, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.periodEndIndex)
        .on(t.livemode, t.currentPeriodEnd, t.id)
        .where(sql`status in ('active', 'trialing') and deleted_at is null`),
      index(names.trialEndIndex)
        .on(t.livemode, t.trialEnd, t.id)
        .where(sql`status = 'trialing' and deleted_at is null`),
      index(names.retryDueIndex)
        .on(t.livemode, t.nextRetryAt, t.id)
        .where(sql`status = 'past_due' and next_retry_at is not null and deleted_at is null`),
      index(names.graceEndIndex)
        .on(t.livemode, t.gracePeriodEndsAt, t.id)
        .where(sql`status = 'past_due' and deleted_at is null`),
      index(names.cancelAtIndex)
        .on(t.livemode, t.cancelAt, t.id)
        .where(
          sql`cancel_at is not null and status in ('active', 'trialing', 'past_due', 'paused') and deleted_at is null`,
        ),
      // ISO 8601 text in UTC sorts by time.
      index(names.planChangeIndex)
        .on(t.livemode, sql`(scheduled_plan_change ->> 'applyAt')`)
        .where(sql`scheduled_plan_change ->> 'status' = 'pending' and deleted_at is null`),
      index(names.planIndex).on(t.livemode, t.planId).where(sql`deleted_at is null`),
      index(names.priceIndex).on(t.livemode, t.priceId).where(sql`price_id is not null`),
      index(names.promoCodeIndex).on(t.livemode, t.promoCodeId).where(sql`promo_code_id is not null`),
      index(names.paymentMethodIndex)
        .on(t.livemode, t.defaultPaymentMethodId)
        .where(sql`default_payment_method_id is not null`),
      index(names.syncDueIndex)
        .on(t.livemode, t.providerSyncedAt.nullsFirst())
        .where(sql`status in ('active', 'trialing', 'past_due', 'paused') and deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerSubscriptionIds),
    ],
  );
}

export type QZPaySubscriptionsTable = ReturnType<typeof defineQZPaySubscriptions>;
export type QZPaySubscriptionRow = RowOf<QZPaySubscriptionsTable>;
export type QZPaySubscriptionInsert = InsertOf<QZPaySubscriptionsTable>;
