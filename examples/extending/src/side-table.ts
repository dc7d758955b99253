import { createQZPayStorage } from '@qzpay/adapter';
import { qzpayCustomers } from '@qzpay/schema';
import {
  boolean,
  foreignKey,
  type PgDatabase,
  type PgQueryResultHKT,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';

/** Your columns of a customer, in a table of your own beside ours. */
export const customerProfiles = pgTable(
  'customer_profiles',
  {
    customerId: text('customer_id').notNull(),
    livemode: boolean('livemode').notNull(),
    salesRegion: text('sales_region').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.customerId, t.livemode] }),
    // Both columns, as in every key of ours: a test row cannot hang on a live customer.
    foreignKey({
      columns: [t.customerId, t.livemode],
      foreignColumns: [qzpayCustomers.id, qzpayCustomers.livemode],
    }).onDelete('cascade'),
  ],
);

/** Both rows or neither. */
export function signUp(db: PgDatabase<PgQueryResultHKT>, userId: string, email: string, salesRegion: string) {
  const storage = createQZPayStorage(db, { livemode: true });
  return db.transaction((tx) =>
    storage.join(tx, async () => {
      const customer = await storage.customers.create({ externalId: userId, email });
      await tx.insert(customerProfiles).values({ customerId: customer.id, livemode: customer.livemode, salesRegion });
      return customer;
    }),
  );
}
