import assert from 'node:assert/strict';
import type { QZPayInvoice, QZPayInvoiceLine } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPayInvoice } from '../../fixtures/invoices.js';
import { insertQZPayPlan } from '../../fixtures/plans.js';
import { insertQZPayPrice } from '../../fixtures/prices.js';
import { insertQZPaySubscription } from '../../fixtures/subscriptions.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { assertEntity, rejectsNotFound } from '../expectations.js';
import { type Aggregate, patched } from '../shared/aggregate.js';
import { givenIdCases } from '../shared/identity.js';
import { theCustomer } from '../shared/parents.js';
import { readCases } from '../shared/reads.js';
import { providerIdCases, updateCases } from '../shared/updates.js';

const LINE: Omit<QZPayInvoiceLine, 'invoiceId'> = {
  id: 'line_z',
  description: 'Pro „Łódź“',
  quantity: 1.5,
  unitAmount: 100.5,
  amount: 150.75,
  priceId: 'price_1',
  periodStart: fixtureDate(1),
  periodEnd: fixtureDate(31),
  metadata: { seats: 3 },
};

/** Lines for each invoice of these cases, whose ids tell nothing of their order. */
function linesOf(invoiceId: string): QZPayInvoiceLine[] {
  const bare = { priceId: null, periodStart: null, periodEnd: null, metadata: {} };
  return [
    { ...LINE, invoiceId },
    { ...LINE, ...bare, id: 'line_a', invoiceId },
  ];
}

const invoices: Aggregate<QZPayInvoice> = {
  entityType: 'Invoice',
  collection: (storage) => storage.invoices,
  insert: async (context, id) =>
    insertQZPayInvoice(context.storage, { id, customerId: (await theCustomer(context)).id }),
  finders: [],
  changes: [
    { subscriptionId: 'sub_1' },
    { status: 'paid' },
    { currency: 'CLP' },
    { subtotal: 3_000_000_000 },
    { tax: 20.5 },
    { discount: 10.25 },
    { total: 110.5 },
    { amountPaid: 50 },
    { amountDue: 60.5 },
    { dueDate: fixtureDate(1) },
    { paidAt: new Date('2026-02-03T04:05:06.789Z') },
    { voidedAt: fixtureDate(2) },
    { periodStart: fixtureDate(3) },
    { periodEnd: fixtureDate(33) },
    { providerInvoiceIds: { stripe: 'in_1' } },
    { metadata: { paymentId: 'pay_1' } },
    { status: 'void' },
    { subscriptionId: null },
    { dueDate: null },
    { paidAt: null },
    { voidedAt: null },
    { periodStart: null },
    { periodEnd: null },
  ],
  ignored: { id: 'other', customerId: 'nobody', createdAt: new Date(0), livemode: true },
};

export const invoiceCases = defineCases('invoices', 1, {
  ...readCases(invoices),
  ...givenIdCases(invoices),
  ...updateCases(invoices),
  ...providerIdCases(invoices, 'providerInvoiceIds'),
  'create-completes-what-is-absent': [
    'A new invoice is a draft over the sum of its lines; tax, discount and amount paid are 0, the rest is null or empty.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const lines = [
        { description: 'Pro', quantity: 2, unitAmount: 1000 },
        { description: 'Support', quantity: 1, unitAmount: 500 },
      ];
      const created = await storage.invoices.create({ id: 'i', customerId, lines });
      assert.ok(created.lines.every(({ id }) => typeof id === 'string' && id !== ''));
      assert.notEqual(created.lines[0]?.id, created.lines[1]?.id);
      assert.match(created.currency, /^[A-Z]{3}$/);
      const bare = { invoiceId: 'i', priceId: null, periodStart: null, periodEnd: null, metadata: {} };
      assertEntity(created, {
        id: 'i',
        customerId,
        subscriptionId: null,
        status: 'draft',
        currency: created.currency,
        subtotal: 2500,
        tax: 0,
        discount: 0,
        total: 2500,
        amountPaid: 0,
        amountDue: 2500,
        dueDate: null,
        paidAt: null,
        voidedAt: null,
        periodStart: null,
        periodEnd: null,
        lines: [
          { ...bare, ...lines[0], id: created.lines[0]?.id, amount: 2000 },
          { ...bare, ...lines[1], id: created.lines[1]?.id, amount: 500 },
        ],
        providerInvoiceIds: {},
        metadata: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is; subscription and prices need not be stored.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const line = { description: ' „Łódź“ '.repeat(200), quantity: 3, unitAmount: 7, priceId: 'price at the host' };
      const header = {
        id: 'i',
        customerId,
        subscriptionId: 'sub at the host',
        dueDate: new Date('2026-02-03T04:05:06.789Z'),
        metadata: { half: 0.5, nothing: null },
      };
      const created = await storage.invoices.create({ ...header, lines: [line] });
      const stored = await storage.invoices.findById('i');
      assertEntity(stored, { ...created, ...header });
      assertEntity(stored?.lines, [{ ...created.lines[0], ...line, amount: 21 }]);
    },
  ],
  'the-currency-is-that-of-the-price': [
    'The currency is that of the first line’s stored price, otherwise of the price of the subscription’s plan.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPlan(storage);
      await insertQZPayPlan(storage, { id: 'other' });
      await insertQZPayPrice(storage, { id: 'pesos', currency: 'CLP' });
      await insertQZPayPrice(storage, { id: 'pounds', planId: 'other', currency: 'GBP' });
      await insertQZPaySubscription(storage, { customerId });
      const line = { description: 'Pro', quantity: 1, unitAmount: 1 };
      const currencyOf = async (id: string, priceIds: readonly string[], subscriptionId?: string) => {
        const lines = priceIds.map((priceId) => ({ ...line, priceId }));
        const input = { id, customerId, lines, ...(subscriptionId !== undefined && { subscriptionId }) };
        return (await storage.invoices.create(input)).currency;
      };
      assert.equal(await currencyOf('a', ['pounds', 'pesos']), 'GBP');
      assert.equal(await currencyOf('b', ['pesos', 'pounds']), 'CLP');
      assert.equal(await currencyOf('c', ['pounds'], 'sub_test'), 'GBP');
      assert.equal(await currencyOf('d', ['unknown'], 'sub_test'), 'CLP');
    },
  ],
  'an-unknown-customer-is-not-found': [
    'An invoice of an unknown customer rejects with `not_found` of the customer and is not stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayInvoice(storage, { customerId: 'nobody' }), 'Customer');
      assert.equal(await storage.invoices.findById('inv_test'), null);
    },
  ],
  'update-derives-nothing': [
    'Paying does not move the amount due, voiding does not stamp a date; no combination of states and amounts is refused.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayInvoice(storage, { customerId });
      const paid = await storage.invoices.update('inv_test', { status: 'paid', paidAt: clock.now() });
      assert.deepEqual([paid.status, paid.amountPaid, paid.amountDue], ['paid', 0, 2500]);
      const voided = await storage.invoices.update('inv_test', { status: 'void' });
      assert.deepEqual([voided.status, voided.voidedAt, voided.paidAt], ['void', null, clock.now()]);
      const draft = await storage.invoices.update('inv_test', { status: 'draft', total: 1, amountPaid: 9, tax: 5 });
      assert.deepEqual([draft.total, draft.amountPaid, draft.tax, draft.amountDue], [1, 9, 5, 2500]);
    },
  ],
  'update-replaces-the-lines': [
    'An update with `lines` replaces all of them, in their order; totals do not follow.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPayInvoice(storage, { customerId });
      clock.advance(1);
      for (const lines of [linesOf('inv_test'), linesOf('inv_test').toReversed(), [], created.lines]) {
        const expected = patched(created, { lines }, clock.now());
        assertEntity(await storage.invoices.update('inv_test', { lines: copyOf(lines) }), expected);
        assertEntity(await storage.invoices.findById('inv_test'), expected);
      }
      await rejectsNotFound(storage.invoices.update('unknown', { lines: linesOf('unknown') }), 'Invoice');
    },
  ],
  'only-the-customers-own-are-found': [
    '`findByCustomerId` gives the invoices of that customer with their own lines, and no others.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const own = await insertQZPayInvoice(storage, { customerId });
      await insertQZPayInvoice(storage, { id: 'foreign', customerId: other.id });
      assertEntity(await storage.invoices.findByCustomerId(customerId), [own]);
    },
  ],
  'lists-filter-by-status-and-customer': [
    'A list that is filtered by `status` and `customerId` has the invoices that match both, with their lines.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const draft = await insertQZPayInvoice(storage, { id: 'draft', customerId });
      await insertQZPayInvoice(storage, { id: 'open', customerId });
      await insertQZPayInvoice(storage, { id: 'foreign', customerId: other.id });
      const open = await storage.invoices.update('open', { status: 'open' });
      const matching = async (filters: Record<string, unknown>) => {
        const { data, total } = await storage.invoices.list({ filters });
        assert.equal(total, data.length);
        return data;
      };
      assertEntity(await matching({ status: 'open' }), [open]);
      assertEntity(await matching({ status: 'draft', customerId }), [draft]);
      assert.equal((await matching({ customerId })).length, 2);
      assert.deepEqual(await matching({ status: 'void' }), []);
    },
  ],
});
