import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { checkMigrations, fromPostgresJs, planMigrations, runMigrations } from '@qzpay/migrations';
import { expect, it } from 'vitest';
import { runMigrate } from './support/children.js';
import { openServerDatabase, type ServerDatabase } from './support/databases.js';
import { describeOnEveryServer } from './support/engines.js';
import { objectsOutside } from './support/objects.js';
import { createRole } from './support/roles.js';
import { runPlan } from './support/simple-protocol.js';

function ledgerOf({ sql }: ServerDatabase) {
  return sql`select id, checksum, library_version, breaking from qzpay.billing_migrations order by applied_at, id`;
}

describeOnEveryServer('the plan, run by hand', (open) => {
  it('leaves tables and ledger as a run of the migrations does', async () => {
    const [byHand, byRunner] = [await open(), await open()];
    await runPlan(byHand.sql, planMigrations());
    await runMigrations(byRunner.database);
    expect(await ledgerOf(byHand)).toEqual(await ledgerOf(byRunner));
    expect(await checkMigrations(byHand.database)).toMatchObject({ ok: true, differences: [] });
    expect(await runMigrations(byHand.database)).toEqual({ applied: [] });
    expect(await objectsOutside(byHand.database, 'qzpay')).toEqual([]);
  });
});

it('goes on where an older release has stopped', async () => {
  const opened = await openServerDatabase();
  await runMigrations(opened.database, { integrity: false });
  const { code, stdout } = await runMigrate(['plan', '--pending', '--database-url', opened.url]);
  expect(code).toBe(0);
  await runPlan(opened.sql, stdout);
  expect(await checkMigrations(opened.database)).toMatchObject({ ok: true, differences: [] });
});

it('stops at a step that is there already, and changes nothing', async () => {
  const opened = await openServerDatabase();
  await runMigrations(opened.database);
  await opened.sql`delete from qzpay.billing_currencies where code = 'EUR'`;
  const before = await ledgerOf(opened);
  const again = opened.connect();
  await expect(runPlan(again, planMigrations())).rejects.toMatchObject({ code: '42P07' });
  const referenceData = planMigrations({ applied: ['0000_initial'] });
  await expect(runPlan(opened.connect(), referenceData)).rejects.toMatchObject({ code: '23505' });
  expect(await ledgerOf(opened)).toEqual(before);
  expect(await opened.sql`select from qzpay.billing_currencies where code = 'EUR'`).toHaveLength(0);
});

it('can be run by a role that owns just the schema', async () => {
  const opened = await openServerDatabase();
  const role = await createRole(opened);
  await opened.sql.unsafe(`create schema qzpay authorization ${role.name}`);
  const sql = opened.connect({ url: role.url });
  await runPlan(sql, planMigrations());
  expect(await checkMigrations(fromPostgresJs(sql))).toMatchObject({ ok: true, differences: [] });
});

it('waits for migrators that run at the same time', async () => {
  const opened = await openServerDatabase();
  const plan = planMigrations();
  const results = await Promise.allSettled([
    runMigrations(opened.database),
    runPlan(opened.connect(), plan),
    runPlan(opened.connect(), plan),
  ]);
  expect(results[0]).toMatchObject({ status: 'fulfilled' });
  expect(await checkMigrations(opened.database)).toMatchObject({ ok: true, differences: [] });
});

const PSQL = 'psql';

async function psql(url: string, script: string): Promise<{ code: number; stderr: string } | null> {
  const child = spawn(PSQL, ['--no-psqlrc', '--file', '-', url], { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(script);
  const ended = once(child, 'close') as Promise<[number]>;
  try {
    const [[code], stderr] = await Promise.all([ended, text(child.stderr)]);
    return { code, stderr };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

it('is understood by psql, where that is installed', async ({ skip }) => {
  const opened = await openServerDatabase();
  const names = ['qzpay', ':a :\'b\' :"c"', 'back\\slash \'n\' "quotes"', 'größe\n\\! x', '$qzpay$'];
  for (const schema of names) {
    const result = await psql(opened.url, planMigrations({ schema }));
    if (result === null) return skip('psql is not installed');
    expect(result, schema).toEqual({ code: 0, stderr: '' });
    expect(await checkMigrations(opened.database, { schema }), schema).toMatchObject({ ok: true, differences: [] });
  }
  expect(await psql(opened.url, planMigrations())).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('billing_addons'),
  });
});
