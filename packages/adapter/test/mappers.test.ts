import { readdirSync } from 'node:fs';
import * as mappers from '@qzpay/adapter/mappers';
import { createQZPayTables } from '@qzpay/schema/tables';
import { eq } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/drivers.js';

const FOLDER = new URL('../src/mappers/', import.meta.url);
const { customers, invoiceLines, invoices } = createQZPayTables({
  schema: process.env['QZPAY_TEST_SCHEMA'] ?? 'qzpay',
});

describeOnEveryDriver('the mappers', (setup) => {
  it("make the storage's entities of rows that a host's own queries select", async () => {
    const { storage, database } = await setup();
    const db = database as PgDatabase<PgQueryResultHKT>;
    const input = { externalId: 'user-1', email: 'Ada@b.c', metadata: { plan: 'pro' } };
    const created = await storage.repositories.customers.create(mappers.qzpayFromCreateCustomer(input));
    const [row] = await db.select().from(customers).where(eq(customers.externalId, 'user-1'));
    if (row === undefined) throw new Error('The customer is not stored');
    expect(mappers.qzpayToCustomer(row)).toStrictEqual(await storage.customers.findById(created.id));

    const lines = [{ description: 'Pro', quantity: 1.5, unitAmount: 0.25 }];
    const invoice = await storage.invoices.create({ id: 'inv-1', customerId: created.id, lines });
    const [header] = await db.select().from(invoices);
    if (header === undefined) throw new Error('The invoice is not stored');
    const stored = { ...header, lines: await db.select().from(invoiceLines) };
    expect(mappers.qzpayToInvoice(stored)).toStrictEqual(invoice);
  });
});

it('all mappers are exported, under names of ours', async () => {
  const files = readdirSync(FOLDER).filter((file) => file !== 'values.ts');
  const modules = await Promise.all(files.map((file) => import(new URL(file, FOLDER).href) as Promise<object>));
  const made = modules
    .flatMap((module) => Object.keys(module))
    .map((name) => `qzpay${name[0]?.toUpperCase()}${name.slice(1)}`);
  expect(Object.keys(mappers).sort()).toEqual(made.sort());
});
