import assert from 'node:assert/strict';
import type { NewCase } from '../case.js';
import { assertEntity, assertSilent, rejects, rejectsConflict, together } from '../expectations.js';
import { type Aggregate, type DeletingCollection, type Entity, everythingOf, sightings } from './aggregate.js';

/** What an aggregate owes whose ids are given. */
export function givenIdCases<E extends Entity>({ collection, insert }: Aggregate<E>): Record<string, NewCase> {
  return {
    'ids-of-any-form-are-kept': [
      'Ids are opaque strings of any form.',
      async (context) => {
        for (const id of ['pro', 'po_1', '7', '0191d8a0-0000-7000-8000-000000000000', ' Łódź "🧾" %_\\']) {
          const created = await insert(context, id);
          assert.equal(created.id, id);
          assertEntity(await collection(context.storage).findById(id), created);
        }
      },
    ],
    'a-missing-id-is-made': [
      'The storage makes an id that is missing at run time.',
      async (context) => {
        const created = await insert(context, undefined as unknown as string);
        assert.ok(typeof created.id === 'string' && created.id !== '');
        assertEntity(await collection(context.storage).findById(created.id), created);
      },
    ],
    'an-id-is-taken-once': [
      'Of several callers that create the same id one wins; the others, and those who come later, get the conflict `already_exists` and change nothing.',
      async (context) => {
        const { storage, clock } = context;
        await insert(context, 'other'); // What both refer to is there now.
        const { fulfilled, rejected } = await together(5, () => insert(context, 'taken-id'));
        assert.equal(fulfilled.length, 1);
        clock.advance(1);
        rejected.push(await rejects(insert(context, 'taken-id'), 'conflict'));
        for (const error of rejected) {
          await rejectsConflict(Promise.reject(error), 'already_exists');
          assertSilent(error, 'taken-id');
        }
        assertEntity(await collection(storage).findById('taken-id'), fulfilled[0]);
        assert.equal((await collection(storage).list()).total, 2);
      },
    ],
    'ties-are-ordered-by-id': [
      'In a list the id orders what was created at the same instant.',
      async (context) => {
        for (const id of ['d', 'a', 'e', 'c', 'b']) await insert(context, id);
        const ids = (await collection(context.storage).list()).data.map(({ id }) => id).join('');
        assert.ok(ids === 'abcde' || ids === 'edcba', `Expected the order of the ids and got ${ids}.`);
      },
    ],
  };
}

/** What an aggregate owes that can be deleted. */
export function deletionCases<E extends Entity>(
  aggregate: Aggregate<E, DeletingCollection<E>>,
): Record<string, NewCase> {
  const { collection, insert } = aggregate;
  return {
    'deleted-is-absent': [
      'What is deleted is found by nobody, counted in no list and updated by none; its neighbours stay.',
      async (context) => {
        const { storage } = context;
        const gone = await insert(context, 'gone');
        const kept = await insert(context, 'kept');
        assert.equal(await collection(storage).delete(gone.id), undefined);
        for (const seen of await sightings(aggregate, storage, gone)) {
          assert.ok(!seen.some(({ id }) => id === gone.id), 'Somebody finds it.');
        }
        for (const seen of await sightings(aggregate, storage, kept)) assertEntity(seen, [kept]);
        assert.equal((await collection(storage).list()).total, 1);
        await rejects(collection(storage).update(gone.id, everythingOf(aggregate)), 'not_found');
        await rejects(collection(storage).update(gone.id, {}), 'not_found');
        assert.equal(await collection(storage).findById(gone.id), null);
      },
    ],
    'deleting-nothing-resolves': [
      'A deletion resolves as well when there is nothing to delete: the id is unknown, deleted already, or of the other mode.',
      async (context) => {
        const { storage, open } = context;
        const created = await insert(context, 'present');
        const live = await open({ livemode: true });
        assert.equal(await collection(live).delete(created.id), undefined);
        for (const id of ['', 'unknown', '\0', '\ud800']) assert.equal(await collection(storage).delete(id), undefined);
        for (const seen of await sightings(aggregate, storage, created)) assertEntity(seen, [created]);
        await collection(storage).delete(created.id);
        assert.equal(await collection(storage).delete(created.id), undefined);
      },
    ],
  };
}
