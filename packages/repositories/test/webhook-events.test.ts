import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, tenAtOnce } from './support/repositories.js';

function eventOf(providerEventId: string, changes: object = {}) {
  return { provider: 'stripe', providerEventId, type: 'invoice.paid', payload: { id: providerEventId }, ...changes };
}

async function receiveMany(repositories: QZPayRepositories, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await repositories.webhookEvents.receive(eventOf(`evt_${index}`));
}

async function claimOne(repositories: QZPayRepositories, worker = 'worker-1') {
  const [claimed] = await repositories.webhookEvents.claim(worker, 1);
  if (claimed === undefined) throw new Error('no event was due');
  return claimed;
}

describeOnEveryDriver('webhook events', (setup) => {
  it('stores a new event as pending and due, and answers null for a repeated one', async () => {
    const { repositories, clock } = await setup();
    const event = eventOf('evt_1', { occurredAt: new Date('2025-12-31T23:59:59.123Z'), metadata: { ip: '192.0.2.1' } });
    const received = await repositories.webhookEvents.receive(event);
    expect(received).toStrictEqual({
      ...event,
      id: expect.any(String),
      status: 'pending',
      attempts: 0,
      nextRetryAt: clock(),
      lockedAt: null,
      lockedBy: null,
      processedAt: null,
      durationMs: null,
      error: null,
      customerId: null,
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
    });
    expect(await repositories.webhookEvents.receive(eventOf('evt_1', { type: 'other' }))).toBeNull();
    expect(await repositories.webhookEvents.findByProviderEventId('stripe', 'evt_1')).toStrictEqual(received);
  });

  it('takes the same id from another provider and in the other mode for other events', async () => {
    const { repositories, reopen } = await setup();
    expect(await repositories.webhookEvents.receive(eventOf('evt_1'))).not.toBeNull();
    expect(await repositories.webhookEvents.receive(eventOf('evt_1', { provider: 'paypal' }))).not.toBeNull();
    const live = reopen({ livemode: true });
    expect(await live.webhookEvents.receive(eventOf('evt_1'))).not.toBeNull();
    expect(await live.webhookEvents.claim('worker-1')).toHaveLength(1);
    expect(await repositories.webhookEvents.claim('worker-1')).toHaveLength(2);
  });

  it('goes on in a transaction after a repeated event', async () => {
    const { repositories, transaction } = await setup();
    await repositories.webhookEvents.receive(eventOf('evt_1'));
    await transaction(async () => {
      expect(await repositories.webhookEvents.receive(eventOf('evt_1'))).toBeNull();
      await repositories.webhookEvents.receive(eventOf('evt_2'));
    });
    expect(await repositories.webhookEvents.count()).toBe(2);
  });

  it('claims the longest due events first, each with one more attempt, and none twice', async () => {
    const { repositories, clock } = await setup();
    await repositories.webhookEvents.receive(eventOf('late', { nextRetryAt: new Date(clock().getTime() - 1) }));
    await repositories.webhookEvents.receive(eventOf('latest', { nextRetryAt: new Date(clock().getTime() - 2) }));
    await repositories.webhookEvents.receive(eventOf('now'));
    await repositories.webhookEvents.receive(eventOf('later', { nextRetryAt: new Date(clock().getTime() + 1) }));
    const first = await repositories.webhookEvents.claim('worker-1', 2);
    expect(first.map(({ providerEventId }) => providerEventId)).toEqual(['latest', 'late']);
    expect(first[0]).toMatchObject({ status: 'processing', attempts: 1, lockedBy: 'worker-1', lockedAt: clock() });
    const second = await repositories.webhookEvents.claim('worker-2');
    expect(second.map(({ providerEventId }) => providerEventId)).toEqual(['now']);
    expect(await repositories.webhookEvents.claim('worker-3')).toEqual([]);
    const refusal = { name: 'QZPayValidationError', field: 'limit' };
    await expect(repositories.webhookEvents.claim('worker-1', -1)).rejects.toMatchObject(refusal);
  });

  it('marks a claimed event processed, with the time that it took', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 1);
    const claim = await claimOne(repositories);
    clock.advance(1234);
    expect(await repositories.webhookEvents.markProcessed(claim)).toMatchObject({
      status: 'processed',
      processedAt: clock(),
      durationMs: 1234,
      lockedAt: null,
      lockedBy: null,
      error: null,
    });
    expect(await repositories.webhookEvents.claim('worker-1')).toEqual([]);
  });

  it('ends an event whose worker took longer than the column can tell', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 1);
    const claim = await claimOne(repositories);
    clock.advance(2 ** 32);
    expect(await repositories.webhookEvents.markProcessed(claim)).toMatchObject({ durationMs: 2 ** 31 - 1 });
  });

  it('makes a failed event due again at the given instant, and not before', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 1);
    const retryAt = new Date(clock().getTime() + 1000);
    const failed = await repositories.webhookEvents.markFailed(await claimOne(repositories), 'no answer', retryAt);
    expect(failed).toMatchObject({ status: 'failed', error: 'no answer', nextRetryAt: retryAt, lockedBy: null });
    clock.advance(999);
    expect(await repositories.webhookEvents.claim('worker-1')).toEqual([]);
    clock.advance(1);
    expect(await claimOne(repositories)).toMatchObject({ attempts: 2, status: 'processing' });
  });

  it('recovers events of workers that vanished, whose late results count no more', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 2);
    const stale = await claimOne(repositories);
    clock.advance(299_999);
    expect(await repositories.webhookEvents.recoverExpired(5)).toBe(0);
    clock.advance(1);
    const fresh = await claimOne(repositories);
    expect(await repositories.webhookEvents.recoverExpired(5)).toBe(1);
    expect(await repositories.webhookEvents.recoverExpired(5)).toBe(0);
    const again = await claimOne(repositories);
    expect(again).toMatchObject({ id: stale.id, attempts: 2 });
    const lost = { name: 'QZPayStorageError', code: 'lease_lost' };
    await expect(repositories.webhookEvents.markProcessed(stale)).rejects.toMatchObject(lost);
    await expect(repositories.webhookEvents.markFailed(stale, 'late', clock())).rejects.toMatchObject(lost);
    await expect(repositories.webhookEvents.moveToDeadLetter(stale, 'late')).rejects.toMatchObject(lost);
    expect(await repositories.webhookDeadLetter.count()).toBe(0);
    await repositories.webhookEvents.markProcessed(again);
    await repositories.webhookEvents.markProcessed(fresh);
    expect((await repositories.webhookEvents.statistics()).counts).toMatchObject({ processed: 2, processing: 0 });
  });

  it('moves an event to the dead letters, where it is found, counted and resolved once', async () => {
    const { repositories, clock } = await setup();
    await repositories.webhookEvents.receive(eventOf('evt_1', { customerId: 'customer-1' }));
    const claim = await claimOne(repositories);
    clock.advance(10);
    const letter = await repositories.webhookEvents.moveToDeadLetter(claim, 'gave up');
    expect(letter).toStrictEqual({
      id: expect.any(String),
      webhookEventId: claim.id,
      provider: 'stripe',
      providerEventId: 'evt_1',
      type: 'invoice.paid',
      payload: { id: 'evt_1' },
      error: 'gave up',
      attempts: 1,
      lastAttemptAt: clock(),
      resolvedAt: null,
      resolvedBy: null,
      resolutionNotes: null,
      customerId: 'customer-1',
      livemode: false,
      createdAt: clock(),
    });
    expect(await repositories.webhookEvents.findById(claim.id)).toMatchObject({
      status: 'dead_letter',
      error: 'gave up',
      lockedBy: null,
    });
    expect(await repositories.webhookEvents.claim('worker-1')).toEqual([]);
    expect(await repositories.webhookDeadLetter.findByProviderEventId('stripe', 'evt_1')).toStrictEqual(letter);
    expect(await repositories.webhookDeadLetter.countUnresolved()).toBe(1);
    clock.advance(10);
    const resolution = { resolvedBy: 'ada', resolutionNotes: 'booked by hand' };
    const resolved = await repositories.webhookDeadLetter.resolve(letter.id, resolution);
    expect(resolved).toStrictEqual({ ...letter, ...resolution, resolvedAt: clock() });
    expect(await repositories.webhookDeadLetter.resolve(letter.id)).toBeNull();
    expect(await repositories.webhookDeadLetter.resolve('\0')).toBeNull();
    expect(await repositories.webhookDeadLetter.countUnresolved()).toBe(0);
    expect((await repositories.webhookDeadLetter.findUnresolved()).data).toEqual([]);
  });

  it('opens a resolved letter again when the event was removed, delivered anew and given up again', async () => {
    const { repositories, clock, database } = await setup();
    await receiveMany(repositories, 1);
    const letter = await repositories.webhookEvents.moveToDeadLetter(await claimOne(repositories), 'first');
    await repositories.webhookDeadLetter.resolve(letter.id, { resolvedBy: 'ada', resolutionNotes: 'done' });
    await database.execute(sql`delete from qzpay.billing_webhook_events`);
    clock.advance(1);
    await receiveMany(repositories, 1);
    const event = await claimOne(repositories);
    expect(await repositories.webhookEvents.moveToDeadLetter(event, 'second')).toStrictEqual({
      ...letter,
      webhookEventId: event.id,
      error: 'second',
      lastAttemptAt: clock(),
      createdAt: clock(),
    });
  });

  it('pages through open letters, oldest first', async () => {
    const { repositories } = await setup();
    await receiveMany(repositories, 5);
    for (let index = 0; index < 5; index += 1) {
      await repositories.webhookEvents.moveToDeadLetter(await claimOne(repositories), `error ${index}`);
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await repositories.webhookDeadLetter.findUnresolved({ first: 2, ...(after && { after }) });
      seen.push(...page.data.map(({ error }) => error));
      after = page.hasNextPage ? (page.endCursor ?? undefined) : undefined;
    } while (after !== undefined);
    expect(seen).toEqual(['error 0', 'error 1', 'error 2', 'error 3', 'error 4']);
  });

  it('lists events of one type of one provider in a period', async () => {
    const { repositories, clock } = await setup();
    await repositories.webhookEvents.receive(eventOf('evt_1'));
    clock.advance(1000);
    await repositories.webhookEvents.receive(eventOf('evt_2'));
    await repositories.webhookEvents.receive(eventOf('evt_3', { type: 'other' }));
    await repositories.webhookEvents.receive(eventOf('evt_4', { provider: 'paypal' }));
    const all = await repositories.webhookEvents.findByType('stripe', 'invoice.paid');
    expect(all.data.map(({ providerEventId }) => providerEventId)).toEqual(['evt_2', 'evt_1']);
    const recent = { filters: { createdFrom: clock() } };
    const some = await repositories.webhookEvents.findByType('stripe', 'invoice.paid', recent);
    expect(some.data.map(({ providerEventId }) => providerEventId)).toEqual(['evt_2']);
    expect((await repositories.webhookEvents.list({ filters: { provider: 'paypal' } })).total).toBe(1);
    for (const createdTo of ['2026-01-01', null, new Date(Number.NaN)]) {
      await expect(repositories.webhookEvents.list({ filters: { createdTo } })).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field: 'createdTo',
      });
    }
  });

  it('counts the events of each state, in a period when asked', async () => {
    const { repositories, clock } = await setup();
    const start = clock();
    await receiveMany(repositories, 3);
    await repositories.webhookEvents.markProcessed(await claimOne(repositories));
    await repositories.webhookEvents.markFailed(await claimOne(repositories), 'error', clock());
    clock.advance(1000);
    await repositories.webhookEvents.receive(eventOf('evt_9'));
    const none = { pending: 0, processing: 0, processed: 0, failed: 0, dead_letter: 0 };
    expect(await repositories.webhookEvents.statistics()).toEqual({
      counts: { ...none, pending: 2, processed: 1, failed: 1 },
      oldestDueAt: start,
      firstLeaseEndsAt: null,
    });
    const { counts } = await repositories.webhookEvents.statistics({ from: start, to: clock() });
    expect(counts).toEqual({ ...none, pending: 1, processed: 1, failed: 1 });
  });

  it('purges processed events in batches, the oldest first, and nothing else', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 4);
    for (let index = 0; index < 3; index += 1) {
      clock.advance(1000);
      await repositories.webhookEvents.markProcessed(await claimOne(repositories));
    }
    const last = clock();
    clock.advance(1000);
    await repositories.webhookEvents.markFailed(await claimOne(repositories), 'error', clock());
    expect(await repositories.webhookEvents.purgeProcessed(last, 1)).toBe(1);
    const left = await repositories.webhookEvents.list({ filters: { status: 'processed' }, orderBy: 'processedAt' });
    expect(left.data.map(({ processedAt }) => processedAt)).toEqual([last, new Date(last.getTime() - 1000)]);
    expect(await repositories.webhookEvents.purgeProcessed(last)).toBe(1);
    expect(await repositories.webhookEvents.purgeProcessed(last)).toBe(0);
    expect((await repositories.webhookEvents.statistics()).counts).toMatchObject({ processed: 1, failed: 1 });
  });

  it('finds nothing for text that no event could have', async () => {
    const { repositories } = await setup();
    expect(await repositories.webhookEvents.findById('\0')).toBeNull();
    expect(await repositories.webhookEvents.findByProviderEventId('stripe', '\ud800')).toBeNull();
    expect(await repositories.webhookDeadLetter.findByProviderEventId('\0', 'evt_1')).toBeNull();
  });
});

describeOnServers('webhook events of many callers at once', (setup) => {
  it('lets one of ten deliveries of one event be the new one', async () => {
    const { repositories } = await setup();
    const results = await tenAtOnce(() => repositories.webhookEvents.receive(eventOf('evt_1')));
    const values = results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason));
    expect(values.filter((value) => value === null)).toHaveLength(9);
    expect(await repositories.webhookEvents.count()).toBe(1);
  });

  it('gives each due event to one of ten workers', async () => {
    const { repositories } = await setup();
    await receiveMany(repositories, 40);
    const claimed: string[] = [];
    const rounds = await tenAtOnce(async (worker) => {
      for (;;) {
        const events = await repositories.webhookEvents.claim(`worker-${worker}`, 3);
        if (events.length === 0) return;
        expect(events.length).toBeLessThanOrEqual(3);
        claimed.push(...events.map(({ id }) => id));
      }
    });
    expect(rounds.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(claimed).toHaveLength(40);
    expect(new Set(claimed).size).toBe(40);
    const { data } = await repositories.webhookEvents.list({ limit: 40 });
    expect(data.every(({ attempts, status }) => attempts === 1 && status === 'processing')).toBe(true);
  });

  it('passes over an event that another transaction is claiming, without waiting for it', async () => {
    const { repositories, reopen, transaction } = await setup();
    await receiveMany(repositories, 2);
    const other = reopen();
    const [mine, theirs] = await transaction(async () => {
      const held = await repositories.webhookEvents.claim('worker-1', 1);
      return [held, await other.webhookEvents.claim('worker-2', 1)];
    });
    expect(mine).toHaveLength(1);
    expect(theirs).toHaveLength(1);
    expect(theirs?.[0]?.id).not.toBe(mine?.[0]?.id);
  });

  it('ends a claim once: as processed, as failed or in the dead letters', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 1);
    const claim = await claimOne(repositories);
    const { webhookEvents } = repositories;
    const results = await tenAtOnce((index): Promise<unknown> => {
      if (index % 3 === 0) return webhookEvents.markProcessed(claim);
      if (index % 3 === 1) return webhookEvents.markFailed(claim, 'error', clock());
      return webhookEvents.moveToDeadLetter(claim, 'error');
    });
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { status } = (await webhookEvents.findById(claim.id)) ?? {};
    expect(await repositories.webhookDeadLetter.count()).toBe(status === 'dead_letter' ? 1 : 0);
  });

  it('resolves a letter once', async () => {
    const { repositories } = await setup();
    await receiveMany(repositories, 1);
    const { id } = await repositories.webhookEvents.moveToDeadLetter(await claimOne(repositories), 'error');
    const results = await tenAtOnce((index) =>
      repositories.webhookDeadLetter.resolve(id, { resolvedBy: `admin-${index}` }),
    );
    const winners = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    expect(winners).toHaveLength(1);
    expect(await repositories.webhookDeadLetter.findById(id)).toStrictEqual(winners[0]);
  });

  it('shares a purge between callers', async () => {
    const { repositories, clock } = await setup();
    await receiveMany(repositories, 20);
    for (const claim of await repositories.webhookEvents.claim('worker-1', 20)) {
      await repositories.webhookEvents.markProcessed(claim);
    }
    clock.advance(1);
    const results = await tenAtOnce(() => repositories.webhookEvents.purgeProcessed(clock(), 5));
    const purged = results.map((result) => (result.status === 'fulfilled' ? result.value : Number.NaN));
    expect(purged.reduce((sum, count) => sum + count, 0)).toBe(20 - (await repositories.webhookEvents.count()));
  });
});
