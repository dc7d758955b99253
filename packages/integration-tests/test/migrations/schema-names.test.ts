import { assertMigrated, checkMigrations, getMigrationStatus, planMigrations, runMigrations } from '@qzpay/migrations';
import { expect, it } from 'vitest';
import { openServerDatabase } from './support/databases.js';
import { liveTables } from './support/live-tables.js';
import { objectsOutside } from './support/objects.js';
import { runPlan } from './support/simple-protocol.js';

const NAMES = [
  'public',
  'Upper Case',
  'select',
  'a.b',
  'a"b',
  '"quoted"',
  "it's",
  'back\\slash',
  "\\' or \\\\",
  'größe 💶',
  'a\nb\tc',
  'a;b--c/*',
  '$user',
  '$qzpay$',
  '$1 $& $$',
  '%I %s',
  ':variable',
  '"__qzpay__"',
  'x'.repeat(63),
  'ü'.repeat(31),
];

it('takes any name that PostgreSQL takes, all in one database, and each for its own', async () => {
  const { database, sql } = await openServerDatabase();
  for (const [index, schema] of NAMES.entries()) {
    // Every other one by way of the plan.
    if (index % 2 === 0) await runMigrations(database, { schema });
    else await runPlan(sql, planMigrations({ schema }));
    expect(await checkMigrations(database, { schema }), schema).toMatchObject({ ok: true, differences: [] });
    await expect(assertMigrated(database, { schema }), schema).resolves.toBeUndefined();
    expect(await runMigrations(database, { schema }), schema).toEqual({ applied: [] });
  }
  expect(await objectsOutside(database, ...NAMES)).toEqual([]);
});

it('leaves the tables of other schemas alone', async () => {
  const { database, sql } = await openServerDatabase();
  await runMigrations(database, { schema: 'one' });
  await sql`delete from one.billing_currencies where code <> 'EUR'`;
  const before = await liveTables(database, 'one');
  await runMigrations(database, { schema: 'two' });
  await sql`drop schema two cascade`;
  expect(await liveTables(database, 'one')).toEqual(before);
  expect(await sql`select code from one.billing_currencies`).toEqual([{ code: 'EUR' }]);
  const { status } = await checkMigrations(database, { schema: 'two' });
  expect(status.steps.every(({ state }) => state === 'pending')).toBe(true);
  expect((await getMigrationStatus(database, { schema: 'one' })).problem).toBeNull();
});

it('shares `public` with tables of the host', async () => {
  const { database, sql } = await openServerDatabase();
  await sql`create table public.users (id text primary key, email text)`;
  await sql`insert into public.users values ('1', 'a@example.org')`;
  await runMigrations(database, { schema: 'public' });
  const { ok, differences } = await checkMigrations(database, { schema: 'public' });
  expect({ ok, differences }).toEqual({
    ok: true,
    differences: [{ kind: 'extra', object: 'table users', expected: null, actual: 'table' }],
  });
  expect(await sql`select * from public.users`).toEqual([{ id: '1', email: 'a@example.org' }]);
});
