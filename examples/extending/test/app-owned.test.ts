import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createQZPayStorage } from '@qzpay/adapter';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { expect, it, onTestFinished } from 'vitest';

const PACKAGE = path.resolve(import.meta.dirname, '..');

it("makes the tables with the host's own drizzle-kit, and the storage works on them", async () => {
  // As drizzle.config.ts says, into a folder that is gone afterwards.
  const out = mkdtempSync(path.join(tmpdir(), 'qzpay-app-owned-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  const kit = path.join(PACKAGE, 'node_modules', '.bin', 'drizzle-kit');
  const options = ['--dialect', 'postgresql', '--schema', './src/app-owned/schema.ts', '--out', out];
  execFileSync(kit, ['generate', ...options], { cwd: PACKAGE, stdio: 'pipe' });

  const client = new PGlite();
  onTestFinished(() => client.close());
  const db = drizzle(client);
  await migrate(db, { migrationsFolder: out });

  const storage = createQZPayStorage(db);
  const { id } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
  await storage.invoices.create({
    id: 'inv-1',
    customerId: id,
    lines: [{ description: 'Pro', quantity: 1, unitAmount: 2900 }],
  });
  expect(await storage.invoices.finalize('inv-1')).toMatchObject({
    status: 'open',
    number: expect.stringMatching(/^INV-/),
  });
  expect((await client.query('select count(*)::int as users from users')).rows).toEqual([{ users: 0 }]);
  // No step of ours was applied: the tables are not ours to answer for.
  expect(await storage.health()).toMatchObject({ ok: true, migrations: { problem: { code: 'unmanaged_tables' } } });
});
