import assert from 'node:assert/strict';
import type { QZPayCustomerLimit } from '@qzpay/core';
import {
  insertQZPayCustomer,
  insertQZPayCustomerLimit,
  insertQZPayGrant,
  insertQZPayInvoice,
  insertQZPayPayment,
  insertQZPayPaymentMethod,
  insertQZPayPollingJob,
  insertQZPayPromoCode,
  insertQZPayRefund,
  insertQZPaySubscription,
} from '../../fixtures/index.js';
import { AGGREGATES, type Aggregate, dashed, prepare } from '../aggregates.js';
import { hold, undo } from '../barrier.js';
import { defineCases, type QZPayConformanceContext, type QZPayConformanceStorage } from '../case.js';
import { present, together } from '../expectations.js';

async function withLimit(storage: QZPayConformanceStorage) {
  const { id: customerId } = await insertQZPayCustomer(storage);
  await insertQZPayCustomerLimit(storage, { customerId });
  const increment = (incrementBy?: number): Promise<QZPayCustomerLimit> =>
    storage.limits.increment({
      customerId,
      limitKey: 'api_calls',
      ...(incrementBy === undefined ? {} : { incrementBy }),
    });
  const used = async () => (await storage.limits.check(customerId, 'api_calls'))?.currentValue;
  return { customerId, increment, used };
}

async function redemptions(storage: QZPayConformanceStorage): Promise<number> {
  return present(await storage.promoCodes.findById('promo_test')).currentRedemptions;
}

function mergeCase(aggregate: Aggregate) {
  const { providerIds } = aggregate;
  if (providerIds === undefined) return {};
  return {
    [`provider-ids-of-${dashed(aggregate.collection)}-are-all-kept`]: [
      'No entry of a map of provider ids is lost when several callers set different providers at once.',
      async (context: QZPayConformanceContext) => {
        const { rows, insert } = await prepare(aggregate, context);
        const { id } = await insert('row');
        await rows.update(id, { [providerIds]: { first: 'id' } });
        const providers = ['second', 'third', 'fourth', 'fifth', 'sixth'];
        await Promise.all(providers.map((provider) => rows.update(id, { [providerIds]: { [provider]: 'id' } })));
        const expected = Object.fromEntries(['first', ...providers].map((provider) => [provider, 'id']));
        assert.deepEqual((await rows.findById(id))?.[providerIds], expected);
        // Also where one of them is part of a transaction that is still open.
        const held = await hold(context.storage, () => rows.update(id, { [providerIds]: { inside: 'id' } }));
        const outside = rows.update(id, { [providerIds]: { outside: 'id' } });
        held.commit();
        await Promise.all([held.ended, outside]);
        assert.deepEqual((await rows.findById(id))?.[providerIds], { ...expected, inside: 'id', outside: 'id' });
      },
    ] as const,
  };
}

function fieldsCase(aggregate: Aggregate) {
  return {
    [`updates-of-different-fields-of-${dashed(aggregate.collection)}-are-all-kept`]: [
      'An update changes the given fields and no others, also when another caller changes others at the same time.',
      async (context: QZPayConformanceContext) => {
        const { rows, insert } = await prepare(aggregate, context);
        const { patch } = aggregate;
        const changed = await rows.update((await insert('changed')).id, patch);
        for (const key of ['row-1', 'row-2', 'row-3']) {
          const { id } = await insert(key);
          await Promise.all([rows.update(id, patch), rows.update(id, { metadata: { by: 'another' } })]);
          const found = present(await rows.findById(id));
          assert.deepEqual(found.metadata, { by: 'another' });
          for (const field of Object.keys(patch)) assert.deepEqual(found[field], changed[field]);
        }
      },
    ] as const,
  };
}

const aggregateCases = Object.assign(
  {},
  ...AGGREGATES.flatMap((one) => [mergeCase(one), fieldsCase(one)]),
) as ReturnType<typeof fieldsCase>;

export const concurrencyCases = defineCases('concurrency', 1, {
  ...aggregateCases,
  'increments-are-all-counted': [
    'Every one of several concurrent increments is counted exactly once.',
    async ({ storage }) => {
      const { increment, used } = await withLimit(storage);
      const { fulfilled } = await together(25, () => increment());
      const values = fulfilled.map(({ currentValue }) => currentValue).toSorted((a, b) => a - b);
      // Each caller got the value that its own increment led to.
      assert.deepEqual(
        values,
        Array.from({ length: 25 }, (_, index) => index + 1),
      );
      await together(10, (index) => increment(index % 2 === 0 ? 2.5 : -1));
      assert.equal(await used(), 25 + 12.5 - 5);
    },
  ],
  'increments-of-overlapping-transactions-are-all-counted': [
    'Increments count exactly once where transactions overlap, and not at all where one rolls back.',
    async ({ storage }) => {
      const { increment, used } = await withLimit(storage);
      for (const [end, expected] of [
        ['commit', 11],
        ['rollBack', 12],
      ] as const) {
        const held = await hold(storage, () => increment(10));
        const outside = increment();
        held[end]();
        await held.ended;
        await outside;
        assert.equal(await used(), expected);
      }
      await together(10, (index) =>
        storage.transaction(async () => {
          await increment();
          await increment();
          if (index % 2 === 1) undo();
        }),
      );
      assert.equal(await used(), 22);
    },
  ],
  'set-and-increment-do-not-undo-each-other': [
    'Setting a cap leaves what has been used alone, also when others use some at the same time.',
    async ({ storage }) => {
      const { customerId, increment } = await withLimit(storage);
      await together(20, (index) =>
        index % 2 === 0 ? increment() : insertQZPayCustomerLimit(storage, { customerId, maxValue: 500 }),
      );
      const found = present(await storage.limits.check(customerId, 'api_calls'));
      assert.deepEqual([found.maxValue, found.currentValue], [500, 10]);
    },
  ],
  'redemptions-are-all-counted': [
    'Every redemption is counted exactly once, by either method.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage);
      const { promoCodes } = storage;
      await together(20, async (index) => {
        if (index % 2 === 0) await promoCodes.incrementRedemptions('promo_test');
        else await promoCodes.atomicIncrementRedemptions('promo_test');
      });
      assert.equal(await redemptions(storage), 20);
    },
  ],
  'a-cap-is-never-exceeded': [
    'No more callers win than the cap allows, however many ask at once.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { maxRedemptions: 3 });
      const { fulfilled } = await together(12, () => storage.promoCodes.atomicIncrementRedemptions('promo_test'));
      assert.equal(fulfilled.length, 12);
      const winners = fulfilled.filter((promoCode) => promoCode !== null);
      const counts = winners.map(({ currentRedemptions }) => currentRedemptions);
      assert.deepEqual([winners.length, new Set(counts)], [3, new Set([1, 2, 3])]);
      assert.equal(await redemptions(storage), 3);
    },
  ],
  'a-cap-holds-across-overlapping-transactions': [
    'A redemption that is not committed counts against the cap, and is given back by a rollback.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { maxRedemptions: 1 });
      const redeem = () => storage.promoCodes.atomicIncrementRedemptions('promo_test');
      for (const end of ['rollBack', 'commit'] as const) {
        const held = await hold(storage, redeem);
        const waiting = redeem();
        held[end]();
        await held.ended;
        const won = (await waiting) !== null;
        assert.equal(won, end === 'rollBack');
        assert.equal(await redemptions(storage), 1);
        if (won) await storage.promoCodes.update('promo_test', { currentRedemptions: 0 });
      }
    },
  ],
  'a-refund-is-kept-once': [
    'One succeeded refund is kept per provider refund id, whichever payment it names and however many callers report it.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      for (const id of ['pay-0', 'pay-1']) await insertQZPayPayment(storage, { id, customerId });
      const { fulfilled } = await together(8, (index) =>
        insertQZPayRefund(storage, { paymentId: `pay-${index % 2}`, providerRefundId: 're_same' }),
      );
      assert.equal(fulfilled.length, 8);
      const totals = await Promise.all(['pay-0', 'pay-1'].map((id) => storage.payments.getTotalRefundedAmount(id)));
      assert.deepEqual(new Set(totals), new Set([0, 100]));
      await together(5, (index) =>
        insertQZPayRefund(storage, { paymentId: 'pay-0', providerRefundId: `re_${index}`, amount: 7 }),
      );
      const [first = 0] = totals;
      assert.equal(await storage.payments.getTotalRefundedAmount('pay-0'), first + 35);
    },
  ],
  'a-refund-that-is-rolled-back-can-be-reported-again': [
    'A refund that a rollback took back is not taken for one that is kept.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPayment(storage, { customerId });
      const held = await hold(storage, () => insertQZPayRefund(storage));
      const meanwhile = insertQZPayRefund(storage);
      held.rollBack();
      await held.ended;
      await meanwhile;
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 100);
      assert.equal(await storage.payments.hasRefundForProviderRefundId('re_test'), true);
    },
  ],
  'a-customer-has-one-default-method': [
    'At most one default is left however many methods are created at once, and exactly one when several are chosen at once.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const { paymentMethods } = storage;
      const ids = Array.from({ length: 6 }, (_, index) => `pm-${index}`);
      await Promise.all(ids.map((id) => insertQZPayPaymentMethod(storage, { id, customerId, setAsDefault: true })));
      const defaults = async () => (await paymentMethods.findByCustomerId(customerId)).filter((one) => one.isDefault);
      assert.equal((await defaults()).length, 1);
      const choices = Promise.all(ids.map((id) => paymentMethods.setDefault(customerId, id)));
      const seen = await Promise.all(
        Array.from({ length: 12 }, async (_, index) =>
          index % 2 === 0
            ? (await defaults()).length
            : Number((await paymentMethods.findDefaultByCustomerId(customerId)) !== null),
        ),
      );
      await choices;
      // Nobody is shown a customer with none, or with two.
      assert.deepEqual([...new Set(seen)], [1]);
      assert.equal((await defaults()).length, 1);
    },
  ],
  'one-row-per-grant-and-limit': [
    'One grant per customer, key and source, and one limit per customer and key are left however many callers make them.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const grants = await together(6, () => insertQZPayGrant(storage, { customerId, source: 'addon', sourceId: 'a' }));
      const byHand = await together(6, () => insertQZPayGrant(storage, { customerId, entitlementKey: 'by_hand' }));
      const limits = await together(6, (index) =>
        insertQZPayCustomerLimit(storage, { customerId, maxValue: index, source: 'addon', sourceId: 'a' }),
      );
      for (const { rejected } of [grants, byHand, limits]) assert.deepEqual(rejected, []);
      assert.equal((await storage.limits.findByCustomerId(customerId)).length, 1);
      assert.equal(await storage.entitlements.revokeBySource('addon', 'a'), 1);
      assert.equal(await storage.limits.deleteBySource('addon', 'a'), 1);
      assert.equal((await storage.entitlements.findByCustomerId(customerId)).length, 1);
    },
  ],
  'a-resource-is-polled-once': [
    'One caller wins when several schedule the same resource, or bring the same version, at once.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPaySubscription(storage, { customerId });
      const jobs = storage.subscriptionPollingJobs;
      if (jobs === undefined) return;
      const scheduled = await together(6, () => insertQZPayPollingJob(storage));
      const [job, ...others] = scheduled.fulfilled.filter((made) => made !== null);
      assert.deepEqual([others, scheduled.rejected], [[], []]);
      const { id, version } = present(job);
      const updated = await together(6, () =>
        jobs.update({ id, expectedVersion: version, incrementAttemptsBy: 1, status: 'failed' }),
      );
      assert.equal(updated.fulfilled.length, 6);
      assert.equal(updated.fulfilled.filter((made) => made !== null).length, 1);
      assert.equal((await jobs.findById(id))?.attempts, 1);
    },
  ],
  'nobody-reads-a-torn-invoice': [
    'An invoice and its lines belong together, also while they are replaced.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const invoice = await insertQZPayInvoice(storage, { customerId });
      const [line] = invoice.lines;
      const replace = (count: number) =>
        storage.invoices.update('inv_test', {
          subtotal: count,
          lines: Array.from({ length: count }, (_, place) => ({ ...present(line), id: `line-${count}-${place}` })),
        });
      await replace(1);
      const reads = [
        async () => present(await storage.invoices.findById('inv_test')),
        async () => present((await storage.invoices.findByCustomerId(customerId))[0]),
        async () => present((await storage.invoices.list()).data[0]),
      ];
      const { rejected } = await together(30, async (index) => {
        if (index % 3 === 0) {
          const { subtotal, lines } = await replace((index % 7) + 1);
          assert.equal(lines.length, subtotal);
          return;
        }
        const { subtotal, lines } = await present(reads[Math.floor(index / 3) % reads.length])();
        assert.equal(lines.length, subtotal);
      });
      assert.deepEqual(rejected, []);
    },
  ],
});
