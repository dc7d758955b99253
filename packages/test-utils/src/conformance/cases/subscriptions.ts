import assert from 'node:assert/strict';
import { QZPAY_SUBSCRIPTION_STATUS_VALUES, type QZPayScheduledPlanChange, type QZPaySubscription } from '@qzpay/core';
import { insertQZPayAddOn, insertQZPaySubscriptionAddOn } from '../../fixtures/addons.js';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPayPollingJob } from '../../fixtures/subscription-polling-jobs.js';
import { insertQZPaySubscription } from '../../fixtures/subscriptions.js';
import { defineCases } from '../case.js';
import { assertEntity, rejectsNotFound } from '../expectations.js';
import { type Aggregate, type DeletingCollection, patched } from '../shared/aggregate.js';
import { deletionCases, givenIdCases } from '../shared/identity.js';
import { theCustomer } from '../shared/parents.js';
import { readCases } from '../shared/reads.js';
import { providerIdCases, updateCases } from '../shared/updates.js';

const PLAN_CHANGE: QZPayScheduledPlanChange = {
  newPlanId: 'team',
  newPriceId: 'team-year',
  targetTransactionAmountMajor: 12.5,
  applyAt: '2026-02-01T00:00:00Z',
  requestedAt: '2026-01-01T01:00:00.000+01:00',
  status: 'pending',
  attemptCount: 0,
};

const subscriptions: Aggregate<QZPaySubscription, DeletingCollection<QZPaySubscription>> = {
  entityType: 'Subscription',
  collection: (storage) => storage.subscriptions,
  insert: async (context, id) =>
    insertQZPaySubscription(context.storage, { id, customerId: (await theCustomer(context)).id }),
  finders: [],
  changes: [
    { planId: 'from the configuration' },
    { quantity: 9 },
    { metadata: { seatsOf: 'Ada' } },
    { status: 'canceled' },
    { canceledAt: fixtureDate(1) },
    { cancelAt: fixtureDate(2) },
    { cancelAtPeriodEnd: true },
    { currentPeriodStart: new Date('2026-02-03T04:05:06.789Z') },
    { currentPeriodEnd: new Date('2027-02-03T04:05:06.789Z') },
    { trialStart: fixtureDate(3) },
    { trialEnd: fixtureDate(4) },
    { interval: 'year' },
    { intervalCount: 2 },
    { promoCodeId: 'promo_1' },
    { providerSubscriptionIds: { stripe: 'sub_1' } },
    { scheduledPlanChange: PLAN_CHANGE },
    { canceledAt: null },
    { cancelAt: null },
    { trialStart: null },
    { trialEnd: null },
    { promoCodeId: null },
    {
      scheduledPlanChange: {
        ...PLAN_CHANGE,
        requestedBy: 'user_1',
        status: 'failed',
        attemptCount: 3,
        lastAttemptAt: '2026-02-01T00:00:01Z',
        resolvedAt: '2026-02-01',
        lastError: 'Łódź',
        metadata: { a: 1 },
      },
    },
    { scheduledPlanChange: null },
    { cancelAtPeriodEnd: false },
  ],
  ignored: { prorationBehavior: 'none', transactionAmount: 12.5, externalReference: 'ref', reason: 'because' },
};

export const subscriptionCases = defineCases('subscriptions', 1, {
  ...readCases(subscriptions),
  ...givenIdCases(subscriptions),
  ...updateCases(subscriptions),
  ...providerIdCases(subscriptions, 'providerSubscriptionIds'),
  ...deletionCases(subscriptions),
  'create-completes-what-is-absent': [
    'A new subscription is active for one unit and one month from now; everything else is null, empty or false.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      assertEntity(await storage.subscriptions.create({ id: 's', customerId, planId: 'pro' }), {
        id: 's',
        customerId,
        planId: 'pro',
        status: 'active',
        interval: 'month',
        intervalCount: 1,
        quantity: 1,
        currentPeriodStart: clock.now(),
        currentPeriodEnd: later(clock.now(), { months: 1 }),
        trialStart: null,
        trialEnd: null,
        cancelAt: null,
        canceledAt: null,
        cancelAtPeriodEnd: false,
        providerSubscriptionIds: {},
        promoCodeId: null,
        metadata: {},
        scheduledPlanChange: null,
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is; what is meant for the provider is not stored.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const given = {
        id: 's',
        customerId,
        planId: 'from the configuration',
        quantity: 5,
        metadata: { source: 'łódź', nothing: null },
        promoCodeId: 'promo_1',
        providerSubscriptionIds: { stripe: 'sub_1', 'my provider': 'x' },
      };
      await storage.subscriptions.create({
        ...given,
        paymentMethodReturnUrl: 'https://example.org/return',
        notificationUrl: 'https://example.org/notify',
        freeTrialDays: 3,
        providerPriceId: 'price_at_provider',
      });
      assertEntity(await storage.subscriptions.findById('s'), {
        ...given,
        status: 'active',
        interval: 'month',
        intervalCount: 1,
        currentPeriodStart: clock.now(),
        currentPeriodEnd: later(clock.now(), { months: 1 }),
        trialStart: null,
        trialEnd: null,
        cancelAt: null,
        canceledAt: null,
        cancelAtPeriodEnd: false,
        scheduledPlanChange: null,
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'paid-starts-incomplete': [
    'With mode `paid` a subscription starts `incomplete`, even when it has a trial: nobody has authorised it yet.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const plain = await insertQZPaySubscription(storage, { id: 'plain', customerId, mode: 'paid' });
      assert.deepEqual([plain.status, plain.trialStart, plain.trialEnd], ['incomplete', null, null]);
      await insertQZPaySubscription(storage, { id: 'trial', customerId, mode: 'paid', trialDays: 14 });
      const { status, trialStart, trialEnd } = (await storage.subscriptions.findById('trial')) ?? {};
      assert.deepEqual([status, trialStart, trialEnd], ['incomplete', clock.now(), fixtureDate(14)]);
    },
  ],
  'a-trial-is-the-first-period': [
    'With days of trial a subscription starts `trialing`; the trial lasts so many times 24 hours and is the first period.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      for (const mode of ['trial', undefined] as const) {
        const id = `with mode ${mode}`;
        // 90 days: most places change their clocks meanwhile.
        const input = { id, customerId, trialDays: 90, ...(mode && { mode }) };
        const { status, trialStart, trialEnd, currentPeriodStart, currentPeriodEnd } = await insertQZPaySubscription(
          storage,
          input,
        );
        const [start, end] = [clock.now(), fixtureDate(90)];
        assert.deepEqual([status, trialStart, trialEnd], ['trialing', start, end]);
        assert.deepEqual([currentPeriodStart, currentPeriodEnd], [start, end]);
      }
      const without = await insertQZPaySubscription(storage, { id: 'none', customerId, trialDays: 0 });
      assert.deepEqual([without.status, without.trialStart, without.trialEnd], ['active', null, null]);
    },
  ],
  'the-price-decides-the-period': [
    'The interval is that of the given price, else of the label, else of the first price of the stored plan, else one month; the period ends after it.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await storage.plans.create({ id: 'pro', name: 'Pro' });
      const price = { planId: 'pro', currency: 'EUR' } as const;
      await storage.prices.create({ ...price, id: 'year', unitAmount: 9000, billingInterval: 'year' });
      await storage.prices.create({ ...price, id: 'days', unitAmount: 900, billingInterval: 'day', intervalCount: 10 });
      await storage.prices.create({
        ...price,
        id: 'weeks',
        unitAmount: 100,
        billingInterval: 'week',
        intervalCount: 2,
      });
      const elsewhere = 'from the configuration';
      for (const [input, expected, period] of [
        [{ planId: 'pro', priceId: 'year' }, ['year', 1], { months: 12 }],
        [{ planId: 'pro', priceId: 'days' }, ['day', 10], { days: 10 }],
        [{ planId: 'pro', priceId: 'days', billingInterval: 'annual' }, ['day', 10], { days: 10 }],
        [{ planId: elsewhere, priceId: 'year' }, ['year', 1], { months: 12 }],
        [{ planId: 'pro', billingInterval: 'annual' }, ['year', 1], { months: 12 }],
        [{ planId: 'pro', billingInterval: 'monthly' }, ['month', 1], { months: 1 }],
        [{ planId: 'pro' }, ['week', 2], { days: 14 }],
        [{ planId: 'pro', priceId: 'unknown' }, ['week', 2], { days: 14 }],
        [{ planId: elsewhere }, ['month', 1], { months: 1 }],
      ] as const) {
        const id = JSON.stringify(input);
        const created = await storage.subscriptions.create({ id, customerId, ...input });
        assert.deepEqual([created.interval, created.intervalCount], expected, id);
        assert.deepEqual(created.currentPeriodStart, clock.now());
        assert.deepEqual(created.currentPeriodEnd, later(clock.now(), period), id);
      }
    },
  ],
  'a-day-that-a-month-lacks-rolls-over': [
    'Periods follow the calendar as `Date` setters do: a day that the month lacks rolls over into the next one.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      clock.set(new Date(2026, 0, 31, 12));
      const { currentPeriodEnd } = await insertQZPaySubscription(storage, { customerId });
      assert.deepEqual(currentPeriodEnd, new Date(2026, 2, 3, 12));
    },
  ],
  'an-unknown-customer-is-not-found': [
    'A subscription of an unknown customer rejects with `not_found` of the customer and is not stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPaySubscription(storage, { customerId: 'nobody' }), 'Customer');
      assert.equal(await storage.subscriptions.findById('sub_test'), null);
    },
  ],
  'any-state-may-follow-any': [
    'Any state may follow any other, and none stamps a date or flips a flag.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPaySubscription(storage, { customerId });
      for (const from of ['canceled', 'incomplete_expired', 'active'] as const) {
        for (const status of QZPAY_SUBSCRIPTION_STATUS_VALUES) {
          await storage.subscriptions.update('sub_test', { status: from });
          const updated = await storage.subscriptions.update('sub_test', { status });
          assertEntity(updated, patched(created, { status }, clock.now()));
        }
      }
    },
  ],
  'deletion-leaves-add-ons-and-polling-jobs': [
    'The add-ons and polling jobs of a deleted subscription stay.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPaySubscription(storage, { customerId });
      await insertQZPayAddOn(storage);
      const addOn = await insertQZPaySubscriptionAddOn(storage);
      const jobs = storage.subscriptionPollingJobs;
      const job = jobs && (await insertQZPayPollingJob(storage));
      await storage.subscriptions.delete('sub_test');
      assertEntity(await storage.addons.findBySubscriptionId('sub_test'), [addOn]);
      if (jobs) assert.deepEqual(await jobs.findActiveBySubscriptionId('sub_test'), job);
    },
  ],
  'only-the-customers-own-are-found': [
    '`findByCustomerId` gives the subscriptions of that customer in any state, and no others.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPaySubscription(storage, { id: 'foreign', customerId: other.id });
      for (const status of QZPAY_SUBSCRIPTION_STATUS_VALUES) {
        await insertQZPaySubscription(storage, { id: status, customerId });
        await storage.subscriptions.update(status, { status });
      }
      const found = await storage.subscriptions.findByCustomerId(customerId);
      assert.deepEqual(found.map(({ status }) => status).sort(), [...QZPAY_SUBSCRIPTION_STATUS_VALUES].sort());
    },
  ],
  'lists-filter-by-status-plan-and-customer': [
    'A list that is filtered by `status`, `planId` and `customerId` has the subscriptions that match all of them.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPaySubscription(storage, { id: 'a', customerId });
      await insertQZPaySubscription(storage, { id: 'b', customerId, mode: 'paid' });
      await insertQZPaySubscription(storage, { id: 'c', customerId: other.id, planId: 'team' });
      const matching = async (filters: Record<string, unknown>) => {
        const { data, total } = await storage.subscriptions.list({ filters });
        assert.equal(total, data.length);
        return data.map(({ id }) => id).sort();
      };
      assert.deepEqual(await matching({ status: 'active' }), ['a', 'c']);
      assert.deepEqual(await matching({ planId: 'plan_test' }), ['a', 'b']);
      assert.deepEqual(await matching({ customerId: other.id }), ['c']);
      assert.deepEqual(await matching({ status: 'active', planId: 'plan_test' }), ['a']);
      assert.deepEqual(await matching({ status: 'paused' }), []);
    },
  ],
});

/** By the calendar of the process, as the contract has it. */
function later(start: Date, { months = 0, days = 0 }: { readonly months?: number; readonly days?: number }): Date {
  const end = new Date(start);
  end.setMonth(end.getMonth() + months);
  end.setDate(end.getDate() + days);
  return end;
}
