import {
  QZPAY_POLLING_DEFAULTS,
  type QZPaySchedulePollingInput,
  type QZPaySubscriptionPollingJob,
  type QZPayUpdatePollingJobInput,
} from '@qzpay/core';
import type { QZPayNewSubscriptionPollingJob, QZPaySubscriptionPollingJobPatch } from '@qzpay/repositories';
import type { QZPaySubscriptionPollingJobRow } from '@qzpay/schema';

export function toPollingJob(row: QZPaySubscriptionPollingJobRow): QZPaySubscriptionPollingJob {
  return {
    id: row.id,
    subscriptionId: row.subscriptionId,
    provider: row.provider,
    providerResourceId: row.providerResourceId,
    resourceType: row.resourceType,
    status: row.status,
    attempts: row.attempts,
    maxAttempts: row.maxAttempts,
    nextPollAt: row.nextPollAt,
    lastPolledAt: row.lastPolledAt,
    lastProviderStatus: row.lastProviderStatus,
    lastError: row.lastError,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    completedAt: row.completedAt,
    version: row.version,
  };
}

export function fromSchedulePolling(
  input: QZPaySchedulePollingInput,
  provider: string,
  now: Date,
): QZPayNewSubscriptionPollingJob {
  const { initialDelayMs = QZPAY_POLLING_DEFAULTS.INITIAL_DELAY_MS } = input;
  return {
    subscriptionId: input.subscriptionId,
    provider,
    providerResourceId: input.providerResourceId,
    resourceType: input.resourceType,
    maxAttempts: input.maxAttempts,
    nextPollAt: new Date(now.getTime() + initialDelayMs),
    metadata: input.metadata,
  };
}

export function fromUpdatePollingJob(input: QZPayUpdatePollingJobInput): QZPaySubscriptionPollingJobPatch {
  return {
    status: input.status,
    incrementAttemptsBy: input.incrementAttemptsBy,
    lastPolledAt: input.lastPolledAt,
    lastProviderStatus: input.lastProviderStatus,
    lastError: input.lastError,
    nextPollAt: input.nextPollAt,
    completedAt: input.completedAt,
  };
}
