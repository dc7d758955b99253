import assert from 'node:assert/strict';
import type { NewCase } from '../case.js';
import { copyOf } from '../copy.js';
import { assertEntity, rejects } from '../expectations.js';
import { type Aggregate, customerOf, type Entity, everythingOf, sightings } from './aggregate.js';

const ODD_TEXTS = ['', ' ', 'unknown', 'not-a-uuid', '\0', '\ud800', "'; select 1; --", '%', 'x'.repeat(10_000)];

/** More than a page holds by default. */
const MANY = 101;

/** What every way of reading owes. */
export function readCases<E extends Entity>(aggregate: Aggregate<E>): Record<string, NewCase> {
  const { collection, insert, finders } = aggregate;
  return {
    'what-is-created-is-found': [
      'Every way to find an entity gives what `create` returned.',
      async (context) => {
        const created = await insert(context, 'created');
        for (const seen of await sightings(aggregate, context.storage, created)) assertEntity(seen, [created]);
      },
    ],
    'look-ups-of-any-text-find-nothing': [
      'A look-up with a text that nobody has, of any form, answers with nothing and never with an error.',
      async (context) => {
        const { storage } = context;
        await insert(context, 'present');
        for (const text of ODD_TEXTS) {
          assert.equal(await collection(storage).findById(text), null);
          for (const { find } of finders) assert.deepEqual([(await find(storage, text)) ?? []].flat(), []);
          assert.deepEqual((await collection(storage).findByCustomerId?.(text)) ?? [], []);
        }
      },
    ],
    'results-are-fresh': [
      'What a method returns belongs to the caller: changing it changes nothing in the store.',
      async (context) => {
        const { storage } = context;
        const created = await insert(context, 'lent');
        spoil(created);
        const { id } = (await collection(storage).list()).data[0] as E;
        const updated = await collection(storage).update(id, everythingOf(aggregate));
        const expected = copyOf(updated);
        spoil(updated);
        for (const seen of await sightings(aggregate, storage, expected)) {
          assert.deepEqual(seen, [expected]);
          spoil(seen);
        }
        for (const seen of await sightings(aggregate, storage, expected)) assert.deepEqual(seen, [expected]);
      },
    ],
    'modes-are-apart': [
      'What one mode has stored, no method of the other mode finds, lists or updates.',
      async (context) => {
        const { storage, clock, open } = context;
        const created = await insert(context, 'hidden');
        const live = await open({ livemode: true });
        for (const seen of await sightings(aggregate, live, created)) assert.deepEqual(seen, []);
        await rejects(collection(live).update(created.id, everythingOf(aggregate)), 'not_found');
        assert.equal((await collection(live).list()).total, 0);
        for (const seen of await sightings(aggregate, storage, created)) assertEntity(seen, [created]);
        const other = await insert({ storage: live, clock }, 'live');
        if ('livemode' in other) assert.equal(other.livemode, true);
        assert.equal(await collection(storage).findById(other.id), null);
        assert.equal((await collection(storage).list()).total, 1);
      },
    ],
    'lists-are-newest-first': [
      'Lists are newest first; what was created at the same instant keeps one order, so that pages neither overlap nor skip.',
      async (context) => {
        const { storage, clock } = context;
        const oldest = await insert(context, 'm');
        clock.advance(1);
        const tied = [await insert(context, 'z'), await insert(context, 'a'), await insert(context, 'k')];
        clock.advance(1);
        const newest = await insert(context, 'b');
        const { data, total } = await collection(storage).list();
        assert.equal(total, 5);
        assertEntity([data[0], data[4]], [newest, oldest]);
        assert.deepEqual(idsOf(data.slice(1, 4)).sort(), idsOf(tied).sort());
        for (const offset of data.keys()) {
          const page = await collection(storage).list({ limit: 1, offset });
          assert.deepEqual(page, { data: [data[offset]], total: 5, limit: 1, offset, hasMore: offset < 4 });
        }
        const ofCustomer = await collection(storage).findByCustomerId?.(customerOf(newest));
        if (ofCustomer !== undefined) assert.deepEqual(ofCustomer, data);
      },
    ],
    'nothing-is-cut-off': [
      'Methods that return an array are complete, and so is a list whose limit says so.',
      async (context) => {
        const { storage } = context;
        const first = await insert(context, 'first');
        const others = await Promise.all(
          Array.from({ length: MANY - 1 }, (_, index) => insert(context, `one-${index}`)),
        );
        const { data, ...page } = await collection(storage).list({ limit: 10_000 });
        assert.deepEqual(page, { total: MANY, limit: 10_000, offset: 0, hasMore: false });
        assert.deepEqual(idsOf(data).sort(), idsOf([first, ...others]).sort());
        const ofCustomer = await collection(storage).findByCustomerId?.(customerOf(first));
        if (ofCustomer !== undefined) assert.equal(ofCustomer.length, MANY);
      },
    ],
  };
}

function idsOf(entities: readonly Entity[]): string[] {
  return entities.map(({ id }) => id);
}

/** Overwrites whatever the value lets itself be overwritten with, at every depth. */
function spoil(value: unknown): void {
  if (value instanceof Date) value.setTime(0);
  else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      spoil(Reflect.get(value, key));
      Reflect.set(value, key, 'spoilt');
    }
    Reflect.set(value, 'spoilt', true);
  }
}
