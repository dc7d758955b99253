import {
  qzpayCustomers as customers,
  qzpayInvoices as invoices,
  qzpaySubscriptions as subscriptions,
} from '@qzpay/schema';
import { and, eq, getTableColumns, isNull, lt } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

const { number, amountDue, currency, dueDate } = getTableColumns(invoices);

/** Open invoices that were due before `now`, the longest overdue first, with whom to remind and of which plan. */
export function findOverdueInvoices(db: PgDatabase<PgQueryResultHKT>, livemode: boolean, now: Date) {
  const open = and(eq(invoices.livemode, livemode), eq(invoices.status, 'open'), isNull(invoices.deletedAt));
  const customer = and(eq(customers.id, invoices.customerId), eq(customers.livemode, livemode));
  const subscription = and(eq(subscriptions.id, invoices.subscriptionId), eq(subscriptions.livemode, livemode));
  return db
    .select({ number, amountDue, currency, dueDate, email: customers.email, planId: subscriptions.planId })
    .from(invoices)
    .innerJoin(customers, customer)
    .leftJoin(subscriptions, subscription)
    .where(and(open, lt(dueDate, now)))
    .orderBy(dueDate, invoices.id);
}
