import assert from 'node:assert/strict';
import type { QZPayCustomer, QZPaySavedCard } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPayInvoice } from '../../fixtures/invoices.js';
import { insertQZPaySubscription } from '../../fixtures/subscriptions.js';
import { defineCases } from '../case.js';
import { assertEntity, assertSilent, present, rejects, rejectsConflict, together } from '../expectations.js';
import type { Aggregate, DeletingCollection } from '../shared/aggregate.js';
import { deletionCases } from '../shared/identity.js';
import { readCases } from '../shared/reads.js';
import { providerIdCases, updateCases } from '../shared/updates.js';

const CARD: QZPaySavedCard = {
  id: 'card_1',
  provider: 'stripe',
  lastFourDigits: '4242',
  expirationMonth: 12,
  expirationYear: 2030,
  createdAt: new Date('2025-02-03T04:05:06.789Z'),
};

const FULL_CARD: QZPaySavedCard = {
  ...CARD,
  id: 'card_2',
  firstSixDigits: '424242',
  cardholderName: 'Ada Łódź',
  paymentMethodId: 'visa',
  paymentMethodName: 'Visa',
  paymentMethodThumbnail: 'https://example.org/visa.svg',
  isDefault: false,
};

const customers: Aggregate<QZPayCustomer, DeletingCollection<QZPayCustomer>> = {
  entityType: 'Customer',
  collection: (storage) => storage.customers,
  insert: ({ storage }, name) => insertQZPayCustomer(storage, { externalId: name, email: `${name}@example.org` }),
  finders: [
    { key: 'externalId', find: (storage, text) => storage.customers.findByExternalId(text) },
    { key: 'email', find: (storage, text) => storage.customers.findByEmail(text) },
  ],
  changes: [
    { email: 'Changed@Example.org' },
    { name: 'Grace' },
    { phone: '+1 (555) 0100, extension 123456789' },
    { metadata: { tier: 'gold' } },
    { providerCustomerIds: { stripe: 'cus_1' } },
    { savedCards: [CARD] },
    { name: null },
    { phone: null },
    { savedCards: [FULL_CARD, CARD] },
  ],
  ignored: { externalId: 'somebody else' },
};

export const customerCases = defineCases('customers', 1, {
  ...readCases(customers),
  ...updateCases(customers),
  ...providerIdCases(customers, 'providerCustomerIds'),
  ...deletionCases(customers),
  'create-completes-what-is-absent': [
    'The storage makes the id; an absent name or phone is null, metadata and provider ids are empty, the mode is stamped on.',
    async ({ storage, clock }) => {
      const customer = await storage.customers.create({ externalId: 'user', email: 'Ada@Example.org' });
      assert.ok(typeof customer.id === 'string' && customer.id !== '');
      assertEntity(customer, {
        id: customer.id,
        externalId: 'user',
        email: 'Ada@Example.org',
        name: null,
        phone: null,
        providerCustomerIds: {},
        metadata: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is.',
    async ({ storage, clock }) => {
      const given = {
        externalId: 'auth0|7 ',
        email: 'Ada@Example.org',
        name: ' 👩‍🚀 „Łódź“ ',
        phone: '0'.repeat(40),
        metadata: { note: 'n'.repeat(2000), half: 0.5, no: false, nothing: null },
      };
      const { id } = await storage.customers.create({ ...given, metadata: { ...given.metadata, left: undefined } });
      assertEntity(await storage.customers.findById(id), {
        ...given,
        id,
        providerCustomerIds: {},
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'one-winner-per-external-id': [
    'Of several callers that create the same external id at once one wins; the others get the conflict `already_exists`.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, () => insertQZPayCustomer(storage));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      const found = present(await storage.customers.findByExternalId('user_test'));
      assert.equal(found.id, fulfilled[0]?.id);
      assert.equal((await storage.customers.list()).total, 1);
    },
  ],
  'a-taken-external-id-changes-nothing': [
    'A conflict over an external id leaves the customer that has it alone, and its message carries no value.',
    async ({ storage }) => {
      const first = await insertQZPayCustomer(storage, { externalId: 'taken-key' });
      const again = insertQZPayCustomer(storage, { externalId: 'taken-key', email: 'other@example.org', name: 'Eve' });
      assertSilent(await rejects(again, 'conflict'), 'taken-key', 'other@example.org', 'Eve');
      assertEntity(await storage.customers.findByExternalId('taken-key'), first);
    },
  ],
  'deletion-frees-the-external-id': [
    'A deleted customer frees its external id for one that is new.',
    async ({ storage }) => {
      const first = await insertQZPayCustomer(storage);
      await storage.customers.delete(first.id);
      const second = await insertQZPayCustomer(storage);
      assert.notEqual(second.id, first.id);
      assertEntity(await storage.customers.findByExternalId('user_test'), second);
    },
  ],
  'each-mode-has-its-external-ids': [
    'An external id is unique per mode: the other mode may have it as well.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const first = await insertQZPayCustomer(storage);
      const second = await insertQZPayCustomer(live);
      assertEntity(await storage.customers.findByExternalId('user_test'), first);
      assertEntity(await live.customers.findByExternalId('user_test'), second);
    },
  ],
  'deletion-leaves-what-belongs-to-it': [
    'What belongs to a deleted customer stays as it is.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const subscription = await insertQZPaySubscription(storage, { customerId });
      const invoice = await insertQZPayInvoice(storage, { customerId });
      await storage.customers.delete(customerId);
      assertEntity(await storage.subscriptions.findById(subscription.id), subscription);
      assertEntity(await storage.invoices.findByCustomerId(customerId), [invoice]);
    },
  ],
  'an-e-mail-is-found-in-any-case': [
    'E-mails are compared without regard to case and returned as given; of several customers the oldest is found.',
    async ({ storage, clock }) => {
      const oldest = await insertQZPayCustomer(storage, { externalId: 'z', email: 'Ada@Example.org' });
      clock.advance(1);
      await insertQZPayCustomer(storage, { externalId: 'a', email: 'ada@example.org' });
      for (const email of ['Ada@Example.org', 'ada@example.org', 'ADA@EXAMPLE.ORG']) {
        assertEntity(await storage.customers.findByEmail(email), oldest);
      }
      await storage.customers.delete(oldest.id);
      assert.equal((await storage.customers.findByEmail('Ada@Example.org'))?.externalId, 'a');
      assert.equal(await storage.customers.findByEmail('da@example.org'), null);
    },
  ],
  'lists-filter-by-e-mail': [
    'A list that is filtered by `email` has the customers with that address and no others.',
    async ({ storage }) => {
      const wanted = await insertQZPayCustomer(storage, { externalId: 'a', email: 'ada@example.org' });
      await insertQZPayCustomer(storage, { externalId: 'b', email: 'bob@example.org' });
      const { data, total } = await storage.customers.list({ filters: { email: 'ada@example.org' } });
      assertEntity(data, [wanted]);
      assert.equal(total, 1);
    },
  ],
  'saved-cards-keep-their-form': [
    'Saved cards are absent until they have been saved; their instants are dates, their absent keys stay absent, other updates leave them alone.',
    async ({ storage }) => {
      const created = await insertQZPayCustomer(storage);
      assert.ok(!Object.hasOwn(created, 'savedCards'));
      const cards = [FULL_CARD, CARD, { ...CARD, id: 'card_3', createdAt: fixtureDate(1) }];
      await storage.customers.update(created.id, { savedCards: cards });
      await storage.customers.update(created.id, { name: 'Grace' });
      assert.deepEqual((await storage.customers.findById(created.id))?.savedCards, cards);
      await storage.customers.update(created.id, { savedCards: [] });
      assert.deepEqual((await storage.customers.findById(created.id))?.savedCards, []);
    },
  ],
});
