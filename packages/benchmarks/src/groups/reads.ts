import { qzpayCustomers, qzpayPayments, qzpaySubscriptions } from '@qzpay/schema';
import { and, eq, isNull } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Bench, OpenDatabase } from '../bench.js';
import type { Target } from '../support/comparison.js';
import { customerId, externalId, paymentId, subscriptionId } from '../support/fill.js';
import { DRIZZLE, STORAGE } from '../support/our-storage.js';
import { sqlOf } from '../support/statements.js';

type ReadTable = PgTable & { livemode: PgColumn; deletedAt: PgColumn };

/** A look-up by a key: how the storage does it, and the column by which others do. */
interface KeyRead {
  readonly work: string;
  readonly table: ReadTable;
  readonly column: PgColumn;
  readonly key: (n: number) => string;
  readonly find: (key: string) => Promise<unknown>;
}

export async function measureReads(bench: Bench): Promise<void> {
  const database = await bench.small();
  const { storage } = database;
  const reads: KeyRead[] = [
    {
      work: 'customers.findById',
      table: qzpayCustomers,
      column: qzpayCustomers.id,
      key: customerId,
      find: (id) => storage.customers.findById(id),
    },
    {
      work: 'customers.findByExternalId',
      table: qzpayCustomers,
      column: qzpayCustomers.externalId,
      key: externalId,
      find: (id) => storage.customers.findByExternalId(id),
    },
    {
      work: 'subscriptions.findById',
      table: qzpaySubscriptions,
      column: qzpaySubscriptions.id,
      key: subscriptionId,
      find: (id) => storage.subscriptions.findById(id),
    },
    {
      work: 'payments.findById',
      table: qzpayPayments,
      column: qzpayPayments.id,
      key: paymentId,
      find: (id) => storage.payments.findById(id),
    },
  ];
  for (const read of reads) {
    for (const callers of [1, 16]) {
      await bench.compare({
        work: read.work,
        callers,
        contenders: readers(read, database),
        targets: targets(database.raw.name, callers),
      });
    }
  }
}

function readers({ table, column, key, find }: KeyRead, { raw, otherRaw, drizzle, customers }: OpenDatabase) {
  // Far apart, so that neighbouring turns share no page of the table.
  const keyAt = (turn: number) => key((turn * 7919) % customers);
  const statement = sqlOf(table).select(`by_${column.name}`, `and ${column.name} = $1`);
  return [
    { name: STORAGE, run: (turn: number) => find(keyAt(turn)) },
    ...[raw, otherRaw].map(({ name, query }) => ({
      name,
      run: async (turn: number) => (await query(statement, [keyAt(turn)]))[0] ?? null,
    })),
    {
      name: DRIZZLE,
      run: async (turn: number) => {
        const isWanted = and(eq(column, keyAt(turn)), eq(table.livemode, false), isNull(table.deletedAt));
        return (await drizzle.select().from(table).where(isWanted))[0] ?? null;
      },
    },
  ];
}

function targets(raw: string, callers: number): Target[] {
  const againstRaw: Target[] = [
    { of: STORAGE, over: raw, measure: 'rate', least: 0.85 },
    { of: STORAGE, over: raw, measure: 'cpu', most: 1.25 },
  ];
  return callers === 1 ? againstRaw : [...againstRaw, { of: STORAGE, over: DRIZZLE, measure: 'rate', least: 2 }];
}
