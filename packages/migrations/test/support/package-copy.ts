import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The folder of this package. */
export const PACKAGE = path.resolve(import.meta.dirname, '..', '..');

const COMPILED = ['migrations', 'migrations.lock.json', 'sql', 'src/generated'];

/** A folder with the sources of the migrations and what was made of them, for tests to spoil. */
export function copyPackage(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'qzpay-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of COMPILED) cpSync(path.join(PACKAGE, part), path.join(folder, part), { recursive: true });
  return folder;
}
