import assert from 'node:assert/strict';
import { isQZPayError, type QZPayStorageAdapter } from '@qzpay/core';
import {
  buildQZPayCheckout,
  buildQZPayPayment,
  buildQZPayPromoCode,
  insertQZPayCustomer,
  insertQZPayPollingJob,
  insertQZPayPromoCode,
  insertQZPaySubscription,
  insertQZPayVendor,
} from '../../fixtures/index.js';
import { dashed } from '../aggregates.js';
import { defineCases, type QZPayConformanceContext } from '../case.js';
import {
  callsOnStored,
  callsThatNeedNothing,
  callsThatNeedParents,
  everything,
  storeOneOfEach,
} from '../every-method.js';
import { present, rejectsConflict, rejectsInvalid } from '../expectations.js';

const COLLECTIONS = [
  'addons',
  'checkouts',
  'customers',
  'entitlements',
  'invoices',
  'limits',
  'paymentMethods',
  'payments',
  'plans',
  'prices',
  'promoCodes',
  'subscriptionPollingJobs',
  'subscriptions',
  'vendors',
] as const satisfies readonly (keyof QZPayStorageAdapter)[];

/** What a call may answer that has found nothing. */
function isNothing(answer: unknown): boolean {
  if (answer === undefined || answer === null || answer === false || answer === 0) return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === 'object' && 'total' in answer && answer.total === 0;
}

/** Fails unless each call of the collection finds nothing. */
async function findNothing(calls: Readonly<Record<string, () => Promise<unknown>>>, collection: string) {
  for (const [method, call] of Object.entries(calls)) {
    if (!method.startsWith(`${collection}.`)) continue;
    const answer = await call().catch((error: unknown) => error);
    assert.ok(isQZPayError(answer, 'not_found') || isNothing(answer), `${method} found something in the other mode`);
  }
}

const collectionCases = Object.fromEntries(
  COLLECTIONS.map((collection) => [
    `${dashed(collection)}-of-the-other-mode-are-neither-seen-nor-changed`,
    [
      'Every read and write is scoped by the mode, also by id.',
      async ({ storage, open }: QZPayConformanceContext) => {
        const live = await open({ livemode: true });
        const stored = await storeOneOfEach(live, true);
        const before = await everything(live);
        const test = { ...stored, livemode: false };
        await findNothing(callsThatNeedParents(storage, test), collection);
        await findNothing(callsOnStored(storage, test), collection);
        assert.deepEqual(await everything(live), before);
      },
    ] as const,
  ]),
);

export const modeCases = defineCases('modes', 1, {
  ...collectionCases,
  'live-rows-are-not-changed-through-their-twins': [
    'The same ids can be in use in both modes, and what happens to one leaves the other alone.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      await storeOneOfEach(live, true);
      const before = await everything(live);
      const stored = await storeOneOfEach(storage);
      const calls = {
        ...callsThatNeedNothing(storage, stored),
        ...callsThatNeedParents(storage, stored),
        ...callsOnStored(storage, stored),
      };
      for (const [method, call] of Object.entries(calls)) {
        await call().catch((error: unknown) => {
          throw new Error(`${method} failed`, { cause: error });
        });
      }
      assert.deepEqual(await everything(live), before);
    },
  ],
  'livemode-is-stamped-on-what-is-created': [
    'A storage is bound to live or to test data, and `livemode` is stamped on what is created.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      for (const [handle, livemode] of [
        [storage, false],
        [live, true],
      ] as const) {
        await storeOneOfEach(handle, livemode);
        const { customers, subscriptions, payments, paymentMethods, invoices, vendors, checkouts } = handle;
        for (const collection of [customers, subscriptions, payments, paymentMethods, invoices, vendors, checkouts]) {
          const { data, total } = await collection.list();
          assert.deepEqual([total, data.map((entity) => entity.livemode)], [1, [livemode]]);
        }
      }
    },
  ],
  'records-of-the-other-mode-are-refused': [
    'A payment or checkout of the other mode is a `validation` error and is stored in neither mode.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      for (const [handle, livemode] of [
        [storage, true],
        [live, false],
      ] as const) {
        const { id: customerId } = await insertQZPayCustomer(handle);
        await rejectsInvalid(handle.payments.create(buildQZPayPayment({ customerId, livemode })));
        await rejectsInvalid(handle.checkouts.create(buildQZPayCheckout({ livemode })));
      }
      for (const handle of [storage, live]) {
        assert.equal((await handle.payments.list()).total, 0);
        assert.equal((await handle.checkouts.list()).total, 0);
      }
    },
  ],
  'what-is-unique-is-unique-per-mode': [
    'External ids, codes and provider ids are unique per mode: taken in one, they are free in the other.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      for (const handle of [live, storage]) {
        const { id: customerId } = await insertQZPayCustomer(handle, { externalId: 'taken' });
        await rejectsConflict(insertQZPayCustomer(handle, { externalId: 'taken' }), 'already_exists');
        await insertQZPayVendor(handle, { externalId: 'taken' });
        await rejectsConflict(insertQZPayVendor(handle, { id: 'other', externalId: 'taken' }), 'already_exists');
        await insertQZPayPromoCode(handle, { code: 'TAKEN' });
        await rejectsConflict(
          handle.promoCodes.create(buildQZPayPromoCode({ id: 'other', code: 'taken' })),
          'already_exists',
        );
        await insertQZPaySubscription(handle, { customerId });
        if (handle.subscriptionPollingJobs === undefined) continue;
        present(await insertQZPayPollingJob(handle));
        assert.equal(await insertQZPayPollingJob(handle), null);
      }
    },
  ],
  'redemptions-and-refunds-are-counted-per-mode': [
    'Caps, counters and refunds of one mode do not move those of the other.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const { customerId } = await storeOneOfEach(live, true);
      await storeOneOfEach(storage);
      await storage.promoCodes.atomicIncrementRedemptions('promo_test');
      assert.equal((await live.promoCodes.findById('promo_test'))?.currentRedemptions, 0);
      assert.equal(await live.payments.getTotalRefundedAmount('pay_test'), 100);
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 100);
      await live.limits.increment({ customerId, limitKey: 'api_calls', incrementBy: 5 });
      assert.equal(await storage.limits.check(customerId, 'api_calls'), null);
    },
  ],
});
