import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayWebhookEvent } from '@qzpay/core';

/** A pass of `process` that found nothing to do. */
export const NO_EVENTS = { recovered: 0, processed: 0, failed: 0, deadLettered: 0, lost: 0 };

/** An event as the provider sends it. */
export function delivery(providerEventId: string, changes: object = {}) {
  return { provider: 'stripe', providerEventId, type: 'invoice.paid', payload: { id: providerEventId }, ...changes };
}

export async function receiveMany(storage: QZPayStorage, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await storage.webhooks.receive(delivery(`evt_${index}`));
}

export async function claimOne(storage: QZPayStorage, leaseMs?: number): Promise<QZPayWebhookEvent> {
  const [event] = await storage.webhooks.claim(1, leaseMs);
  if (event === undefined) throw new Error('no event was due');
  return event;
}
