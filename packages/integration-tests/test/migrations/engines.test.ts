import {
  assertMigrated,
  checkMigrations,
  getMigrationStatus,
  hasPendingMigrations,
  runMigrations,
} from '@qzpay/migrations';
import { expect, it } from 'vitest';
import { describeOnEveryEngine } from './support/engines.js';
import { objectsOutside } from './support/objects.js';

describeOnEveryEngine('a new database', (open) => {
  it('gets every step once, and is then as the release expects it', async () => {
    const { database } = await open();
    expect(await hasPendingMigrations(database)).toBe(true);
    await expect(assertMigrated(database)).rejects.toMatchObject({ code: 'pending', step: '0000_initial' });
    const before = await getMigrationStatus(database);
    expect(before.steps.map(({ state }) => state)).toEqual(before.steps.map(() => 'pending'));

    const { applied } = await runMigrations(database);
    expect(applied).toEqual(before.steps.map(({ id }) => id));
    expect(await runMigrations(database)).toEqual({ applied: [] });

    expect(await hasPendingMigrations(database)).toBe(false);
    await expect(assertMigrated(database)).resolves.toBeUndefined();
    const { ok, status, differences } = await checkMigrations(database);
    expect({ ok, differences }).toEqual({ ok: true, differences: [] });
    expect(status.steps.map(({ state }) => state)).toEqual(applied.map(() => 'applied'));
    expect(await objectsOutside(database, 'qzpay')).toEqual([]);
  });

  it('has the currencies, with the decimals of their minor units', async () => {
    const { database } = await open();
    await runMigrations(database);
    const currencies = await database.query(
      `select code, minor_units, active from qzpay.billing_currencies
        where code in ('CLP', 'EUR', 'KWD', 'HRK') order by code`,
    );
    expect(currencies).toEqual([
      { code: 'CLP', minor_units: 0, active: true },
      { code: 'EUR', minor_units: 2, active: true },
      { code: 'HRK', minor_units: 2, active: false },
      { code: 'KWD', minor_units: 3, active: true },
    ]);
  });

  it('is checked object by object: what was changed by hand is found', async () => {
    const { database } = await open();
    await runMigrations(database);
    for (const statement of [
      'alter table qzpay.billing_plans alter column name drop not null',
      'drop index qzpay.billing_customers_list_idx',
      'alter table qzpay.billing_refunds disable trigger billing_refunds_append_only',
      'alter table qzpay.billing_audit_logs enable replica trigger billing_audit_logs_append_only',
      'create table qzpay.own_notes (id text)',
    ]) {
      await database.query(statement);
    }
    const { ok, differences } = await checkMigrations(database);
    expect(ok).toBe(false);
    expect(differences.map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      'changed column billing_plans.name',
      'missing index billing_customers.billing_customers_list_idx',
      'extra table own_notes',
      'changed trigger billing_audit_logs.billing_audit_logs_append_only',
      'changed trigger billing_refunds.billing_refunds_append_only',
    ]);
    expect((await checkMigrations(database, { integrity: false })).differences).toHaveLength(3);
  });

  it('goes without the triggers where they are not wanted, and gets them when they are', async () => {
    const { database } = await open();
    const { applied } = await runMigrations(database, { integrity: false });
    expect(applied.filter((id) => id.startsWith('integrity/'))).toEqual([]);
    expect(await database.query('select tgname from pg_trigger where not tgisinternal')).toEqual([]);
    expect(await checkMigrations(database, { integrity: false })).toMatchObject({ ok: true, differences: [] });
    await expect(assertMigrated(database)).resolves.toBeUndefined();
    expect(await checkMigrations(database)).toMatchObject({ ok: false });
    expect(await runMigrations(database)).toEqual({ applied: ['integrity/0000_append_only'] });
    expect(await checkMigrations(database)).toMatchObject({ ok: true });
  });
});
