import {
  checkMigrations,
  fromNodePostgres,
  fromPostgresJs,
  type QZPayMigrationDatabase,
  type QZPayMigrationProgress,
  type QZPayMigrationResult,
  runMigrations,
} from '@qzpay/migrations';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { runMigrate } from './support/children.js';
import { openServerDatabase, type ServerDatabase } from './support/databases.js';
import { describeOnEveryServer } from './support/engines.js';

const MIGRATORS = 20;

/** Databases on connections of their own, all open before the first of them is used. */
async function migrators({ url, connect }: ServerDatabase): Promise<QZPayMigrationDatabase[]> {
  const databases = await Promise.all(
    Array.from({ length: MIGRATORS }, async (_, index) => {
      if (index % 2 === 0) return fromPostgresJs(connect());
      const client = new pg.Client(url);
      onTestFinished(() => client.end());
      await client.connect();
      return fromNodePostgres(client);
    }),
  );
  const pids = await Promise.all(databases.map((database) => database.query('select pg_backend_pid() as pid')));
  expect(new Set(pids.map(([row]) => row?.['pid'])).size).toBe(MIGRATORS);
  return databases;
}

/** Runs all migrators at once; none gets the lock before every one has found the first step pending. */
async function race(opened: ServerDatabase) {
  const databases = await migrators(opened);
  const seen: QZPayMigrationProgress[] = [];
  let results: Promise<QZPayMigrationResult[]> | undefined;
  await opened.connect().begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('qzpay:migrate:qzpay', 0))`;
    await new Promise<void>((allAreThere, reject) => {
      const onStep = (progress: QZPayMigrationProgress) => {
        seen.push(progress);
        if (seen.length === MIGRATORS) allAreThere();
      };
      results = Promise.all(databases.map((database) => runMigrations(database, { onStep })));
      results.catch(reject);
    });
  });
  return { applied: ((await results) ?? []).flatMap((result) => result.applied), seen };
}

async function ledgerOf({ sql }: ServerDatabase): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from qzpay.billing_migrations order by applied_at, id`;
  return rows.map(({ id }) => id);
}

describeOnEveryServer('20 migrators at once', (open) => {
  it('apply each step once', async () => {
    const opened = await open();
    const { applied, seen } = await race(opened);
    const ledger = await ledgerOf(opened);
    expect(ledger[0]).toBe('0000_initial');
    expect(applied.sort()).toEqual([...ledger].sort());
    const first = seen.filter(({ id }) => id === '0000_initial').map(({ phase }) => phase);
    expect(first.filter((phase) => phase === 'started')).toHaveLength(MIGRATORS);
    expect(first.filter((phase) => phase === 'applied')).toHaveLength(1);
    expect(first.filter((phase) => phase === 'skipped')).toHaveLength(MIGRATORS - 1);
    expect(await checkMigrations(opened.database)).toMatchObject({ ok: true, differences: [] });
    expect(await opened.sql`select from pg_locks where locktype = 'advisory'`).toHaveLength(0);
  });

  it('apply each step once where transactions are serializable unless told otherwise', async () => {
    const opened = await open();
    const name = new URL(opened.url).pathname.slice(1);
    await opened.sql`alter database ${opened.sql(name)} set default_transaction_isolation = serializable`;
    const { applied } = await race(opened);
    expect(applied.sort()).toEqual((await ledgerOf(opened)).sort());
  });
});

it('does not wait for migrators of another schema', async () => {
  const opened = await openServerDatabase();
  const holder = opened.connect();
  await holder.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('qzpay:migrate:qzpay', 0))`;
    await expect(runMigrations(opened.database, { schema: 'other', lockTimeout: 1 })).resolves.toMatchObject({
      applied: expect.arrayContaining(['0000_initial']),
    });
  });
});

it('may be one of several processes, which apply each step once', async () => {
  const opened = await openServerDatabase();
  const argv = ['up', '--database-url', opened.url];
  const children = await Promise.all(Array.from({ length: 4 }, () => runMigrate(argv)));
  for (const child of children) expect(child).toMatchObject({ code: 0, stderr: '' });
  const applied = children.flatMap(({ stdout }) =>
    [...stdout.matchAll(/\] (\S+): applied$/gm)].map(([, id]) => String(id)),
  );
  expect(applied.sort()).toEqual((await ledgerOf(opened)).sort());
});
