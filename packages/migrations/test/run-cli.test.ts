import { describe, expect, it } from 'vitest';
import { runCli } from '../src/cli/run-cli.js';
import type { QZPayMigrationDatabase } from '../src/database.js';
import { LIBRARY_VERSION } from '../src/version.js';
import { newSchema, usePglite } from './support/pglite.js';

const URL = 'postgres://user:s3cret@db.example.org/billing';

const pglite = usePglite();

function setup({ isTTY = false } = {}) {
  const schema = newSchema();
  const closed: QZPayMigrationDatabase[] = [];
  const run = async (argv: readonly string[], connectError?: Error) => {
    let stdout = '';
    let stderr = '';
    const code = await runCli({
      argv: argv.length === 0 || argv.includes('--schema') ? argv : [...argv, '--schema', schema],
      env: { DATABASE_URL: URL },
      stdout: { isTTY, write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      connect: async () => {
        if (connectError !== undefined) throw connectError;
        const database = pglite();
        return { database, close: async () => void closed.push(database) };
      },
    });
    return { code, stdout, stderr };
  };
  return { schema, run, closed, database: pglite() };
}

describe('the command', () => {
  it('applies, shows and checks the migrations, and closes its connection each time', async () => {
    const { run, closed, schema } = setup();
    const heading = `Schema "${schema}" on db.example.org/billing\n`;
    expect(await run(['check'])).toEqual({
      code: 1,
      stdout:
        `${heading}Steps are pending: run \`qzpay-migrate up\`.\n` +
        'The database is not as this release expects it.\n',
      stderr: '',
    });
    const up = await run(['up']);
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(up.stdout).toMatch(/^Schema .*\n\[1\/(\d+)\] 0000_initial: applied\n(\[.*: applied\n)+Applied \1 steps\.\n/);
    expect(await run(['up'])).toEqual({ code: 0, stdout: `${heading}Nothing to apply.\n`, stderr: '' });
    expect((await run(['status'])).stdout).toMatch(/\n\nstep +state +applied at\n0000_initial +applied +20/);
    expect(await run(['check'])).toMatchObject({ code: 0, stderr: '' });
    expect(closed).toHaveLength(5);
  });

  it('overwrites the line of a running step on a terminal', async () => {
    const { run } = setup({ isTTY: true });
    const { stdout } = await run(['up']);
    expect(stdout).toMatch(/\[1\/\d+\] 0000_initial: applying …/);
    expect(stdout).toContain('applying …\r\u001b[K[1/');
  });

  it('reports differences and lets extra objects pass', async () => {
    const { run, database, schema } = setup();
    await run(['up']);
    await database.query(`create index own_idx on "${schema}".billing_plans (name)`);
    expect(await run(['check'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('extra    index billing_plans.own_idx'),
    });
    await database.query(`alter table "${schema}".billing_plans alter column name drop not null`);
    expect(await run(['check'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('changed  column billing_plans.name\n  expected  text'),
    });
  });

  it('prints the plan without a connection, and with one only what is pending', async () => {
    const { run, closed } = setup();
    expect((await run(['plan'])).stdout).toContain('-- ---- integrity/0000_append_only ----');
    expect(closed).toHaveLength(0);
    await run(['up', '--no-integrity']);
    const pending = await run(['plan', '--pending']);
    expect(pending.stdout).toContain('-- ---- integrity/0000_append_only ----');
    expect(pending.stdout).not.toContain('-- ---- 0000_initial ----');
    expect(closed).toHaveLength(2);
  });

  it('shows a problem in the status, refuses in the others, and plans nothing', async () => {
    const { run, database, schema } = setup();
    await run(['up']);
    await database.query(`update "${schema}".billing_migrations set checksum = 'x' where id = '0000_initial'`);
    const told = expect.stringContaining('Step 0000_initial was applied to this database in another form');
    expect(await run(['status'])).toMatchObject({ code: 0, stdout: told });
    const json = JSON.parse((await run(['status', '--json'])).stdout) as unknown;
    expect(json).toMatchObject({ schema, problem: { code: 'drift', step: '0000_initial', message: told } });
    expect(await run(['up'])).toMatchObject({ code: 1, stderr: told });
    expect(await run(['check'])).toMatchObject({ code: 1, stdout: told });
    expect(await run(['plan', '--pending'])).toEqual({ code: 1, stdout: '', stderr: told });
  });
});

describe('what goes wrong', () => {
  it('ends with 2 for wrong arguments', async () => {
    const { run } = setup();
    expect(await run([])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Give a command: up, status, plan or check.\nSee qzpay-migrate --help.\n',
    });
    expect(await run(['up', '--lock-timeout', '99999999999'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('whole number of milliseconds'),
    });
    expect(await run(['plan', '--schema', 'x'.repeat(64)])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('1 to 63 bytes'),
    });
  });

  it('is reported without the password, whatever the driver quotes', async () => {
    const { run } = setup();
    const failed = await run(['up'], new Error(`password "s3cret" refused by ${URL}`));
    expect(failed).toMatchObject({ code: 1, stderr: 'password "***" refused by ***\n' });
    expect(failed.stdout).not.toContain('s3cret');
  });
});

it('knows its version and tells its use', async () => {
  const { run } = setup();
  expect((await run(['--version'])).stdout).toBe(`${LIBRARY_VERSION}\n`);
  const { code, stdout } = await run(['--help']);
  expect(code).toBe(0);
  for (const command of ['up', 'status', 'plan', 'check']) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
});
