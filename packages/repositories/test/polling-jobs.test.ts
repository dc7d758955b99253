import { expect, it } from 'vitest';
import type { QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

async function subscribe({ customers, subscriptions }: QZPayRepositories): Promise<string> {
  const { id: customerId } = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
  const { id } = await subscriptions.create({
    customerId,
    planId: 'pro',
    status: 'active',
    interval: 'month',
    currentPeriodStart: new Date('2026-01-01T00:00:00.000Z'),
    currentPeriodEnd: new Date('2026-02-01T00:00:00.000Z'),
  });
  return id;
}

async function setupWithSubscription(setup: Setup) {
  const { repositories, clock } = await setup();
  const jobs = repositories.subscriptionPollingJobs;
  const subscriptionId = await subscribe(repositories);
  const create = (providerResourceId: string, nextPollAt = clock()) =>
    jobs.create({ subscriptionId, provider: 'mercadopago', providerResourceId, nextPollAt });
  const schedule = async (providerResourceId: string, nextPollAt?: Date) => {
    const job = await create(providerResourceId, nextPollAt);
    if (job === null) throw new Error('a job is pending for the resource');
    return job;
  };
  return { jobs, clock, subscriptionId, create, schedule };
}

describeOnEveryDriver('polling jobs', (setup) => {
  it('finds pending jobs that are due, by resource, and the oldest of a subscription', async () => {
    const { jobs, clock, subscriptionId, schedule } = await setupWithSubscription(setup);
    const later = await schedule('pre-1', new Date(clock().getTime() + 2000));
    clock.advance(1);
    const sooner = await schedule('pre-2', new Date(clock().getTime() + 1000));
    const done = await schedule('pre-3');
    await jobs.update(done.id, done.version, { status: 'succeeded' });
    const due = later.nextPollAt;
    expect(await jobs.findDuePending(due, 10)).toStrictEqual([sooner, later]);
    expect(await jobs.findDuePending(due, 1)).toStrictEqual([sooner]);
    expect(await jobs.findDuePending(new Date(due.getTime() - 1), 10)).toStrictEqual([sooner]);
    expect(await jobs.findActiveByProviderResourceId('mercadopago', 'pre-2')).toStrictEqual(sooner);
    expect(await jobs.findActiveByProviderResourceId('mercadopago', 'pre-3')).toBeNull();
    expect(await jobs.findActiveBySubscriptionId(subscriptionId)).toStrictEqual(later);
  });

  it('lists jobs by their fields and sets metadata, which the contract does not', async () => {
    const { jobs, subscriptionId, schedule } = await setupWithSubscription(setup);
    const first = await schedule('pre-1');
    const second = await schedule('pre-2');
    const updated = await jobs.update(first.id, first.version, {
      status: 'succeeded',
      metadata: { note: 'done' },
      incrementAttemptsBy: 2,
    });
    expect(updated).toMatchObject({ status: 'succeeded', metadata: { note: 'done' }, attempts: 2 });
    const pending = await jobs.list({ filters: { status: 'pending', subscriptionId } });
    expect(pending).toMatchObject({ data: [second], total: 1 });
    const attempts = await jobs.list({ orderBy: 'attempts', orderDirection: 'asc' });
    expect(attempts.data).toStrictEqual([second, updated]);
  });

  it('answers null for a stale and a malformed version', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule('pre-1');
    const current = await jobs.update(job.id, job.version, { lastError: 'no answer' });
    for (const version of [job.version, 'not a version', '\0']) {
      expect(await jobs.update(job.id, version, { status: 'failed' })).toBeNull();
    }
    expect(await jobs.findById(job.id)).toStrictEqual(current);
  });

  it('refuses a number of attempts that is not whole', async () => {
    const { jobs, schedule } = await setupWithSubscription(setup);
    const job = await schedule('pre-1');
    const update = jobs.update(job.id, job.version, { incrementAttemptsBy: 0.5 });
    await expect(update).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'attempts' });
  });
});

describeOnServers('polling jobs of many callers at once', (setup) => {
  it('schedules a resource once, and applies one of ten updates of a version', async () => {
    const { jobs, create } = await setupWithSubscription(setup);
    const created = (await tenAtOnce(() => create('pre-1'))).flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    expect(created).toHaveLength(10);
    const [job, ...others] = created.filter((candidate) => candidate !== null);
    expect(others).toEqual([]);
    if (job === undefined) throw new Error('nobody scheduled the resource');
    const updated = await tenAtOnce(() => jobs.update(job.id, job.version, { incrementAttemptsBy: 1 }));
    const winners = updated.filter((result) => result.status === 'fulfilled' && result.value !== null);
    expect(winners).toHaveLength(1);
    expect(await jobs.findById(job.id)).toMatchObject({ attempts: 1 });
  });
});
