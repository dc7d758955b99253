import assert from 'node:assert/strict';
import type { QZPayListOptions } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { insertQZPayPayment } from '../../fixtures/payments.js';
import { AGGREGATES, type Aggregate, type Collection, dashed, type Entity, prepare } from '../aggregates.js';
import { defineCases, type QZPayConformanceCase, type QZPayConformanceContext } from '../case.js';
import { ADDITIONS, rejectsInvalid, together } from '../expectations.js';

const idsOf = (entities: readonly Entity[]) => entities.map(({ id }) => id);

/** Every page of the list, each held to what it says about itself. */
async function pagesOf(rows: Collection, limit: number, total: number, options: QZPayListOptions = {}) {
  const seen: string[] = [];
  for (let offset = 0; offset < total; offset += limit) {
    const { data, ...page } = await rows.list({ ...options, limit, offset });
    assert.deepEqual(page, { total, limit, offset, hasMore: offset + limit < total });
    assert.equal(data.length, Math.min(limit, total - offset));
    seen.push(...idsOf(data));
  }
  return seen;
}

/** Stores rows of five instants, two of them each, in an order that no list has; returns their ids, oldest first. */
async function insertInPairs(aggregate: Aggregate, context: QZPayConformanceContext) {
  const { rows, insert } = await prepare(aggregate, context);
  const ids: string[] = [];
  for (const day of [3, 1, 5, 2, 4]) {
    context.clock.set(Date.UTC(2026, 1, day));
    for (const twin of ['b', 'a']) ids.push((await insert(`row-${day}-${twin}`)).id);
  }
  const sortedDays = [1, 3, 0, 4, 2].map((place) => ids.slice(place * 2, place * 2 + 2));
  return { rows, pairs: sortedDays };
}

function casesOf(aggregate: Aggregate): readonly QZPayConformanceCase[] {
  const { collection } = aggregate;
  const name = dashed(collection);
  return defineCases('paging', 1, {
    [`${name}-come-newest-first-unless-told-otherwise`]: [
      'Lists are newest first unless told otherwise.',
      async (context) => {
        const { rows, pairs } = await insertInPairs(aggregate, context);
        const newestFirst = pairs.toReversed().map((pair) => pair.toSorted());
        const inPairs = ({ data }: { data: Entity[] }) =>
          newestFirst.map((_, index) => idsOf(data.slice(index * 2, index * 2 + 2)).toSorted());
        assert.deepEqual(inPairs(await rows.list()), newestFirst);
        assert.deepEqual(inPairs(await rows.list({ orderBy: 'createdAt' })), newestFirst);
        assert.deepEqual(inPairs(await rows.list({ orderBy: 'createdAt', orderDirection: 'desc' })), newestFirst);
        const oldestFirst = inPairs(await rows.list({ orderBy: 'createdAt', orderDirection: 'asc' }));
        assert.deepEqual(oldestFirst, newestFirst.toReversed());
      },
    ],
    [`${name}-of-one-instant-come-by-id`]: [
      'The id is the tie-breaker, so that pages do not overlap.',
      async (context) => {
        const { rows, insert } = await prepare(aggregate, context);
        for (const key of ['row-d', 'row-b', 'row-g', 'row-a', 'row-f', 'row-c', 'row-e']) await insert(key);
        for (const orderDirection of ['asc', 'desc'] as const) {
          const options = { orderBy: 'createdAt', orderDirection };
          const whole = idsOf((await rows.list(options)).data);
          const ascending = whole.toSorted();
          assert.equal(new Set(whole).size, 7);
          // The ids that a storage makes may have an order of their own.
          if (collection !== 'customers') {
            assert.deepEqual(whole, whole[0] === ascending[0] ? ascending : ascending.toReversed());
          }
          for (const limit of [1, 2, 3]) assert.deepEqual(await pagesOf(rows, limit, 7, options), whole);
        }
      },
    ],
    [`${name}-are-counted-on-every-page`]: [
      'Every page tells how many rows match across all pages, the limit and offset that were applied, and whether there are more.',
      async (context) => {
        const { rows, insert } = await prepare(aggregate, context);
        // Without a limit the catalogue is complete.
        const usual = collection === 'plans' ? 10_000 : 100;
        const nothing = { data: [], total: 0, limit: usual, offset: 0, hasMore: false };
        assert.deepEqual(await rows.list(), nothing);
        for (const key of ['a', 'b', 'c']) await insert(key);
        const { data, ...page } = await rows.list();
        assert.deepEqual([data.length, page], [3, { total: 3, limit: usual, offset: 0, hasMore: false }]);
        const empty = { data: [], total: 3 };
        assert.deepEqual(await rows.list({ limit: 0 }), { ...empty, limit: 0, offset: 0, hasMore: true });
        assert.deepEqual(await rows.list({ limit: 0, offset: 3 }), { ...empty, limit: 0, offset: 3, hasMore: false });
        assert.deepEqual(await rows.list({ offset: 3 }), { ...empty, limit: usual, offset: 3, hasMore: false });
        assert.deepEqual(await rows.list({ limit: 2, offset: 9 }), { ...empty, limit: 2, offset: 9, hasMore: false });
        await pagesOf(rows, 3, 3);
        await pagesOf(rows, 2, 3);
        await pagesOf(rows, 10_000, 3);
      },
    ],
    [`${name}-can-be-ordered-by-any-plain-field`]: [
      'A list can be ordered by every field that holds text, a number, a boolean or an instant.',
      async (context) => {
        const { rows, insert } = await prepare(aggregate, context);
        for (const key of ['row-b', 'row-c', 'row-a']) await insert(key);
        const valuesOf = ({ data }: { data: Entity[] }, field: string) =>
          data
            .map((entity) => Reflect.get(entity, field))
            .map((value) => (typeof value === 'string' ? value : Number(value)));
        for (const [field, value] of Object.entries((await rows.list()).data[0] ?? {})) {
          if (ADDITIONS.has(field) || (typeof value === 'object' && !(value instanceof Date))) continue;
          for (const orderDirection of ['asc', 'desc'] as const) {
            const found = valuesOf(await rows.list({ orderBy: field, orderDirection }), field);
            const ascending = found.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
            assert.deepEqual(found, orderDirection === 'asc' ? ascending : ascending.toReversed(), field);
          }
        }
      },
    ],
    [`${name}-are-not-listed-by-unknown-names-or-impossible-limits`]: [
      'A limit below 0, above 10 000 or not an integer, an offset below 0 or not an integer, and a filter or order that the list does not know are validation errors.',
      async (context) => {
        const { rows, insert } = await prepare(aggregate, context);
        await insert('a');
        for (const limit of [-1, 10_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          await rejectsInvalid(rows.list({ limit }));
        }
        for (const offset of [-1, 0.5, Number.NaN]) await rejectsInvalid(rows.list({ offset }));
        for (const orderBy of ['nonsense', 'created_at', 'createdAt desc', 'toString', '__proto__', '']) {
          await rejectsInvalid(rows.list({ orderBy }));
        }
        for (const unknown of ['nonsense', 'created_at', "id' or '1'='1", 'toString', '__proto__', '']) {
          await rejectsInvalid(rows.list({ filters: Object.fromEntries([[unknown, 'x']]) }));
        }
      },
    ],
    [`${name}-are-filtered-by-value-by-list-and-by-absence`]: [
      'A plain value matches by equality, an array by any of its members, null where the field is null; undefined is no filter, and so is an empty object.',
      async (context) => {
        const { rows, insert, parents } = await prepare(aggregate, context);
        const filters = aggregate.filters(parents);
        const plain = [await insert('plain-a'), await insert('plain-b')];
        for (const [kind, fields] of [
          ...(filters.input ?? []).map((given) => ['input', given] as const),
          ...(filters.patch ?? []).map((given) => ['patch', given] as const),
        ]) {
          const [[field, value]] = Object.entries(fields) as [[string, unknown]];
          const other = await insert(`other-${field}`, kind === 'input' ? fields : {});
          if (kind === 'patch') await rows.update(other.id, fields);
          const all = (await rows.list()).data;
          const listed = async (given: Record<string, unknown>, expected: (entity: Entity) => boolean) => {
            const page = await rows.list({ filters: given });
            const wanted = all.filter(expected);
            assert.deepEqual(idsOf(page.data), idsOf(wanted));
            assert.equal(page.total, wanted.length);
            assert.equal((await rows.list({ filters: given, limit: 1 })).hasMore, wanted.length > 1);
          };
          const usual = plain[0]?.[field];
          await listed(fields as Record<string, unknown>, ({ id }) => id === other.id);
          await listed({ [field]: [value] }, ({ id }) => id === other.id);
          await listed({ [field]: [value, usual] }, (entity) => [value, usual].includes(entity[field]));
          await listed({ [field]: usual }, (entity) => entity[field] === usual);
          await listed({ [field]: null }, (entity) => entity[field] === null);
          await listed({ [field]: [] }, () => false);
          await listed({ [field]: undefined }, () => true);
          await listed({}, () => true);
          if (typeof value === 'string') {
            for (const none of ['nothing has this', `${value}\0`, '\ud800', `${value}%`]) {
              await listed({ [field]: none }, () => false);
            }
          }
          if (kind === 'patch') await rows.update(other.id, { [field]: usual });
        }
      },
    ],
    [`${name}-added-while-paging-hide-none`]: [
      'A row that is added while somebody pages hides no row that was there before.',
      async (context) => {
        const { rows, insert } = await prepare(aggregate, context);
        const before: string[] = [];
        for (const key of ['a', 'b', 'c', 'd', 'e']) before.push((await insert(key)).id);
        const first = await rows.list({ limit: 2 });
        context.clock.advance(1);
        const newest = await insert('newest');
        const rest = await rows.list({ limit: 10, offset: 2 });
        assert.deepEqual([rest.total, rest.hasMore], [6, false]);
        const seen = new Set([...idsOf(first.data), ...idsOf(rest.data)]);
        assert.deepEqual([...seen].toSorted(), before.toSorted());
        assert.equal((await rows.list({ limit: 1 })).data[0]?.id, newest.id);
      },
    ],
    ...deletedCase(aggregate, name),
  });
}

function deletedCase(aggregate: Aggregate, name: string) {
  const kept = ['checkouts', 'invoices', 'payments'].includes(aggregate.collection);
  if (kept) return {};
  return {
    [`${name}-that-are-deleted-are-not-listed`]: [
      'Deleted records are absent, and no list counts them.',
      async (context: QZPayConformanceContext) => {
        const { rows, insert, parents } = await prepare(aggregate, context);
        const [first, second, third] = [await insert('a'), await insert('b'), await insert('c')];
        await rows.delete?.(second.id);
        const { data, total, hasMore } = await rows.list({ limit: 2 });
        assert.deepEqual([idsOf(data).toSorted(), total, hasMore], [[first.id, third.id].toSorted(), 2, false]);
        const { input = [], patch = [] } = aggregate.filters(parents);
        for (const field of [...input, ...patch].flatMap((fields) => Object.keys(fields))) {
          assert.equal((await rows.list({ filters: { [field]: second[field] } })).total, 2);
        }
      },
    ] as const,
  };
}

const general = defineCases('paging', 1, {
  'hundred-rows-are-a-page': [
    'A page has 100 rows unless told otherwise, and up to 10 000.',
    async ({ storage }) => {
      const { customers } = storage;
      await together(103, (index) => insertQZPayCustomer(storage, { externalId: `user-${index}` }));
      const { data, ...page } = await customers.list();
      assert.deepEqual([data.length, page], [100, { total: 103, limit: 100, offset: 0, hasMore: true }]);
      assert.equal((await customers.list({ offset: 100 })).data.length, 3);
      assert.equal((await customers.list({ limit: 10_000 })).data.length, 103);
    },
  ],
  'filters-all-have-to-match': [
    'All filters have to match; the bounds of an amount are inclusive.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const { id: otherCustomerId } = await insertQZPayCustomer(storage, { externalId: 'neighbour' });
      await insertQZPayPayment(storage, { id: 'a', customerId, amount: 100 });
      await insertQZPayPayment(storage, { id: 'b', customerId: otherCustomerId, amount: 200 });
      await insertQZPayPayment(storage, { id: 'c', customerId, amount: 300, status: 'failed' });
      const listed = async (filters: Record<string, unknown>) =>
        (await storage.payments.list({ filters })).data.map(({ id }) => id).toSorted();
      assert.deepEqual(await listed({ status: 'succeeded', customerId }), ['a']);
      assert.deepEqual(await listed({ status: 'failed', customerId: otherCustomerId }), []);
      assert.deepEqual(await listed({ minAmount: 200 }), ['b', 'c']);
      assert.deepEqual(await listed({ maxAmount: 200 }), ['a', 'b']);
      assert.deepEqual(await listed({ minAmount: 200, maxAmount: 200 }), ['b']);
      assert.deepEqual(await listed({ minAmount: 101, maxAmount: 199 }), []);
      assert.deepEqual(await listed({ maxAmount: 300, status: ['failed', 'refunded'], customerId }), ['c']);
    },
  ],
});

export const pagingCases = [...general, ...AGGREGATES.flatMap(casesOf)];
