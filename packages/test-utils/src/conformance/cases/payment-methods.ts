import assert from 'node:assert/strict';
import type { QZPayPaymentMethod } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { buildQZPayPaymentMethod, insertQZPayPaymentMethod } from '../../fixtures/payment-methods.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  assertTied,
  idsOf,
  manyIds,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  UNKNOWN_TEXTS,
} from '../expectations.js';

const address = { line1: 'Rynek 1', line2: null, city: 'Łódź', state: null, postalCode: '90-001', country: 'PL' };

export const paymentMethodCases = defineCases('payment-methods', 1, {
  'create-stores-what-is-given': [
    'A method is stored as given, with its id and any provider name; every way to read it gives the same.',
    async ({ storage, clock }) => {
      clock.advance(123);
      const { id: customerId } = await insertQZPayCustomer(storage);
      const billingDetails = { name: 'Ada', email: 'ada@example.org', phone: '+48 1', address };
      const metadata = { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null };
      const created = await storage.paymentMethods.create({
        id: 'pm „1“',
        customerId,
        type: 'sepa_debit',
        provider: 'Any & all',
        providerPaymentMethodId: 'p'.repeat(300),
        setAsDefault: true,
        billingDetails,
        metadata,
      });
      assertEntity(created, {
        id: 'pm „1“',
        customerId,
        type: 'sepa_debit',
        status: 'active',
        isDefault: true,
        card: null,
        bankAccount: null,
        billingDetails,
        providerPaymentMethodIds: { 'Any & all': 'p'.repeat(300) },
        metadata,
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      });
      assertEntity(await storage.paymentMethods.findById('pm „1“'), created);
      assertEntity(await storage.paymentMethods.findDefaultByCustomerId(customerId), created);
      assertEntity(await storage.paymentMethods.findByCustomerId(customerId), [created]);
      assertEntity((await storage.paymentMethods.list()).data, [created]);
    },
  ],
  'create-completes-what-is-absent': [
    'Absent billing details are null, absent metadata is empty; the first method is the default, a later one is not.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const expected = {
        id: 'pm_1',
        customerId,
        type: 'card',
        status: 'active',
        isDefault: true,
        card: null,
        bankAccount: null,
        billingDetails: null,
        providerPaymentMethodIds: { stripe: 'pm_at_provider' },
        metadata: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      };
      assertEntity(await insertQZPayPaymentMethod(storage, { id: 'pm_1', customerId }), expected);
      const second = await insertQZPayPaymentMethod(storage, { id: 'pm_2', customerId });
      assertEntity(second, { ...expected, id: 'pm_2', isDefault: false });
      assertEntity(await storage.paymentMethods.findById('pm_2'), second);
    },
  ],
  'create-makes-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPayPaymentMethod(storage, { customerId, id: undefined as never });
      assertEntity(await storage.paymentMethods.findById(created.id), created);
    },
  ],
  'billing-details-are-never-partial': [
    'Keys that are missing from the billing details of a new method become null.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const details = { name: null, email: null, phone: null, address: null };
      for (const given of [{}, { name: 'Ada' }, { email: 'ada@example.org', address }, { phone: undefined }]) {
        const id = `pm ${Object.keys(given).join()}`;
        const billingDetails = given as typeof details;
        const created = await insertQZPayPaymentMethod(storage, { id, customerId, billingDetails });
        assert.deepEqual(created.billingDetails, { ...details, ...given, phone: null });
        assertEntity(await storage.paymentMethods.findById(id), created);
      }
    },
  ],
  'create-refuses-an-unknown-customer': [
    'A method of an unknown customer rejects with `not_found` of a Customer, and nothing is stored.',
    async ({ storage }) => {
      await rejectsNotFound(insertQZPayPaymentMethod(storage, { customerId: 'unknown' }), 'Customer');
      assert.equal(await storage.paymentMethods.findById('pm_test'), null);
    },
  ],
  'create-refuses-an-id-in-use': [
    'An id in use rejects with the conflict `already_exists`; the stored method and the default stay as they are.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const first = await insertQZPayPaymentMethod(storage, { id: 'pm_1', customerId });
      const second = await insertQZPayPaymentMethod(storage, { id: 'pm_2', customerId });
      const twice = { id: 'pm_2', customerId, type: 'ideal', setAsDefault: true } as const;
      await rejectsConflict(insertQZPayPaymentMethod(storage, twice), 'already_exists');
      assertEntity(await storage.paymentMethods.findById('pm_1'), first);
      assertEntity(await storage.paymentMethods.findById('pm_2'), second);
    },
  ],
  'create-leaves-its-input-alone': [
    'What is stored is a copy: the input stays as it was, and changing it afterwards changes nothing in the store.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const details = { billingDetails: { name: 'Ada' }, metadata: { a: 1 } };
      const input = buildQZPayPaymentMethod({ customerId, ...details });
      const given = copyOf(input);
      const stored = copyOf(await storage.paymentMethods.create(input));
      assert.deepEqual(input, given);
      details.billingDetails.name = 'Eve';
      details.metadata.a = 2;
      assertEntity(await storage.paymentMethods.findById('pm_test'), stored);
    },
  ],
  'update-merges-billing-details': [
    'An update merges billing details key by key: absent and undefined keys stay, null clears one; the rest is left alone.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPayPaymentMethod(storage, { customerId, metadata: { a: 1 } });
      let expected = { name: null, email: null, phone: null, address: null } as Record<string, unknown>;
      for (const patch of [{ name: 'Ada', phone: '1' }, { email: 'ada@example.org' }, { address }, { name: null }]) {
        clock.advance(1);
        expected = { ...expected, ...patch };
        const billingDetails = { phone: undefined, ...patch } as never;
        const updated = await storage.paymentMethods.update('pm_test', { billingDetails });
        assertEntity(updated, { ...created, billingDetails: expected, updatedAt: clock.now() });
        assertEntity(await storage.paymentMethods.findById('pm_test'), updated);
      }
    },
  ],
  'update-replaces-metadata': [
    'Metadata in an update replaces the stored object; a key that holds undefined is left out.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const billingDetails = { name: 'Ada' };
      const created = await insertQZPayPaymentMethod(storage, { customerId, billingDetails, metadata: { a: 1, b: 2 } });
      await storage.paymentMethods.update('pm_test', { metadata: { b: 3, c: undefined } });
      assertEntity(await storage.paymentMethods.findById('pm_test'), { ...created, metadata: { b: 3 } });
    },
  ],
  'update-of-nothing-moves-updated-at-only': [
    'An empty patch, undefined values and keys that cannot be changed succeed, and change nothing but `updatedAt`.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const given = { customerId, billingDetails: { name: 'Ada' }, metadata: { a: 1 } };
      const created = await insertQZPayPaymentMethod(storage, given);
      const fixed = { id: 'x', customerId: 'x', livemode: true, createdAt: fixtureDate(9), unheardOf: 1 };
      for (const patch of [{}, { billingDetails: undefined, metadata: undefined }, { billingDetails: {} }, fixed]) {
        clock.advance(1);
        const updated = await storage.paymentMethods.update('pm_test', patch as never);
        assertEntity(updated, { ...created, updatedAt: clock.now() });
        assertEntity(await storage.paymentMethods.findById('pm_test'), updated);
      }
    },
  ],
  'update-of-what-is-absent-is-not-found': [
    'An update of an unknown or deleted method rejects with `not_found`.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPaymentMethod(storage, { customerId });
      await storage.paymentMethods.delete('pm_test');
      for (const id of ['pm_test', ...UNKNOWN_TEXTS]) {
        await rejectsNotFound(storage.paymentMethods.update(id, { metadata: { a: 1 } }), 'PaymentMethod');
      }
    },
  ],
  'delete-hides-the-method': [
    'A deleted method is found by nothing and counted by no list; deleting it again, or what is unknown, resolves.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      await insertQZPayPaymentMethod(storage, { id: 'pm_1', customerId });
      const kept = await insertQZPayPaymentMethod(storage, { id: 'pm_2', customerId });
      for (const id of ['pm_1', 'pm_1', ...UNKNOWN_TEXTS]) await storage.paymentMethods.delete(id);
      assert.equal(await storage.paymentMethods.findById('pm_1'), null);
      assertEntity(await storage.paymentMethods.findByCustomerId(customerId), [kept]);
      const { data, total } = await storage.paymentMethods.list();
      assertEntity(data, [kept]);
      assert.equal(total, 1);
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'A look-up with any string answers with nothing, never with an error.',
    async ({ storage }) => {
      await insertQZPayPaymentMethod(storage, { customerId: (await insertQZPayCustomer(storage)).id });
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.paymentMethods.findById(text), null);
        assert.equal(await storage.paymentMethods.findDefaultByCustomerId(text), null);
        assert.deepEqual(await storage.paymentMethods.findByCustomerId(text), []);
      }
    },
  ],
  'find-by-customer-is-complete': [
    'All methods of the customer and nobody else’s, newest first, then by id.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      const ids = manyIds('pm_');
      await Promise.all(ids.map((id) => insertQZPayPaymentMethod(storage, { id, customerId })));
      clock.advance(1);
      await insertQZPayPaymentMethod(storage, { id: 'pm_newest', customerId });
      await insertQZPayPaymentMethod(storage, { id: 'pm_other', customerId: other.id });
      const [newest, ...tied] = idsOf(await storage.paymentMethods.findByCustomerId(customerId));
      assert.equal(newest, 'pm_newest');
      assertTied(tied, ids);
    },
  ],
  'list-filters-by-customer': [
    'A list is newest first and filters by `customerId`; an unknown filter is a `validation` error.',
    async ({ storage, clock }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const other = await insertQZPayCustomer(storage, { externalId: 'other' });
      for (const [id, owner] of [
        ['pm_b', customerId],
        ['pm_c', other.id],
        ['pm_a', customerId],
      ] as const) {
        await insertQZPayPaymentMethod(storage, { id, customerId: owner });
        clock.advance(1);
      }
      assert.deepEqual(idsOf((await storage.paymentMethods.list()).data), ['pm_a', 'pm_c', 'pm_b']);
      const { data, ...page } = await storage.paymentMethods.list({ filters: { customerId }, limit: 1 });
      assert.deepEqual(idsOf(data), ['pm_a']);
      assert.deepEqual(page, { total: 2, limit: 1, offset: 0, hasMore: true });
      await rejectsInvalid(storage.paymentMethods.list({ filters: { unheardOf: 1 } }));
    },
  ],
  'results-are-copies': [
    'Changing a returned method changes nothing in the store.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const given = { customerId, billingDetails: { name: 'Ada', address }, metadata: { a: 1 } };
      const created = await insertQZPayPaymentMethod(storage, given);
      const stored = copyOf(created);
      const results = [
        created,
        await storage.paymentMethods.findById('pm_test'),
        await storage.paymentMethods.findDefaultByCustomerId(customerId),
        ...(await storage.paymentMethods.findByCustomerId(customerId)),
        ...(await storage.paymentMethods.list()).data,
      ];
      const spoil = (result: QZPayPaymentMethod | null) => {
        Object.assign(result?.billingDetails?.address ?? {}, { city: 'elsewhere' });
        Object.assign(result?.billingDetails ?? {}, { name: 'Eve' });
        Object.assign(result?.providerPaymentMethodIds ?? {}, { paypal: 'x' });
        Object.assign(result?.metadata ?? {}, { b: 2 });
        result?.createdAt.setTime(0);
      };
      for (const result of results) spoil(result);
      assertEntity(await storage.paymentMethods.findById('pm_test'), stored);
      spoil(await storage.paymentMethods.update('pm_test', {}));
      assertEntity(await storage.paymentMethods.findById('pm_test'), stored);
    },
  ],
  'modes-are-apart': [
    'A method of the other mode is unknown to every read and write.',
    async ({ storage, open }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const created = await insertQZPayPaymentMethod(storage, { customerId });
      const { paymentMethods } = await open({ livemode: true });
      assert.equal(await paymentMethods.findById('pm_test'), null);
      assert.equal(await paymentMethods.findDefaultByCustomerId(customerId), null);
      assert.deepEqual(await paymentMethods.findByCustomerId(customerId), []);
      assert.equal((await paymentMethods.list()).total, 0);
      await rejectsNotFound(paymentMethods.update('pm_test', { metadata: { a: 1 } }));
      await rejectsNotFound(paymentMethods.setDefault(customerId, 'pm_test'));
      await rejectsNotFound(paymentMethods.create(buildQZPayPaymentMethod({ id: 'pm_live', customerId })), 'Customer');
      await paymentMethods.delete('pm_test');
      assertEntity(await storage.paymentMethods.findById('pm_test'), created);
    },
  ],
});
