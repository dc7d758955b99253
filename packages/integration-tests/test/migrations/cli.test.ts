import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { QZPAY_MIGRATE, runMigrate } from './support/children.js';
import { installMigrate } from './support/consumer.js';
import { openServerDatabase, type ServerDatabase } from './support/databases.js';
import { createRole } from './support/roles.js';

/** Where the heading says that the command works. */
function placeOf({ url }: ServerDatabase): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

describe('qzpay-migrate', () => {
  it('takes a database from nothing to migrated, and says how it stands', async () => {
    const opened = await openServerDatabase();
    const env = { DATABASE_URL: opened.url };
    const heading = `Schema "qzpay" on ${placeOf(opened)}\n`;

    const before = await runMigrate(['check'], { env });
    expect(before).toMatchObject({ code: 1, stderr: '' });
    expect(before.stdout).toBe(
      `${heading}Steps are pending: run \`qzpay-migrate up\`.\nThe database is not as this release expects it.\n`,
    );
    expect(await runMigrate(['status'], { env })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0000_initial +pending$/m),
      stderr: '',
    });

    const up = await runMigrate(['up'], { env });
    expect(up).toMatchObject({ code: 0, stderr: '' });
    const total = (up.stdout.match(/: applied$/gm) ?? []).length;
    expect(up.stdout).toMatch(/^Schema .*\n\[1\/\d+\] 0000_initial: applied\n/);
    expect(up.stdout).toContain(`Applied ${total} steps.\n`);
    expect(await runMigrate(['up'], { env })).toEqual({ code: 0, stdout: `${heading}Nothing to apply.\n`, stderr: '' });

    expect(await runMigrate(['check'], { env })).toEqual({
      code: 0,
      stdout: `${heading}The database is as this release expects it.\n`,
      stderr: '',
    });
    const status = await runMigrate(['status', '--json'], { env });
    expect(status).toMatchObject({ code: 0, stderr: '' });
    const parsed = JSON.parse(status.stdout) as { steps: { state: string; appliedAt: string }[] };
    expect(parsed).toMatchObject({ schema: 'qzpay', unknown: [], problem: null });
    expect(parsed.steps.map(({ state }) => state)).toEqual(Array.from({ length: total }, () => 'applied'));
    for (const { appliedAt } of parsed.steps) expect(new Date(appliedAt).toISOString()).toBe(appliedAt);
  });

  it('works in another schema, with and without the integrity set', async () => {
    const opened = await openServerDatabase();
    const options = ['--schema', 'my "billing"', '--database-url', opened.url];
    const up = await runMigrate(['up', '--no-integrity', ...options]);
    expect(up.stdout).toContain(`Schema "my \\"billing\\"" on ${placeOf(opened)}`);
    expect(up.stdout).not.toContain('integrity/');
    expect(await runMigrate(['check', '--no-integrity', ...options])).toMatchObject({ code: 0 });
    expect(await runMigrate(['check', ...options])).toMatchObject({ code: 1 });
    const plan = await runMigrate(['plan', '--pending', ...options]);
    expect(plan.stdout).toMatch(/^-- ---- integrity\//m);
    expect(plan.stdout).not.toContain('-- ---- 0000_initial');
    expect(await runMigrate(['up', '--lock-timeout', '1000', ...options])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('[1/1] integrity/0000_append_only: applied'),
    });
  });

  it('ends with 1 and the words of the database when a step fails', async () => {
    const opened = await openServerDatabase();
    await opened.sql`create schema qzpay`;
    await opened.sql`create table qzpay.billing_plans (id text)`;
    const { code, stderr } = await runMigrate(['up', '--database-url', opened.url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Step 0000_initial failed with SQLSTATE 42P07 .*\n {2}cause: relation "billing_plans" already exists\n$/,
    );
  });

  it('ends with 1 when it refuses, and shows the reason in the status', async () => {
    const opened = await openServerDatabase({ migrated: true });
    await opened.sql`update qzpay.billing_migrations set checksum = 'x' where id = '0000_initial'`;
    const env = { DATABASE_URL: opened.url };
    const reason = expect.stringContaining('Step 0000_initial was applied to this database in another form');
    expect(await runMigrate(['up'], { env })).toMatchObject({ code: 1, stderr: reason });
    expect(await runMigrate(['check'], { env })).toMatchObject({ code: 1, stdout: reason });
    expect(await runMigrate(['plan', '--pending'], { env })).toMatchObject({ code: 1, stdout: '', stderr: reason });
    expect(await runMigrate(['status'], { env })).toMatchObject({ code: 0, stdout: reason });
  });

  it('ends with 1 when the lock is not to be had', async () => {
    const opened = await openServerDatabase();
    await opened.connect().begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('qzpay:migrate:qzpay', 0))`;
      const result = await runMigrate(['up', '--lock-timeout', '20', '--database-url', opened.url]);
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('waited too long for a lock') });
    });
  });

  it('ends with 2 for wrong arguments, and touches nothing', async () => {
    const opened = await openServerDatabase();
    const env = { DATABASE_URL: opened.url };
    for (const [argv, message] of [
      [[], 'Give a command'],
      [['down'], 'Unknown command: down'],
      [['up', '--force'], "Unknown option '--force'"],
      [['up', 'extra'], 'Unexpected argument: extra'],
      [['up', '--schema', ''], 'A schema name has 1 to 63 bytes'],
    ] as const) {
      expect(await runMigrate(argv, { env })).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    }
    expect(await runMigrate(['up'])).toMatchObject({ code: 2, stderr: expect.stringContaining('No database given') });
    expect(await opened.sql`select from pg_namespace where nspname = 'qzpay'`).toHaveLength(0);
  });

  it('prints its plan without any database', async () => {
    const { code, stdout, stderr } = await runMigrate(['plan', '--schema', 'billing']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('CREATE TABLE "billing"."billing_customers"');
  });
});

describe('a password', () => {
  it('is never printed: not on success, not on refusal, not by the driver', async () => {
    const opened = await openServerDatabase({ migrated: true });
    const role = await createRole(opened);
    const { password } = new URL(role.url);
    const wrong = Object.assign(new URL(role.url), { password: 'wr0ng%20p%40ss' }).href;
    const nowhere = 'postgres://user:wr0ng%20p%40ss@127.0.0.1:1/nowhere';
    const misplaced = 'postgres://user:12/wr0ng?p@127.0.0.1:1/nowhere';
    for (const url of [role.url, wrong, nowhere, misplaced, 'postgres://user:wr0ng#p@host/nowhere']) {
      for (const command of ['up', 'status', 'check']) {
        const { stdout, stderr } = await runMigrate([command, '--database-url', url]);
        for (const secret of [password, 'wr0ng', 'p@ss', 'user:12']) {
          expect(stdout + stderr, command).not.toContain(secret);
        }
      }
    }
    for (const argv of [[nowhere], ['up', nowhere], ['up', `--url=${nowhere}`]]) {
      const { code, stdout, stderr } = await runMigrate(argv);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain('wr0ng');
    }
  });
});

describe('a reader that has seen enough', () => {
  it('does not make the command fail', async () => {
    const child = spawn(process.execPath, [QZPAY_MIGRATE, 'plan'], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    // Long before the command can write.
    child.stdout.destroy();
    const [[code], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('of errors does not change the exit code', async () => {
    const child = spawn(process.execPath, [QZPAY_MIGRATE, 'nonsense'], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await once(child, 'close')).toEqual([2, null]);
  });
});

describe('the driver', () => {
  it('may be node-postgres', async () => {
    const opened = await openServerDatabase();
    const command = installMigrate('pg');
    const env = { DATABASE_URL: opened.url };
    expect(await runMigrate(['up'], { command, env })).toMatchObject({ code: 0, stderr: '' });
    expect(await runMigrate(['check'], { command, env })).toMatchObject({ code: 0, stderr: '' });
    expect(await runMigrate(['up', '--database-url', 'postgres://user:wr0ng@127.0.0.1:1/db'], { command })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'connect ECONNREFUSED 127.0.0.1:1\n',
    });
  });

  it('has to be there, and the command says what to install', async () => {
    expect(await runMigrate(['up', '--database-url', 'postgres://host/db'], { command: installMigrate() })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No PostgreSQL driver is installed. Add one beside @qzpay/migrations: npm install postgres (or pg)\n',
    });
  });
});
