import {
  QZPAY_POLLING_JOB_STATUS_VALUES,
  QZPAY_POLLING_RESOURCE_TYPE_VALUES,
  type QZPaySubscriptionPollingJob,
} from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger } from './checks.js';
import { type ColumnsOf, count, createdAt, id, instant, livemode, metadata, updatedAt, version } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';
import type { QZPaySubscriptionsTable } from './subscriptions.js';

export const QZPAY_SUBSCRIPTION_POLLING_JOBS_CONSTRAINTS = {
  primaryKey: 'billing_subscription_polling_jobs_pkey',
  onePendingKey: 'billing_subscription_polling_jobs_one_pending_key',
  subscriptionForeignKey: 'billing_subscription_polling_jobs_subscription_fkey',
  resourceTypeCheck: 'billing_subscription_polling_jobs_resource_type_check',
  statusCheck: 'billing_subscription_polling_jobs_status_check',
  attemptsCheck: 'billing_subscription_polling_jobs_attempts_check',
  maxAttemptsCheck: 'billing_subscription_polling_jobs_max_attempts_check',
  metadataCheck: 'billing_subscription_polling_jobs_metadata_check',
  dueIndex: 'billing_subscription_polling_jobs_due_idx',
  bySubscriptionIndex: 'billing_subscription_polling_jobs_by_subscription_idx',
} as const;

/** Polls of providers whose webhooks cannot be relied upon; one pending job per resource. */
export function defineQZPaySubscriptionPollingJobs(
  ns: QZPayNamespace,
  parents: { readonly subscriptions: QZPaySubscriptionsTable },
) {
  const names = QZPAY_SUBSCRIPTION_POLLING_JOBS_CONSTRAINTS;
  const { subscriptions } = parents;
  return ns.table(
    'billing_subscription_polling_jobs',
    {
      id: id(),
      subscriptionId: text('subscription_id').notNull(),
      provider: text('provider').notNull(),
      providerResourceId: text('provider_resource_id').notNull(),
      resourceType: text('resource_type', { enum: QZPAY_POLLING_RESOURCE_TYPE_VALUES })
        .notNull()
        .default('subscription'),
      status: text('status', { enum: QZPAY_POLLING_JOB_STATUS_VALUES }).notNull().default('pending'),
      attempts: count('attempts').notNull().default(0),
      maxAttempts: count('max_attempts').notNull().default(60),
      nextPollAt: instant('next_poll_at').notNull().defaultNow(),
      lastPolledAt: instant('last_polled_at'),
      /** The provider's own word for the resource's state. */
      lastProviderStatus: text('last_provider_status'),
      lastError: text('last_error'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      completedAt: instant('completed_at'),
    } satisfies ColumnsOf<QZPaySubscriptionPollingJob>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      uniqueIndex(names.onePendingKey).on(t.livemode, t.provider, t.providerResourceId).where(sql`status = 'pending'`),
      foreignKey({
        name: names.subscriptionForeignKey,
        columns: [t.subscriptionId, t.livemode],
        foreignColumns: [subscriptions.id, subscriptions.livemode],
      }).onDelete('restrict'),
      isOneOf(names.resourceTypeCheck, t.resourceType, QZPAY_POLLING_RESOURCE_TYPE_VALUES),
      isOneOf(names.statusCheck, t.status, QZPAY_POLLING_JOB_STATUS_VALUES),
      isSafeInteger(names.attemptsCheck, t.attempts),
      isSafeInteger(names.maxAttemptsCheck, t.maxAttempts),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.dueIndex).on(t.livemode, t.nextPollAt, t.id).where(sql`status = 'pending'`),
      index(names.bySubscriptionIndex).on(t.livemode, t.subscriptionId, t.createdAt, t.id),
    ],
  );
}

export type QZPaySubscriptionPollingJobsTable = ReturnType<typeof defineQZPaySubscriptionPollingJobs>;
export type QZPaySubscriptionPollingJobRow = RowOf<QZPaySubscriptionPollingJobsTable>;
export type QZPaySubscriptionPollingJobInsert = InsertOf<QZPaySubscriptionPollingJobsTable>;
