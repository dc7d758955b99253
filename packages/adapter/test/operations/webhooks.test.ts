import type { QZPayWebhookEvent } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { claimOne, delivery, NO_EVENTS, receiveMany } from '../support/webhooks.js';

const LOST = { name: 'QZPayStorageError', code: 'lease_lost' };
const boom = () => Promise.reject(new Error('boom'));

describeOnEveryDriver('the webhook inbox', (setup) => {
  it('stores a new event; says of a repeated one that it is a duplicate, and of which event', async () => {
    const { storage, clock } = await setup();
    const input = delivery('evt_1', { metadata: { ip: '192.0.2.1' }, occurredAt: clock(), customerId: 'customer-1' });
    const { event, duplicate } = await storage.webhooks.receive(input);
    expect(duplicate).toBe(false);
    expect(event).toStrictEqual({
      ...input,
      id: expect.any(String),
      status: 'pending',
      attempts: 0,
      nextRetryAt: clock(),
      lockedAt: null,
      lockedBy: null,
      processedAt: null,
      durationMs: null,
      error: null,
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
    });
    await storage.webhooks.complete(await claimOne(storage));
    const again = await storage.webhooks.receive(delivery('evt_1', { type: 'other' }));
    expect(again).toMatchObject({
      duplicate: true,
      event: { id: event.id, type: 'invoice.paid', status: 'processed' },
    });
  });

  it('keeps providers and modes apart', async () => {
    const { storage, reopen } = await setup();
    const live = reopen({ livemode: true });
    const received = [
      await storage.webhooks.receive(delivery('evt_1')),
      await storage.webhooks.receive(delivery('evt_1', { provider: 'paypal' })),
      await live.webhooks.receive(delivery('evt_1')),
    ];
    expect(received.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
    const claimed = await live.webhooks.claim();
    expect(claimed.map(({ id }) => id)).toEqual([received[2]?.event.id]);
    const [first] = await storage.webhooks.claim(1);
    if (first === undefined) throw new Error('no event was due');
    await expect(live.webhooks.complete(first)).rejects.toMatchObject(LOST);
    await storage.webhooks.fail(first, 'no');
    expect(await live.webhooks.replay(first.id)).toBeNull();
    expect((await live.webhooks.statistics()).counts).toMatchObject({ pending: 0, processing: 1, failed: 0 });
    expect(await live.webhooks.deadLetters()).toEqual([]);
  });

  it('claims the longest due first and returns them in that order, for as long as the lease says', async () => {
    const { storage, clock, reopen } = await setup();
    await storage.webhooks.receive(delivery('second'));
    clock.advance(1);
    await storage.webhooks.receive(delivery('third'));
    clock.advance(-2);
    await storage.webhooks.receive(delivery('first'));
    clock.advance(2);
    const named = reopen({ webhooks: { worker: 'worker-1' } });
    const events = await named.webhooks.claim(2, 1000);
    expect(events.map(({ providerEventId }) => providerEventId)).toEqual(['first', 'second']);
    expect(events[0]).toMatchObject({
      status: 'processing',
      attempts: 1,
      lockedAt: clock(),
      lockedBy: expect.stringMatching(/^worker-1\//),
      nextRetryAt: new Date(clock().getTime() + 1000),
    });
    expect((await storage.webhooks.claim()).map(({ providerEventId }) => providerEventId)).toEqual(['third']);
    expect(await storage.webhooks.claim()).toEqual([]);
  });

  it('refuses a payload that is no parsed body, and takes any that is', async () => {
    const { storage } = await setup();
    class Event {
      id = 'evt_1';
    }
    const bytes = Buffer.from('{"id":"evt_1"}');
    for (const payload of [bytes, new Uint8Array(bytes), new Map([['id', 1]]), new Event(), new Date(), 'text', null]) {
      await expect(storage.webhooks.receive({ ...delivery('evt_1'), payload })).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field: 'payload',
        message: expect.stringContaining('parsed body'),
      });
    }
    for (const payload of [{ total: Number.NaN }, { amount: 5n }, { lines: new Map([[1, 2]]) }]) {
      await expect(storage.webhooks.receive({ ...delivery('evt_1'), payload })).rejects.toMatchObject({
        field: 'payload',
      });
    }
    const payload = { created: new Date('2026-01-01T00:00:00.000Z'), $date: 'of the provider', absent: undefined };
    const { event } = await storage.webhooks.receive({ ...delivery('evt_1'), payload });
    expect(event.payload).toEqual({ created: '2026-01-01T00:00:00.000Z', $date: 'of the provider' });
  });

  it('refuses limits and leases that are none', async () => {
    const { storage } = await setup();
    await expect(storage.webhooks.claim(-1)).rejects.toMatchObject({ field: 'limit' });
    for (const leaseMs of [0, -1, 0.5, Number.NaN]) {
      await expect(storage.webhooks.claim(1, leaseMs)).rejects.toMatchObject({ field: 'leaseMs' });
    }
  });

  it('waits twice as long after each failure, up to the maximum, less a random half', async () => {
    let random = 0;
    const options = { retryDelayMs: 1000, maxRetryDelayMs: 5000, maxAttempts: 7, random: () => random };
    const { storage, clock } = await setup({ webhooks: options });
    await receiveMany(storage, 1);
    const delays: number[] = [];
    for (random of [1, 1, 1, 1, 1, 0]) {
      const retryAt = await storage.webhooks.fail(await claimOne(storage), new Error('boom'));
      delays.push((retryAt?.getTime() ?? Number.NaN) - clock().getTime());
      clock.advance((delays.at(-1) ?? 0) - 1);
      expect(await storage.webhooks.claim()).toEqual([]);
      clock.advance(1);
    }
    expect(delays).toEqual([1000, 2000, 4000, 5000, 5000, 2500]);
  });

  it('gives an event up after its attempts, keeps its letter, and starts anew when it is replayed', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 2, retryDelayMs: 1, random: () => 0 } });
    await receiveMany(storage, 1);
    expect(await storage.webhooks.fail(await claimOne(storage), new Error('first'))).toEqual(expect.any(Date));
    clock.advance(1);
    const last = await claimOne(storage);
    expect(await storage.webhooks.fail(last, 'second')).toBeNull();
    expect(await storage.webhooks.claim()).toEqual([]);
    expect(await storage.webhooks.deadLetters()).toEqual([
      {
        id: expect.any(String),
        eventId: last.id,
        provider: 'stripe',
        providerEventId: 'evt_0',
        type: 'invoice.paid',
        payload: { id: 'evt_0' },
        error: 'second',
        attempts: 2,
        lastAttemptAt: clock(),
        createdAt: clock(),
      },
    ]);
    expect(await storage.webhooks.replay(last.id)).toMatchObject({
      status: 'pending',
      attempts: 0,
      nextRetryAt: clock(),
    });
    expect(await storage.webhooks.deadLetters()).toEqual([]);
    expect(await storage.webhooks.replay(last.id)).toBeNull();
    const again = await claimOne(storage);
    expect(again).toMatchObject({ id: last.id, attempts: 1 });
    await storage.webhooks.complete(again);
    expect(await storage.webhooks.replay(last.id)).toBeNull();
    expect(await storage.webhooks.replay('unknown')).toBeNull();
  });

  it('does not take the claim of before a replay for the one after it', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 1, worker: 'worker-1' } });
    await receiveMany(storage, 1);
    const stalled = await claimOne(storage, 1000);
    clock.advance(1000);
    await storage.webhooks.recover();
    await storage.webhooks.replay(stalled.id);
    const claim = await claimOne(storage);
    expect(claim.attempts).toBe(stalled.attempts);
    await expect(storage.webhooks.complete(stalled)).rejects.toMatchObject(LOST);
    await storage.webhooks.complete(claim);
  });

  it('replays an event that waits for its next attempt at once', async () => {
    const { storage } = await setup();
    await receiveMany(storage, 1);
    const event = await claimOne(storage);
    await storage.webhooks.fail(event, new Error('boom'));
    expect(await storage.webhooks.claim()).toEqual([]);
    await storage.webhooks.replay(event.id);
    expect(await claimOne(storage)).toMatchObject({ id: event.id, attempts: 1 });
  });

  it('recovers expired leases only: due at once, or given up after as many crashes as attempts', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 2 } });
    await receiveMany(storage, 2);
    const [crashing, slow] = [await claimOne(storage, 1000), await claimOne(storage, 1001)];
    clock.advance(999);
    expect(await storage.webhooks.recover()).toBe(0);
    clock.advance(1);
    expect(await storage.webhooks.recover()).toBe(1);
    expect(await claimOne(storage, 1000)).toMatchObject({ id: crashing.id, attempts: 2 });
    await expect(storage.webhooks.complete(crashing)).rejects.toMatchObject(LOST);
    await expect(storage.webhooks.fail(crashing, 'late')).rejects.toMatchObject(LOST);
    await storage.webhooks.complete(slow);
    clock.advance(1000);
    expect(await storage.webhooks.recover()).toBe(1);
    expect(await storage.webhooks.deadLetters()).toMatchObject([{ eventId: crashing.id, attempts: 2 }]);
    expect(await storage.webhooks.claim()).toEqual([]);
  });

  it('stores any error, also one whose text the database could not hold', async () => {
    const { storage } = await setup();
    const withoutText: unknown = Object.create(null);
    const odd = Object.assign(new Error(), { message: 404 });
    const errors = ['\0\ud800x', undefined, { a: 1 }, new Error('x'.repeat(5000)), odd, withoutText];
    const stored: (string | null)[] = [];
    await receiveMany(storage, errors.length);
    for (const error of errors) {
      const event = await claimOne(storage);
      await storage.webhooks.fail(event, error);
      stored.push((await storage.repositories.webhookEvents.findById(event.id))?.error ?? null);
    }
    const texts = ['\ufffd\ufffdx', 'undefined', '[object Object]', 'x'.repeat(2000), '404', 'An error without a text'];
    expect(stored).toEqual(texts);
  });

  it('processes a batch one after the other, and fails what the handler throws', async () => {
    const { storage } = await setup();
    await receiveMany(storage, 3);
    const seen: string[] = [];
    const result = await storage.webhooks.process(
      async ({ providerEventId }) => {
        seen.push(providerEventId);
        if (providerEventId === 'evt_1') await boom();
      },
      { batch: 5 },
    );
    expect(seen).toEqual(['evt_0', 'evt_1', 'evt_2']);
    expect(result).toEqual({ ...NO_EVENTS, processed: 2, failed: 1 });
    expect((await storage.webhooks.statistics()).counts).toMatchObject({ processed: 2, failed: 1 });
  });

  it('recovers before it claims, and gives up in a pass as well', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 2 } });
    await receiveMany(storage, 1);
    await claimOne(storage, 1000);
    clock.advance(1000);
    expect(await storage.webhooks.process(boom)).toEqual({ ...NO_EVENTS, recovered: 1, deadLettered: 1 });
    expect(await storage.webhooks.process(boom)).toEqual(NO_EVENTS);
  });

  it('leaves to others what the lease no longer covers', async () => {
    const { storage, clock } = await setup();
    await receiveMany(storage, 2);
    const seen: string[] = [];
    const slow = async ({ providerEventId }: QZPayWebhookEvent) => {
      seen.push(providerEventId);
      clock.advance(1000);
      await storage.webhooks.recover();
    };
    expect(await storage.webhooks.process(slow, { leaseMs: 1000 })).toEqual({ ...NO_EVENTS, lost: 2 });
    expect(seen).toEqual(['evt_0']);
  });

  it('gives back what the lease no longer covers as it was, without an attempt', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 3, retryDelayMs: 1, random: () => 0 } });
    await receiveMany(storage, 1);
    await storage.webhooks.fail(await claimOne(storage), 'first');
    clock.advance(1);
    await receiveMany(storage, 3);
    const seen: string[] = [];
    const slow = async ({ providerEventId }: QZPayWebhookEvent) => {
      seen.push(providerEventId);
      clock.advance(1000);
    };
    const claimedAt = clock();
    expect(await storage.webhooks.process(slow, { leaseMs: 1000 })).toEqual({ ...NO_EVENTS, processed: 1, lost: 2 });
    expect(seen).toEqual(['evt_0']);
    const { data } = await storage.repositories.webhookEvents.list({ filters: { status: 'pending' } });
    const given = { attempts: 0, nextRetryAt: claimedAt, lockedAt: null, lockedBy: null };
    expect(data).toMatchObject([given, given]);
    for (let pass = 0; pass < 2; pass += 1) await storage.webhooks.process(slow, { leaseMs: 1000 });
    expect(seen).toEqual(['evt_0', 'evt_1', 'evt_2']);
    expect((await storage.webhooks.statistics()).counts).toMatchObject({ processed: 3, dead_letter: 0 });
  });

  it('gives back an event that failed before as one that failed', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 2, retryDelayMs: 1, random: () => 0 } });
    await receiveMany(storage, 2);
    for (let event = 0; event < 2; event += 1) await storage.webhooks.fail(await claimOne(storage), 'first');
    clock.advance(1);
    const slow = async () => {
      clock.advance(1000);
    };
    await storage.webhooks.process(slow, { leaseMs: 1000 });
    const { data } = await storage.repositories.webhookEvents.list({ filters: { status: 'failed' } });
    expect(data).toMatchObject([{ attempts: 1, error: 'first' }]);
    expect(await storage.webhooks.process(boom)).toEqual({ ...NO_EVENTS, deadLettered: 1 });
  });

  it('refuses a batch that is none before it touches anything', async () => {
    const { storage, clock } = await setup();
    await receiveMany(storage, 1);
    await claimOne(storage, 1000);
    clock.advance(1000);
    for (const batch of [0, -1, 0.5, Number.NaN, 10_001]) {
      const pass = storage.webhooks.process(boom, { batch });
      await expect(pass).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'batch' });
    }
    expect(await storage.webhooks.recover()).toBe(1);
  });

  it('does not replay an event that was erased', async () => {
    const { storage } = await setup({ webhooks: { maxAttempts: 1 } });
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    await storage.webhooks.receive(delivery('evt_0', { customerId }));
    await storage.webhooks.receive(delivery('evt_1'));
    const [erased, other] = [await claimOne(storage), await claimOne(storage)];
    for (const event of [erased, other]) await storage.webhooks.fail(event, '');
    await storage.maintenance.eraseCustomer(customerId);
    expect(await storage.webhooks.replay(erased.id)).toBeNull();
    expect(await storage.webhooks.deadLetters()).toMatchObject([{ payload: {} }, { payload: other.payload }]);
    expect(await storage.webhooks.replay(other.id)).toMatchObject({ payload: other.payload });
  });

  it('rolls back with an atomic handler what it did for an event that failed', async () => {
    const { storage } = await setup();
    await receiveMany(storage, 2);
    const handler = async ({ providerEventId }: QZPayWebhookEvent) => {
      await storage.plans.create({ id: providerEventId, name: 'x' });
      if (providerEventId === 'evt_1') await boom();
    };
    expect(await storage.webhooks.process(handler, { atomic: true })).toEqual({
      ...NO_EVENTS,
      processed: 1,
      failed: 1,
    });
    expect(await storage.plans.findById('evt_0')).not.toBeNull();
    expect(await storage.plans.findById('evt_1')).toBeNull();
  });

  it('fails an event whose atomic handler swallows an error of the database: its work cannot commit any more', async () => {
    const { storage } = await setup();
    await receiveMany(storage, 1);
    const plan = { id: 'twice', name: 'x' };
    const handler = async () => {
      await storage.plans.create(plan);
      await storage.plans.create(plan).catch(() => {});
    };
    expect(await storage.webhooks.process(handler, { atomic: true })).toEqual({ ...NO_EVENTS, failed: 1 });
    expect(await storage.plans.findById('twice')).toBeNull();
    const stored = await storage.repositories.webhookEvents.findByProviderEventId('stripe', 'evt_0');
    expect(stored).toMatchObject({ status: 'failed', attempts: 1, error: 'Plan already exists' });
  });

  it('makes work and completion one, in a transaction of the caller', async () => {
    const { storage, clock } = await setup();
    await receiveMany(storage, 1);
    const stale = await claimOne(storage, 1000);
    clock.advance(1000);
    await storage.webhooks.recover();
    const work = storage.transaction(async () => {
      await storage.plans.create({ id: 'plan', name: 'x' });
      await storage.webhooks.complete(stale);
    });
    await expect(work).rejects.toMatchObject(LOST);
    expect(await storage.plans.findById('plan')).toBeNull();
  });

  it('gives back with a rollback what was received and claimed', async () => {
    const { storage } = await setup();
    await receiveMany(storage, 1);
    const failing = storage.transaction(async () => {
      await storage.webhooks.claim();
      await storage.webhooks.receive(delivery('other'));
      await boom();
    });
    await expect(failing).rejects.toThrow('boom');
    expect(await claimOne(storage)).toMatchObject({ providerEventId: 'evt_0', attempts: 1 });
    expect((await storage.webhooks.receive(delivery('other'))).duplicate).toBe(false);
  });

  it('tells how many events there are in each state, and since when the oldest waits', async () => {
    const { storage, clock } = await setup({ webhooks: { maxAttempts: 1 } });
    expect(await storage.webhooks.statistics()).toEqual({
      counts: { pending: 0, processing: 0, processed: 0, failed: 0, dead_letter: 0 },
      oldestDueAt: null,
      firstLeaseEndsAt: null,
    });
    const start = clock();
    await receiveMany(storage, 5);
    await storage.webhooks.complete(await claimOne(storage));
    await storage.webhooks.fail(await claimOne(storage), 'no');
    await claimOne(storage, 5000);
    await claimOne(storage, 4000);
    clock.advance(1000);
    await storage.webhooks.receive(delivery('late'));
    expect(await storage.webhooks.statistics()).toEqual({
      counts: { pending: 2, processing: 2, processed: 1, failed: 0, dead_letter: 1 },
      oldestDueAt: start,
      firstLeaseEndsAt: new Date(start.getTime() + 4000),
    });
    const { counts } = await storage.webhooks.statistics({ from: clock(), to: new Date(clock().getTime() + 1) });
    expect(counts).toEqual({ pending: 1, processing: 0, processed: 0, failed: 0, dead_letter: 0 });
  });

  it('removes what was processed long ago, and takes it as new when it comes again', async () => {
    const { storage, clock } = await setup();
    await receiveMany(storage, 2);
    await storage.webhooks.complete(await claimOne(storage));
    clock.advance(1);
    expect(await storage.webhooks.purge(clock())).toBe(1);
    expect((await storage.webhooks.receive(delivery('evt_0'))).duplicate).toBe(false);
    expect((await storage.webhooks.receive(delivery('evt_1'))).duplicate).toBe(true);
  });
});
