import { setImmediate } from 'node:timers/promises';
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayWebhookEvent } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnServers, type StorageSetup } from '../support/drivers.js';
import { claimOne, delivery, NO_EVENTS, receiveMany } from '../support/webhooks.js';

/** What a replay answers that waits for the transaction of `other` in which `work` runs. */
async function replayedBeside(
  { storage, query }: StorageSetup,
  eventId: string,
  other: QZPayStorage,
  work: () => Promise<void>,
): Promise<QZPayWebhookEvent | null> {
  const waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  let replay: Promise<QZPayWebhookEvent | null> = Promise.resolve(null);
  await other.transaction(async () => {
    await work();
    replay = storage.webhooks.replay(eventId);
    while ((await query(waits)).length === 0) await setImmediate();
  });
  return replay;
}

describeOnServers('the webhook inbox of many processes', (setup) => {
  it('calls one of sixteen deliveries new, and shows all of them the same event', async () => {
    const { storage } = await setup();
    for (let round = 0; round < 10; round += 1) {
      const received = await Promise.all(
        Array.from({ length: 16 }, () => storage.webhooks.receive(delivery(`evt_${round}`))),
      );
      expect(received.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(received.map(({ event }) => event.id)).size).toBe(1);
    }
  });

  it('shares two hundred events between ten workers, none of them twice', async () => {
    const { storage, reopen } = await setup();
    await Promise.all(Array.from({ length: 200 }, (_, index) => storage.webhooks.receive(delivery(`evt_${index}`))));
    const handled: string[] = [];
    const workers = Array.from({ length: 10 }, async (_, worker) => {
      const own = reopen({ webhooks: { worker: `worker-${worker}` } });
      const handler = async ({ id }: QZPayWebhookEvent) => {
        handled.push(id);
      };
      let total = 0;
      for (;;) {
        const { processed, failed, lost } = await own.webhooks.process(handler, { batch: 7, atomic: worker % 2 === 0 });
        expect({ failed, lost }).toEqual({ failed: 0, lost: 0 });
        if (processed === 0) return total;
        total += processed;
      }
    });
    const totals = await Promise.all(workers);
    expect(totals.reduce((sum, total) => sum + total, 0)).toBe(200);
    expect(new Set(handled).size).toBe(200);
    expect(handled).toHaveLength(200);
  });

  it('resolves the letter of an event that is claimed and given up while its replay waits', async () => {
    const bundle = await setup({ webhooks: { retryDelayMs: 1, random: () => 0 } });
    const { storage, reopen, clock } = bundle;
    await receiveMany(storage, 1);
    const event = await claimOne(storage);
    await storage.webhooks.fail(event, 'first');
    clock.advance(1);
    const last = reopen({ webhooks: { maxAttempts: 1 } });
    const replayed = await replayedBeside(bundle, event.id, last, async () => {
      await last.webhooks.fail(await claimOne(last), 'second');
    });
    expect(replayed).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await storage.webhooks.deadLetters()).toEqual([]);
  });

  it('does not replay an event whose erasure it has to wait for', async () => {
    const bundle = await setup({ webhooks: { maxAttempts: 1 } });
    const { storage, reopen } = bundle;
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    await storage.webhooks.receive(delivery('evt_0', { customerId }));
    const event = await claimOne(storage);
    await storage.webhooks.fail(event, 'boom');
    const eraser = reopen();
    const replayed = await replayedBeside(bundle, event.id, eraser, async () => {
      await eraser.maintenance.eraseCustomer(customerId);
    });
    expect(replayed).toBeNull();
    expect((await storage.webhooks.statistics()).counts).toMatchObject({ pending: 0, dead_letter: 1 });
  });

  it('rolls back what an atomic handler did whose lease ended before it', async () => {
    const { storage, clock, reopen } = await setup();
    await receiveMany(storage, 1);
    let release = (): void => {};
    const recovered = new Promise<void>((resolve) => {
      release = resolve;
    });
    const late = async ({ providerEventId }: QZPayWebhookEvent) => {
      await storage.plans.create({ id: providerEventId, name: 'x' });
      clock.advance(1000);
      await recovered;
    };
    const pass = storage.webhooks.process(late, { atomic: true, leaseMs: 1000 });
    const elsewhere = reopen();
    while ((await elsewhere.webhooks.recover()) === 0);
    release();
    expect(await pass).toEqual({ ...NO_EVENTS, lost: 1 });
    expect(await storage.plans.findById('evt_0')).toBeNull();
  });

  it('claims past events that an open transaction holds', async () => {
    const { storage, reopen } = await setup();
    await receiveMany(storage, 2);
    const elsewhere = reopen();
    const claim = () => elsewhere.webhooks.claim(5);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let claimed = (): void => {};
    const hasClaimed = new Promise<void>((resolve) => {
      claimed = resolve;
    });
    const transaction = storage.transaction(async () => {
      const events = await storage.webhooks.claim(1);
      claimed();
      await held;
      return events;
    });
    await hasClaimed;
    const others = await claim();
    release();
    const ids = [...(await transaction), ...others].map(({ providerEventId }) => providerEventId);
    expect(ids).toEqual(['evt_0', 'evt_1']);
  });

  it('ends each claim once, however many complete, fail and recover it', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 1 } });
    for (let round = 0; round < 10; round += 1) {
      await storage.webhooks.receive(delivery(`evt_${round}`));
      const event = await claimOne(storage, 1000);
      clock.advance(1000);
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, async (_, index) => {
          if (index % 3 === 0) return storage.webhooks.complete(event);
          if (index % 3 === 1) return storage.webhooks.fail(event, 'no');
          return (await storage.webhooks.recover()) === 0 ? Promise.reject(new Error('nothing to recover')) : null;
        }),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    const { counts } = await storage.webhooks.statistics();
    expect(counts.processed + counts.dead_letter).toBe(10);
    expect(await storage.webhooks.deadLetters()).toHaveLength(counts.dead_letter);
  });

  it('replays a letter once', async () => {
    const { storage } = await setup({ webhooks: { maxAttempts: 1 } });
    await receiveMany(storage, 1);
    const event = await claimOne(storage);
    await storage.webhooks.fail(event, 'no');
    const replayed = await Promise.all(Array.from({ length: 10 }, () => storage.webhooks.replay(event.id)));
    expect(replayed.filter((found) => found !== null)).toHaveLength(1);
  });
});
