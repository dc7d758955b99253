import assert from 'node:assert/strict';
import { QZPAY_PAYMENT_STATUS_VALUES, type QZPayPayment } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { buildQZPayPayment, insertQZPayPayment } from '../../fixtures/payments.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { assertEntity, rejectsInvalid, rejectsNotFound } from '../expectations.js';
import type { Aggregate } from '../shared/aggregate.js';
import { givenIdCases } from '../shared/identity.js';
import { theCustomer } from '../shared/parents.js';
import { readCases } from '../shared/reads.js';
import { providerIdCases, updateCases } from '../shared/updates.js';

const payments: Aggregate<QZPayPayment> = {
  entityType: 'Payment',
  collection: (storage) => storage.payments,
  insert: async (context, id) => {
    const { id: customerId, livemode } = await theCustomer(context);
    const now = context.clock.now();
    return insertQZPayPayment(context.storage, { id, customerId, livemode, createdAt: now, updatedAt: now });
  },
  finders: [],
  changes: [
    { subscriptionId: 'sub_1' },
    { invoiceId: 'inv_1' },
    { amount: 3_000_000_000 },
    { currency: 'CLP' },
    { status: 'failed' },
    { paymentMethodId: 'pm_1' },
    { providerPaymentIds: { stripe: 'pi_1' } },
    { failureCode: 'card_declined' },
    { failureMessage: 'The provider said: "no" — 拒否' },
    { metadata: { order: 7 } },
    { subscriptionId: null },
    { invoiceId: null },
    { paymentMethodId: null },
    { failureCode: null },
    { failureMessage: null },
  ],
  ignored: { id: 'other', customerId: 'nobody', createdAt: new Date(0), livemode: true },
};

export const paymentCases = defineCases('payments', 1, {
  ...readCases(payments),
  ...givenIdCases(payments),
  ...updateCases(payments),
  ...providerIdCases(payments, 'providerPaymentIds'),
  'create-stores-what-is-given': [
    'A payment is stored as given, its timestamps included; what it refers to need not be stored.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const given: QZPayPayment = {
        id: 'pi_1',
        customerId,
        subscriptionId: 'sub at the host',
        invoiceId: 'inv at the host',
        amount: Number.MAX_SAFE_INTEGER,
        currency: 'CLP',
        status: 'failed',
        paymentMethodId: 'pm_1',
        providerPaymentIds: { stripe: 'pi_1', 'my provider': 'x' },
        failureCode: 'do_not_honor',
        failureMessage: '„Łódź“ '.repeat(200),
        metadata: { half: 0.5, nothing: null },
        livemode: false,
        createdAt: new Date('2019-05-06T07:08:09.123Z'),
        updatedAt: new Date('2019-05-07T07:08:09.456Z'),
      };
      assertEntity(await storage.payments.create(copyOf(given)), given);
      assertEntity(await storage.payments.findById('pi_1'), given);
      const bare = buildQZPayPayment({ id: 'bare', customerId });
      assertEntity(await storage.payments.create(copyOf(bare)), bare);
    },
  ],
  'the-other-mode-is-refused': [
    'A payment whose `livemode` is not the storage’s is a `validation` error and stored in neither mode.',
    async ({ storage, open }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await rejectsInvalid(insertQZPayPayment(storage, { customerId, livemode: true }), 'livemode');
      const live = await open({ livemode: true });
      for (const mode of [storage, live]) assert.equal(await mode.payments.findById('pay_test'), null);
    },
  ],
  'an-unknown-customer-is-not-found': [
    'A payment of an unknown customer rejects with `not_found` of the customer and is not stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayPayment(storage, { customerId: 'nobody' }), 'Customer');
      assert.equal(await storage.payments.findById('pay_test'), null);
    },
  ],
  'a-fraction-of-a-minor-unit-is-refused': [
    'Money is an integer number of minor units: a fraction is a `validation` error and nothing is stored.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await rejectsInvalid(insertQZPayPayment(storage, { customerId, amount: 10.5 }), 'amount');
      assert.equal(await storage.payments.findById('pay_test'), null);
    },
  ],
  'no-combination-of-states-is-refused': [
    'Any state may follow any other with any amount, since money has moved already; none stamps or clears anything.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPayment(storage, { customerId, status: 'failed', failureCode: 'declined' });
      for (const from of ['failed', 'refunded', 'succeeded'] as const) {
        for (const status of QZPAY_PAYMENT_STATUS_VALUES) {
          await storage.payments.update('pay_test', { status: from, amount: 1000 });
          const updated = await storage.payments.update('pay_test', { status, amount: 0 });
          assert.deepEqual([updated.status, updated.amount, updated.failureCode], [status, 0, 'declined']);
        }
      }
    },
  ],
  'lists-go-by-the-given-creation': [
    'Lists are ordered by the creation that the payments came with, not by when they were stored.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      for (const days of [1, 3, 0, 2]) {
        await insertQZPayPayment(storage, { id: `day-${days}`, customerId, createdAt: fixtureDate(days) });
      }
      const expected = ['day-3', 'day-2', 'day-1', 'day-0'];
      const listed = (await storage.payments.list()).data;
      for (const found of [listed, await storage.payments.findByCustomerId(customerId)]) {
        assert.deepEqual(
          found.map(({ id }) => id),
          expected,
        );
      }
    },
  ],
  'only-the-customers-own-are-found': [
    '`findByCustomerId` gives the payments of that customer and no others.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const own = await insertQZPayPayment(storage, { customerId });
      await insertQZPayPayment(storage, { id: 'foreign', customerId: other.id });
      assertEntity(await storage.payments.findByCustomerId(customerId), [own]);
    },
  ],
  'lists-filter-by-status-customer-and-amount': [
    'A list that is filtered by `status`, `customerId`, `minAmount` and `maxAmount` has the payments that match all of them; the bounds are inclusive.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      await insertQZPayPayment(storage, { id: 'a', customerId, amount: 99 });
      await insertQZPayPayment(storage, { id: 'b', customerId, amount: 100, status: 'failed' });
      await insertQZPayPayment(storage, { id: 'c', customerId, amount: 1000 });
      await insertQZPayPayment(storage, { id: 'd', customerId: other.id, amount: 1001 });
      const matching = async (filters: Record<string, unknown>) => {
        const { data, total } = await storage.payments.list({ filters });
        assert.equal(total, data.length);
        return data.map(({ id }) => id).sort();
      };
      assert.deepEqual(await matching({ status: 'succeeded' }), ['a', 'c', 'd']);
      assert.deepEqual(await matching({ customerId }), ['a', 'b', 'c']);
      assert.deepEqual(await matching({ minAmount: 100 }), ['b', 'c', 'd']);
      assert.deepEqual(await matching({ maxAmount: 1000 }), ['a', 'b', 'c']);
      assert.deepEqual(await matching({ minAmount: 100, maxAmount: 1000, status: 'succeeded' }), ['c']);
      assert.deepEqual(await matching({ minAmount: 0, maxAmount: 0 }), []);
    },
  ],
  'create-leaves-out-absent-provider-ids': [
    'Providers without an id, null or undefined at run time, are left out of a new payment; an empty text is kept.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const given = { stripe: 'pi_1', paypal: null, other: undefined, empty: '' } as unknown as Record<string, string>;
      const created = await insertQZPayPayment(storage, { customerId, providerPaymentIds: given });
      assert.deepEqual(created.providerPaymentIds, { stripe: 'pi_1', empty: '' });
      assertEntity(await storage.payments.findById(created.id), created);
    },
  ],
  'bounds-mean-what-they-say': [
    'A bound is any finite number, also a fraction or one beyond all amounts; anything else is a `validation` error of the filter.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const largest = Number.MAX_SAFE_INTEGER;
      for (const amount of [-largest, 0, 1, largest]) {
        await insertQZPayPayment(storage, { id: `${amount}`, customerId, amount });
      }
      const amounts = async (filters: Record<string, unknown>) =>
        (await storage.payments.list({ filters, orderBy: 'amount', orderDirection: 'asc' })).data.map(
          ({ amount }) => amount,
        );
      assert.deepEqual(await amounts({ minAmount: 0.5, maxAmount: 1e300 }), [1, largest]);
      assert.deepEqual(await amounts({ minAmount: -0.5, maxAmount: 0.5 }), [0]);
      assert.deepEqual(await amounts({ minAmount: -1e300, maxAmount: -0.5 }), [-largest]);
      assert.deepEqual(await amounts({ minAmount: 2 ** 53 }), []);
      assert.deepEqual(await amounts({ maxAmount: -(2 ** 53) }), []);
      for (const filter of ['minAmount', 'maxAmount']) {
        for (const bound of ['5', Number.NaN, Infinity, null, [1], new Date(0)]) {
          await rejectsInvalid(storage.payments.list({ filters: { [filter]: bound } }), filter);
        }
      }
    },
  ],
});
