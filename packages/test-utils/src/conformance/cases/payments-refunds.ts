import assert from 'node:assert/strict';
import type { QZPayStorageAdapter } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayPayment, insertQZPayRefund } from '../../fixtures/payments.js';
import { defineCases } from '../case.js';
import { assertEntity, rejectsNotFound, together } from '../expectations.js';

/** Stores payments of one customer. */
async function pay(storage: QZPayStorageAdapter, ...ids: readonly string[]): Promise<void> {
  const { id: customerId, livemode } = await insertQZPayCustomer(storage);
  for (const id of ids) await insertQZPayPayment(storage, { id, customerId, livemode });
}

export const refundCases = defineCases('payments', 1, {
  'one-refund-per-provider-id': [
    'Of several callers that report the same succeeded refund at once one counts; the others resolve without an effect.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      const { fulfilled, rejected } = await together(8, () => insertQZPayRefund(storage));
      assert.deepEqual(rejected, []);
      assert.ok(fulfilled.every((answer) => answer === undefined));
      await insertQZPayRefund(storage, { amount: 999 });
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 100);
    },
  ],
  'one-refund-per-provider-id-of-any-payment': [
    'A succeeded refund counts once whichever payment it names.',
    async ({ storage }) => {
      await pay(storage, 'first', 'second');
      await insertQZPayRefund(storage, { paymentId: 'first' });
      await insertQZPayRefund(storage, { paymentId: 'second' });
      assert.equal(await storage.payments.getTotalRefundedAmount('first'), 100);
      assert.equal(await storage.payments.getTotalRefundedAmount('second'), 0);
    },
  ],
  'each-mode-has-its-refunds': [
    'Refunds are kept per mode, and the mode is the storage’s own whatever the input says.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      await pay(storage, 'in-test');
      await pay(live, 'in-live');
      await insertQZPayRefund(storage, { paymentId: 'in-test', livemode: true });
      assert.equal(await live.payments.hasRefundForProviderRefundId('re_test'), false);
      await rejectsNotFound(insertQZPayRefund(live, { paymentId: 'in-test' }), 'Payment');
      await insertQZPayRefund(live, { paymentId: 'in-live', livemode: true });
      assert.equal(await storage.payments.getTotalRefundedAmount('in-test'), 100);
      assert.equal(await live.payments.getTotalRefundedAmount('in-live'), 100);
      assert.equal(await live.payments.getTotalRefundedAmount('in-test'), 0);
    },
  ],
  'only-succeeded-refunds-count': [
    'Pending and failed refunds are not counted, and do not stop the one that succeeds later.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      for (const status of ['pending', 'failed', 'pending'] as const) await insertQZPayRefund(storage, { status });
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 0);
      assert.equal(await storage.payments.hasRefundForProviderRefundId('re_test'), false);
      await insertQZPayRefund(storage);
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 100);
      assert.equal(await storage.payments.hasRefundForProviderRefundId('re_test'), true);
      await insertQZPayRefund(storage, { status: 'failed' });
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 100);
    },
  ],
  'refunds-without-a-provider-id-are-appended': [
    'A refund without an id at the provider is always appended; an empty text counts as none.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      const refund = { paymentId: 'pay_test', amount: 100, currency: 'EUR', status: 'succeeded' } as const;
      for (const id of [{}, {}, { providerRefundId: '' }, { providerRefundId: '' }]) {
        await storage.payments.createRefund({ ...refund, ...id, livemode: false });
      }
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 400);
      assert.equal(await storage.payments.hasRefundForProviderRefundId(''), false);
    },
  ],
  'refunds-at-once-all-count': [
    'Different refunds of one payment that are reported at once all count.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      const { rejected } = await together(8, (index) =>
        insertQZPayRefund(storage, { amount: 2 ** index, providerRefundId: `re_${index}` }),
      );
      assert.deepEqual(rejected, []);
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 255);
    },
  ],
  'the-total-is-exact': [
    'The total is the sum of this payment’s refunds, a number beyond 32 bits and above the payment as well; 0 for an unknown payment.',
    async ({ storage }) => {
      await pay(storage, 'pay_test', 'other');
      for (const id of ['a', 'b', 'c']) {
        await insertQZPayRefund(storage, { amount: 2_000_000_001, providerRefundId: id });
      }
      await insertQZPayRefund(storage, { paymentId: 'other', amount: 7, providerRefundId: 'd' });
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 6_000_000_003);
      assert.equal(await storage.payments.getTotalRefundedAmount('other'), 7);
      for (const id of ['unknown', '', '\0']) assert.equal(await storage.payments.getTotalRefundedAmount(id), 0);
    },
  ],
  'a-refund-is-known-by-its-provider-id': [
    'Whether a refund has succeeded is known by its id at the provider, of any form, and by no other.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      const reason = 'r'.repeat(2000);
      await insertQZPayRefund(storage, { providerRefundId: 're „7“', reason, metadata: { ticket: 7 } });
      assert.equal(await storage.payments.hasRefundForProviderRefundId('re „7“'), true);
      for (const id of ['re', 'RE „7“', 'unknown', '', '\0', '%']) {
        assert.equal(await storage.payments.hasRefundForProviderRefundId(id), false);
      }
    },
  ],
  'a-refund-of-an-unknown-payment-is-not-found': [
    'A refund of an unknown payment rejects with `not_found` of the payment and is not kept.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayRefund(storage, { paymentId: 'nowhere' }), 'Payment');
      assert.equal(await storage.payments.hasRefundForProviderRefundId('re_test'), false);
      assert.equal(await storage.payments.getTotalRefundedAmount('nowhere'), 0);
    },
  ],
  'a-refund-leaves-the-payment-alone': [
    'A refund is appended to the ledger; the payment stays as it is until it is updated.',
    async ({ storage }) => {
      await pay(storage, 'pay_test');
      const before = await storage.payments.findById('pay_test');
      await insertQZPayRefund(storage, { amount: 1000 });
      assertEntity(await storage.payments.findById('pay_test'), before);
    },
  ],
});
