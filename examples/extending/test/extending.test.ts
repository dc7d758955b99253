import { PGlite } from '@electric-sql/pglite';
import { createQZPayStorage } from '@qzpay/adapter';
import { fromPglite, runMigrations } from '@qzpay/migrations';
import { getTableConfig } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import { expect, it, onTestFinished } from 'vitest';
import { openStorage, schema, tables } from '../src/custom-schema.js';
import { findSubscribedUsers, users } from '../src/host-joins.js';
import { openWorkspace, workspaces } from '../src/host-transaction.js';
import { customerProfiles, signUp } from '../src/side-table.js';

async function setup(hostTable: string) {
  const client = new PGlite();
  onTestFinished(() => client.close());
  await runMigrations(fromPglite(client));
  await client.exec(hostTable);
  return { db: drizzle(client), client };
}

it('keeps its tables in a schema of another name', async () => {
  const storage = await openStorage();
  onTestFinished(() => storage.close());
  const { id } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
  const { schema: named } = getTableConfig(tables.customers);
  expect({ named, found: await storage.customers.findById(id) }).toMatchObject({ named: schema, found: { id } });
});

const PROFILES = `create table customer_profiles (
  customer_id text, livemode boolean, sales_region text not null check (sales_region <> ''),
  primary key (customer_id, livemode),
  foreign key (customer_id, livemode) references qzpay.billing_customers (id, livemode) on delete cascade
)`;

it('stores a customer and its row in the side table, or neither', async () => {
  const { db, client } = await setup(PROFILES);
  const ada = await signUp(db, 'user-1', 'ada@example.org', 'emea');
  expect(await db.select().from(customerProfiles)).toEqual([
    { customerId: ada.id, livemode: true, salesRegion: 'emea' },
  ]);

  await expect(signUp(db, 'user-2', 'bob@example.org', '')).rejects.toThrow();
  const { rows } = await client.query('select external_id from qzpay.billing_customers');
  expect(rows).toEqual([{ external_id: 'user-1' }]);
});

it('lets a deleted customer go for good, with its row in the side table', async () => {
  const { db } = await setup(PROFILES);
  const ada = await signUp(db, 'user-1', 'ada@example.org', 'emea');
  const storage = createQZPayStorage(db, { livemode: true });
  await storage.customers.delete(ada.id);
  expect(await storage.repositories.customers.purge(new Date(Date.now() + 1000))).toBe(1);
  expect(await db.select().from(customerProfiles)).toEqual([]);
});

it("joins the host's users with their subscriptions, in one mode", async () => {
  const { db } = await setup('create table users (id text primary key, name text not null)');
  await db.insert(users).values([
    { id: 'user-1', name: 'Ada' },
    { id: 'user-2', name: 'Bob' },
  ]);
  for (const livemode of [true, false]) {
    const storage = createQZPayStorage(db, { livemode });
    const { id } = await storage.customers.create({
      externalId: livemode ? 'user-1' : 'user-2',
      email: 'x@example.org',
    });
    await storage.subscriptions.create({ id: 'sub-1', customerId: id, planId: livemode ? 'pro' : 'trial' });
    await storage.subscriptions.update('sub-1', { status: 'active' });
  }
  expect(await findSubscribedUsers(db, true)).toMatchObject([{ name: 'Ada', planId: 'pro' }]);
});

it("shares the host's transaction", async () => {
  const { db, client } = await setup('create table workspaces (id text primary key, name text not null)');
  await openWorkspace(db, 'acme', 'Acme', 'office@example.org');
  await expect(openWorkspace(db, 'acme-2', 'Acme', 'no\0text')).rejects.toThrow();
  expect(await db.select().from(workspaces)).toEqual([{ id: 'acme', name: 'Acme' }]);
  const { rows } = await client.query('select id from qzpay.billing_subscriptions');
  expect(rows).toEqual([{ id: 'sub-acme' }]);
});
