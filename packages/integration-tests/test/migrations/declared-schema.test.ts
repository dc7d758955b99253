import { runMigrations } from '@qzpay/migrations';
import { expect, it } from 'vitest';
import { openServerDatabase } from './support/databases.js';
import { declaredSql, declaredTables, keyedColumns } from './support/declared.js';
import { describeOnEveryEngine } from './support/engines.js';
import { type LiveColumn, liveTables } from './support/live-tables.js';

const withoutCollation = (columns: readonly LiveColumn[]) =>
  columns.map((column) => ({ ...column, collation: undefined }));

describeOnEveryEngine('the migrated tables', (open) => {
  it('are the declared ones: each column, constraint and index, and no other', async () => {
    const { database } = await open();
    await runMigrations(database);
    for (const statement of declaredSql('declared')) await database.query(statement);
    const [migrated, declared] = [await liveTables(database, 'qzpay'), await liveTables(database, 'declared')];
    const names = new Set(migrated.columns.map(({ table }) => table));
    expect([...names].sort()).toEqual(
      declaredTables('declared')
        .map(({ name }) => name)
        .sort(),
    );
    expect(withoutCollation(migrated.columns)).toEqual(withoutCollation(declared.columns));
    expect(migrated.constraints).toEqual(declared.constraints);
    expect(migrated.indexes).toEqual(declared.indexes);
  });
});

it('compares text in keys byte by byte: collation "C" wherever an index or a key looks', async () => {
  const { database } = await openServerDatabase({ migrated: true });
  const { columns } = await liveTables(database, 'qzpay');
  const keyed = keyedColumns();
  const texts = columns.filter(({ table, name, type }) => type === 'text' && keyed.has(`${table}.${name}`));
  expect(texts.length).toBeGreaterThan(50);
  for (const { table, name, collation } of texts) expect(collation, `${table}.${name}`).toBe('C');
});
