import { createQZPayStorage } from '@qzpay/adapter';
import { type PgDatabase, type PgQueryResultHKT, pgTable, text } from 'drizzle-orm/pg-core';

/** A table of the host. */
export const workspaces = pgTable('workspaces', { id: text('id').primaryKey(), name: text('name').notNull() });

/** A workspace and its subscription: both, or neither. */
export async function openWorkspace(db: PgDatabase<PgQueryResultHKT>, id: string, name: string, email: string) {
  const storage = createQZPayStorage(db);
  await db.transaction(async (tx) => {
    await tx.insert(workspaces).values({ id, name });
    // Whatever the callback does through the storage, however deep, runs in your transaction.
    await storage.join(tx, async () => {
      const customer = await storage.customers.create({ externalId: id, email });
      await storage.subscriptions.create({ id: `sub-${id}`, customerId: customer.id, planId: 'team' });
    });
  });
}
