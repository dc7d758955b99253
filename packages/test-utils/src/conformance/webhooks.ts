import type { QZPayReceiveWebhookInput, QZPayWebhookEvent } from '@qzpay/core';
import { present } from './expectations.js';
import type { OperationsStorage } from './operations.js';

/** A pass of `process` that found nothing to do. */
export const NOTHING_DONE = { recovered: 0, processed: 0, failed: 0, deadLettered: 0, lost: 0 };

/** Long enough for any lease of these cases, none of which waits for the default one. */
export const LEASE = 60_000;

/** More attempts than a storage may be expected to allow. */
const MANY = 1000;

/** An event as a provider sends it. */
export function delivery(
  providerEventId: string,
  changes: Partial<QZPayReceiveWebhookInput> = {},
): QZPayReceiveWebhookInput {
  return { provider: 'stripe', providerEventId, type: 'invoice.paid', payload: { id: providerEventId }, ...changes };
}

/** Receives events with the ids `evt_0`, `evt_1` and so on, each a millisecond after the one before; returns their ids. */
export async function receiveMany(
  { storage, clock }: { storage: OperationsStorage; clock: { advance(milliseconds: number): Date } },
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push((await storage.webhooks.receive(delivery(`evt_${index}`))).event.id);
    clock.advance(1);
  }
  return ids;
}

export async function claimOne(storage: OperationsStorage, leaseMs = LEASE): Promise<QZPayWebhookEvent> {
  return present((await storage.webhooks.claim(1, leaseMs))[0]);
}

/** The event as it is now, told by one more delivery of it. */
export async function stateOf(storage: OperationsStorage, providerEventId: string): Promise<QZPayWebhookEvent> {
  return (await storage.webhooks.receive(delivery(providerEventId))).event;
}

/** Claims and fails the one event that there is until it is given up; returns the last claim. */
export async function giveUp(
  { storage, clock }: { storage: OperationsStorage; clock: { set(instant: Date): Date } },
  error: unknown = new Error('declined'),
): Promise<QZPayWebhookEvent> {
  for (let left = MANY; left > 0; left -= 1) {
    const claim = await claimOne(storage);
    const retryAt = await storage.webhooks.fail(claim, error);
    if (retryAt === null) return claim;
    clock.set(retryAt);
  }
  throw new Error(`The event was not given up after ${MANY} attempts.`);
}
