import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayUsageEvent } from '@qzpay/core';
import type { Setup } from './drivers.js';

export const at = (time: string) => new Date(`2026-03-${time}Z`);
export const march = { start: at('01T00:00:00.000'), end: new Date('2026-04-01T00:00:00.000Z') };
export const noon = at('10T12:00:00.000');
export const HOUR = 3_600_000;

export async function withCustomers(setup: Setup, options?: Parameters<Setup>[0]) {
  const bundle = await setup(options);
  await addCustomers(bundle.storage);
  return { ...bundle, usage: bundle.storage.usage };
}

export async function addCustomers(storage: QZPayStorage): Promise<void> {
  for (const id of ['c1', 'c2']) {
    await storage.repositories.customers.create({ id, externalId: `user of ${id}`, email: 'a@b.c' });
  }
}

let keys = 0;
export function event(given: Partial<QZPayUsageEvent> = {}): QZPayUsageEvent {
  keys += 1;
  const idempotencyKey = `key ${keys}`;
  return { customerId: 'c1', limitKey: 'calls', quantity: 1, timestamp: noon, idempotencyKey, ...given };
}

export const statuses = ({ verdicts }: { readonly verdicts: readonly { readonly status: string }[] }) =>
  verdicts.map(({ status }) => status);

export const ofCalls = { customerId: 'c1', limitKey: 'calls', ...march };

export async function* streamOf(count: number, onRead: (index: number) => void = () => {}) {
  for (let index = 0; index < count; index += 1) {
    onRead(index);
    yield event();
  }
}
