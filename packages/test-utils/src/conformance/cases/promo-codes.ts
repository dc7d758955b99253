import assert from 'node:assert/strict';
import type { QZPayCreatePromoCodeInput, QZPayPromoCode } from '@qzpay/core';
import { fixtureDate } from '../../fixtures/instant.js';
import { insertQZPayPromoCode } from '../../fixtures/promo-codes.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { assertEntity, assertSilent, rejects, rejectsConflict, together } from '../expectations.js';
import { type Aggregate, type DeletingCollection, patched } from '../shared/aggregate.js';
import { deletionCases, givenIdCases } from '../shared/identity.js';
import { readCases } from '../shared/reads.js';
import { updateCases } from '../shared/updates.js';

const promoCodes: Aggregate<QZPayPromoCode, DeletingCollection<QZPayPromoCode>> = {
  entityType: 'PromoCode',
  collection: (storage) => storage.promoCodes,
  insert: ({ storage }, id) => insertQZPayPromoCode(storage, { id, code: `Code of ${id}` }),
  finders: [{ key: 'code', find: (storage, text) => storage.promoCodes.findByCode(text) }],
  changes: [
    { code: 'Renamed' },
    { discountType: 'fixed_amount' },
    { discountValue: 7.25 },
    { currency: 'CLP' },
    { stackingMode: 'best' },
    { conditions: [{ type: 'min_quantity', value: 2 }] },
    { maxRedemptions: 3_000_000_000 },
    { currentRedemptions: 3 },
    { maxRedemptionsPerCustomer: 1 },
    { validFrom: new Date('2026-02-03T04:05:06.789Z') },
    { validUntil: fixtureDate(30) },
    { applicablePlanIds: ['pro', 'team'] },
    { applicableProductIds: ['prod_1'] },
    { active: false },
    { metadata: { campaign: 'spring' } },
    { currency: null },
    { conditions: [] },
    { maxRedemptions: null },
    { maxRedemptionsPerCustomer: null },
    { validFrom: null },
    { validUntil: null },
    { applicablePlanIds: [] },
  ],
  ignored: { id: 'other', createdAt: new Date(0) },
};

export const promoCodeCases = defineCases('promo-codes', 1, {
  ...readCases(promoCodes),
  ...givenIdCases(promoCodes),
  ...updateCases(promoCodes),
  ...deletionCases(promoCodes),
  'create-completes-what-is-absent': [
    'A new promo code is active, has no redemptions and stacks with none; what is absent is null or empty.',
    async ({ storage, clock }) => {
      const given = { id: 'p', code: 'Summer10', discountType: 'percentage', discountValue: 12.5 } as const;
      assertEntity(await storage.promoCodes.create(given), {
        ...given,
        currency: null,
        stackingMode: 'none',
        conditions: [],
        maxRedemptions: null,
        currentRedemptions: 0,
        maxRedemptionsPerCustomer: null,
        validFrom: null,
        validUntil: null,
        applicablePlanIds: [],
        applicableProductIds: [],
        active: true,
        metadata: {},
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'create-stores-what-is-given': [
    'Every field that is given is stored as it is, conditions with values of every type.',
    async ({ storage, clock }) => {
      const given: QZPayCreatePromoCodeInput & { id: string } = {
        id: 'p',
        code: ' Łódź 🎁 ',
        discountType: 'fixed_amount',
        discountValue: 3_000_000_000,
        currency: 'CLP',
        stackingMode: 'multiplicative',
        conditions: [
          { type: 'first_purchase', value: true },
          { type: 'min_amount', value: 1500 },
          { type: 'specific_plans', value: ['pro', 'team, "gold"'] },
          { type: 'date_range', value: { start: '2026-01-01T00:00:00Z' } },
          { type: 'customer_tag', value: 'vip' },
        ],
        maxRedemptions: 0,
        maxRedemptionsPerCustomer: 2,
        validFrom: new Date('2026-02-03T04:05:06.789Z'),
        validUntil: new Date('2027-02-03T04:05:06.789Z'),
        applicablePlanIds: ['pro', 'comma, quote " and \\', ''],
        applicableProductIds: ['prod_1'],
        metadata: { campaign: null },
      };
      await storage.promoCodes.create(copyOf(given));
      assertEntity(await storage.promoCodes.findById('p'), {
        ...given,
        currentRedemptions: 0,
        active: true,
        createdAt: clock.now(),
        updatedAt: clock.now(),
        deletedAt: null,
      });
    },
  ],
  'one-winner-per-code': [
    'Of several callers that create the same code at once, in whatever case, one wins; the others get the conflict `already_exists`.',
    async ({ storage }) => {
      const codes = ['Summer10', 'SUMMER10', 'summer10', 'sUmMeR10', 'Summer10'];
      const { fulfilled, rejected } = await together(5, (index) =>
        insertQZPayPromoCode(storage, { id: `promo-${index}`, code: codes[index] ?? '' }),
      );
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) {
        await rejectsConflict(Promise.reject(error), 'already_exists');
        assertSilent(error, ...codes);
      }
      assertEntity(await storage.promoCodes.findByCode('Summer10'), fulfilled[0]);
      assert.equal((await storage.promoCodes.list()).total, 1);
    },
  ],
  'a-taken-code-is-refused-by-update': [
    'An update with a code that is taken, in whatever case, rejects with the conflict `already_exists` and changes nothing; its own code it may keep.',
    async ({ storage }) => {
      const taken = await insertQZPayPromoCode(storage, { id: 'a', code: 'Summer10' });
      const other = await insertQZPayPromoCode(storage, { id: 'b', code: 'Winter' });
      await rejectsConflict(storage.promoCodes.update('b', { code: 'SUMMER10', active: false }), 'already_exists');
      assertEntity(await storage.promoCodes.findByCode('winter'), other);
      assertEntity(await storage.promoCodes.findByCode('summer10'), taken);
      assert.equal((await storage.promoCodes.update('b', { code: 'WINTER' })).code, 'WINTER');
    },
  ],
  'deletion-frees-the-code': [
    'A deleted promo code frees its code for one that is new.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { id: 'first' });
      await storage.promoCodes.delete('first');
      const second = await insertQZPayPromoCode(storage, { id: 'second' });
      assertEntity(await storage.promoCodes.findByCode('welcome10'), second);
    },
  ],
  'each-mode-has-its-codes': [
    'A code is unique per mode: the other mode may have it as well, and counts its own redemptions.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const first = await insertQZPayPromoCode(storage, { id: 'in-test' });
      const second = await insertQZPayPromoCode(live, { id: 'in-live' });
      assertEntity(await storage.promoCodes.findByCode('WELCOME10'), first);
      assertEntity(await live.promoCodes.findByCode('WELCOME10'), second);
      assert.equal(await live.promoCodes.atomicIncrementRedemptions('in-test'), null);
      await rejects(live.promoCodes.incrementRedemptions('in-test'), 'not_found');
      assertEntity(await storage.promoCodes.findById('in-test'), first);
    },
  ],
  'update-can-delete': [
    'An update that sets `deletedAt` hides the promo code and frees its code.',
    async ({ storage, clock }) => {
      await insertQZPayPromoCode(storage);
      await storage.promoCodes.update('promo_test', { deletedAt: clock.now() });
      assert.equal(await storage.promoCodes.findById('promo_test'), null);
      assert.equal(await storage.promoCodes.findByCode('WELCOME10'), null);
      await insertQZPayPromoCode(storage, { id: 'second' });
    },
  ],
  'a-code-is-found-in-any-case': [
    'Codes are compared without regard to case and returned as given.',
    async ({ storage }) => {
      const created = await insertQZPayPromoCode(storage, { code: 'Summer-10%' });
      for (const code of ['Summer-10%', 'summer-10%', 'SUMMER-10%']) {
        assertEntity(await storage.promoCodes.findByCode(code), created);
      }
      for (const code of ['Summer-10', 'Summer_10%', ' Summer-10%', '%']) {
        assert.equal(await storage.promoCodes.findByCode(code), null);
      }
    },
  ],
  'inactive-expired-and-exhausted-codes-are-found': [
    '`findByCode` returns inactive, expired and exhausted codes: the engine tells those cases apart.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, {
        validFrom: fixtureDate(-9),
        validUntil: fixtureDate(-1),
        maxRedemptions: 0,
      });
      const inactive = await storage.promoCodes.update('promo_test', { active: false });
      assertEntity(await storage.promoCodes.findByCode('WELCOME10'), inactive);
    },
  ],
  'the-cap-holds-for-callers-at-once': [
    'No more callers get a redemption than the cap allows, however many ask at once; the others get null.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { maxRedemptions: 3 });
      const { fulfilled, rejected } = await together(10, () =>
        storage.promoCodes.atomicIncrementRedemptions('promo_test'),
      );
      assert.deepEqual(rejected, []);
      const won = fulfilled.filter((answer) => answer !== null);
      assert.deepEqual(new Set(won.map(({ currentRedemptions }) => currentRedemptions)), new Set([1, 2, 3]));
      assert.equal(won.length, 3);
      assert.equal((await storage.promoCodes.findById('promo_test'))?.currentRedemptions, 3);
      assert.equal(await storage.promoCodes.atomicIncrementRedemptions('promo_test'), null);
    },
  ],
  'redemptions-at-once-all-count': [
    'Without a cap every caller gets a redemption, and each of them counts.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage);
      const { fulfilled } = await together(10, () => storage.promoCodes.atomicIncrementRedemptions('promo_test'));
      assert.equal(fulfilled.filter((answer) => answer !== null).length, 10);
      assert.equal((await storage.promoCodes.findById('promo_test'))?.currentRedemptions, 10);
    },
  ],
  'a-redemption-changes-the-count-only': [
    'A redemption returns the promo code with one more, whatever its state and dates.',
    async ({ storage, clock }) => {
      await insertQZPayPromoCode(storage, { maxRedemptions: 2, validUntil: fixtureDate(-1), metadata: { a: 1 } });
      const before = await storage.promoCodes.update('promo_test', { active: false });
      const after = await storage.promoCodes.atomicIncrementRedemptions('promo_test');
      assertEntity(after, patched(before, { currentRedemptions: 1 }, clock.now()));
      assertEntity(await storage.promoCodes.findById('promo_test'), after);
    },
  ],
  'a-cap-of-zero-is-exhausted': [
    'A cap of 0 allows no redemption, and an unknown or deleted id has none: each gives null.',
    async ({ storage }) => {
      const exhausted = await insertQZPayPromoCode(storage, { maxRedemptions: 0 });
      await insertQZPayPromoCode(storage, { id: 'gone', code: 'gone' });
      await storage.promoCodes.delete('gone');
      for (const id of ['promo_test', 'gone', 'unknown', '', '\0']) {
        assert.equal(await storage.promoCodes.atomicIncrementRedemptions(id), null);
      }
      assertEntity(await storage.promoCodes.findById('promo_test'), exhausted);
    },
  ],
  'the-deprecated-increment-ignores-the-cap': [
    '`incrementRedemptions` adds one whatever the cap, resolves with nothing, and rejects with `not_found` for an unknown or deleted id.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { maxRedemptions: 1 });
      for (const count of [1, 2, 3]) {
        assert.equal(await storage.promoCodes.incrementRedemptions('promo_test'), undefined);
        assert.equal((await storage.promoCodes.findById('promo_test'))?.currentRedemptions, count);
      }
      await storage.promoCodes.delete('promo_test');
      for (const id of ['unknown', 'promo_test']) {
        const error = await rejects(storage.promoCodes.incrementRedemptions(id), 'not_found');
        assert.deepEqual([error.entityType, error.entityId], ['PromoCode', id]);
      }
    },
  ],
  'lists-filter-by-active': [
    'A list that is filtered by `active` has the promo codes in that state and no others.',
    async ({ storage }) => {
      await insertQZPayPromoCode(storage, { id: 'a', code: 'a' });
      await insertQZPayPromoCode(storage, { id: 'b', code: 'b' });
      await storage.promoCodes.update('b', { active: false });
      for (const [active, id] of [
        [true, 'a'],
        [false, 'b'],
      ] as const) {
        const { data, total } = await storage.promoCodes.list({ filters: { active } });
        assert.deepEqual([total, ...data.map((promoCode) => promoCode.id)], [1, id]);
      }
    },
  ],
});
