import { createQZPayStorage } from '@qzpay/adapter';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { everyMethod, seedEveryCollection } from './support/every-method.js';

/** PostgreSQL chooses between plans only from the sixth execution on. */
const TIMES = 12;
const CUSTOM = 5;
/** Rows by the thousand, without which no plan is cheaper than another. */
const FILL = [
  `insert into billing_customers (id, livemode, external_id, email, email_key)
    select 'customer ' || n, false, 'user ' || n, 'a@b.c', 'a@b.c' from generate_series(1, 20000) n`,
  `insert into billing_plans (id, livemode, name) select 'plan ' || n, false, 'x' from generate_series(1, 20000) n`,
  `insert into billing_prices (id, livemode, plan_id, currency, unit_amount, billing_interval)
    select 'price ' || n, false, 'plan ' || n, 'EUR', 1, 'month' from generate_series(1, 20000) n`,
  `insert into billing_invoices (id, livemode, customer_id, currency)
    select 'invoice ' || n, false, 'customer ' || n, 'EUR' from generate_series(1, 20000) n`,
  'analyze',
];

it('plans no statement anew for each call', async () => {
  const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
  if (url === null) throw new Error('Statements are prepared on a server.');
  // One connection, so that each statement is prepared once.
  const client = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: 'qzpay' } });
  const storage = createQZPayStorage(drizzle({ client }));
  const seeded = await seedEveryCollection(storage, false);
  const { customerId } = seeded;
  for (const text of FILL) await client.unsafe(text);
  const drafts = Array.from({ length: TIMES }, (_, index) => `invoice ${index + 1}`);
  const methods = {
    ...everyMethod(storage, seeded),
    'usage.ingest': [1, () => storage.usage.ingest([event(customerId)])],
    'invoices.finalize of a draft': [1, () => storage.invoices.finalize(drafts.pop() ?? '')],
    'repositories.customers.findByIds': [1, () => storage.repositories.customers.findByIds([customerId])],
  } as const;
  for (const [, call] of Object.values(methods)) {
    for (let time = 0; time < TIMES; time += 1) await call().catch(() => {});
  }
  // Pages are: how many rows they have decides between walking an index and sorting the table.
  const anew = await client.unsafe<{ statement: string }[]>(
    `select statement from pg_prepared_statements where custom_plans > ${CUSTOM} and statement !~ 'limit \\$' order by 1`,
  );
  await client.end();
  await drop();
  expect(anew.map(({ statement }) => statement)).toEqual([]);
});

function event(customerId: string) {
  const idempotencyKey = crypto.randomUUID();
  return {
    customerId,
    limitKey: 'seats',
    quantity: 1,
    timestamp: new Date('2026-01-01T00:00:00.000Z'),
    idempotencyKey,
  };
}
