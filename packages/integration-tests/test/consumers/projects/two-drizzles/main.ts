import { PGlite } from '@electric-sql/pglite';
import { createQZPayStorage } from '@qzpay/adapter';
import { fromDrizzle, runMigrations } from '@qzpay/migrations';
// @boundaries-ignore it is a dependency of the consumer's project
import { drizzle as drizzleOnMySql } from 'drizzle-other/mysql-proxy';
// @boundaries-ignore it is a dependency of the consumer's project
import { drizzle } from 'drizzle-other/pglite';

// The database of the host is of another copy of drizzle-orm than the one that the adapter finds.
const db = drizzle({ client: new PGlite() });
await runMigrations(fromDrizzle(db));
const storage = createQZPayStorage(db);
const { id } = await storage.customers.create({ externalId: 'ada', email: 'ada@example.org' });
await db.transaction((transaction) =>
  storage.join(transaction, async (joined) => {
    await joined.customers.update(id, { name: 'Ada' });
  }),
);
console.log(`two copies: ${(await storage.customers.findById(id))?.name}`);
await db.$client.close();

// @ts-expect-error Other servers than PostgreSQL do not compile.
export const unusable = () => createQZPayStorage(drizzleOnMySql(async () => ({ rows: [] })));
