import assert from 'node:assert/strict';
import type {
  QZPaySchedulePollingInput,
  QZPaySubscriptionPollingJob,
  QZPaySubscriptionPollingJobStorage,
} from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { buildQZPayPollingJob } from '../../fixtures/subscription-polling-jobs.js';
import { insertQZPaySubscription } from '../../fixtures/subscriptions.js';
import { defineCases, type QZPayConformanceContext } from '../case.js';
import { copyOf } from '../copy.js';
import { idsOf, present, rejects, rejectsNotFound, together, UNKNOWN_TEXTS } from '../expectations.js';

export const pollingJobCases = defineCases('subscription-polling-jobs', 1, {
  'schedule-completes-what-is-absent': [
    'A job is pending with no attempts; absent are the subscription as resource, 30 seconds of delay and 60 attempts.',
    withJobs(async ({ jobs, clock }) => {
      const job = present(await jobs.create(buildQZPayPollingJob()));
      const { id, version, ...rest } = job;
      assert.ok(id.length > 0 && version.length > 0);
      assert.deepEqual(rest, {
        subscriptionId: 'sub_test',
        provider: 'stripe',
        providerResourceId: 'sub_at_provider',
        resourceType: 'subscription',
        status: 'pending',
        attempts: 0,
        maxAttempts: 60,
        nextPollAt: new Date(clock.now().getTime() + 30_000),
        lastPolledAt: null,
        lastProviderStatus: null,
        lastError: null,
        metadata: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
        completedAt: null,
      });
      await assertEverywhere(jobs, job);
    }),
  ],
  'schedule-stores-what-is-given': [
    'A job keeps what its input says, any provider name and no delay at all included.',
    withJobs(async ({ jobs, clock, schedule }) => {
      clock.advance(123);
      const given = {
        provider: 'Any & all',
        providerResourceId: 'r'.repeat(300),
        resourceType: 'one_time_payment',
        maxAttempts: 3,
        metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
      } as const;
      const job = await schedule({ ...given, initialDelayMs: 0 });
      assert.deepEqual(job, { ...job, ...given, nextPollAt: clock.now() });
      await assertEverywhere(jobs, job);
    }),
  ],
  'schedule-refuses-an-unknown-subscription': [
    'A job for an unknown subscription rejects with `not_found` of a Subscription.',
    withJobs(async ({ jobs }) => {
      await rejectsNotFound(jobs.create(buildQZPayPollingJob({ subscriptionId: 'unknown' })), 'Subscription');
      assert.equal(await jobs.findActiveByProviderResourceId('stripe', 'sub_at_provider'), null);
    }),
  ],
  'schedule-needs-a-provider': [
    'Without a provider the storage’s default is taken; where it has none, it is a `validation` error.',
    withJobs(async ({ jobs }) => {
      const { provider: _, ...input } = buildQZPayPollingJob();
      const outcome = await jobs.create(input).catch((error: unknown) => ({ error }));
      if (outcome !== null && 'error' in outcome) {
        assert.equal((await rejects(Promise.reject(outcome.error), 'validation')).field, 'provider');
      } else {
        await assertEverywhere(jobs, present(outcome));
      }
    }),
  ],
  'one-pending-job-per-resource': [
    'Scheduling gives null while a job is pending for the provider and resource, whichever subscription that one has.',
    withJobs(async ({ storage, jobs, schedule }) => {
      const { id: customerId } = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPaySubscription(storage, { id: 'sub_other', customerId });
      const job = await schedule();
      assert.equal(await jobs.create(buildQZPayPollingJob()), null);
      assert.equal(await jobs.create(buildQZPayPollingJob({ subscriptionId: 'sub_other', maxAttempts: 1 })), null);
      await schedule({ provider: 'Stripe' });
      await schedule({ providerResourceId: 'other' });
      assert.deepEqual(await jobs.findById(job.id), job);
      await jobs.update({ id: job.id, expectedVersion: job.version, status: 'failed' });
      assert.notEqual((await schedule()).id, job.id);
    }),
  ],
  'one-winner-per-resource': [
    'Of several callers that schedule the same resource at once one wins; the others get null.',
    withJobs(async ({ jobs }) => {
      const { fulfilled, rejected } = await together(5, () => jobs.create(buildQZPayPollingJob()));
      assert.deepEqual(rejected, []);
      const [winner, ...others] = fulfilled.filter((job) => job !== null);
      assert.deepEqual(others, []);
      await assertEverywhere(jobs, present(winner));
    }),
  ],
  'active-by-resource-is-pending': [
    'A job is active for exactly its provider and resource, and only while it is pending.',
    withJobs(async ({ jobs, schedule }) => {
      const job = await schedule();
      for (const [provider, resource] of [
        ['Stripe', 'sub_at_provider'],
        ['stripe', 'sub'],
        ['sub_at_provider', 'stripe'],
      ]) {
        assert.equal(await jobs.findActiveByProviderResourceId(provider as string, resource as string), null);
      }
      await assertEverywhere(jobs, job);
      const done = await jobs.update({ id: job.id, expectedVersion: job.version, status: 'succeeded' });
      assert.equal(await jobs.findActiveByProviderResourceId('stripe', 'sub_at_provider'), null);
      assert.equal(await jobs.findActiveBySubscriptionId('sub_test'), null);
      assert.deepEqual(await jobs.findDuePending(job.nextPollAt, 10), []);
      assert.deepEqual(await jobs.findById(job.id), done);
    }),
  ],
  'active-by-subscription-is-the-oldest': [
    'Of the pending jobs of a subscription the oldest is found, by creation and id.',
    withJobs(async ({ jobs, clock, schedule }) => {
      const done = await schedule({ providerResourceId: 'done' });
      await jobs.update({ id: done.id, expectedVersion: done.version, status: 'succeeded' });
      clock.advance(1);
      const tied: QZPaySubscriptionPollingJob[] = [];
      for (const providerResourceId of ['a', 'b', 'c']) tied.push(await schedule({ providerResourceId }));
      clock.advance(1);
      await schedule({ providerResourceId: 'later', initialDelayMs: 0 });
      const [oldest] = idsOf(tied).toSorted();
      assert.equal((await jobs.findActiveBySubscriptionId('sub_test'))?.id, oldest);
    }),
  ],
  'due-jobs-come-earliest-first': [
    'Due are pending jobs up to the very instant, earliest first, then by id; at most `limit` of them.',
    withJobs(async ({ jobs, clock, schedule }) => {
      const tied: QZPaySubscriptionPollingJob[] = [];
      for (const providerResourceId of ['a', 'b', 'c'])
        tied.push(await schedule({ providerResourceId, initialDelayMs: 9 }));
      const [early, first] = [
        await schedule({ providerResourceId: 'early', initialDelayMs: 5 }),
        await schedule({ initialDelayMs: 0 }),
      ];
      await schedule({ providerResourceId: 'future', initialDelayMs: 10 });
      const done = await schedule({ providerResourceId: 'done', initialDelayMs: 0 });
      await jobs.update({ id: done.id, expectedVersion: done.version, status: 'cancelled' });
      const now = new Date(clock.now().getTime() + 9);
      const expected = [first.id, early.id, ...idsOf(tied).toSorted()];
      assert.deepEqual(idsOf(await jobs.findDuePending(now, 100)), expected);
      assert.deepEqual(idsOf(await jobs.findDuePending(now, 3)), expected.slice(0, 3));
      assert.deepEqual(await jobs.findDuePending(now, 0), []);
      assert.deepEqual(await jobs.findDuePending(new Date(clock.now().getTime() - 1), 100), []);
    }),
  ],
  'due-jobs-are-as-many-as-asked-for': [
    'The caller’s limit counts, however large.',
    withJobs(async ({ jobs, clock, schedule }) => {
      const { rejected } = await together(210, (index) =>
        schedule({ providerResourceId: `${index}`, initialDelayMs: 0 }),
      );
      assert.deepEqual(rejected, []);
      assert.equal((await jobs.findDuePending(clock.now(), 1000)).length, 210);
      assert.equal((await jobs.findDuePending(clock.now(), 205)).length, 205);
    }),
  ],
  'unknown-ids-answer-with-nothing': [
    'A look-up with any string answers with nothing, never with an error.',
    withJobs(async ({ jobs, schedule }) => {
      await schedule();
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await jobs.findById(text), null);
        assert.equal(await jobs.findActiveBySubscriptionId(text), null);
        assert.equal(await jobs.findActiveByProviderResourceId(text, 'sub_at_provider'), null);
        assert.equal(await jobs.findActiveByProviderResourceId('stripe', text), null);
      }
    }),
  ],
  'results-are-copies': [
    'Changing a returned job, or the input, changes nothing in the store.',
    withJobs(async ({ jobs, schedule }) => {
      const metadata = { a: 1 };
      const job = await schedule({ metadata });
      const stored = copyOf(job);
      metadata.a = 2;
      const found = [
        await jobs.findById(job.id),
        await jobs.findActiveBySubscriptionId('sub_test'),
        await jobs.findActiveByProviderResourceId('stripe', 'sub_at_provider'),
        ...(await jobs.findDuePending(fixtureDate(1), 10)),
      ];
      for (const one of [job, ...found.map(present)]) {
        one.metadata['b'] = 2;
        one.nextPollAt.setTime(0);
      }
      await assertEverywhere(jobs, stored);
    }),
  ],
  'modes-are-apart': [
    'A job of the other mode is unknown to every read and write, and does not occupy its resource.',
    withJobs(async ({ jobs, open, schedule }) => {
      const job = await schedule();
      const live = await open({ livemode: true });
      const liveJobs = present(live.subscriptionPollingJobs);
      await rejectsNotFound(liveJobs.create(buildQZPayPollingJob()), 'Subscription');
      assert.equal(await liveJobs.findById(job.id), null);
      assert.equal(await liveJobs.findActiveBySubscriptionId('sub_test'), null);
      assert.equal(await liveJobs.findActiveByProviderResourceId('stripe', 'sub_at_provider'), null);
      assert.deepEqual(await liveJobs.findDuePending(fixtureDate(9), 10), []);
      assert.equal(await liveJobs.update({ id: job.id, expectedVersion: job.version, status: 'failed' }), null);
      const { id: customerId } = await insertQZPayCustomer(live);
      await insertQZPaySubscription(live, { id: 'sub_live', customerId });
      const twin = present(await liveJobs.create(buildQZPayPollingJob({ subscriptionId: 'sub_live' })));
      assert.deepEqual(await liveJobs.findDuePending(fixtureDate(9), 10), [twin]);
      await assertEverywhere(jobs, job);
    }),
  ],
});

interface JobsContext extends QZPayConformanceContext {
  readonly jobs: QZPaySubscriptionPollingJobStorage;
  /** Schedules a job of `sub_test`, which is stored; fails where none is scheduled. */
  schedule(this: void, overrides?: Partial<QZPaySchedulePollingInput>): Promise<QZPaySubscriptionPollingJob>;
}

/** Polling is optional as a whole: a storage whose `subscriptionPollingJobs` is undefined keeps each promise of it. */
export function withJobs(run: (context: JobsContext) => Promise<void>) {
  return async (context: QZPayConformanceContext): Promise<void> => {
    const { storage } = context;
    const jobs = storage.subscriptionPollingJobs;
    if (jobs === undefined) return;
    const { id: customerId } = await insertQZPayCustomer(storage);
    await insertQZPaySubscription(storage, { customerId });
    const schedule = async (overrides?: Partial<QZPaySchedulePollingInput>) =>
      present(await jobs.create(buildQZPayPollingJob(overrides)));
    await run({ ...context, jobs, schedule });
  };
}

/** Every way to read the job, which is the only one that is pending, gives the same. */
async function assertEverywhere(
  jobs: QZPaySubscriptionPollingJobStorage,
  job: QZPaySubscriptionPollingJob,
): Promise<void> {
  assert.deepEqual(await jobs.findById(job.id), job);
  assert.deepEqual(await jobs.findActiveBySubscriptionId(job.subscriptionId), job);
  assert.deepEqual(await jobs.findActiveByProviderResourceId(job.provider, job.providerResourceId), job);
  assert.deepEqual(await jobs.findDuePending(job.nextPollAt, 10), [job]);
}
