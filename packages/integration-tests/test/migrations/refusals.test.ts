import {
  assertMigrated,
  checkMigrations,
  getMigrationStatus,
  hasPendingMigrations,
  planMigrations,
  type QZPayMigrationErrorCode,
  runMigrations,
} from '@qzpay/migrations';
import { describe, expect, it } from 'vitest';
import { openServerDatabase } from './support/databases.js';
import { objectsOutside } from './support/objects.js';

/** A database of this release, with its ledger changed by one statement. */
async function setup(change: string) {
  const opened = await openServerDatabase({ migrated: true });
  await opened.sql.unsafe(change);
  const ledger = () => opened.sql`select * from qzpay.billing_migrations order by id`;
  return { ...opened, ledger, before: await ledger() };
}

interface Refusal {
  readonly change: string;
  readonly code: QZPayMigrationErrorCode;
  readonly step: string;
  readonly advice: string;
}

describe.each<[string, Refusal]>([
  [
    'has had a step in another form',
    {
      change: "update qzpay.billing_migrations set checksum = repeat('0', 64) where id = '0001_reference_data'",
      code: 'drift',
      step: '0001_reference_data',
      advice: 'A released step never changes: install the release that was applied, or restore the original file.',
    },
  ],
  [
    'a newer release has changed so that older ones must stop',
    {
      change:
        'insert into qzpay.billing_migrations (id, checksum, library_version, breaking) ' +
        "values ('9000_split', 'c', '9.0.0', true)",
      code: 'newer_database',
      step: '9000_split',
      advice: 'Upgrade the @qzpay packages.',
    },
  ],
  [
    'lacks a step before one that is applied',
    {
      change: "delete from qzpay.billing_migrations where id = '0001_reference_data'",
      code: 'out_of_order',
      step: '0001_reference_data',
      advice: 'Restore the ledger, or apply the step by hand from the output of `qzpay-migrate plan`.',
    },
  ],
])('a database that %s', (_what, { change, code, step, advice }) => {
  const refusal = { name: 'QZPayMigrationError', code, step, message: expect.stringContaining(advice) };

  it('is refused, and nothing is written', async () => {
    const { database, ledger, before } = await setup(change);
    await expect(runMigrations(database)).rejects.toMatchObject(refusal);
    await expect(assertMigrated(database)).rejects.toMatchObject(refusal);
    expect(await ledger()).toEqual(before);
  });

  it('is refused as well where steps are pending', async () => {
    const { database, sql, ledger } = await setup(change);
    await sql`delete from qzpay.billing_migrations where id like 'integrity/%'`;
    const before = await ledger();
    await expect(runMigrations(database)).rejects.toMatchObject(refusal);
    expect(await hasPendingMigrations(database)).toBe(false);
    expect(await ledger()).toEqual(before);
  });

  it('is described by the status and not compared by the check', async () => {
    const { database } = await setup(change);
    expect((await getMigrationStatus(database)).problem).toMatchObject(refusal);
    expect(await checkMigrations(database)).toMatchObject({
      ok: false,
      differences: [],
      status: { problem: { code } },
    });
  });
});

describe('a database of a newer release that broke nothing', () => {
  const newer = `insert into qzpay.billing_migrations (id, checksum, library_version)
    values ('9000_more', 'c', '9.0.0'), ('archive/0000_cold', 'c', '9.0.0');
    alter table qzpay.billing_plans add column shade text;
    create table qzpay.billing_shades (id text)`;

  it('is accepted and left as it is', async () => {
    const { database, ledger, before } = await setup(newer);
    expect(await runMigrations(database)).toEqual({ applied: [] });
    expect(await hasPendingMigrations(database)).toBe(false);
    await expect(assertMigrated(database)).resolves.toBeUndefined();
    expect(await ledger()).toEqual(before);
  });

  it('shows its steps in the status and its objects in the check', async () => {
    const { database } = await setup(newer);
    const { ok, status, differences } = await checkMigrations(database);
    expect(ok).toBe(true);
    expect(status.unknown).toEqual([
      { id: '9000_more', breaking: false, appliedAt: expect.any(Date) },
      { id: 'archive/0000_cold', breaking: false, appliedAt: expect.any(Date) },
    ]);
    expect(differences.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      'extra column billing_plans.shade',
      'extra table billing_shades',
    ]);
  });
});

describe('a schema name that PostgreSQL would refuse or cut', () => {
  it.each([
    ['empty', ''],
    ['64 bytes long', 'x'.repeat(64)],
    ['64 bytes long in 22 characters', `${'€'.repeat(21)}x`],
    ['with NUL', 'a\0b'],
  ])('is refused before anything is sent: %s', async (_what, schema) => {
    const { database } = await openServerDatabase();
    const refusal = { name: 'QZPayMigrationError', code: 'invalid_schema_name' };
    const options = { schema };
    await expect(runMigrations(database, options)).rejects.toMatchObject(refusal);
    await expect(getMigrationStatus(database, options)).rejects.toMatchObject(refusal);
    await expect(hasPendingMigrations(database, options)).rejects.toMatchObject(refusal);
    await expect(checkMigrations(database, options)).rejects.toMatchObject(refusal);
    await expect(assertMigrated(database, options)).rejects.toMatchObject(refusal);
    expect(() => planMigrations(options)).toThrow(expect.objectContaining(refusal));
    expect(await objectsOutside(database)).toEqual([]);
  });

  it('is refused by the server where the name is reserved, and nothing remains', async () => {
    const { database } = await openServerDatabase();
    await expect(runMigrations(database, { schema: 'pg_billing' })).rejects.toMatchObject({
      code: 'step_failed',
      sqlstate: '42939',
    });
    expect(await database.query("select from pg_namespace where nspname = 'pg_billing'")).toEqual([]);
  });
});
