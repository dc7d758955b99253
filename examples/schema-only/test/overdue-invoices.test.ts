import { PGlite } from '@electric-sql/pglite';
import { fromPglite, runMigrations } from '@qzpay/migrations';
import { qzpayCustomers, qzpayInvoices, qzpaySubscriptions } from '@qzpay/schema';
import { drizzle } from 'drizzle-orm/pglite';
import { expect, it, onTestFinished } from 'vitest';
import { findOverdueInvoices } from '../src/overdue-invoices.js';

const day = (text: string) => new Date(`${text}T00:00:00.000Z`);

async function setup() {
  const client = new PGlite();
  onTestFinished(() => client.close());
  const db = drizzle(client);
  await runMigrations(fromPglite(client));
  for (const livemode of [true, false]) {
    await db.insert(qzpayCustomers).values({
      id: 'ada',
      externalId: 'user-1',
      email: livemode ? 'ada@example.com' : 'test@example.com',
      emailKey: livemode ? 'ada@example.com' : 'test@example.com',
      livemode,
    });
    await db.insert(qzpaySubscriptions).values({
      id: 'seats',
      customerId: 'ada',
      planId: 'pro',
      status: 'past_due',
      interval: 'month',
      currentPeriodStart: day('2025-01-01'),
      currentPeriodEnd: day('2025-02-01'),
      livemode,
    });
  }
  const invoice = { customerId: 'ada', currency: 'EUR', status: 'open', amountDue: 1999.5, livemode: true } as const;
  await db.insert(qzpayInvoices).values([
    { ...invoice, id: 'a', number: 'INV-2025-000002', subscriptionId: 'seats', dueDate: day('2025-01-20') },
    { ...invoice, id: 'b', number: 'INV-2025-000001', dueDate: day('2025-01-10') },
    { ...invoice, id: 'not-yet-due', dueDate: day('2025-03-01') },
    { ...invoice, id: 'never-due' },
    { ...invoice, id: 'paid', status: 'paid', dueDate: day('2025-01-10') },
    { ...invoice, id: 'deleted', dueDate: day('2025-01-10'), deletedAt: day('2025-01-11') },
    { ...invoice, id: 'of-a-test', dueDate: day('2025-01-10'), livemode: false },
  ]);
  return { db };
}

it('finds what is overdue in one mode, the longest overdue first', async () => {
  const { db } = await setup();
  expect(await findOverdueInvoices(db, true, day('2025-02-01'))).toEqual([
    {
      number: 'INV-2025-000001',
      amountDue: 1999.5,
      currency: 'EUR',
      dueDate: day('2025-01-10'),
      email: 'ada@example.com',
      planId: null,
    },
    {
      number: 'INV-2025-000002',
      amountDue: 1999.5,
      currency: 'EUR',
      dueDate: day('2025-01-20'),
      email: 'ada@example.com',
      planId: 'pro',
    },
  ]);
});

it('keeps test data apart although its customer has the same id', async () => {
  const { db } = await setup();
  expect(await findOverdueInvoices(db, false, day('2025-02-01'))).toMatchObject([{ email: 'test@example.com' }]);
});
