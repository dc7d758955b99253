import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQZPayStorage } from '@qzpay/adapter/node-postgres';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { startChild } from '../support/child.js';

/** How many workers are killed; a longer run sets it. */
const KILLS = Number(process.env['QZPAY_TEST_KILLS'] ?? 6);
const WORKERS = 3;
const EVENTS_PER_KILL = 40;
const LONGEST_LIFE_MS = 150;

/**
 * Works off the inbox until it is killed: for each event one plan and one invoice number, in the transaction of the
 * completion or in one of their own. It announces its first pass.
 */
const WORKER = `
  import { openQZPayStorage } from '@qzpay/adapter/node-postgres';
  const storage = await openQZPayStorage({
    url: process.env.URL, poolSize: 2, migrations: 'skip',
    webhooks: { maxAttempts: 1_000_000, retryDelayMs: 1, maxRetryDelayMs: 50 },
    idempotency: { leaseMs: 200, waitMs: 0 },
  });
  const handle = (event) => storage.idempotent(event.id, event.payload, async () => {
    await storage.plans.create({ id: crypto.randomUUID(), name: event.providerEventId });
    await storage.invoices.finalize(event.payload.invoiceId);
  });
  console.log('at work');
  for (let pass = 0; ; pass += 1) {
    await storage.webhooks.process(handle, { batch: 5, leaseMs: 300, atomic: pass % 2 === 0 });
  }`;

async function startWorker(url: string): Promise<ChildProcess> {
  const worker = startChild(WORKER, { URL: url });
  await Promise.race([once(worker.stdout, 'data'), once(worker, 'exit')]);
  return worker;
}

it(
  'loses no event, completes none twice and misses no number when workers are killed at work',
  async () => {
    const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (url === null) throw new Error('Crashes are tested on a server.');
    const storage = await openQZPayStorage({ url, poolSize: 4 });
    const workers: ChildProcess[] = [];
    onTestFinished(async () => {
      for (const worker of workers) worker.kill('SIGKILL');
      await storage.close();
      await drop();
    });
    const { id: customerId } = await storage.customers.create({ externalId: 'c', email: 'a@b.c' });
    let received = 0;
    const receiveSome = async () => {
      for (let count = 0; count < EVENTS_PER_KILL; count += 1) {
        received += 1;
        const invoiceId = `inv_${received}`;
        await storage.invoices.create({ id: invoiceId, customerId, lines: [] });
        const event = { provider: 'stripe', providerEventId: `evt_${received}`, type: 'paid', payload: { invoiceId } };
        await storage.webhooks.receive(event);
      }
    };
    await receiveSome();
    for (let count = 0; count < WORKERS; count += 1) workers.push(await startWorker(url));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await receiveSome();
      await sleep(Math.random() * LONGEST_LIFE_MS);
      workers.at(-WORKERS)?.kill('SIGKILL');
      workers.push(await startWorker(url));
    }
    const counts = async () => (await storage.webhooks.statistics()).counts;
    while ((await counts()).processed < received) await sleep(50);

    const endedByThemselves = workers.filter(({ exitCode }) => exitCode !== null);
    expect(endedByThemselves).toHaveLength(0);
    expect(await counts()).toEqual({ pending: 0, processing: 0, processed: received, failed: 0, dead_letter: 0 });
    const plans = await storage.plans.list({ limit: 10_000 });
    expect(plans.total).toBe(received);
    expect(new Set(plans.data.map(({ name }) => name)).size).toBe(received);
    expect(await storage.invoices.verifyNumbers({ period: String(new Date().getUTCFullYear()) })).toMatchObject({
      valid: true,
      lastValue: received,
      invoices: received,
    });
  },
  60_000 + KILLS * 5000,
);
