import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createQZPayRepositories,
  createQZPayRepositoryContext,
  type QZPayRepositories,
  type QZPayRepositoryOptions,
} from '../../src/index.js';

const ROWS = 20_000;
const STATEMENT = /^\s*(with|select|insert|update|delete)\b/;

/** What is called, patterns of the indexes that serve it where several do it equally well, and the call. */
export type Access = readonly [
  name: string,
  indexes: string | readonly string[],
  call: (all: QZPayRepositories) => Promise<unknown>,
];

/** Customers `c1`, `c2`, … of both modes: those with odd numbers are the repositories'. */
export const CUSTOMERS = `insert into billing_customers (id, livemode, external_id, email, email_key, tax_id, provider_customer_ids, created_at)
  select 'c' || n, n % 2 = 0, 'u' || n, n || '@b.c', n || '@b.c', case when n % 10 = 0 then 't' || n end,
    jsonb_build_object('stripe', 'cus_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`;

/**
 * Asserts for each access that its indexes serve it, and that nothing is read from end to end.
 *
 * @param seed Statements that end with `from rows`, which stands for 20 000 numbers `n` from 1 on.
 */
export function testIndexes(
  seed: readonly string[],
  accesses: readonly Access[],
  options: QZPayRepositoryOptions = {},
): void {
  let client: Sql;
  let repositories: QZPayRepositories;
  let drop: () => Promise<void>;
  const sent: string[] = [];

  beforeAll(async () => {
    const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (database.url === null) throw new Error('Plans are read on a server.');
    ({ drop } = database);
    client = postgres(database.url, { max: 1, onnotice: () => {}, connection: { search_path: 'qzpay' } });
    for (const statement of seed) {
      await client.unsafe(statement.replace(/ from rows$/, ` from generate_series(1, ${ROWS}) n`));
    }
    await client`vacuum analyze`;
    const logger = { logQuery: (text: string) => sent.push(text) };
    repositories = createQZPayRepositories(createQZPayRepositoryContext(drizzle({ client, logger }), options));
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await drop();
  });

  /** The plans that the server keeps for the prepared statements of a call, whatever their arguments. */
  async function plansOf(call: Access[2]): Promise<string> {
    sent.length = 0;
    await call(repositories);
    const plans: string[] = [];
    for (const text of sent.filter((statement) => STATEMENT.test(statement))) {
      const rows = await client.unsafe<Record<string, string>[]>(`explain (generic_plan, costs off) ${text}`).simple();
      plans.push(...rows.map((row) => row['QUERY PLAN'] ?? ''));
    }
    return plans.join('\n');
  }

  it.each(accesses)('%s is served by %s', async (_, indexes, call) => {
    const plans = await plansOf(call);
    for (const index of [indexes].flat()) expect(plans).toMatch(new RegExp(index));
    expect(plans).not.toContain('Seq Scan');
  });
}
