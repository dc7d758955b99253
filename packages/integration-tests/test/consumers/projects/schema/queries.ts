import * as schema from '@qzpay/schema';
import { createQZPayTables, QZPAY_CONSTRAINTS, qzpayCustomers, qzpayInvoices } from '@qzpay/schema';
import * as relations from '@qzpay/schema/relations';
import { createQZPayRelations } from '@qzpay/schema/relations';
import { qzpayCustomerInsertSchema } from '@qzpay/schema/zod';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pg-proxy';

// All that is exported here has to be written into a declaration file, so every type in it needs a name.
export const everyTable = { ...schema };
export const billing = createQZPayTables({ schema: 'billing' });
export const constraints = QZPAY_CONSTRAINTS;
export const db = drizzle(async () => ({ rows: [] }), { schema: { ...schema, ...relations } });

export const owed = (customerId: string) =>
  db
    .select({ email: qzpayCustomers.email, due: qzpayInvoices.amountDue })
    .from(qzpayInvoices)
    .innerJoin(
      qzpayCustomers,
      and(eq(qzpayCustomers.id, qzpayInvoices.customerId), eq(qzpayCustomers.livemode, qzpayInvoices.livemode)),
    )
    .where(and(eq(qzpayInvoices.customerId, customerId), eq(qzpayInvoices.livemode, true)));

export const elsewhere = drizzle(async () => ({ rows: [] }), {
  schema: { ...billing, ...createQZPayRelations(billing) },
});
export const withLines = db.query.qzpayInvoices.findMany({ with: { lines: true } });
export const withLinesElsewhere = elsewhere.query.invoices.findMany({ with: { lines: true } });
export const newCustomer = qzpayCustomerInsertSchema;

// @ts-expect-error The types of the columns have arrived.
db.insert(qzpayCustomers).values({ id: 1 });

console.log(owed('c-1').toSQL().sql, withLines.toSQL().sql.length > 0, newCustomer.safeParse({}).success);
