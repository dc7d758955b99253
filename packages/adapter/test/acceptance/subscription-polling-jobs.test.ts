import type { QZPaySchedulePollingInput, QZPaySubscriptionPollingJob } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

async function setupWithSubscription(setup: Setup, options?: Parameters<Setup>[0]) {
  const made = await setup(options);
  const { storage } = made;
  const subscribe = async (id: string) => {
    const customer = await storage.customers.create({ externalId: `user of ${id}`, email: 'a@b.c' });
    await storage.subscriptions.create({ id, customerId: customer.id, planId: 'pro' });
    return id;
  };
  await subscribe('sub-1');
  const jobs = storage.subscriptionPollingJobs;
  const inputOf = (changes: Partial<QZPaySchedulePollingInput> = {}): QZPaySchedulePollingInput => ({
    subscriptionId: 'sub-1',
    provider: 'mercadopago',
    providerResourceId: 'pre-1',
    ...changes,
  });
  const schedule = async (changes?: Partial<QZPaySchedulePollingInput>): Promise<QZPaySubscriptionPollingJob> => {
    const job = await jobs.create(inputOf(changes));
    if (job === null) throw new Error('a job is pending for the resource');
    return job;
  };
  return { ...made, jobs, inputOf, schedule, subscribe };
}

describeOnEveryDriver('subscription polling jobs', (setup) => {
  it('A-60 A-02 schedules a pending job with the defaults of the contract', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    const created = await schedule();
    expect(created).toStrictEqual({
      id: expect.any(String),
      subscriptionId: 'sub-1',
      provider: 'mercadopago',
      providerResourceId: 'pre-1',
      resourceType: 'subscription',
      status: 'pending',
      attempts: 0,
      maxAttempts: 60,
      nextPollAt: new Date(clock().getTime() + 30_000),
      lastPolledAt: null,
      lastProviderStatus: null,
      lastError: null,
      metadata: {},
      createdAt: clock(),
      updatedAt: clock(),
      completedAt: null,
      version: expect.any(String),
    });
    expect(await jobs.findById(created.id)).toStrictEqual(created);
  });

  it('A-60 keeps what the input says, a delay of nothing included', async () => {
    const { schedule, clock } = await setupWithSubscription(setup);
    const given = { resourceType: 'one_time_payment', maxAttempts: 3, metadata: { a: 1, b: null } } as const;
    expect(await schedule({ ...given, initialDelayMs: 0 })).toMatchObject({ ...given, nextPollAt: clock() });
  });

  it('A-60 answers null while a job is pending for the same provider and resource, whatever its subscription', async () => {
    const { storage, jobs, schedule, inputOf, subscribe } = await setupWithSubscription(setup);
    await subscribe('sub-2');
    const job = await schedule();
    expect(await jobs.create(inputOf())).toBeNull();
    expect(await jobs.create(inputOf({ subscriptionId: 'sub-2' }))).toBeNull();
    expect(await jobs.create(inputOf({ providerResourceId: 'pre-2' }))).not.toBeNull();
    expect(await jobs.create(inputOf({ provider: 'stripe' }))).not.toBeNull();
    await jobs.update({ id: job.id, expectedVersion: job.version, status: 'succeeded' });
    expect(await jobs.create(inputOf())).not.toBeNull();
    await storage.transaction(async () => {
      expect(await jobs.create(inputOf())).toBeNull();
      expect(await jobs.create(inputOf({ providerResourceId: 'pre-3' }))).not.toBeNull();
    });
  });

  it('A-60 keeps the modes apart', async () => {
    const { jobs, schedule, inputOf, reopen } = await setupWithSubscription(setup);
    const job = await schedule();
    const live = reopen({ livemode: true });
    await expect(live.subscriptionPollingJobs.create(inputOf())).rejects.toMatchObject({ entityType: 'Subscription' });
    const customer = await live.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await live.subscriptions.create({ id: 'sub-1', customerId: customer.id, planId: 'pro' });
    const liveJob = await live.subscriptionPollingJobs.create(inputOf());
    expect(liveJob).not.toBeNull();
    expect(await live.subscriptionPollingJobs.findById(job.id)).toBeNull();
    const patch = { id: job.id, expectedVersion: job.version, status: 'failed' } as const;
    expect(await live.subscriptionPollingJobs.update(patch)).toBeNull();
    expect(await jobs.findActiveBySubscriptionId('sub-1')).toStrictEqual(job);
    expect(await jobs.findDuePending(job.nextPollAt, 10)).toStrictEqual([job]);
  });

  it('A-60 takes the provider from the option, and refuses a job that has none', async () => {
    const { jobs, reopen } = await setupWithSubscription(setup);
    const input: QZPaySchedulePollingInput = { subscriptionId: 'sub-1', providerResourceId: 'pre-1' };
    const refused = jobs.create(input);
    await expect(refused).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'provider' });
    const withDefault = reopen({ defaultProvider: 'stripe' }).subscriptionPollingJobs;
    expect(await withDefault.create(input)).toMatchObject({ provider: 'stripe' });
    expect(await withDefault.create({ ...input, provider: 'paypal' })).toMatchObject({ provider: 'paypal' });
  });

  it('refuses a job for a subscription that is not stored', async () => {
    const { jobs, inputOf } = await setupWithSubscription(setup);
    await expect(jobs.create(inputOf({ subscriptionId: 'unknown' }))).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Subscription',
      entityId: 'unknown',
    });
  });

  it('A-60 updates the job of the expected version, adds to the attempts and rotates the version', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    const job = await schedule();
    clock.advance(1000);
    const changes = {
      lastPolledAt: clock(),
      lastProviderStatus: 's'.repeat(500),
      lastError: 'no answer',
      nextPollAt: new Date(clock().getTime() + 60_000),
    };
    const polled = await jobs.update({ id: job.id, expectedVersion: job.version, incrementAttemptsBy: 2, ...changes });
    const expected = { ...job, ...changes, attempts: 2, updatedAt: clock() };
    expect(polled).toStrictEqual({ ...expected, version: expect.not.stringMatching(job.version) });
    expect(await jobs.findById(job.id)).toStrictEqual(polled);
    const done = await jobs.update({
      id: job.id,
      expectedVersion: polled?.version ?? '',
      status: 'succeeded',
      incrementAttemptsBy: 1,
      lastError: null,
      completedAt: clock(),
    });
    const final = { status: 'succeeded', attempts: 3, lastError: null, completedAt: clock() };
    expect(done).toStrictEqual({ ...expected, ...final, version: expect.any(String) });
    const reopened = { id: job.id, expectedVersion: done?.version ?? '', completedAt: null, lastProviderStatus: null };
    expect(await jobs.update(reopened)).toMatchObject({
      status: 'succeeded',
      completedAt: null,
      lastProviderStatus: null,
    });
  });

  it('A-60 does not set completedAt by itself', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const { id, version } = await schedule();
    const update = { id, expectedVersion: version, status: 'cancelled' } as const;
    expect(await jobs.update(update)).toMatchObject({ status: 'cancelled', completedAt: null });
  });

  it('A-05 an update of nothing, and of undefined values, changes updatedAt and the version only', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    const job = await schedule();
    clock.advance(5);
    const unchanged = { ...job, updatedAt: clock(), version: expect.not.stringMatching(job.version) };
    const first = await jobs.update({ id: job.id, expectedVersion: job.version });
    expect(first).toStrictEqual(unchanged);
    const nothing = { status: undefined, incrementAttemptsBy: undefined, subscriptionId: 'other', metadata: { a: 1 } };
    const second = await jobs.update(untyped({ id: job.id, expectedVersion: first?.version, ...nothing }));
    expect(second).toStrictEqual(unchanged);
  });

  it('A-60 answers null for a stale, an unknown and a malformed version, and for an unknown id', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule();
    const current = await jobs.update({ id: job.id, expectedVersion: job.version, incrementAttemptsBy: 1 });
    const versions = [
      job.version,
      '00000000-0000-4000-8000-000000000000',
      '',
      'not a version',
      '\0',
      'x'.repeat(10_000),
    ];
    for (const expectedVersion of versions) {
      expect(await jobs.update({ id: job.id, expectedVersion, status: 'failed' })).toBeNull();
    }
    expect(await jobs.update(untyped({ id: job.id, status: 'failed' }))).toBeNull();
    for (const id of ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000)]) {
      expect(await jobs.update({ id, expectedVersion: current?.version ?? '', status: 'failed' })).toBeNull();
    }
    expect(await jobs.findById(job.id)).toStrictEqual(current);
  });

  it('A-60 refuses to move a job back to pending beside another one of its resource', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule();
    const failed = await jobs.update({ id: job.id, expectedVersion: job.version, status: 'failed' });
    const back = { id: job.id, expectedVersion: failed?.version ?? '', status: 'pending' } as const;
    const other = await schedule();
    await expect(jobs.update(back)).rejects.toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'already_exists',
    });
    await jobs.update({ id: other.id, expectedVersion: other.version, status: 'timeout' });
    expect(await jobs.update(back)).toMatchObject({ status: 'pending' });
  });

  it('A-60 finds the pending job of exactly this provider and resource', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule();
    expect(await jobs.findActiveByProviderResourceId('mercadopago', 'pre-1')).toStrictEqual(job);
    for (const [provider, resource] of [
      ['stripe', 'pre-1'],
      ['MercadoPago', 'pre-1'],
      ['mercadopago', 'pre'],
      ['\0', 'pre-1'],
      ['mercadopago', '\ud800'],
    ] as const) {
      expect(await jobs.findActiveByProviderResourceId(provider, resource)).toBeNull();
    }
    await jobs.update({ id: job.id, expectedVersion: job.version, status: 'succeeded' });
    expect(await jobs.findActiveByProviderResourceId('mercadopago', 'pre-1')).toBeNull();
  });

  it('A-60 finds the oldest pending job of a subscription, by creation and id', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    const done = await schedule({ providerResourceId: 'pre-0' });
    await jobs.update({ id: done.id, expectedVersion: done.version, status: 'succeeded' });
    clock.advance(1);
    const sameInstant = [
      await schedule({ providerResourceId: 'pre-1' }),
      await schedule({ providerResourceId: 'pre-2' }),
    ];
    clock.advance(1);
    await schedule({ providerResourceId: 'pre-3', initialDelayMs: 0 });
    const [oldest] = sameInstant.sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await jobs.findActiveBySubscriptionId('sub-1')).toStrictEqual(oldest);
    for (const id of ['unknown', '\0']) expect(await jobs.findActiveBySubscriptionId(id)).toBeNull();
  });

  it('A-60 finds due pending jobs, earliest first, then by id, at most as many as asked for', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    const now = new Date(clock().getTime() + 1000);
    const delays = { late: 1000, early: 500, first: 0, future: 1001, 'late too': 1000 };
    const scheduled: Record<string, QZPaySubscriptionPollingJob> = {};
    for (const [providerResourceId, initialDelayMs] of Object.entries(delays)) {
      scheduled[providerResourceId] = await schedule({ providerResourceId, initialDelayMs });
    }
    const done = await schedule({ providerResourceId: 'done', initialDelayMs: 0 });
    await jobs.update({ id: done.id, expectedVersion: done.version, status: 'cancelled' });
    const due = (await jobs.findDuePending(now, 100)).map(({ providerResourceId }) => providerResourceId);
    const together = ['late', 'late too'].sort((a, b) =>
      (scheduled[a]?.id ?? '') < (scheduled[b]?.id ?? '') ? -1 : 1,
    );
    expect(due).toEqual(['first', 'early', ...together]);
    expect((await jobs.findDuePending(now, 2)).map(({ id }) => id)).toEqual([
      scheduled['first']?.id,
      scheduled['early']?.id,
    ]);
    expect(await jobs.findDuePending(now, 0)).toEqual([]);
    await expect(jobs.findDuePending(now, -1)).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'limit' });
  });

  it('A-60 returns more than two hundred due jobs when asked for them', async () => {
    const { jobs, schedule, clock } = await setupWithSubscription(setup);
    for (let index = 0; index < 210; index += 1) {
      await schedule({ providerResourceId: `pre-${index}`, initialDelayMs: 0 });
    }
    expect(await jobs.findDuePending(clock(), 1000)).toHaveLength(210);
  });

  it('keeps the jobs of a deleted subscription', async () => {
    const { storage, jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule();
    await storage.subscriptions.delete('sub-1');
    expect(await jobs.findById(job.id)).toStrictEqual(job);
    expect(await jobs.findDuePending(job.nextPollAt, 10)).toStrictEqual([job]);
  });

  it('A-01 answers null for ids that no job could have', async () => {
    const { jobs } = await setupWithSubscription(setup);
    for (const id of ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000)]) {
      expect(await jobs.findById(id)).toBeNull();
    }
  });
});

describeOnServers('subscription polling jobs of many callers at once', (setup) => {
  it('A-60 lets one of ten schedule a resource; the others get null', async () => {
    const { jobs, inputOf } = await setupWithSubscription(setup);
    for (let round = 0; round < 10; round += 1) {
      const input = inputOf({ providerResourceId: `pre-${round}` });
      const results = await Promise.all(Array.from({ length: 10 }, () => jobs.create(input)));
      const winners = results.filter((job) => job !== null);
      expect(winners).toHaveLength(1);
      expect(await jobs.findActiveByProviderResourceId('mercadopago', `pre-${round}`)).toStrictEqual(winners[0]);
    }
  });

  it('A-60 lets one of ten updates with the same version win; the others get null', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    let job = await schedule();
    for (let round = 1; round <= 10; round += 1) {
      const { id, version } = job;
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, caller) =>
          jobs.update({ id, expectedVersion: version, incrementAttemptsBy: 1, lastError: `caller ${caller}` }),
        ),
      );
      const [winner, ...others] = results.filter((result) => result !== null);
      expect(others).toEqual([]);
      expect(winner?.attempts).toBe(round);
      expect(await jobs.findById(id)).toStrictEqual(winner);
      job = winner as QZPaySubscriptionPollingJob;
    }
  });

  it('A-60 lets one of ten jobs of a resource go back to pending', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const failed: QZPaySubscriptionPollingJob[] = [];
    for (let index = 0; index < 10; index += 1) {
      const { id, version } = await schedule();
      const job = await jobs.update({ id, expectedVersion: version, status: 'failed' });
      if (job !== null) failed.push(job);
    }
    const results = await Promise.allSettled(
      failed.map(({ id, version }) => jobs.update({ id, expectedVersion: version, status: 'pending' })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refusals).toHaveLength(9);
    for (const refusal of refusals) expect(refusal).toMatchObject({ conflictType: 'already_exists' });
  });
});
