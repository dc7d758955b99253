import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createQZPayStorage } from '@qzpay/adapter';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import type { Bench } from '../bench.js';
import { customerId } from '../support/fill.js';
import { short } from '../support/statistics.js';

const ORDERS = ['createdAt', 'updatedAt', 'name', 'email', 'externalId'] as const;
const FILTERS = ['id', 'externalId', 'email', 'name', 'phone'] as const;
/** Shapes of lists that are asked for: more than are kept prepared. */
const SHAPES = FILTERS.flatMap((filter) =>
  ORDERS.flatMap((orderBy) =>
    (['asc', 'desc'] as const).map((orderDirection) => ({ filter, orderBy, orderDirection })),
  ),
);
const KEPT_SHAPES = 32;

/** What a connection costs at both ends, what a statement adds, and that the number of statements is bounded. */
export async function measureMemory(bench: Bench): Promise<void> {
  const { url } = await bench.small();
  const atFirst = heap();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const storage = createQZPayStorage(drizzle({ client: sql }));
    await storage.customers.findById(customerId(1));
    const opened = { heap: heap(), ...(await backend(sql)) };
    const { customers } = storage.repositories;
    for (const { filter, orderBy, orderDirection } of SHAPES) {
      await customers.list({ filters: { [filter]: 'none' }, orderBy, orderDirection, total: 'none' });
    }
    const after = { heap: heap(), ...(await backend(sql)) };
    const added = after.statements - opened.statements;
    bench.section.addTable(
      ['memory', 'KiB'],
      [
        ['client: storage and one connection', kib(opened.heap - atFirst)],
        ['client: each further prepared statement', kib((after.heap - opened.heap) / added)],
        ['server: backend after one statement', kib(opened.bytes)],
        ['server: each further prepared statement', kib((after.bytes - opened.bytes) / added)],
      ],
    );
    bench.section.notes.push(
      `${SHAPES.length} shapes of a list leave ${added} prepared statements on the connection; the others are sent unprepared.`,
    );
    bench.section.promise(`prepared statements after ${SHAPES.length} shapes of a list`, { most: KEPT_SHAPES + 2 }, [
      added,
    ]);
  } finally {
    await sql.end();
  }
}

async function backend(sql: postgres.Sql): Promise<{ bytes: number; statements: number }> {
  const [row] = await sql.unsafe(
    `select (select sum(total_bytes)::float8 from pg_backend_memory_contexts) as bytes,
       (select count(*)::float8 from pg_prepared_statements) as statements`,
  );
  return row as unknown as { bytes: number; statements: number };
}

/** Bytes in use after a collection. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const kib = (bytes: number) => short(bytes / 1024);
