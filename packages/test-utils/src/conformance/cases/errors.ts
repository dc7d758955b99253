import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  isQZPayError,
  type QZPayErrorKind,
  type QZPayStorageAdapter,
  type QZPaySubscriptionPollingJob,
} from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { AGGREGATES, type Aggregate, dashed, prepare } from '../aggregates.js';
import { countTexts, type Place, withTexts } from '../arguments.js';
import { gate } from '../barrier.js';
import { defineCases, type QZPayConformanceContext } from '../case.js';
import {
  type Calls,
  callsOnStored,
  callsThatNeedNothing,
  callsThatNeedParents,
  everything,
  type Stored,
  storeOneOfEach,
} from '../every-method.js';
import { rejects, rejectsInvalid } from '../expectations.js';

const SECRET = 's3cr3t-4711';
const NUL = 'nul\0';
const ILL_FORMED = 'ill-formed \ud800';
const LONG = 'é'.repeat(300);

/** Texts that no row of the cases is stored under. */
const ODD = [
  '',
  ' ',
  'unknown',
  '00000000-0000-4000-8000-000000000000',
  "'; drop table customers; --",
  '%',
  '__proto__',
  'constructor',
  '🦊',
  NUL,
  ILL_FORMED,
  LONG,
];

/** Of a storage that keeps no rows of this. */
const NOBODY: Stored = {
  customerId: 'nobody',
  livemode: false,
  job: { id: 'nothing', version: 'none' } as QZPaySubscriptionPollingJob,
};

/** They have no argument that is a text to look up; and some add-ons fit every plan, also an unknown one. */
const WITHOUT_ID = /\.(list|listDefinitions|findDuePending|increment)$|addons.findByPlanId|Jobs.update/;

const failureOf = (call: () => Promise<unknown>): Promise<unknown> =>
  call().then(
    () => undefined,
    (error: unknown) => error,
  );

async function findNothing(calls: Calls) {
  for (const [method, call] of Object.entries(calls)) {
    if (WITHOUT_ID.test(method)) continue;
    const answer = await call().catch((error: unknown) => error);
    const absent = Array.isArray(answer) ? answer.length === 0 : [undefined, null, false, 0].includes(answer as null);
    assert.ok(absent || isQZPayError(answer, 'not_found'), `${method} answered ${inspect(answer)}`);
  }
}

function creating(storage: QZPayStorageAdapter, stored: Stored): Calls {
  return { ...callsThatNeedNothing(storage, stored), ...callsThatNeedParents(storage, stored) };
}

/** Fails when the error shows the secret where logs would. */
function showsNothing(error: unknown, method: string) {
  assert.ok(isQZPayError(error), `${method} rejected with ${inspect(error)}`);
  const { message, stack, cause } = error as Error;
  const shown = `${message}\n${stack}\n${inspect(cause, { depth: 9, showHidden: true })}`;
  assert.ok(!/s3cr3t|7114711/.test(shown), `${method} shows what it was given.`);
}

function unstorableCase(aggregate: Aggregate) {
  const { collection, providerIds } = aggregate;
  return [
    `updates-of-${dashed(collection)}-refuse-text-that-cannot-be-stored`,
    [
      'Text that cannot be stored is a `validation` error on write, and the record stays as it was.',
      async (context: QZPayConformanceContext) => {
        const { rows, insert } = await prepare(aggregate, context);
        const { id } = await insert('row');
        const before = await rows.findById(id);
        for (const text of [NUL, ILL_FORMED]) {
          const patches: object[] = [
            { metadata: { key: text } },
            { metadata: { [text]: 1 } },
            { metadata: { key: { deep: ['fine', text] } } },
          ];
          if (providerIds !== undefined) {
            patches.push({ [providerIds]: { stripe: text } }, { [providerIds]: { [text]: 'id' } });
          }
          for (const patch of patches) await rejectsInvalid(rows.update(id, patch));
        }
        assert.deepEqual(await rows.findById(id), before);
      },
    ] as const,
  ] as const;
}

export const errorCases = defineCases('errors', 1, {
  ...Object.fromEntries(AGGREGATES.map(unstorableCase)),
  'each-kind-is-recognised-by-its-name': [
    "Callers see QZPay's own classes only, recognised by `isQZPayError` and by name.",
    async ({ storage }) => {
      await insertQZPayCustomer(storage);
      const late = async () => {
        const ended = gate();
        let work: Promise<unknown> = Promise.resolve();
        await storage.transaction(async () => {
          work = ended.opened.then(() => storage.customers.list());
        });
        ended.open();
        return work;
      };
      const failures: readonly (readonly [QZPayErrorKind, string, () => Promise<unknown>])[] = [
        ['not_found', 'QZPayNotFoundError', () => storage.customers.update('unknown', {})],
        ['conflict', 'QZPayConflictError', () => insertQZPayCustomer(storage)],
        ['validation', 'QZPayValidationError', () => storage.customers.list({ limit: -1 })],
        ['storage', 'QZPayStorageError', late],
      ];
      for (const [kind, name, call] of failures) {
        const error = await rejects(call(), kind as 'storage');
        assert.ok(error instanceof Error);
        assert.equal(error.name, name);
        assert.ok(error.message.length > 0);
        // What survives a copy, in a log or in another process.
        assert.ok(isQZPayError(JSON.parse(JSON.stringify({ name: error.name })), kind));
      }
    },
  ],
  'not-found-names-the-entity-and-keeps-the-id-aside': [
    'An error that an entity is missing names its type in the message and its id only in `entityId`.',
    async ({ storage }) => {
      const expected = {
        Customer: () => storage.customers.update(SECRET, {}),
        Subscription: () => storage.subscriptions.update(SECRET, {}),
        Payment: () => storage.payments.update(SECRET, {}),
        Plan: () => storage.plans.update(SECRET, {}),
        Price: () => storage.prices.update(SECRET, {}),
        AddOn: () => storage.addons.update(SECRET, {}),
      };
      for (const [entityType, call] of Object.entries(expected)) {
        const error = await rejects(call(), 'not_found');
        assert.deepEqual([error.entityType, error.entityId], [entityType, SECRET]);
        assert.ok(error.message.includes(entityType));
        showsNothing(error, entityType);
      }
    },
  ],
  'unknown-ids-are-absent-and-never-an-error': [
    'A look-up with any string answers with nothing, never with an error; an update of what is absent is `not_found`.',
    async ({ storage }) => {
      await findNothing(callsOnStored(storage, NOBODY));
      const stored = await storeOneOfEach(storage);
      const before = await everything(storage);
      for (const text of ODD) {
        const asked = withTexts(storage, (given, { depth }) => (depth === 0 ? text : given));
        await findNothing({
          ...callsOnStored(asked, stored),
          'limits.increment of': () => storage.limits.increment({ customerId: stored.customerId, limitKey: text }),
        });
        assert.ok(Array.isArray(await storage.addons.findByPlanId(text)));
      }
      assert.deepEqual(await everything(storage), before);
    },
  ],
  'missing-parents-are-not-found': [
    'What belongs to a customer, plan, payment, vendor or subscription that is unknown is refused with `not_found` and not stored.',
    async ({ storage }) => {
      const before = await everything(storage);
      for (const [method, call] of Object.entries(callsThatNeedParents(storage, NOBODY))) {
        assert.ok(isQZPayError(await failureOf(call), 'not_found'), method);
      }
      assert.deepEqual(await everything(storage), before);
    },
  ],
  'text-that-cannot-be-stored-is-refused-on-write': [
    'Text that cannot be stored (NUL, ill-formed UTF-16) is a `validation` error on write, and nothing is stored.',
    async ({ storage }) => {
      const stored = await storeOneOfEach(storage);
      const before = await everything(storage);
      for (const method of Object.keys(creating(storage, stored))) {
        const call = (handle: QZPayStorageAdapter) => creating(handle, stored)[method]?.() ?? Promise.resolve();
        for (let place = (await countTexts(call)) - 1; place >= 0; place -= 1) {
          for (const unstorable of [NUL, ILL_FORMED]) {
            let texts = 0;
            const given = withTexts(storage, (text) => (texts++ === place ? text + unstorable : text));
            const error = await failureOf(() => call(given));
            // A reference with such a text may as well be looked up, and not found.
            const refused = isQZPayError(error, 'validation') || isQZPayError(error, 'not_found');
            assert.ok(refused, `${method}, text ${place}: ${inspect(error)}`);
          }
        }
      }
      assert.deepEqual(await everything(storage), before);
    },
  ],
  'no-error-shows-a-value': [
    'Messages, stacks and causes carry no value of what was given.',
    async ({ storage }) => {
      const stored = await storeOneOfEach(storage);
      const identifies = ({ depth, key }: Place) => depth === 0 || /^(id|key|code|externalId)$/.test(key);
      let failures = 0;
      for (const text of [SECRET, `${SECRET}\0`, SECRET.repeat(100)]) {
        for (const replaced of [() => true, identifies]) {
          const poisoned = withTexts(storage, (given, place) => (replaced(place) ? text : given));
          const creations = Object.entries(creating(poisoned, stored));
          // The second time what is unique is taken.
          for (const [method, call] of [
            ...creations,
            ...creations,
            ...Object.entries(callsOnStored(poisoned, stored)),
          ]) {
            const error = await failureOf(call);
            if (error === undefined) continue;
            failures += 1;
            showsNothing(error, method);
          }
        }
      }
      assert.ok(failures > 50, 'Hardly anything was refused.');
    },
  ],
  'no-error-shows-a-name-or-a-number': [
    'Messages, stacks and causes carry no value of what was given: no number and no key either.',
    async ({ storage }) => {
      const { customerId } = await storeOneOfEach(storage);
      const { customers, payments, prices, limits, invoices } = storage;
      const failing: Calls = {
        amount: () => payments.update('pay_test', { amount: 47114711.5 }),
        unitAmount: () => prices.update('price_test', { unitAmount: 47114711e290 }),
        limit: () => customers.list({ limit: 47114711.25 }),
        offset: () => customers.list({ offset: -47114711 }),
        filter: () => customers.list({ filters: { [SECRET]: 1 } }),
        order: () => customers.list({ orderBy: SECRET }),
        metadata: () => customers.update(customerId, { metadata: { [`${SECRET}\0`]: 1 } }),
        provider: () => customers.update(customerId, { providerCustomerIds: { [`${SECRET}\0`]: 'x' } }),
        cap: () => limits.set({ customerId: SECRET, limitKey: SECRET, maxValue: 47114711 }),
        line: () =>
          invoices.create({
            id: SECRET,
            customerId,
            lines: [{ description: `${SECRET}\0`, quantity: 47114711, unitAmount: 47114711 }],
          }),
      };
      for (const [what, call] of Object.entries(failing)) showsNothing(await failureOf(call), what);
    },
  ],
  'ids-of-512-bytes-are-stored-and-longer-ones-stored-or-refused': [
    'A storage may refuse ids and keys beyond 512 UTF-8 bytes; up to there it stores them.',
    async ({ storage, clock }) => {
      for (const aggregate of AGGREGATES.filter(({ parent }) => parent === undefined)) {
        const { rows, insert } = await prepare(aggregate, { storage, clock });
        const long = await insert('é'.repeat(256));
        assert.deepEqual(await rows.findById(long.id), long);
        const { total } = await rows.list();
        const longer = await insert(LONG).catch((error: unknown) => error);
        if (isQZPayError(longer, 'validation')) assert.equal((await rows.list()).total, total);
        else assert.deepEqual(await rows.findById((longer as typeof long).id), longer);
      }
    },
  ],
  'what-is-refused-changes-nothing': [
    'A call that rejects has changed nothing.',
    async ({ storage, clock }) => {
      const { customerId } = await storeOneOfEach(storage);
      await insertQZPayCustomer(storage, { externalId: 'second' });
      const before = await everything(storage);
      clock.advance(1000);
      const { invoices, payments, paymentMethods, plans, promoCodes, vendors, limits } = storage;
      const [line] = (await invoices.findById('inv_test'))?.lines ?? [];
      const bad = { ...line, id: 'bad', amount: Number.NaN } as NonNullable<typeof line>;
      const refused: Calls = {
        invoice: () => invoices.update('inv_test', { status: 'void', lines: [bad] }),
        payment: () => payments.update('pay_test', { status: 'failed', amount: 0.5 }),
        default: () => paymentMethods.setDefault(customerId, 'unknown'),
        plan: () => plans.update('plan_test', { name: 'changed', metadata: { text: NUL } }),
        promoCode: () => promoCodes.update('promo_test', { active: false, code: NUL }),
        vendor: () => vendors.update('vendor_test', { name: 'changed', email: NUL }),
        limit: () => limits.set({ customerId, limitKey: 'api_calls', maxValue: Number.NaN }),
        increment: () => limits.increment({ customerId, limitKey: 'api_calls', incrementBy: Number.NaN }),
      };
      for (const [what, call] of Object.entries(refused)) assert.ok(isQZPayError(await failureOf(call)), what);
      assert.deepEqual(await everything(storage), before);
    },
  ],
});
