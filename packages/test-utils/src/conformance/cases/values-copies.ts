import assert from 'node:assert/strict';
import {
  insertQZPayCustomer,
  insertQZPayEntitlement,
  insertQZPayVendor,
  insertQZPayVendorPayout,
} from '../../fixtures/index.js';
import { AGGREGATES, type Aggregate, dashed, type Entity, prepare } from '../aggregates.js';
import { defineCases, type QZPayConformanceContext } from '../case.js';
import { copyOf } from '../copy.js';
import { callsOnStored, everything, storeOneOfEach } from '../every-method.js';
import { present } from '../expectations.js';

/** Changes everything that can be changed, to the last leaf. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Date) {
    value.setTime(0);
    return;
  }
  for (const entry of Object.values(value)) spoil(entry);
  if (Array.isArray(value)) value.push('spoiled');
  else Object.assign(value, Object.fromEntries(Object.keys(value).map((key) => [key, 'spoiled'])), { spoiled: true });
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

function copiesCase(aggregate: Aggregate) {
  const name = dashed(aggregate.collection);
  return [
    `results-of-${name}-are-fresh-copies`,
    [
      'Results are fresh on every call: changing one, or what was given, changes nothing in the store.',
      async (context: QZPayConformanceContext) => {
        const { rows, parents } = await prepare(aggregate, context);
        const { providerIds } = aggregate;
        const input = { ...aggregate.input('row', parents), metadata: { list: ['kept'] } };
        const created = await rows.create(input);
        const { id } = created;
        const patch = {
          metadata: { deep: { list: ['kept'] } },
          ...(providerIds && { [providerIds]: { stripe: 'kept' } }),
        };
        // A copy of its own: what a storage shares would change with what it is compared to.
        const kept = copyOf(present(await rows.findById(id)));
        const unchanged = async (then: Entity) => {
          assert.deepEqual(await rows.findById(id), then);
          assert.deepEqual((await rows.list()).data, [then]);
        };
        spoil(input);
        await unchanged(kept);
        spoil(created);
        await unchanged(kept);
        const updated = await rows.update(id, patch);
        const then = copyOf(present(await rows.findById(id)));
        spoil(patch);
        spoil(updated);
        await unchanged(then);
        for (const read of [await rows.findById(id), await rows.list()]) spoil(read);
        await unchanged(then);
        // What was given stays as it was, and may be frozen.
        const frozen = freeze({ ...aggregate.input('frozen', parents), metadata: { list: ['kept'] } });
        const { id: other } = await rows.create(frozen);
        await rows.update(other, freeze({ ...aggregate.patch, metadata: { list: ['kept'] } }));
        assert.deepEqual((await rows.findById(other))?.metadata, { list: ['kept'] });
      },
    ] as const,
  ] as const;
}

export const valueCopiesCases = defineCases('values', 1, {
  ...Object.fromEntries(AGGREGATES.map(copiesCase)),
  'answers-of-every-method-are-fresh-copies': [
    'Results are fresh on every call: changing one changes nothing in the store.',
    async ({ storage }) => {
      const stored = await storeOneOfEach(storage);
      const calls = Object.entries(callsOnStored(storage, stored));
      const reads = calls.filter(([method]) => /\.(find|list|check)/.test(method));
      let state = copyOf(await everything(storage));
      for (const [, read] of reads) spoil(await read());
      assert.deepEqual(await everything(storage), state);
      for (const [method, change] of calls.filter((call) => !reads.includes(call))) {
        const answer = await change();
        if (typeof answer !== 'object' || answer === null) continue;
        state = copyOf(await everything(storage));
        spoil(answer);
        assert.deepEqual(await everything(storage), state, method);
      }
    },
  ],
  'given-dates-are-copied': [
    'A date that was given may be changed afterwards without an effect on the store.',
    async ({ storage }) => {
      await insertQZPayVendor(storage);
      const date = new Date('2026-01-01T00:00:00.000Z');
      await insertQZPayEntitlement(storage, { createdAt: date });
      await insertQZPayVendorPayout(storage, { createdAt: date, periodStart: date });
      const { id } = await insertQZPayCustomer(storage);
      const card = {
        id: 'card',
        provider: 'stripe',
        lastFourDigits: '4242',
        expirationMonth: 1,
        expirationYear: 2030,
        createdAt: date,
      };
      await storage.customers.update(id, { savedCards: [card] });
      date.setTime(0);
      const expected = new Date('2026-01-01T00:00:00.000Z');
      assert.deepEqual((await storage.entitlements.findDefinitionByKey('api_access'))?.createdAt, expected);
      const [payout] = await storage.vendors.findPayoutsByVendorId('vendor_test');
      assert.deepEqual([payout?.createdAt, payout?.periodStart], [expected, expected]);
      assert.deepEqual((await storage.customers.findById(id))?.savedCards?.[0]?.createdAt, expected);
    },
  ],
});
