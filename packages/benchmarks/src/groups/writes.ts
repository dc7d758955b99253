import type { QZPayPayment } from '@qzpay/core';
import { qzpayCustomers, qzpayPayments, qzpayPrices, qzpaySubscriptions } from '@qzpay/schema';
import { and, eq, isNull } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Bench, OpenDatabase } from '../bench.js';
import { customerId, paymentId, subscriptionId } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import type { Query, Row } from '../support/raw.js';
import { sqlOf, stamps } from '../support/statements.js';

/** What differs between two rows that were made from the same input. */
export const NEW_ROW = ['id', 'externalId', 'version', 'createdAt', 'updatedAt'];
const CHANGED_ROW = ['version', 'updatedAt'];
const DAY = 86_400_000;

type WrittenTable = PgTable & { id: PgColumn; livemode: PgColumn; deletedAt: PgColumn };

interface Creation {
  readonly work: string;
  readonly table: WrittenTable;
  /** A complete row for customer number n. */
  readonly row: (n: number) => Row;
  readonly create: (n: number) => Promise<unknown>;
  /** What the storage asks the database first, by hand. */
  readonly before?: (query: Query) => Promise<unknown>;
  readonly varying?: readonly string[];
}

interface Change {
  readonly work: string;
  readonly table: WrittenTable;
  readonly id: (n: number) => string;
  /** The columns by SQL name and the fields by property name: the same patch. */
  readonly columns: readonly string[];
  readonly patch: (turn: number) => Row;
  readonly update: (id: string, turn: number) => Promise<unknown>;
}

export async function measureWrites(bench: Bench): Promise<void> {
  const database = await bench.small();
  const { raw } = database;
  for (const callers of [1, 16]) {
    const targets = [{ of: STORAGE, over: raw.name, measure: 'rate', least: 0.85 } as const];
    for (const creation of creations(database)) {
      const varying = [...NEW_ROW, ...(creation.varying ?? [])];
      await bench.compare({ work: creation.work, callers, targets, varying, contenders: creators(creation, database) });
    }
    for (const change of changes(database)) {
      await bench.compare({
        work: change.work,
        callers,
        targets,
        varying: CHANGED_ROW,
        contenders: changers(change, database),
      });
    }
  }
}

/** A new customer, as input of the contract and as a row. */
export const customerInput = () => ({
  externalId: crypto.randomUUID(),
  email: 'Ada@Example.com',
  name: 'Ada',
  metadata: { plan: 'pro' },
});
export const customerRow = () => {
  const input = customerInput();
  return { ...stamps(), ...input, emailKey: input.email.toLowerCase(), providerCustomerIds: {} };
};

/** A new payment. */
export const payment = (n: number): QZPayPayment => {
  const { version: _, ...stamped } = stamps();
  return {
    ...stamped,
    customerId: customerId(n),
    subscriptionId: null,
    invoiceId: null,
    amount: 1900,
    currency: 'EUR',
    status: 'succeeded',
    paymentMethodId: null,
    providerPaymentIds: { stripe: 'pi_1' },
    failureCode: null,
    failureMessage: null,
    metadata: {},
  };
};
export const paymentRow = (n: number): Row => ({ ...payment(n), version: crypto.randomUUID() });

function creations({ storage }: OpenDatabase): Creation[] {
  const priceOf = sqlOf(qzpayPrices).select('by_id', 'and id = $1');
  return [
    {
      work: 'customers.create',
      table: qzpayCustomers,
      row: customerRow,
      create: () => storage.customers.create(customerInput()),
    },
    {
      work: 'subscriptions.create',
      table: qzpaySubscriptions,
      row: subscriptionRow,
      create: (n) =>
        storage.subscriptions.create({
          id: crypto.randomUUID(),
          customerId: customerId(n),
          planId: 'plan',
          priceId: 'price',
        }),
      before: (query) => query(priceOf, ['price']),
      varying: ['currentPeriodStart', 'currentPeriodEnd'],
    },
    {
      work: 'payments.create',
      table: qzpayPayments,
      row: paymentRow,
      create: (n) => storage.payments.create(payment(n)),
    },
  ];
}

function subscriptionRow(n: number): Row {
  const stamped = stamps();
  return {
    ...stamped,
    customerId: customerId(n),
    planId: 'plan',
    priceId: 'price',
    status: 'active',
    interval: 'month',
    intervalCount: 1,
    quantity: 1,
    currentPeriodStart: stamped.createdAt,
    currentPeriodEnd: new Date(stamped.createdAt.getTime() + 30 * DAY),
    trialConverted: false,
    cancelAtPeriodEnd: false,
    retryCount: 0,
    providerSubscriptionIds: {},
    metadata: {},
  };
}

function creators({ table, row, create, before }: Creation, { raw, otherRaw, drizzle, customers }: OpenDatabase) {
  const { insert, values } = sqlOf(table);
  return [
    { name: STORAGE, run: (turn: number) => create(turn % customers) },
    ...[raw, otherRaw].map(({ name, query }) => ({
      name,
      run: async (turn: number) => {
        await before?.(query);
        return (await query(insert, values(row(turn % customers))))[0];
      },
    })),
    {
      name: DRIZZLE,
      run: async (turn: number) => {
        if (before !== undefined) await drizzle.select().from(qzpayPrices).where(eq(qzpayPrices.id, 'price'));
        const [created] = await drizzle
          .insert(table)
          .values(row(turn % customers))
          .returning();
        return created;
      },
    },
  ];
}

function changes({ storage }: OpenDatabase): Change[] {
  return [
    {
      work: 'customers.update',
      table: qzpayCustomers,
      id: customerId,
      columns: ['name', 'metadata'],
      patch: (turn) => ({ name: `Name ${turn}`, metadata: { turn } }),
      update: (id, turn) => storage.customers.update(id, { name: `Name ${turn}`, metadata: { turn } }),
    },
    {
      work: 'subscriptions.update',
      table: qzpaySubscriptions,
      id: subscriptionId,
      columns: ['quantity', 'metadata'],
      patch: (turn) => ({ quantity: turn, metadata: { turn } }),
      update: (id, turn) => storage.subscriptions.update(id, { quantity: turn, metadata: { turn } }),
    },
    {
      work: 'payments.update',
      table: qzpayPayments,
      id: paymentId,
      columns: ['failure_message', 'metadata'],
      patch: (turn) => ({ failureMessage: `Message ${turn}`, metadata: { turn } }),
      update: (id, turn) => storage.payments.update(id, { failureMessage: `Message ${turn}`, metadata: { turn } }),
    },
  ];
}

function changers(change: Change, { raw, otherRaw, drizzle, customers }: OpenDatabase) {
  const { table, columns, patch, update } = change;
  const idAt = (turn: number) => change.id((turn * 7919) % customers);
  const statement = sqlOf(table).update(...columns, 'updated_at', 'version');
  const stamped = () => ({ updatedAt: new Date(), version: crypto.randomUUID() });
  return [
    { name: STORAGE, run: (turn: number) => update(idAt(turn), turn) },
    ...[raw, otherRaw].map(({ name, query }) => ({
      name,
      run: async (turn: number) =>
        (await query(statement, [idAt(turn), ...Object.values(patch(turn)), ...Object.values(stamped())]))[0],
    })),
    {
      name: DRIZZLE,
      run: async (turn: number) => {
        const [changed] = await drizzle
          .update(table)
          .set({ ...patch(turn), ...stamped() })
          .where(and(eq(table.id, idAt(turn)), eq(table.livemode, false), isNull(table.deletedAt)))
          .returning();
        return changed;
      },
    },
  ];
}
