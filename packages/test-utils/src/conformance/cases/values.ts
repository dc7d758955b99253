import assert from 'node:assert/strict';
import {
  buildQZPayPayment,
  insertQZPayAddOn,
  insertQZPayCustomer,
  insertQZPayCustomerLimit,
  insertQZPayInvoice,
  insertQZPayPayment,
  insertQZPayPlan,
  insertQZPayPrice,
  insertQZPayPromoCode,
  insertQZPayRefund,
  insertQZPaySubscription,
  insertQZPaySubscriptionAddOn,
  insertQZPayUsageRecord,
  insertQZPayVendor,
  insertQZPayVendorPayout,
} from '../../fixtures/index.js';
import { AGGREGATES, prepare } from '../aggregates.js';
import { defineCases, type QZPayConformanceStorage } from '../case.js';
import { callsOnStored, storeOneOfEach } from '../every-method.js';
import { present, rejectsInvalid } from '../expectations.js';

const LARGEST = Number.MAX_SAFE_INTEGER;

/** What money belongs to; every call takes an amount. */
async function withMoney(storage: QZPayConformanceStorage) {
  const { customerId } = await storeOneOfEach(storage);
  let count = 0;
  const id = () => {
    count += 1;
    return `new-${count}`;
  };
  const { addons, payments, prices } = storage;
  const calls: Record<string, (amount: number) => Promise<unknown>> = {
    'payments.create': (amount) => insertQZPayPayment(storage, { id: id(), customerId, amount }),
    'payments.update': (amount) => payments.update('pay_test', { amount }),
    'prices.create': (unitAmount) => insertQZPayPrice(storage, { id: id(), unitAmount }),
    'prices.update': (unitAmount) => prices.update('price_test', { unitAmount }),
    'addons.create': (unitAmount) => insertQZPayAddOn(storage, { id: id(), unitAmount }),
    'addons.update': (unitAmount) => addons.update('addon_test', { unitAmount }),
    'addons.addToSubscription': (unitAmount) => insertQZPaySubscriptionAddOn(storage, { id: id(), unitAmount }),
    'vendors.createPayout': (amount) => insertQZPayVendorPayout(storage, { id: id(), amount }),
    'payments.createRefund': (amount) => insertQZPayRefund(storage, { providerRefundId: id(), amount }),
  };
  return calls;
}

const TEXTS = [
  '',
  ' leading and trailing ',
  'Zoë, naïve café – 日本語 عربي עברית 🦊👩‍👩‍👧 ﷽',
  // The same letter in two forms, which are not the same text.
  '\u00e9',
  'e\u0301',
  `quotes ' " \` back\\slash \\u0000 \\0 %s %_ $1 {} [] :name ;--`,
  'tab\tline\nreturn\r\n\u0001\u007f\u2028\ufeff\uffff',
  'x'.repeat(100_000),
];

export const valueCases = defineCases('values', 1, {
  'money-is-kept-up-to-the-safe-integers': [
    'Money is an integer number of minor units, up to the safe integers.',
    async ({ storage }) => {
      const calls = await withMoney(storage);
      for (const [method, call] of Object.entries(calls)) {
        for (const money of [0, 1, 3_000_000_000, LARGEST]) {
          if (method === 'payments.createRefund') continue;
          const answer = present(await call(money)) as { amount?: number; unitAmount?: number };
          assert.equal(answer.amount ?? answer.unitAmount, money, method);
        }
      }
      assert.equal((await storage.payments.findById('pay_test'))?.amount, LARGEST);
      assert.equal((await storage.prices.findById('price_test'))?.unitAmount, LARGEST);
      assert.equal((await storage.payments.list({ filters: { minAmount: LARGEST } })).total, 2);
      const payouts = await storage.vendors.findPayoutsByVendorId('vendor_test');
      assert.ok(payouts.some(({ amount }) => amount === LARGEST));
    },
  ],
  'sums-of-money-are-exact': [
    'Numbers are `number`s, sums of large ones too.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPayment(storage, { customerId });
      for (const [providerRefundId, amount] of Object.entries({ a: 3_000_000_000, b: 3_000_000_001, c: 2 ** 52 })) {
        await insertQZPayRefund(storage, { providerRefundId, amount });
      }
      assert.equal(await storage.payments.getTotalRefundedAmount('pay_test'), 6_000_000_001 + 2 ** 52);
    },
  ],
  'fractions-of-money-are-refused': [
    'A fraction of a minor unit, and what is no safe integer, is a `validation` error and is not stored.',
    async ({ storage }) => {
      const calls = await withMoney(storage);
      const state = async () => [
        (await storage.payments.list()).data,
        (await storage.prices.list()).data,
        (await storage.addons.list()).data,
        await storage.addons.findBySubscriptionId('sub_test'),
        await storage.vendors.findPayoutsByVendorId('vendor_test'),
        await storage.payments.getTotalRefundedAmount('pay_test'),
      ];
      const before = await state();
      for (const call of Object.values(calls)) {
        for (const amount of [0.5, 10.01, LARGEST + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
          await rejectsInvalid(call(amount));
        }
      }
      assert.deepEqual(await state(), before);
    },
  ],
  'fractions-are-kept-where-it-is-not-money': [
    'Quantities, percentages, limits and what stands on an invoice keep their fractions.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const invoice = await insertQZPayInvoice(storage, {
        customerId,
        lines: [
          { description: 'hours', quantity: 1.5, unitAmount: 333.5 },
          { description: 'calls', quantity: 1_000_000, unitAmount: 0.0001220703125 },
        ],
      });
      const [hours, calls] = invoice.lines;
      assert.deepEqual([hours?.quantity, hours?.unitAmount, hours?.amount], [1.5, 333.5, 500.25]);
      assert.deepEqual([calls?.unitAmount, calls?.amount], [0.0001220703125, 122.0703125]);
      assert.deepEqual([invoice.subtotal, invoice.total, invoice.amountDue], [622.3203125, 622.3203125, 622.3203125]);
      assert.equal((await storage.invoices.update('inv_test', { tax: 12.345 })).tax, 12.345);
      assert.equal((await insertQZPayPromoCode(storage, { discountValue: 12.5 })).discountValue, 12.5);
      assert.equal((await insertQZPayVendor(storage, { commissionRate: 12.345678 })).commissionRate, 12.345678);
      for (const maxValue of [1.5, -1, 0, 1e15, 0.001]) {
        assert.equal((await insertQZPayCustomerLimit(storage, { customerId, maxValue })).maxValue, maxValue);
      }
      const increment = { customerId, limitKey: 'api_calls', incrementBy: 0.25 };
      assert.equal((await storage.limits.increment(increment)).currentValue, 0.25);
      assert.equal((await insertQZPayUsageRecord(storage, { customerId, quantity: 0.125 })).quantity, 0.125);
    },
  ],
  'instants-keep-their-milliseconds': [
    'Instants are `Date`s with milliseconds, of any year.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const instants = [
        '2026-02-28T23:59:59.999Z',
        '2024-02-29T12:00:00.001Z',
        '1970-01-01T00:00:00.000Z',
        '1969-12-31T23:59:59.999Z',
        '1900-01-01T00:00:00.123Z',
        '2038-01-19T03:14:08.000Z',
        '2026-03-29T01:30:00.500Z',
        '9999-12-31T23:59:59.999Z',
      ];
      for (const [index, text] of instants.entries()) {
        const instant = new Date(text);
        const id = `pay-${index}`;
        const payment = await insertQZPayPayment(storage, { id, customerId, createdAt: instant, updatedAt: instant });
        const found = present(await storage.payments.findById(id));
        for (const { createdAt, updatedAt } of [payment, found]) {
          assert.ok(createdAt instanceof Date);
          assert.deepEqual([createdAt, updatedAt], [instant, instant]);
        }
        const code = { id: `promo-${index}`, code: `CODE-${index}`, validFrom: instant, validUntil: instant };
        const { validFrom, validUntil } = await insertQZPayPromoCode(storage, code);
        assert.deepEqual([validFrom, validUntil], [instant, instant]);
      }
      const { data } = await storage.payments.list({ orderDirection: 'asc' });
      assert.deepEqual(
        data.map(({ createdAt }) => createdAt.toISOString()),
        instants.toSorted(),
      );
    },
  ],
  'instants-that-are-made-come-from-the-clock': [
    'Every instant that a storage makes is that of its clock, which may stand still and go back.',
    async ({ storage, clock }) => {
      for (const aggregate of AGGREGATES) {
        clock.set('2026-04-05T06:07:08.009Z');
        const { rows, insert } = await prepare(aggregate, { storage, clock });
        const row = await insert(`clock-${aggregate.collection}`);
        assert.deepEqual(row.createdAt, new Date('2026-04-05T06:07:08.009Z'));
        for (const instant of ['2026-04-05T06:07:08.010Z', '2026-04-01T00:00:00.000Z']) {
          clock.set(instant);
          const changed = await rows.update(row.id, aggregate.patch);
          // A checkout tells no time of its last change.
          if ('updatedAt' in row) assert.deepEqual(changed['updatedAt'], new Date(instant));
          assert.deepEqual(changed.createdAt, row.createdAt);
        }
        if (aggregate.parent === 'customer') {
          for (const { id } of (await storage.customers.list()).data) await storage.customers.delete(id);
        }
        if (aggregate.parent === 'plan' || aggregate.collection === 'plans') {
          for (const { id } of (await storage.plans.list()).data) await storage.plans.delete(id);
        }
      }
    },
  ],
  'text-comes-back-as-it-was': [
    'Text of any length and script comes back exactly as it was given.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      // Keys and what is looked up may be limited in length.
      const key = (text: string) => Array.from(text).slice(0, 30).join('');
      for (const [index, text] of TEXTS.entries()) {
        const metadata = { note: text, [key(text)]: 1 };
        const email = key(text);
        const customer = await storage.customers.update(customerId, { name: text, phone: text, email, metadata });
        assert.deepEqual([customer.name, customer.phone, customer.email], [text, text, email]);
        assert.deepEqual(customer.metadata, metadata);
        assert.deepEqual(await storage.customers.findById(customerId), customer);
        const given = { id: `pay-${index}`, customerId, failureCode: text, failureMessage: text, metadata };
        await insertQZPayPayment(storage, given);
        const payment = present(await storage.payments.findById(given.id));
        assert.deepEqual(payment, { ...payment, ...buildQZPayPayment(given) });
        const lines = [{ description: text, quantity: 1, unitAmount: 1 }];
        await insertQZPayInvoice(storage, { id: `inv-${index}`, customerId, lines });
        assert.equal((await storage.invoices.findById(`inv-${index}`))?.lines[0]?.description, text);
        const features = [{ name: text, description: text, included: true }];
        await insertQZPayPlan(storage, { id: `plan-${index}`, name: text, description: text, features });
        const plan = present(await storage.plans.findById(`plan-${index}`));
        assert.deepEqual([plan.name, plan.description, plan.features], [text, text, features]);
      }
    },
  ],
  'ids-are-opaque-strings': [
    'Ids, keys and provider names are opaque strings of any form, told apart to the last character.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const ids = [
        'pro',
        'PRO',
        'pro ',
        ' pro',
        'pr_',
        'pr%',
        'po_1/2:3',
        '0',
        '00',
        '\u00e9',
        'e\u0301',
        '🦊',
        "'",
        '\\',
      ];
      for (const id of ids) {
        await insertQZPayPlan(storage, { id, name: `plan ${id}` });
        await insertQZPaySubscription(storage, { id, customerId, planId: id });
        const providerSubscriptionIds = { [id]: id };
        await storage.subscriptions.update(id, { providerSubscriptionIds });
      }
      for (const id of ids) {
        assert.equal((await storage.plans.findById(id))?.name, `plan ${id}`);
        const found = present(await storage.subscriptions.findById(id));
        assert.deepEqual([found.id, found.planId, found.providerSubscriptionIds], [id, id, { [id]: id }]);
        assert.deepEqual(
          (await storage.subscriptions.list({ filters: { planId: id } })).data.map((one) => one.id),
          [id],
        );
      }
      assert.equal((await storage.plans.list()).total, ids.length);
      for (const near of ['Pro', 'pro  ', 'prx', 'PO_1/2:3', '000', 'E\u0301', '\\\\']) {
        assert.equal(await storage.plans.findById(near), null);
        assert.equal(await storage.subscriptions.findById(near), null);
      }
    },
  ],
  'metadata-is-kept-as-given': [
    'Storage keeps metadata as given, drops keys whose value is `undefined`, and does not enforce flatness.',
    async ({ storage, clock }) => {
      const kept = {
        text: '',
        number: 0,
        fraction: 12.75,
        large: 2 ** 53,
        yes: true,
        no: false,
        nothing: null,
        '': 'an empty key',
        'a.b': 'a dot',
        deep: { list: [1, 'two', null, { three: [[]] }], object: { object: { object: {} } } },
      };
      const given = { ...kept, gone: undefined } as unknown as Record<string, string>;
      for (const aggregate of AGGREGATES.filter(({ parent }) => parent === undefined)) {
        const { rows, insert } = await prepare(aggregate, { storage, clock });
        const { id, metadata } = await insert('row', { metadata: given });
        assert.deepEqual(metadata, kept);
        assert.deepEqual((await rows.findById(id))?.metadata, kept);
        assert.deepEqual((await rows.update(id, { metadata: { gone: undefined, left: 1 } })).metadata, { left: 1 });
        assert.deepEqual((await rows.update(id, { metadata: given })).metadata, kept);
        assert.deepEqual((await rows.update(id, { metadata: {} })).metadata, {});
      }
    },
  ],
  'results-are-plain-and-complete': [
    'Results are plain objects with own properties; no field is ever `undefined`, and maps, arrays and metadata are never null.',
    async ({ storage }) => {
      const stored = await storeOneOfEach(storage);
      const calls = Object.entries(callsOnStored(storage, stored));
      for (const [method, call] of calls) {
        if (/\.(delete|remove|revoke)/.test(method)) continue;
        const answer = await call();
        assertPlain(answer, method);
      }
    },
  ],
});

function assertPlain(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || value instanceof Date) return;
  if (Array.isArray(value)) {
    for (const entry of value) assertPlain(entry, path);
    return;
  }
  assert.equal(Object.getPrototypeOf(value), Object.prototype, `${path} is not plain`);
  for (const [key, entry] of Object.entries(value)) {
    assert.notEqual(entry, undefined, `${path}.${key} is undefined`);
    if (/^(provider\w+Ids|metadata|lines|prices|features|conditions|lineItems)$/.test(key)) {
      assert.notEqual(entry, null, `${path}.${key} is null`);
    }
    assertPlain(entry, `${path}.${key}`);
  }
}
