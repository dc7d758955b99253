import {
  assertMigrated,
  checkMigrations,
  fromPostgresJs,
  getMigrationStatus,
  type QZPayMigrationError,
  runMigrations,
} from '@qzpay/migrations';
import { describe, expect, it } from 'vitest';
import { openServerDatabase } from './support/databases.js';
import { describeOnEveryServer } from './support/engines.js';
import { objectsOutside } from './support/objects.js';
import { createRole } from './support/roles.js';

describeOnEveryServer('a step that fails', (open) => {
  it('leaves the database as it was and says what to do: a table of the same name is there', async () => {
    const { database } = await open();
    await database.query('create schema qzpay');
    await database.query('create table qzpay.billing_plans (note text)');
    await database.query("insert into qzpay.billing_plans values ('keep me')");
    const before = await objectsOutside(database);

    const error = (await runMigrations(database).catch((caught: unknown) => caught)) as QZPayMigrationError;
    expect(error).toMatchObject({
      name: 'QZPayMigrationError',
      code: 'step_failed',
      step: '0000_initial',
      sqlstate: '42P07',
      message:
        'Step 0000_initial failed with SQLSTATE 42P07 and was rolled back. A table or index of that name is there ' +
        'already: use an empty schema, or one that only these migrations write.',
    });
    expect((error.cause as Error).message).toContain('billing_plans');
    expect(await objectsOutside(database)).toEqual(before);
    expect(await database.query('select * from qzpay.billing_plans')).toEqual([{ note: 'keep me' }]);

    await database.query('drop table qzpay.billing_plans');
    await runMigrations(database);
    expect(await checkMigrations(database)).toMatchObject({ ok: true });
  });

  it('leaves no ledger in a schema of others', async () => {
    const { database } = await open();
    await database.query('create table public.billing_customers (id text)');
    await expect(runMigrations(database, { schema: 'public' })).rejects.toMatchObject({ sqlstate: '42P07' });
    expect(await objectsOutside(database)).toEqual([
      'relation public.billing_customers',
      'type public._billing_customers',
      'type public.billing_customers',
    ]);
  });

  it('keeps the steps before it, and the next run goes on from there', async () => {
    const { database } = await open();
    await database.query('create schema qzpay');
    await database.query('create function qzpay.billing_refuse_change() returns int language sql return 1');
    await expect(runMigrations(database)).rejects.toMatchObject({
      code: 'step_failed',
      step: 'integrity/0000_append_only',
      sqlstate: '42723',
    });
    const { steps } = await getMigrationStatus(database);
    expect(steps.filter(({ state }) => state === 'pending').map(({ id }) => id)).toEqual([
      'integrity/0000_append_only',
    ]);
    await expect(assertMigrated(database)).resolves.toBeUndefined();
    await database.query('drop function qzpay.billing_refuse_change()');
    expect(await runMigrations(database)).toEqual({ applied: ['integrity/0000_append_only'] });
  });
});

describeOnEveryServer('a role', (open) => {
  it('that owns just the schema can migrate, check and use it', async () => {
    const opened = await open();
    const role = await createRole(opened);
    await opened.sql.unsafe(`create schema qzpay authorization ${role.name}`);
    const sql = opened.connect({ url: role.url });
    const [rights] = await sql`select rolsuper, has_database_privilege(current_database(), 'create') as can_create
      from pg_roles where rolname = current_user`;
    expect(rights).toEqual({ rolsuper: false, can_create: false });
    const database = fromPostgresJs(sql);
    expect((await runMigrations(database)).applied).toContain('integrity/0000_append_only');
    expect(await checkMigrations(database)).toMatchObject({ ok: true, differences: [] });
    const [owners] = await sql`select array_agg(distinct tableowner::text) as owners from pg_tables
      where schemaname = 'qzpay'`;
    expect(owners).toEqual({ owners: [role.name] });
  });

  it('that may not create the schema gets nothing and is told why', async () => {
    const opened = await open();
    const role = await createRole(opened);
    const database = fromPostgresJs(opened.connect({ url: role.url }));
    await expect(runMigrations(database)).rejects.toMatchObject({
      code: 'step_failed',
      step: '0000_initial',
      sqlstate: '42501',
      message: expect.stringContaining(
        'The role lacks a privilege: let the schema be created and owned by the migrating role',
      ),
    });
    expect(await objectsOutside(opened.database)).toEqual([]);
  });

  it('that only uses a migrated schema can see that it is migrated, without a right to write', async () => {
    const opened = await open();
    await runMigrations(opened.database);
    const role = await createRole(opened);
    await opened.sql.unsafe(
      `grant usage on schema qzpay to ${role.name}; grant select on qzpay.billing_migrations to ${role.name}`,
    );
    const database = fromPostgresJs(opened.connect({ url: role.url }));
    await expect(assertMigrated(database)).resolves.toBeUndefined();
    expect(await runMigrations(database)).toEqual({ applied: [] });
    expect(await checkMigrations(database)).toMatchObject({ ok: true, differences: [] });
  });
});

describe('a lock', () => {
  it('of another migrator is not waited for longer than asked, and nothing is changed', async () => {
    const { database, connect } = await openServerDatabase();
    await connect().begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtextextended('qzpay:migrate:qzpay', 0))`;
      await expect(runMigrations(database, { lockTimeout: 20 })).rejects.toMatchObject({
        name: 'QZPayMigrationError',
        code: 'lock_timeout',
        step: '0000_initial',
        sqlstate: '55P03',
        message: expect.stringContaining('run again later, or with a longer `lockTimeout`'),
      });
    });
    expect(await objectsOutside(database)).toEqual([]);
    expect((await runMigrations(database)).applied).toContain('0000_initial');
  });

  it('of a long transaction is not waited for longer than asked either', async () => {
    const { database, connect, sql } = await openServerDatabase();
    await runMigrations(database, { integrity: false });
    await connect().begin(async (tx) => {
      await tx`lock table qzpay.billing_audit_logs in access exclusive mode`;
      await expect(runMigrations(database, { lockTimeout: 20 })).rejects.toMatchObject({
        code: 'lock_timeout',
        step: 'integrity/0000_append_only',
      });
    });
    expect(await sql`select from pg_proc where proname = 'billing_refuse_change'`).toHaveLength(0);
    expect(await runMigrations(database)).toEqual({ applied: ['integrity/0000_append_only'] });
  });
});

it('passes an error on unchanged where the database cannot be asked at all', async () => {
  const { url, connect } = await openServerDatabase();
  const elsewhere = connect({ url: Object.assign(new URL(url), { pathname: '/there_is_no_such_database' }).href });
  await expect(runMigrations(fromPostgresJs(elsewhere))).rejects.toMatchObject({ code: '3D000' });
});
