import { expect, it } from 'vitest';
import type { QZPayNewSubscriptionPollingJob, QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver } from './support/repositories.js';

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

describeOnEveryDriver('polling jobs', (setup) => {
  it('lists jobs by their fields and sets metadata, which the contract does not', async () => {
    const { repositories, clock } = await setup();
    const subscriptionId = await subscribe(repositories);
    const jobOf = (providerResourceId: string): QZPayNewSubscriptionPollingJob => ({
      subscriptionId,
      provider: 'mercadopago',
      providerResourceId,
      nextPollAt: clock(),
    });
    const first = await repositories.subscriptionPollingJobs.create(jobOf('pre-1'));
    const second = await repositories.subscriptionPollingJobs.create(jobOf('pre-2'));
    if (first === null || second === null) throw new Error('the resources are new');
    const updated = await repositories.subscriptionPollingJobs.update(first.id, first.version, {
      status: 'succeeded',
      metadata: { note: 'done' },
      incrementAttemptsBy: 2,
    });
    expect(updated).toMatchObject({ status: 'succeeded', metadata: { note: 'done' }, attempts: 2 });
    const pending = await repositories.subscriptionPollingJobs.list({ filters: { status: 'pending', subscriptionId } });
    expect(pending).toMatchObject({ data: [second], total: 1 });
    const attempts = await repositories.subscriptionPollingJobs.list({ orderBy: 'attempts', orderDirection: 'asc' });
    expect(attempts.data).toStrictEqual([second, updated]);
  });

  it('refuses a number of attempts that is not whole', async () => {
    const { repositories, clock } = await setup();
    const subscriptionId = await subscribe(repositories);
    const job = await repositories.subscriptionPollingJobs.create({
      subscriptionId,
      provider: 'mercadopago',
      providerResourceId: 'pre-1',
      nextPollAt: clock(),
    });
    if (job === null) throw new Error('the resource is new');
    const update = repositories.subscriptionPollingJobs.update(job.id, job.version, { incrementAttemptsBy: 0.5 });
    await expect(update).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'attempts' });
  });
});
