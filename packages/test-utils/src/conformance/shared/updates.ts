import assert from 'node:assert/strict';
import type { NewCase } from '../case.js';
import { copyOf } from '../copy.js';
import { assertEntity, assertSilent, rejects, together } from '../expectations.js';
import { type Aggregate, type Entity, everythingOf, patched, sightings, valuesOf } from './aggregate.js';

/** What every `update` owes. */
export function updateCases<E extends Entity>(aggregate: Aggregate<E>): Record<string, NewCase> {
  const { entityType, collection, insert, changes, ignored } = aggregate;
  return {
    'update-changes-what-is-given': [
      'An update changes the given field and no other, null clears, `updatedAt` becomes now; every reader sees it.',
      async (context) => {
        const { storage, clock } = context;
        let known = await insert(context, 'changed');
        for (const change of changes) {
          clock.advance(1);
          const expected = patched(known, change, clock.now());
          known = await collection(storage).update(known.id, copyOf(change));
          assertEntity(known, expected);
          for (const seen of await sightings(aggregate, storage, known)) assertEntity(seen, [expected]);
        }
      },
    ],
    'update-leaves-absent-and-undefined-alone': [
      'A patch that is empty, or whose keys hold `undefined`, succeeds and changes `updatedAt` only.',
      async (context) => {
        const { storage, clock } = context;
        const { id } = await insert(context, 'kept');
        const filled = await collection(storage).update(id, everythingOf(aggregate));
        const keys = Object.keys(everythingOf(aggregate));
        for (const patch of [{}, Object.fromEntries(keys.map((key) => [key, undefined])) as Partial<E>]) {
          clock.advance(1);
          const expected = patched(filled, {}, clock.now());
          assertEntity(await collection(storage).update(id, patch), expected);
          assertEntity(await collection(storage).findById(id), expected);
        }
      },
    ],
    'update-ignores-what-it-does-not-change': [
      'Keys that an update does not change, and keys that the entity does not have, are ignored.',
      async (context) => {
        const { storage, clock } = context;
        const created = await insert(context, 'kept');
        clock.advance(1);
        const patch = { ...ignored, nonsense: 1 } as unknown as Partial<E>;
        const expected = patched(created, {}, clock.now());
        assertEntity(await collection(storage).update(created.id, patch), expected);
        for (const seen of await sightings(aggregate, storage, created)) assertEntity(seen, [expected]);
      },
    ],
    'update-of-an-unknown-id-is-not-found': [
      'An update of an unknown id rejects with `not_found`, which names the type of entity and carries the id beside its message.',
      async ({ storage }) => {
        for (const patch of [{}, everythingOf(aggregate)]) {
          const error = await rejects(collection(storage).update('unknown-id', patch), 'not_found');
          assert.equal(error.entityType, entityType);
          assert.equal(error.entityId, 'unknown-id');
          assertSilent(error, 'unknown-id');
        }
        assert.equal((await collection(storage).list()).total, 0);
      },
    ],
    'updates-at-once-keep-each-others-fields': [
      'Callers that update different fields at once leave those of the others alone.',
      async (context) => {
        const { storage, clock } = context;
        const created = await insert(context, 'shared');
        const patches = valuesOf(aggregate);
        const { rejected } = await together(patches.length, (index) =>
          collection(storage).update(created.id, patches[index] ?? {}),
        );
        assert.deepEqual(rejected, []);
        const expected = patched(created, everythingOf(aggregate), clock.now());
        assertEntity(await collection(storage).findById(created.id), expected);
      },
    ],
    'metadata-is-replaced': [
      '`metadata` replaces the stored object; keys whose value is `undefined` vanish.',
      async (context) => {
        const { storage } = context;
        const { id } = await insert(context, 'described');
        const set = async (metadata: Entity['metadata']) => {
          await collection(storage).update(id, { metadata } as unknown as Partial<E>);
          return (await collection(storage).findById(id))?.metadata;
        };
        assert.deepEqual(await set({ text: '🧾', number: 0.5, no: false }), { text: '🧾', number: 0.5, no: false });
        assert.deepEqual(await set({ no: true, nothing: null, left: undefined }), { no: true, nothing: null });
        assert.deepEqual(await set({}), {});
      },
    ],
  };
}

/** What an `update` owes of an aggregate that is known to providers. */
export function providerIdCases<E extends Entity>(
  { collection, insert }: Aggregate<E>,
  key: keyof E & `provider${string}Ids`,
): Record<string, NewCase> {
  type Ids = Readonly<Record<string, string | null | undefined>>;
  const patchOf = (ids: Ids) => ({ [key]: ids }) as unknown as Partial<E>;
  return {
    'provider-ids-are-merged': [
      'An update merges ids per provider, of any name; null and undefined remove a provider, an empty text does not.',
      async (context) => {
        const { storage } = context;
        const { id } = await insert(context, 'known');
        const steps: readonly (readonly [Ids, Ids])[] = [
          [{ stripe: 's1' }, { stripe: 's1' }],
          [{ 'my provider': 'x' }, { stripe: 's1', 'my provider': 'x' }],
          [
            { stripe: 's2', paypal: 'p' },
            { stripe: 's2', 'my provider': 'x', paypal: 'p' },
          ],
          [{}, { stripe: 's2', 'my provider': 'x', paypal: 'p' }],
          [
            { paypal: '', unknown: null },
            { stripe: 's2', 'my provider': 'x', paypal: '' },
          ],
          [{ paypal: null, 'my provider': undefined }, { stripe: 's2' }],
        ];
        for (const [given, expected] of steps) {
          const updated = await collection(storage).update(id, patchOf(given));
          assert.deepEqual(updated[key], expected);
          assert.deepEqual((await collection(storage).findById(id))?.[key], expected);
        }
      },
    ],
    'provider-ids-survive-callers-at-once': [
      'No id is lost when callers set those of different providers at once.',
      async (context) => {
        const { storage } = context;
        const { id } = await insert(context, 'known');
        const ids = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`provider-${index}`, `id-${index}`]));
        const entries = Object.entries(ids);
        const { rejected } = await together(entries.length, (index) =>
          collection(storage).update(id, patchOf(Object.fromEntries(entries.slice(index, index + 1)))),
        );
        assert.deepEqual(rejected, []);
        assert.deepEqual((await collection(storage).findById(id))?.[key], ids);
      },
    ],
  };
}
