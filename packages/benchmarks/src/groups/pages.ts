import { qzpayCustomers } from '@qzpay/schema';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Bench } from '../bench.js';
import { customerId } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import type { Query } from '../support/raw.js';
import { sqlOf } from '../support/statements.js';

const PAGE = 20;

/** Pages of customers in the large database. */
export async function measurePages(bench: Bench): Promise<void> {
  const { storage, ours, raw, otherRaw, drizzle, customers } = await bench.large();
  const table = sqlOf(qzpayCustomers);
  const page = table.select('page', `order by created_at desc, id desc limit $1`);
  const count = { name: 'count', text: `select count(*)::float8 as total from ${table.name} where ${table.visible}` };
  const visible = and(eq(qzpayCustomers.livemode, false), isNull(qzpayCustomers.deletedAt));
  const newestFirst = [desc(qzpayCustomers.createdAt), desc(qzpayCustomers.id)];
  const pageAndCount = async (query: Query) => {
    const [data, [counted]] = await Promise.all([query(page, [PAGE]), query(count, [])]);
    return { data, total: counted?.['total'] };
  };
  await bench.compare({
    work: `page of ${PAGE} with total, ${customers} rows`,
    callers: 1,
    targets: [{ of: STORAGE, over: raw.name, measure: 'rate', least: 0.9 }],
    contenders: [
      {
        name: STORAGE,
        run: async () => {
          const { data, total } = await storage.customers.list({ limit: PAGE });
          return { data, total };
        },
      },
      ...[raw, otherRaw].map(({ name, query }) => ({ name, run: () => pageAndCount(query) })),
      {
        name: DRIZZLE,
        run: async () => {
          const [data, total] = await Promise.all([
            drizzle
              .select()
              .from(qzpayCustomers)
              .where(visible)
              .orderBy(...newestFirst)
              .limit(PAGE),
            drizzle.$count(qzpayCustomers, visible),
          ]);
          return { data, total };
        },
      },
    ],
  });
  if (ours === undefined) return;

  const { customers: repository } = ours.repositories;
  await bench.compare({
    work: `page of ${PAGE} without total`,
    callers: 16,
    targets: [{ of: STORAGE, over: DRIZZLE, measure: 'rate', least: 2 }],
    contenders: [
      { name: STORAGE, run: async () => (await repository.page({ first: PAGE })).data },
      // One row more tells whether there is a next page.
      ...[raw, otherRaw].map(({ name, query }) => ({
        name,
        run: async () => (await query(page, [PAGE + 1])).slice(0, PAGE),
      })),
      {
        name: DRIZZLE,
        run: async () => {
          const rows = await drizzle
            .select()
            .from(qzpayCustomers)
            .where(visible)
            .orderBy(...newestFirst)
            .limit(PAGE + 1);
          return rows.slice(0, PAGE);
        },
      },
    ],
  });

  const cursorAfter = async (n: number) => {
    const { createdAt } = (await repository.findById(customerId(n))) as { createdAt: Date };
    const { endCursor } = await repository.page({ first: 1, filters: { id: customerId(n), createdAt } });
    return endCursor ?? undefined;
  };
  const [middle, end] = [await cursorAfter(Math.floor(customers / 2)), await cursorAfter(PAGE + 1)];
  await bench.compare({
    work: 'keyset page by depth',
    callers: 1,
    differs: true,
    targets: [
      { of: 'in the middle', over: 'first page', measure: 'time', most: 1.3 },
      { of: 'at the end', over: 'first page', measure: 'time', most: 1.3 },
    ],
    contenders: [
      { name: 'in the middle', run: () => repository.page({ first: PAGE, after: middle }) },
      { name: 'first page', run: () => repository.page({ first: PAGE }) },
      { name: 'at the end', run: () => repository.page({ first: PAGE, after: end }) },
    ],
  });
}
