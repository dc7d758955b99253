import postgres, { type Sql } from 'postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createQZPayTestDatabase, type QZPayTestDatabaseOptions, startQZPayTestServer } from '../src/index.js';
import { runChild } from './support/child.js';
import { PACKAGE } from './support/packages.js';
import { connected, databaseNames } from './support/sql.js';
import { temporaryFolder } from './support/temporary-folder.js';

async function startServer() {
  const server = await startQZPayTestServer({ engine: 'embedded', log: () => {} });
  onTestFinished(() => server.stop());
  return { server, url: server.url ?? '' };
}

async function createDatabase(options: QZPayTestDatabaseOptions) {
  const database = await createQZPayTestDatabase(options);
  if (database.url === null) throw new Error('A database on a server has an address');
  return database;
}

function tablesIn(url: string, schema: string) {
  return connected(url, async (sql) => {
    const rows = await sql<{ tablename: string }[]>`
      select tablename from pg_tables where schemaname = ${schema} order by 1`;
    return rows.map(({ tablename }) => tablename);
  });
}

const FILLED_TABLES = ['billing_customers', 'billing_payments', 'billing_refunds', 'billing_audit_logs'];

/** A parent, its child, a grandchild in an append-only table, and another append-only row. */
async function insertRows(sql: Sql): Promise<void> {
  await sql`insert into qzpay.billing_customers (id, livemode, external_id, email, email_key)
    values ('customer', false, 'user', 'a@b.c', 'a@b.c')`;
  await sql`insert into qzpay.billing_payments (id, livemode, customer_id, amount, currency, status)
    values ('payment', false, 'customer', 100, 'EUR', 'succeeded')`;
  await sql`insert into qzpay.billing_refunds (id, livemode, payment_id, amount, currency, status)
    values ('refund', false, 'payment', 100, 'EUR', 'succeeded')`;
  await sql`insert into qzpay.billing_audit_logs (id, livemode, entity_type, entity_id, action, payload_hash)
    values ('entry', false, 'customer', 'customer', 'create', 'hash')`;
}

async function countRows(sql: Sql, tables: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  for (const table of tables) {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(`qzpay.${table}`)}`;
    counts.push(row?.count ?? -1);
  }
  return counts;
}

describe('a database', () => {
  it('has the tables in the schema that was asked for, and none in public', async () => {
    const { server } = await startServer();
    const [usual, other] = await Promise.all([
      createDatabase({ server }),
      createDatabase({ server, schema: 'my billing' }),
    ]);
    expect(usual).toMatchObject({ engine: 'embedded', schema: 'qzpay', pglite: null });
    expect(other.schema).toBe('my billing');
    expect(await tablesIn(usual.url, 'qzpay')).toContain('billing_customers');
    expect(await tablesIn(other.url, 'my billing')).toEqual(await tablesIn(usual.url, 'qzpay'));
    expect(await tablesIn(usual.url, 'public')).toEqual([]);
  });

  it('has triggers on append-only tables unless told otherwise', async () => {
    const { server } = await startServer();
    const triggers = (url: string) =>
      connected(url, async (sql) => (await sql`select from pg_trigger where not tgisinternal`).length);
    expect(await triggers((await createDatabase({ server })).url)).toBeGreaterThan(0);
    expect(await triggers((await createDatabase({ server, integrity: false })).url)).toBe(0);
  });

  it('is empty with `migrated: false`, and no template is made for it', async () => {
    const { server, url } = await startServer();
    const database = await createDatabase({ server, migrated: false });
    expect(await tablesIn(database.url, 'qzpay')).toEqual([]);
    expect((await databaseNames(url)).filter((name) => name.startsWith('qzpay_template_'))).toEqual([]);
  });

  it('shares nothing with its siblings but their template', async () => {
    const { server, url } = await startServer();
    const databases = await Promise.all(Array.from({ length: 4 }, () => createDatabase({ server })));
    const [first, ...others] = databases;
    await connected(first?.url ?? '', (sql) => sql`create table qzpay.note (id text)`);
    for (const other of others) expect(await tablesIn(other.url, 'qzpay')).not.toContain('note');
    expect((await databaseNames(url)).filter((name) => name.startsWith('qzpay_template_'))).toHaveLength(1);
  });

  it('is there for processes that ask for the first one at the same time', async () => {
    const { server, url } = await startServer();
    const code = `
      import { createQZPayTestDatabase } from '@qzpay/test-utils';
      const database = await createQZPayTestDatabase({ server: JSON.parse(process.env.SERVER) });
      await database.reset();
      console.log(JSON.stringify(database.url));`;
    const environment = { SERVER: JSON.stringify(server.description) };
    const temporary = temporaryFolder();
    const children = Array.from({ length: 3 }, () => runChild(code, { cwd: PACKAGE, temporary, environment }));
    const urls = (await Promise.all(children.map((child) => child.firstLine))) as string[];
    expect(new Set(urls).size).toBe(3);
    for (const each of urls) expect(await tablesIn(each, 'qzpay')).toContain('billing_customers');
    expect((await databaseNames(url)).filter((name) => name.startsWith('qzpay_template_'))).toHaveLength(1);
    for (const child of children) expect(await child.ended).toMatchObject({ code: 0 });
  });

  it('is made although an earlier attempt at its template died half-way', async () => {
    const { server, url } = await startServer();
    const scout = await createDatabase({ server });
    const template = (await databaseNames(url)).find((name) => name.startsWith('qzpay_template_')) ?? '';
    await connected(url, (sql) => sql`alter database ${sql(template)} rename to ${sql(`${template}_draft`)}`);
    await connected(url.replace(/postgres$/, `${template}_draft`), (sql) => sql`drop schema qzpay cascade`);
    const database = await createDatabase({ server });
    expect(await tablesIn(database.url, 'qzpay')).toEqual(await tablesIn(scout.url, 'qzpay'));
  });

  it('is gone after drop, connections or not', async () => {
    const { server, url } = await startServer();
    const database = await createDatabase({ server });
    const visitor = postgres(database.url, { max: 1 });
    await visitor`select`;
    const name = new URL(database.url).pathname.slice(1);
    expect(await databaseNames(url)).toContain(name);
    await database.drop();
    await database.drop();
    expect(await databaseNames(url)).not.toContain(name);
    await visitor.end();
  });
});

describe('reset', () => {
  async function withRows() {
    const { server } = await startServer();
    const database = await createDatabase({ server });
    const sql = postgres(database.url, { max: 2 });
    onTestFinished(() => sql.end());
    await insertRows(sql);
    return { database, sql };
  }

  it('empties parents, children and append-only tables, and keeps currencies and the ledger', async () => {
    const { database, sql } = await withRows();
    await expect(sql`delete from qzpay.billing_refunds`).rejects.toMatchObject({ code: 'QZ001' });
    const kept = await countRows(sql, ['billing_currencies', 'billing_migrations']);
    await database.reset();
    expect(await countRows(sql, FILLED_TABLES)).toEqual(FILLED_TABLES.map(() => 0));
    expect(await countRows(sql, ['billing_currencies', 'billing_migrations'])).toEqual(kept);
    for (const count of kept) expect(count).toBeGreaterThan(0);
    await expect(sql`select current_setting('qzpay.maintenance', true) as setting`).resolves.not.toMatchObject([
      { setting: 'on' },
    ]);
  });

  it('can be repeated, and leaves the tables usable', async () => {
    const { database, sql } = await withRows();
    await database.reset();
    await insertRows(sql);
    await database.reset();
    await database.reset();
    expect(await countRows(sql, FILLED_TABLES)).toEqual(FILLED_TABLES.map(() => 0));
  });

  it('deletes nothing when it fails, and works again afterwards', async () => {
    const { database, sql } = await withRows();
    await database.reset();
    await insertRows(sql);
    await sql`create table qzpay.stubborn (customer text, livemode boolean,
      foreign key (customer, livemode) references qzpay.billing_customers)`;
    await sql`insert into qzpay.stubborn select id, livemode from qzpay.billing_customers`;
    const before = await countRows(sql, FILLED_TABLES);
    await expect(database.reset()).rejects.toMatchObject({ code: '23503' });
    expect(await countRows(sql, FILLED_TABLES)).toEqual(before);
    await sql`drop table qzpay.stubborn`;
    await database.reset();
    expect(await countRows(sql, FILLED_TABLES)).toEqual(FILLED_TABLES.map(() => 0));
  });

  it('does nothing on an empty database', async () => {
    const { server } = await startServer();
    const database = await createDatabase({ server, migrated: false });
    await expect(database.reset()).resolves.toBeUndefined();
  });
});
