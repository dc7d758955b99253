import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { copyPackage, PACKAGE } from './support/package-copy.js';

/** What `drizzle-kit generate` makes of the declared tables, on a copy of the migrations. */
function generate(migrations: string) {
  const bin = path.join(path.dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');
  const options = ['--dialect', 'postgresql', '--schema', './drizzle.schema.ts'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, 'generate', ...options, '--out', path.relative(PACKAGE, migrations)],
    { cwd: PACKAGE, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr, files: sqlFiles(migrations) };
}

function sqlFiles(migrations: string): string[] {
  return readdirSync(migrations).filter((name) => name.endsWith('.sql'));
}

function latestSnapshot(meta: string): string {
  const snapshots = readdirSync(meta).filter((name) => name.endsWith('_snapshot.json'));
  return snapshots.sort().at(-1) ?? '';
}

it('finds nothing to migrate: the migrations are those of the declared tables', () => {
  const migrations = path.join(copyPackage(), 'migrations');
  const before = sqlFiles(migrations);
  const { status, output, files } = generate(migrations);
  expect(output).toContain('No schema changes, nothing to migrate');
  expect(status).toBe(0);
  expect(files).toEqual(before);
});

it('would find a column that the migrations lack', () => {
  const migrations = path.join(copyPackage(), 'migrations');
  const snapshot = path.join(migrations, 'meta', latestSnapshot(path.join(migrations, 'meta')));
  const content = JSON.parse(readFileSync(snapshot, 'utf8')) as {
    tables: Record<string, { columns: Record<string, unknown> }>;
  };
  delete content.tables['__qzpay__.billing_customers']?.columns['email'];
  writeFileSync(snapshot, JSON.stringify(content));
  const before = sqlFiles(migrations);
  const added = generate(migrations).files.filter((name) => !before.includes(name));
  expect(added).toHaveLength(1);
  expect(readFileSync(path.join(migrations, added[0] ?? ''), 'utf8')).toContain('ADD COLUMN "email" text NOT NULL');
});
