import type { QZPayWebhookDeadLetter, QZPayWebhookEvent } from '@qzpay/core';
import type { QZPayWebhookDeadLetterRow, QZPayWebhookEventRow } from '@qzpay/schema';

export function toWebhookEvent(row: QZPayWebhookEventRow): QZPayWebhookEvent {
  return {
    id: row.id,
    provider: row.provider,
    providerEventId: row.providerEventId,
    type: row.type,
    payload: row.payload,
    metadata: row.metadata,
    status: row.status,
    attempts: row.attempts,
    nextRetryAt: row.nextRetryAt,
    lockedAt: row.lockedAt,
    lockedBy: row.lockedBy,
    occurredAt: row.occurredAt,
    processedAt: row.processedAt,
    durationMs: row.durationMs,
    error: row.error,
    customerId: row.customerId,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export function toWebhookDeadLetter(row: QZPayWebhookDeadLetterRow): QZPayWebhookDeadLetter {
  return {
    id: row.id,
    eventId: row.webhookEventId,
    provider: row.provider,
    providerEventId: row.providerEventId,
    type: row.type,
    payload: row.payload,
    error: row.error,
    attempts: row.attempts,
    lastAttemptAt: row.lastAttemptAt,
    createdAt: row.createdAt,
  };
}
