import type { PGlite } from '@electric-sql/pglite';
import {
  checkMigrations,
  fromDrizzle,
  fromNodePostgres,
  fromPglite,
  fromPostgresJs,
  getMigrationStatus,
  type QZPayMigrationDatabase,
  runMigrations,
} from '@qzpay/migrations';
import { createQZPayTestPglite } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openServerDatabase, type ServerDatabase } from './support/databases.js';

function pool({ url }: ServerDatabase, max = 3): pg.Pool {
  const made = new pg.Pool({ connectionString: url, max });
  onTestFinished(() => made.end());
  return made;
}

async function client({ url }: ServerDatabase): Promise<pg.Client> {
  const made = new pg.Client(url);
  onTestFinished(() => made.end());
  await made.connect();
  return made;
}

async function pglite(): Promise<PGlite> {
  const made = await createQZPayTestPglite({ server: useQZPayTestServer(), migrated: false });
  onTestFinished(() => made.drop());
  return made.pglite;
}

type Open = () => Promise<QZPayMigrationDatabase>;

describe.each<[string, Open]>([
  ['a postgres.js client', async () => fromPostgresJs((await openServerDatabase()).connect({ max: 3 }))],
  ['a node-postgres pool', async () => fromNodePostgres(pool(await openServerDatabase()))],
  ['a node-postgres client', async () => fromNodePostgres(await client(await openServerDatabase()))],
  ['PGlite', async () => fromPglite(await pglite())],
  [
    'Drizzle on postgres.js',
    async () => fromDrizzle(drizzlePostgresJs({ client: (await openServerDatabase()).connect({ max: 3 }) })),
  ],
  [
    'Drizzle on node-postgres',
    async () => fromDrizzle(drizzleNodePostgres({ client: pool(await openServerDatabase()) })),
  ],
  ['Drizzle on PGlite', async () => fromDrizzle(drizzlePglite({ client: await pglite() }))],
])('on %s', (_driver, open) => {
  it('the migrations are applied, shown and checked', async () => {
    const database = await open();
    const { applied } = await runMigrations(database);
    const { steps } = await getMigrationStatus(database);
    expect(applied).toEqual(steps.map(({ id }) => id));
    for (const { state, appliedAt } of steps) {
      expect(state).toBe('applied');
      expect(Math.abs(Date.now() - (appliedAt?.getTime() ?? 0))).toBeLessThan(60_000);
    }
    expect(await checkMigrations(database)).toMatchObject({ ok: true, differences: [] });
    expect(await runMigrations(database)).toEqual({ applied: [] });
  });

  it('a step that fails is rolled back, with the SQLSTATE of the database, and the driver is usable afterwards', async () => {
    const database = await open();
    await database.query('create schema qzpay');
    await database.query('create table qzpay.billing_webhook_events (id text)');
    await expect(runMigrations(database)).rejects.toMatchObject({ code: 'step_failed', sqlstate: '42P07' });
    const tables = await database.query("select tablename from pg_tables where schemaname = 'qzpay'");
    expect(tables).toEqual([{ tablename: 'billing_webhook_events' }]);
    await database.query('drop table qzpay.billing_webhook_events');
    expect((await runMigrations(database)).applied).toContain('0000_initial');
  });

  it('a transaction resolves with what its function does, and passes its error on', async () => {
    const database = await open();
    // An array of promises, because postgres.js would wait for them and unwrap the array.
    const value = [Promise.resolve(1)];
    expect(await database.transaction(async () => value)).toBe(value);
    const error = new Error('enough');
    await expect(
      database.transaction(async (tx) => {
        await tx.query('create table half (id text)');
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await database.query("select from pg_tables where tablename = 'half'")).toEqual([]);
  });
});

it('takes parameters where the driver does, and says so where it does not', async () => {
  const opened = await openServerDatabase();
  const drivers = [opened.database, fromNodePostgres(await client(opened)), fromPglite(await pglite())];
  for (const database of drivers) {
    expect(await database.query('select $1::text as value', ['x'])).toEqual([{ value: 'x' }]);
  }
  const drizzle = fromDrizzle(drizzlePostgresJs({ client: opened.sql }));
  await expect(drizzle.query('select $1::text', ['x'])).rejects.toThrow('fromDrizzle() takes no parameters');
});

it('reads the ledger whatever the driver makes of timestamps', async () => {
  const opened = await openServerDatabase({ migrated: true });
  const plain = await getMigrationStatus(opened.database);
  const getTypeParser = ((oid: number) =>
    oid === pg.types.builtins.TIMESTAMPTZ
      ? () => 'not an instant'
      : pg.types.getTypeParser(oid)) as typeof pg.types.getTypeParser;
  const overridden = new pg.Client({ connectionString: opened.url, types: { getTypeParser } });
  onTestFinished(() => overridden.end());
  await overridden.connect();
  await overridden.query(`set time zone 'Asia/Kathmandu'; set datestyle = 'German'`);
  // Drizzle replaces the parsers of the postgres.js client that it is given.
  const drizzle = drizzlePostgresJs({ client: opened.connect() });
  for (const database of [fromNodePostgres(overridden), fromDrizzle(drizzle)]) {
    expect(await getMigrationStatus(database)).toEqual(plain);
  }
});

describe('a node-postgres pool', () => {
  it('gets its connections back', async () => {
    const made = pool(await openServerDatabase(), 1);
    await runMigrations(fromNodePostgres(made));
    await expect(fromNodePostgres(made).transaction((tx) => tx.query('select 1 / 0'))).rejects.toMatchObject({
      code: '22012',
    });
    expect((await made.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(made).toMatchObject({ waitingCount: 0 });
  });

  it('survives the end of a connection in the middle of a step, and the next run goes on', async () => {
    const opened = await openServerDatabase();
    const made = pool(opened);
    const database = fromNodePostgres(made);
    const attempt = database.transaction(async (tx) => {
      const [row] = await tx.query('select pg_backend_pid() as pid');
      await opened.sql`select pg_terminate_backend(${Number(row?.['pid'])}, 5000)`;
      await tx.query('select 1');
    });
    await expect(attempt).rejects.toThrow();
    expect((await runMigrations(database)).applied).toContain('0000_initial');
  });
});
