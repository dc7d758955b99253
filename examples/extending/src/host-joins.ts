import { qzpayCustomers as customers, qzpaySubscriptions as subscriptions } from '@qzpay/schema';
import { and, eq, inArray, isNull } from 'drizzle-orm';
import { type PgDatabase, type PgQueryResultHKT, pgTable, text } from 'drizzle-orm/pg-core';

/** A table of the host. Its id is what our customers carry as `external_id`. */
export const users = pgTable('users', { id: text('id').primaryKey(), name: text('name').notNull() });

/** Users who pay, or try us out, with their plans. */
export function findSubscribedUsers(db: PgDatabase<PgQueryResultHKT>, livemode: boolean) {
  const customer = and(
    eq(customers.externalId, users.id),
    eq(customers.livemode, livemode),
    isNull(customers.deletedAt),
  );
  const subscription = and(
    eq(subscriptions.customerId, customers.id),
    eq(subscriptions.livemode, customers.livemode),
    isNull(subscriptions.deletedAt),
    inArray(subscriptions.status, ['active', 'trialing']),
  );
  return db
    .select({ name: users.name, planId: subscriptions.planId, until: subscriptions.currentPeriodEnd })
    .from(users)
    .innerJoin(customers, customer)
    .innerJoin(subscriptions, subscription)
    .orderBy(users.name, subscriptions.id);
}
