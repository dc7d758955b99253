import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildQZPayCheckout } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import type { CommandEnvironment } from '../../src/cli/command.js';
import { MAINTAIN_HELP, runMaintain } from '../../src/cli/maintain.js';
import { openWithInstalledDriver } from '../../src/cli/open.js';
import { runVerify, VERIFY_HELP } from '../../src/cli/verify.js';
import { describeOn, type Setup } from '../support/drivers.js';

const URL = 'postgres://user:s3cret@db.example.org/billing';
const DAY = 86_400_000;

async function withCommands(setup: Setup) {
  const bundle = await setup();
  const { storage, reopen, clock } = bundle;
  await storage.repositories.customers.create({ id: 'c1', externalId: 'u', email: 'ada@example.org' });
  for (const id of ['i1', 'i2']) {
    await storage.invoices.create({ id, customerId: 'c1', lines: [{ description: 'x', quantity: 2, unitAmount: 5 }] });
    await storage.invoices.finalize(id);
  }
  const closed: boolean[] = [];
  const run = async (
    command: (environment: CommandEnvironment) => Promise<number>,
    argv: readonly string[],
    {
      isTTY = false,
      fails,
      env = {},
    }: { readonly isTTY?: boolean; readonly fails?: Error; readonly env?: Readonly<Record<string, string>> } = {},
  ) => {
    let stdout = '';
    let stderr = '';
    const bar = {
      isTTY,
      columns: 200,
      cursorTo: () => {},
      clearLine: () => {},
      clearScreenDown: () => {},
      moveCursor: () => {},
    };
    const code = await command({
      argv,
      env: { DATABASE_URL: URL, ...env },
      stdout: { write: (text) => (stdout += text) },
      stderr: { ...bar, write: (text: string) => (stderr += text) },
      open: async (_, livemode) => {
        if (fails !== undefined) throw fails;
        return { ...reopen({ livemode }), close: async () => void closed.push(livemode) };
      },
    });
    return { code, stdout, stderr };
  };
  return { ...bundle, run, closed, ago: (days: number) => new Date(clock().getTime() - days * DAY).toISOString() };
}

describeOn('node-postgres', 'qzpay-verify', (setup) => {
  it('reports both modes, and closes what it has opened', async () => {
    const { run, closed } = await withCommands(setup);
    const { code, stdout, stderr } = await run(runVerify, []);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Schema "qzpay" on db\.example\.org\/billing\n\nlive data\n {2}ok {6}invoice-totals .* 0 rows {2}/,
    );
    expect(stdout).toMatch(/\ntest data\n {2}ok {6}invoice-totals .* 2 rows {2}/);
    expect(stdout).toMatch(/\nNothing is broken\.\n$/);
    expect(closed).toEqual([true, false]);
  });

  it('names what is broken and exits with 1; with 0 for warnings, unless strict', async () => {
    const { run, query, storage } = await withCommands(setup);
    await storage.invoices.update('i1', { amountDue: 3 });
    const only = ['--only', 'invoice-totals', '--mode', 'test'];
    expect(await run(runVerify, only)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 errors, 1 warning.'),
    });
    expect((await run(runVerify, [...only, '--strict'])).code).toBe(1);
    await query('update billing_invoices set total = 3');
    const { code, stdout } = await run(runVerify, only);
    expect(code).toBe(1);
    expect(stdout).toContain('  BROKEN  invoice-totals          2 rows  lines add up');
    expect(stdout).toContain('          error    Invoice i2: total is 3, subtotal 10 + tax 0 - discount 0 is 10\n');
    expect((await run(runVerify, [...only, '--max-findings', '1'])).stdout).toContain('  … and 2 findings more');
  });

  it('prints JSON, of a part as well', async () => {
    const { run, query } = await withCommands(setup);
    await query('update billing_invoices set total = 3, amount_due = 3');
    const { code, stdout } = await run(runVerify, ['--json', '--mode', 'test', '--from', 'i2', '--to', '2999-01-01']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      errors: 1,
      modes: [
        { mode: 'test', findings: [{ check: 'invoice-totals', severity: 'error', entity: 'Invoice', id: 'i2' }] },
      ],
    });
  });

  it('draws a bar on a terminal only', async () => {
    const { run } = await withCommands(setup);
    expect((await run(runVerify, [], { isTTY: true })).stderr).toMatch(/test invoice-totals \[.*] \d+\/\d+ rows/);
  });

  it('refuses arguments that make no sense, and hides the password when it cannot connect', async () => {
    const { run } = await withCommands(setup);
    const mistakes = [
      ['--mode', 'half'],
      ['--from', '2026-99-99'],
      ['--prefix', 'x'],
      ['--max-findings', '-1'],
      ['--database-url', 'foo'],
      ['what'],
      ['--what'],
    ];
    for (const argv of mistakes) {
      expect(await run(runVerify, argv), argv.join(' ')).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('See qzpay-verify --help.'),
      });
    }
    expect((await run(runVerify, ['--only', 'no such check'])).code).toBe(2);
    const failed = await run(runVerify, [], { fails: new Error(`no way to ${URL}`) });
    expect(failed).toEqual({ code: 3, stdout: expect.any(String), stderr: 'no way to ***\n' });
    const outdated = new Error('Run the migrations.', { cause: new Error('Run the migrations.') });
    expect((await run(runVerify, [], { fails: outdated })).stderr).toBe('Run the migrations.\n');
    expect(await run(runVerify, ['--help'])).toEqual({ code: 0, stdout: VERIFY_HELP, stderr: '' });
    expect((await run(runVerify, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('runs as a program, with the driver that is installed', async () => {
    const { url, query } = await withCommands(setup);
    await query("update billing_invoices set number = 'lost' where id = 'i1'");
    const program = fileURLToPath(new globalThis.URL('../../dist/qzpay-verify.js', import.meta.url));
    const schema = process.env['QZPAY_TEST_SCHEMA'] ?? 'qzpay';
    const ended = promisify(execFile)(process.execPath, [program, '--database-url', url ?? '', '--schema', schema]);
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('InvoiceSequence INV/2026: number 1 is missing'),
    });
  });

  it('says what to install where there is no driver', async () => {
    const absent = () => Promise.reject(Object.assign(new Error('absent'), { code: 'ERR_MODULE_NOT_FOUND' }));
    await expect(openWithInstalledDriver({ url: URL, schema: undefined }, true, [absent])).rejects.toThrow(
      /npm install postgres/,
    );
  });
});

describeOn('node-postgres', 'qzpay-maintain', (setup) => {
  it('counts first and removes then, by other days where they are given', async () => {
    const { run, query, ago } = await withCommands(setup);
    await query(`insert into billing_webhook_events (id, provider, provider_event_id, type, payload, status, livemode, processed_at)
      values ('w', 'p', 'e', 't', '{}', 'processed', false, '${ago(10)}')`);
    const purge = ['purge', '--mode', 'test', '--only', 'webhookEvents'];
    const rows = async (...options: string[]) => {
      const { code, stdout } = await run(runMaintain, [...purge, '--json', ...options]);
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { modes: { rules: { rows: number }[] }[] }).modes[0]?.rules[0]?.rows;
    };
    expect(await rows()).toBe(0);
    expect(await rows('--keep', 'webhookEvents=9', '--dry-run')).toBe(1);
    expect(await rows('--keep', 'webhookEvents=forever')).toBe(0);
    expect(await rows('--keep', 'webhookEvents=9', '--batch-size', '10')).toBe(1);
    expect(await rows('--keep', 'webhookEvents=9')).toBe(0);
    const { stdout } = await run(runMaintain, ['purge', '--dry-run'], { isTTY: true });
    expect(stdout).toMatch(/live data\n {11}0 {2}idempotencyKeys .*older than 0 days, before 20/);
    expect(stdout).toMatch(/deletedPlans +kept for ever\n/);
    expect(stdout).toMatch(/this was a dry run\.\n$/);
  });

  it('erases a customer of the mode that is named', async () => {
    const { run, storage } = await withCommands(setup);
    const dry = await run(runMaintain, ['erase', 'c1', '--mode', 'test', '--dry-run']);
    expect(dry.stdout).toMatch(/\n {11}1 {2}customers\n/);
    expect(dry.stdout).toMatch(/1 rows would be erased: this was a dry run\.\n$/);
    expect(await storage.customers.findByExternalId('u')).not.toBeNull();
    const { code, stdout } = await run(runMaintain, ['erase', 'c1', '--mode', 'test', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { dryRun: false, customerId: 'c1', rows: 1, waitingEvents: 0 },
    ]);
    expect(await storage.customers.findByExternalId('u')).toBeNull();
    expect((await run(runMaintain, ['erase', 'c1', '--mode', 'live'])).code).toBe(3);
  });

  it('erases a guest by an address that it never prints, given as an option or in the environment', async () => {
    const { run, storage } = await withCommands(setup);
    const id = 'cs_1';
    await storage.checkouts.create(buildQZPayCheckout({ id, customerId: null, customerEmail: 'Eve@example.org' }));
    const erase = ['erase', '--mode', 'test'];
    const env = { QZPAY_ERASE_EMAIL: 'eve@example.org' };
    const runs = [
      await run(runMaintain, [...erase, '--dry-run'], { env, isTTY: true }),
      await run(runMaintain, [...erase, '--email', 'nobody@example.org', '--json'], { env }),
      await run(runMaintain, [...erase, '--json'], { env }),
      await run(runMaintain, [...erase, '--email', 'eve@example.org']),
    ];
    expect(runs.map(({ code, stdout }) => [code, stdout.replace(/^Schema.*\n\n/, '')])).toEqual([
      [0, expect.stringMatching(/^ {11}1 {2}checkouts\n {11}0 {2}auditLogs\n1 rows would be erased: .*\n$/)],
      [0, expect.stringMatching(/"rows": 0\n}\n$/)],
      [0, expect.stringMatching(/^{\n {2}"dryRun": false,\n {2}"tables": \[[\s\S]*"rows": 1\n}\n$/)],
      [0, expect.stringMatching(/\n0 rows erased\.\n$/)],
    ]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toMatch(/eve|nobody/i);
    expect(await storage.checkouts.findById(id)).toMatchObject({ customerEmail: null });
    expect(await storage.customers.findByExternalId('u')).not.toBeNull();
  });

  it('refuses arguments that make no sense', async () => {
    const { run } = await withCommands(setup);
    const mistakes = [
      [],
      ['purge', '--email', 'a@b.c'],
      ['erase', 'c1', '--email', 'a@b.c', '--mode', 'live'],
      ['erase', '--email', 'a@b.c'],
      ['erase', '--email', '', '--mode', 'live'],
      ['vacuum'],
      ['purge', 'c1'],
      ['purge', '--keep', 'webhookEvents'],
      ['purge', '--keep', 'webhookEvents=soon'],
      ['purge', '--batch-size', '0'],
      ['erase', 'c1'],
      ['erase', 'c1', '--mode', 'both'],
      ['erase', '--mode', 'live'],
      ['erase', 'c1', '--mode', 'live', '--only', 'webhookEvents'],
    ];
    for (const argv of mistakes) expect((await run(runMaintain, argv)).code, argv.join(' ')).toBe(2);
    expect((await run(runMaintain, ['purge', '--keep', 'payments=1'])).code).toBe(2);
    expect(await run(runMaintain, ['--help'])).toEqual({ code: 0, stdout: MAINTAIN_HELP, stderr: '' });
  });
});
