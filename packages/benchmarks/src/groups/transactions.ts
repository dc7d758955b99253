import { qzpayCustomers, qzpayPayments } from '@qzpay/schema';
import { and, eq, isNull } from 'drizzle-orm';
import type { Bench } from '../bench.js';
import { customerId } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import { sqlOf } from '../support/statements.js';
import { customerInput, customerRow, NEW_ROW, payment, paymentRow } from './writes.js';

/** A new customer, a payment of another one, and an update of that one: all or nothing. */
export async function measureTransactions(bench: Bench): Promise<void> {
  const { storage, raw, otherRaw, drizzle, customers } = await bench.small();
  const [customer, paid] = [sqlOf(qzpayCustomers), sqlOf(qzpayPayments)];
  const rename = customer.update('name', 'updated_at', 'version');
  for (const callers of [1, 16]) {
    await bench.compare({
      work: 'transaction of three writes',
      callers,
      targets: [{ of: STORAGE, over: raw.name, measure: 'rate', least: 0.8 }],
      varying: NEW_ROW,
      contenders: [
        {
          name: STORAGE,
          run: (turn) =>
            storage.transaction(async () => {
              const n = (turn * 7919) % customers;
              return [
                await storage.customers.create(customerInput()),
                await storage.payments.create(payment(n)),
                await storage.customers.update(customerId(n), { name: `Name ${turn}` }),
              ];
            }),
        },
        ...[raw, otherRaw].map(({ name, begin }) => ({
          name,
          run: (turn: number) =>
            begin(async (query) => {
              const n = (turn * 7919) % customers;
              const changes = [`Name ${turn}`, new Date(), crypto.randomUUID()];
              return [
                ...(await query(customer.insert, customer.values(customerRow()))),
                ...(await query(paid.insert, paid.values(paymentRow(n)))),
                ...(await query(rename, [customerId(n), ...changes])),
              ];
            }),
        })),
        {
          name: DRIZZLE,
          run: (turn) =>
            drizzle.transaction(async (tx) => {
              const n = (turn * 7919) % customers;
              const { id, livemode, deletedAt } = qzpayCustomers;
              return [
                ...(await tx.insert(qzpayCustomers).values(customerRow()).returning()),
                ...(await tx
                  .insert(qzpayPayments)
                  .values(paymentRow(n) as never)
                  .returning()),
                ...(await tx
                  .update(qzpayCustomers)
                  .set({ name: `Name ${turn}`, updatedAt: new Date(), version: crypto.randomUUID() })
                  .where(and(eq(id, customerId(n)), eq(livemode, false), isNull(deletedAt)))
                  .returning()),
              ];
            }),
        },
      ],
    });
  }
}
