import assert from 'node:assert/strict';
import type { QZPayCheckoutSession } from '@qzpay/core';
import { buildQZPayCheckout, insertQZPayCheckout } from '../../fixtures/checkouts.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import {
  assertEntity,
  assertTied,
  idsOf,
  manyIds,
  present,
  rejectsConflict,
  rejectsInvalid,
  rejectsNotFound,
  together,
  UNKNOWN_TEXTS,
} from '../expectations.js';

export const checkoutCases = defineCases('checkouts', 1, {
  'create-stores-every-field': [
    'A session is stored as given, its instants included; every way to read it gives the same.',
    async ({ storage, clock }) => {
      clock.advance(1);
      const session = fullCheckout();
      assertEntity(await storage.checkouts.create(session), fullCheckout());
      assert.deepEqual(session, fullCheckout());
      assertEntity(await storage.checkouts.findById(session.id), session);
      assertEntity(await storage.checkouts.findByCustomerId('nobody'), [session]);
      assertEntity((await storage.checkouts.list()).data, [session]);
    },
  ],
  'create-keeps-nulls': [
    'What a session does not have yet is null, an optional key of a line that was absent stays absent.',
    async ({ storage }) => {
      const session = buildQZPayCheckout({ customerEmail: null, lineItems: [{ quantity: 1 }] });
      assertEntity(await storage.checkouts.create(copyOf(session)), session);
      assertEntity(await storage.checkouts.findById('cs_test'), session);
    },
  ],
  'create-makes-a-missing-id': [
    'The storage makes an id where it is undefined at run time.',
    async ({ storage }) => {
      const created = await insertQZPayCheckout(storage, { id: undefined as never });
      assertEntity(await storage.checkouts.findById(created.id), created);
    },
  ],
  'create-refuses-an-id-in-use': [
    'An id in use rejects with the conflict `already_exists`, also of callers at once; the stored session stays.',
    async ({ storage }) => {
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPayCheckout(storage, { metadata: { index } }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await rejectsConflict(Promise.reject(error), 'already_exists');
      await rejectsConflict(insertQZPayCheckout(storage, { status: 'expired' }), 'already_exists');
      assertEntity((await storage.checkouts.list()).data, fulfilled);
    },
  ],
  'create-refuses-the-other-mode': [
    'A session whose `livemode` is not the storage’s is a `validation` error, and is stored in neither mode.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      await rejectsInvalid(insertQZPayCheckout(storage, { livemode: true }), 'livemode');
      await rejectsInvalid(insertQZPayCheckout(live, { livemode: false }), 'livemode');
      assert.equal(await storage.checkouts.findById('cs_test'), null);
      assert.equal(await live.checkouts.findById('cs_test'), null);
    },
  ],
  'update-changes-what-is-given': [
    'An update changes each of the given fields and leaves the others alone; null clears.',
    async ({ storage }) => {
      let expected = await insertQZPayCheckout(storage, { customerId: 'cus_1' });
      const { id: _id, createdAt: _since, livemode: _mode, ...changes } = fullCheckout();
      const cleared = {
        customerId: null,
        customerEmail: null,
        paymentId: null,
        subscriptionId: null,
        completedAt: null,
      };
      for (const [field, value] of [...Object.entries(changes), ...Object.entries(cleared)]) {
        expected = { ...expected, [field]: value };
        const updated = await storage.checkouts.update('cs_test', { [field]: value });
        assertEntity(updated, expected);
        assertEntity(await storage.checkouts.findById('cs_test'), updated);
      }
    },
  ],
  'update-replaces-lines-and-metadata': [
    'Line items and metadata in an update replace what is stored; a key of the metadata that holds undefined is left out.',
    async ({ storage }) => {
      const created = await storage.checkouts.create(fullCheckout());
      const lineItems = [{ quantity: 1 }];
      await storage.checkouts.update(created.id, { lineItems, metadata: { b: 3, c: undefined } });
      assertEntity(await storage.checkouts.findById(created.id), { ...created, lineItems, metadata: { b: 3 } });
    },
  ],
  'update-ignores-what-is-fixed': [
    'An empty patch, undefined values, unknown keys, and `id`, `createdAt` and `livemode` change nothing.',
    async ({ storage }) => {
      const created = await storage.checkouts.create(fullCheckout());
      const nothing = {
        status: undefined,
        lineItems: undefined,
        providerSessionIds: undefined,
        completedAt: undefined,
      };
      const fixed = { id: 'x', createdAt: fixtureDate(9), livemode: true, unheardOf: 1 };
      for (const patch of [{}, nothing, fixed]) {
        assertEntity(await storage.checkouts.update(created.id, patch as object), created);
        assertEntity(await storage.checkouts.findById(created.id), created);
      }
      assert.equal(await storage.checkouts.findById('x'), null);
    },
  ],
  'update-merges-sessions': [
    'An update merges `providerSessionIds` per provider; a provider that is given again is replaced, null removes it.',
    async ({ storage }) => {
      const created = await insertQZPayCheckout(storage, { providerSessionIds: { stripe: 's_1' } });
      for (const [patch, expected] of [
        [{ 'another one': 'a' }, { stripe: 's_1', 'another one': 'a' }],
        [{ stripe: 's_2' }, { stripe: 's_2', 'another one': 'a' }],
        [{}, { stripe: 's_2', 'another one': 'a' }],
        [{ stripe: null }, { 'another one': 'a' }],
      ]) {
        await storage.checkouts.update('cs_test', { providerSessionIds: patch } as object);
        assertEntity(await storage.checkouts.findById('cs_test'), { ...created, providerSessionIds: expected });
      }
    },
  ],
  'sessions-linked-at-once-are-all-kept': [
    'No entry of `providerSessionIds` is lost when several callers set different providers at once.',
    async ({ storage }) => {
      await insertQZPayCheckout(storage);
      const { rejected } = await together(8, (index) =>
        storage.checkouts.update('cs_test', { providerSessionIds: { [`provider ${index}`]: `${index}` } }),
      );
      assert.deepEqual(rejected, []);
      const sessions = (await storage.checkouts.findById('cs_test'))?.providerSessionIds;
      const expected = Array.from({ length: 8 }, (_, index) => [`provider ${index}`, `${index}`]);
      assert.deepEqual(sessions, Object.fromEntries(expected));
    },
  ],
  'unknown-ids-answer-with-nothing': [
    'A look-up with any string answers with nothing, never with an error; an update rejects with `not_found`.',
    async ({ storage }) => {
      await insertQZPayCheckout(storage);
      for (const text of UNKNOWN_TEXTS) {
        assert.equal(await storage.checkouts.findById(text), null);
        assert.deepEqual(await storage.checkouts.findByCustomerId(text), []);
        await rejectsNotFound(storage.checkouts.update(text, { status: 'expired' }));
      }
    },
  ],
  'find-by-customer-is-complete': [
    'All sessions of the customer and of nobody else, newest first, then by id.',
    async ({ storage }) => {
      const customerId = 'cus_1';
      await insertQZPayCheckout(storage, { id: 'cs_other', customerId: 'cus_2' });
      await insertQZPayCheckout(storage, { id: 'cs_nobody' });
      await insertQZPayCheckout(storage, { id: 'cs_newest', customerId, createdAt: fixtureDate(1) });
      const ids = manyIds('cs_');
      await Promise.all(ids.map((id) => insertQZPayCheckout(storage, { id, customerId })));
      const [newest, ...tied] = idsOf(await storage.checkouts.findByCustomerId(customerId));
      assert.equal(newest, 'cs_newest');
      assertTied(tied, ids);
    },
  ],
  'list-filters-by-status-and-customer': [
    'A list is newest first and filters by `status` and `customerId`; an unknown filter is a `validation` error.',
    async ({ storage }) => {
      const given = [
        { id: 'cs_1', customerId: 'cus_1', status: 'open' },
        { id: 'cs_2', customerId: 'cus_1', status: 'expired' },
        { id: 'cs_3', customerId: 'cus_2', status: 'open' },
      ] as const;
      for (const [index, session] of given.entries()) {
        await insertQZPayCheckout(storage, { ...session, createdAt: fixtureDate(-index) });
      }
      const found = async (filters: Record<string, unknown>) => idsOf((await storage.checkouts.list({ filters })).data);
      assert.deepEqual(await found({}), ['cs_1', 'cs_2', 'cs_3']);
      assert.deepEqual(await found({ status: 'open' }), ['cs_1', 'cs_3']);
      assert.deepEqual(await found({ customerId: 'cus_1' }), ['cs_1', 'cs_2']);
      assert.deepEqual(await found({ status: 'open', customerId: 'cus_1' }), ['cs_1']);
      const { data, ...page } = await storage.checkouts.list({ filters: { status: 'open' }, limit: 1 });
      assert.deepEqual(idsOf(data), ['cs_1']);
      assert.deepEqual(page, { total: 2, limit: 1, offset: 0, hasMore: true });
      await rejectsInvalid(storage.checkouts.list({ filters: { unheardOf: 1 } }));
    },
  ],
  'results-are-copies': [
    'Changing a returned session, or the input, changes nothing in the store.',
    async ({ storage }) => {
      const input = fullCheckout();
      const created = await storage.checkouts.create(input);
      const found = present(await storage.checkouts.findById(input.id));
      const listed = [
        ...(await storage.checkouts.findByCustomerId('nobody')),
        ...(await storage.checkouts.list()).data,
      ];
      const spoil = (session: QZPayCheckoutSession) => {
        Object.assign(session.lineItems[0] ?? {}, { quantity: 9 });
        session.lineItems.push({ quantity: 9 });
        session.providerSessionIds['stripe'] = 'other';
        session.metadata['b'] = 2;
        session.expiresAt.setTime(0);
      };
      for (const session of [input, created, found, ...listed]) spoil(session);
      assertEntity(await storage.checkouts.findById(input.id), fullCheckout());
      spoil(await storage.checkouts.update(input.id, {}));
      assertEntity(await storage.checkouts.findById(input.id), fullCheckout());
    },
  ],
  'modes-are-apart': [
    'A session of the other mode is unknown to every read and write.',
    async ({ storage, open }) => {
      const session = await storage.checkouts.create(fullCheckout());
      const live = await open({ livemode: true });
      assert.equal(await live.checkouts.findById(session.id), null);
      assert.deepEqual(await live.checkouts.findByCustomerId('nobody'), []);
      assert.equal((await live.checkouts.list()).total, 0);
      await rejectsNotFound(live.checkouts.update(session.id, { status: 'expired' }));
      assertEntity(await storage.checkouts.findById(session.id), session);
    },
  ],
});

/** Every field filled, with values that a narrower store would refuse or change; nothing that it names is stored. */
function fullCheckout(): QZPayCheckoutSession {
  return {
    id: 'cs „1“',
    customerId: 'nobody',
    customerEmail: 'Ada@Example.org',
    mode: 'subscription',
    status: 'complete',
    currency: 'CLP',
    lineItems: [
      {
        priceId: 'price_1',
        quantity: 1.5,
        unitAmount: 3_000_000_000,
        currency: 'CLP',
        title: 'Pro „Łódź“',
        description: 'd'.repeat(1000),
        categoryId: 'services',
      },
      { quantity: 2 },
    ],
    successUrl: `https://example.org/thanks?${'x'.repeat(3000)}`,
    cancelUrl: 'https://example.org/other',
    expiresAt: new Date('2026-01-01T00:30:00.123Z'),
    paymentId: 'pay_unknown',
    subscriptionId: 'sub_unknown',
    providerSessionIds: { stripe: 'cs_1', 'another one': 's_2' },
    metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
    livemode: false,
    createdAt: new Date('2020-02-29T23:59:59.999Z'),
    completedAt: new Date('2026-01-01T00:10:00.456Z'),
  };
}
