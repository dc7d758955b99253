import assert from 'node:assert/strict';
import type { QZPayCreateInvoiceLineInput } from '@qzpay/core';
import { insertQZPayCustomer, insertQZPayInvoice, insertQZPayPayment } from '../../fixtures/index.js';
import { undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { everything, storeOneOfEach } from '../every-method.js';
import { present, rejectsInvalid, retrying } from '../expectations.js';

const LINE = { description: 'Pro', quantity: 1, unitAmount: 1000 };

const BAD_LINES: readonly QZPayCreateInvoiceLineInput[] = [
  { ...LINE, description: 'nul\0' },
  { ...LINE, unitAmount: Number.NaN },
  { ...LINE, quantity: Number.POSITIVE_INFINITY },
  { ...LINE, priceId: 'ill-formed \udc00' },
];

export const faultCases = defineCases('faults', 1, {
  'acknowledged-writes-survive-an-interruption': [
    'What has been acknowledged is there after the connection to the data was cut.',
    async ({ storage, interrupt }) => {
      await storeOneOfEach(storage);
      await storage.transaction(() => storage.plans.update('plan_test', { name: 'committed' }));
      const before = await everything(storage);
      await interrupt();
      assert.deepEqual(await retrying(() => everything(storage)), before);
    },
  ],
  'work-goes-on-after-an-interruption': [
    'After the connection to the data was cut the next call works; only an error that may be retried may come first.',
    async ({ storage, open, interrupt }) => {
      const elsewhere = await open({ livemode: false });
      await interrupt();
      const { id: customerId } = await retrying(() => insertQZPayCustomer(storage));
      await interrupt();
      await retrying(() => elsewhere.customers.update(customerId, { name: 'changed' }));
      await interrupt();
      assert.equal((await retrying(() => storage.customers.findById(customerId)))?.name, 'changed');
      await interrupt();
      await retrying(() =>
        storage.transaction(async () => {
          await insertQZPayPayment(storage, { customerId });
          await storage.transaction(() => insertQZPayInvoice(storage, { customerId }));
        }),
      );
      assert.equal((await storage.payments.list()).total, 1);
      assert.equal((await storage.invoices.list()).total, 1);
    },
  ],
  'many-callers-go-on-after-an-interruption': [
    'After the connection to the data was cut each of several callers at once is served, and nothing counts twice.',
    async ({ storage, interrupt }) => {
      const { customerId } = await storeOneOfEach(storage);
      const increment = () => storage.limits.increment({ customerId, limitKey: 'api_calls' });
      await Promise.all(Array.from({ length: 10 }, increment));
      await interrupt();
      await Promise.all(Array.from({ length: 10 }, () => retrying(increment)));
      assert.equal((await storage.limits.check(customerId, 'api_calls'))?.currentValue, 20);
    },
  ],
  'rolled-back-work-stays-away-after-an-interruption': [
    'What a transaction rolled back does not come back when the connection to the data is cut.',
    async ({ storage, interrupt }) => {
      await storage
        .transaction(async () => {
          await insertQZPayCustomer(storage);
          undo();
        })
        .catch(() => {});
      await interrupt();
      assert.equal((await retrying(() => storage.customers.list())).total, 0);
    },
  ],
  'an-invoice-with-a-bad-line-is-not-stored': [
    'The header and all lines are stored, or nothing.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      for (const bad of BAD_LINES) {
        for (const lines of [
          [LINE, bad],
          [bad, LINE],
        ]) {
          await rejectsInvalid(insertQZPayInvoice(storage, { customerId, lines }));
        }
      }
      assert.equal(await storage.invoices.findById('inv_test'), null);
      assert.equal((await storage.invoices.list()).total, 0);
      // No line is left that a later invoice of this id would come with.
      const invoice = await insertQZPayInvoice(storage, { customerId, lines: [LINE] });
      assert.deepEqual(await storage.invoices.findByCustomerId(customerId), [invoice]);
      assert.equal(invoice.lines.length, 1);
    },
  ],
  'an-invoice-keeps-its-lines-when-new-ones-are-refused': [
    'Lines are replaced in the same step as the header is changed, or nothing happens.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const invoice = await insertQZPayInvoice(storage, { customerId });
      const line = present(invoice.lines[0]);
      for (const bad of [{ amount: Number.NaN }, { description: 'nul\0' }, { metadata: { text: '\ud800' } }]) {
        const lines = [
          { ...line, id: 'new-1' },
          { ...line, ...bad, id: 'new-2' },
        ];
        await rejectsInvalid(storage.invoices.update('inv_test', { status: 'open', subtotal: 1, lines }));
        assert.deepEqual(await storage.invoices.findById('inv_test'), invoice);
      }
    },
  ],
});
