import { checkMigrations, fromNodePostgres, fromPostgresJs, runMigrations } from '@qzpay/migrations';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openServerDatabase } from './support/databases.js';
import { liveTables } from './support/live-tables.js';
import { objectsOutside } from './support/objects.js';

const SETTINGS = `select name, setting from pg_settings
  where name in ('search_path', 'lock_timeout', 'default_transaction_isolation', 'session_replication_role') order by 1`;

it('leaves nothing outside its schema: no object, extension or setting', async () => {
  const { database } = await openServerDatabase();
  await runMigrations(database);
  await checkMigrations(database);
  expect(await objectsOutside(database, 'qzpay')).toEqual([]);
  expect((await liveTables(database, 'public')).columns).toEqual([]);
});

it('would notice what is left outside its schema', async () => {
  const { database, sql } = await openServerDatabase();
  await sql`create table public.left_over (id int generated always as identity)`;
  expect(await objectsOutside(database, 'qzpay')).toEqual(
    expect.arrayContaining(['relation public.left_over', 'relation public.left_over_id_seq', 'type public.left_over']),
  );
});

it('hands its connection back with the settings that it had, on success and on failure', async () => {
  const { url, sql } = await openServerDatabase();
  const client = new pg.Client(url);
  onTestFinished(() => client.end());
  await client.connect();
  await client.query(`set search_path = "mine", public; set lock_timeout = '7s'`);
  await sql`set search_path = mine, public`;
  const before = { pg: (await client.query(SETTINGS)).rows, sql: [...(await sql.unsafe(SETTINGS))] };
  for (const database of [fromNodePostgres(client), fromPostgresJs(sql)]) {
    await runMigrations(database);
    await checkMigrations(database);
    await expect(runMigrations(database, { schema: 'pg_reserved' })).rejects.toMatchObject({ code: 'step_failed' });
  }
  expect({ pg: (await client.query(SETTINGS)).rows, sql: [...(await sql.unsafe(SETTINGS))] }).toEqual(before);
});

it('does not depend on search_path: a table of the same name that is found first is left alone', async () => {
  const { database, sql } = await openServerDatabase();
  await sql`create schema decoy`;
  await sql`create table decoy.billing_customers (id text)`;
  await sql`create table decoy.billing_migrations (id text)`;
  await sql`set search_path = decoy`;
  await runMigrations(database);
  expect(await checkMigrations(database)).toMatchObject({ ok: true, differences: [] });
  const rows = await sql`select table_name, count(*)::int as columns from information_schema.columns
    where table_schema = 'decoy' group by 1 order by 1`;
  expect(rows).toEqual([
    { table_name: 'billing_customers', columns: 1 },
    { table_name: 'billing_migrations', columns: 1 },
  ]);
});
