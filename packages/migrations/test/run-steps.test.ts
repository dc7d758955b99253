import { describe, expect, it } from 'vitest';
import type { QZPayMigrationDatabase } from '../src/database.js';
import { createLedgerSql, readLedger } from '../src/ledger.js';
import { type QZPayMigrationProgress, type QZPayRunMigrationsOptions, runSteps } from '../src/run-steps.js';
import { assertSteps, readStatus } from '../src/status.js';
import type { QZPayMigrationStep } from '../src/steps.js';
import { LIBRARY_VERSION } from '../src/version.js';
import { newSchema, usePglite } from './support/pglite.js';
import { buildStep } from './support/steps.js';

const FIRST = buildStep('0000_first');
const SECOND = buildStep('0001_second');
const GUARD = buildStep('integrity/0000_guard');
const STEPS = [FIRST, SECOND, GUARD];

const pglite = usePglite();

function setup() {
  const database = pglite();
  const schema = newSchema();
  return {
    database,
    schema,
    run: (steps: readonly QZPayMigrationStep[] = STEPS, options: QZPayRunMigrationsOptions = {}) =>
      runSteps(database, steps, { schema, ...options }),
    ledger: async () => (await readLedger(database, schema)).map(({ id }) => id),
    tables: () => tablesIn(database, schema),
  };
}

async function tablesIn(database: QZPayMigrationDatabase, schema: string): Promise<unknown[]> {
  const rows = await database.query('select tablename from pg_tables where schemaname = $1 order by 1', [schema]);
  return rows.map((row) => row['tablename']);
}

describe('the runner', () => {
  it('applies what is pending, in order, and records it', async () => {
    const { run, ledger, tables } = setup();
    expect(await run([FIRST])).toEqual({ applied: ['0000_first'] });
    expect(await run()).toEqual({ applied: ['0001_second', 'integrity/0000_guard'] });
    expect(await run()).toEqual({ applied: [] });
    expect(await ledger()).toEqual(['0000_first', '0001_second', 'integrity/0000_guard']);
    expect(await tables()).toEqual(['0000_first', '0001_second', 'billing_migrations', 'integrity_0000_guard']);
  });

  it('keeps away from tables that another tool made, whether it made the ledger as well or not', async () => {
    const { database, schema, run, tables } = setup();
    await database.query(`create schema "${schema}"`);
    await database.query(`create table "${schema}".billing_subscription_polling_jobs ()`);
    const refused = { code: 'unmanaged_tables', message: expect.stringContaining('tables made by another tool') };
    await expect(run()).rejects.toMatchObject(refused);
    await expect(assertSteps(database, STEPS, { schema })).rejects.toMatchObject(refused);
    await database.query(createLedgerSql(schema));
    await expect(run()).rejects.toMatchObject(refused);
    expect(await readStatus(database, STEPS, { schema })).toMatchObject({ problem: refused });
    expect(await tables()).toEqual(['billing_migrations', 'billing_subscription_polling_jobs']);
  });

  it('leaves a set out, and adds it when it is asked for', async () => {
    const { run, ledger } = setup();
    expect(await run(STEPS, { integrity: false })).toEqual({ applied: ['0000_first', '0001_second'] });
    expect(await run(STEPS)).toEqual({ applied: ['integrity/0000_guard'] });
    expect(await run(STEPS, { integrity: false })).toEqual({ applied: [] });
    expect(await ledger()).toHaveLength(3);
  });

  it('records checksum, release, moment and whether older releases stop working', async () => {
    const { database, schema, run } = setup();
    await run([FIRST, buildStep('0001_second', { breaking: true })]);
    const rows = await database.query(
      `select id, checksum, breaking, library_version, abs(extract(epoch from clock_timestamp() - applied_at)) < 60 as now
        from "${schema}".billing_migrations order by id`,
    );
    expect(rows).toEqual([
      { id: '0000_first', checksum: FIRST.checksum, breaking: false, library_version: LIBRARY_VERSION, now: true },
      { id: '0001_second', checksum: expect.any(String), breaking: true, library_version: LIBRARY_VERSION, now: true },
    ]);
  });

  it('tells of every step before and after', async () => {
    const { run } = setup();
    await run([FIRST]);
    const seen: QZPayMigrationProgress[] = [];
    await run(STEPS, { onStep: (progress) => seen.push(progress) });
    expect(seen.map(({ id, position, total, phase }) => `${position}/${total} ${id} ${phase}`)).toEqual([
      '1/2 0001_second started',
      '1/2 0001_second applied',
      '2/2 integrity/0000_guard started',
      '2/2 integrity/0000_guard applied',
    ]);
  });

  it('ends between two steps when the listener throws', async () => {
    const { run, ledger } = setup();
    const stop = new Error('enough');
    const onStep = ({ phase }: QZPayMigrationProgress) => {
      if (phase === 'applied') throw stop;
    };
    await expect(run(STEPS, { onStep })).rejects.toBe(stop);
    expect(await ledger()).toEqual(['0000_first']);
  });

  it('leaves nothing of a step that fails, keeps those before it, and says what to do', async () => {
    const { run, ledger, tables } = setup();
    const broken = buildStep('0001_second', {
      statements: ['create table "__qzpay__"."half" (id text)', 'create table "__qzpay__"."0000_first" (id text)'],
    });
    await expect(run([FIRST, broken, GUARD])).rejects.toMatchObject({
      name: 'QZPayMigrationError',
      code: 'step_failed',
      step: '0001_second',
      sqlstate: '42P07',
      message: expect.stringMatching(
        /^Step 0001_second failed with SQLSTATE 42P07 and was rolled back\. A table .*use an/,
      ),
      cause: expect.objectContaining({ code: '42P07' }),
    });
    expect(await ledger()).toEqual(['0000_first']);
    expect(await tables()).toEqual(['0000_first', 'billing_migrations']);
    expect(await run(STEPS)).toEqual({ applied: ['0001_second', 'integrity/0000_guard'] });
  });

  it('leaves not even schema and ledger of a first step that fails', async () => {
    const { database, schema, run } = setup();
    const broken = buildStep('0000_first', { statements: ['create table "__qzpay__"."a" (id text)', 'select 1 / 0'] });
    await expect(run([broken])).rejects.toMatchObject({ code: 'step_failed', sqlstate: '22012' });
    expect(await database.query('select from pg_namespace where nspname = $1', [schema])).toEqual([]);
  });

  it('puts no values and no SQL into its messages', async () => {
    const { run } = setup();
    const broken = buildStep('0000_first', { statements: ["select 'secret'::int"] });
    const error = (await run([broken]).catch((caught: unknown) => caught)) as Error;
    expect(error.message).toBe(
      'Step 0000_first failed with SQLSTATE 22P02 and was rolled back. Mend what `cause` names and run again.',
    );
  });

  it.each([-1, 1.5, Number.NaN, 2_147_483_648])(
    'refuses a lock timeout of %d before anything is sent',
    async (lockTimeout) => {
      const { run, tables } = setup();
      await expect(run(STEPS, { lockTimeout })).rejects.toMatchObject({ code: 'invalid_option' });
      expect(await tables()).toEqual([]);
    },
  );

  it('says so when the database gave no answer', async () => {
    const { database, run, schema } = setup();
    const cut = { ...database, transaction: () => Promise.reject(new Error('socket closed')) };
    await expect(runSteps(cut, STEPS, { schema })).rejects.toMatchObject({
      code: 'step_failed',
      sqlstate: null,
      message: expect.stringContaining('failed without an answer of the database'),
    });
    expect(await run()).toMatchObject({ applied: expect.arrayContaining(['0000_first']) });
  });

  it('skips a step that another migrator applied after the first look', async () => {
    const { database, run, schema } = setup();
    const seen: string[] = [];
    const onStep = ({ id, phase }: QZPayMigrationProgress) => seen.push(`${id} ${phase}`);
    // The other one comes between the look without lock and the first transaction.
    let overtaken = false;
    const late: QZPayMigrationDatabase = {
      query: (text) => database.query(text),
      transaction: async (fn) => {
        if (!overtaken) {
          overtaken = true;
          await run([FIRST]);
        }
        return database.transaction(fn);
      },
    };
    expect(await runSteps(late, STEPS, { schema, onStep })).toEqual({
      applied: ['0001_second', 'integrity/0000_guard'],
    });
    expect(seen.slice(0, 3)).toEqual(['0000_first started', '0000_first skipped', '0001_second started']);
  });
});

describe('the status', () => {
  it('of a database without schema or ledger is that all is pending, and looking changes nothing', async () => {
    const { database, schema } = setup();
    const status = await readStatus(database, STEPS, { schema });
    expect(status).toMatchObject({ schema, unknown: [], problem: null });
    expect(status.steps.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending']);
    expect(await database.query('select from pg_namespace where nspname = $1', [schema])).toEqual([]);
  });

  it('lets an application start once the core set is there', async () => {
    const { database, schema, run } = setup();
    await run([FIRST]);
    await expect(assertSteps(database, STEPS, { schema })).rejects.toMatchObject({
      code: 'pending',
      step: '0001_second',
      message: expect.stringContaining('run `qzpay-migrate up` or runMigrations()'),
    });
    await run(STEPS, { integrity: false });
    await expect(assertSteps(database, STEPS, { schema })).resolves.toBeUndefined();
  });
});
