import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { QZPAY_MIGRATE } from './children.js';

/** The command as a project finds it that has installed the package, as built, and these drivers. */
export function installMigrate(...drivers: readonly ('postgres' | 'pg')[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'qzpay-consumer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const modules = path.join(folder, 'node_modules');
  const installed = path.join(modules, '@qzpay', 'migrations');
  mkdirSync(installed, { recursive: true });
  const source = path.resolve(path.dirname(QZPAY_MIGRATE), '..');
  for (const part of ['package.json', 'dist']) {
    cpSync(path.join(source, part), path.join(installed, part), { recursive: true });
  }
  for (const driver of drivers) symlinkSync(packageFolder(driver), path.join(modules, driver));
  return path.join(installed, 'dist', 'cli.js');
}

function packageFolder(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  return entry.slice(0, entry.lastIndexOf(path.join('node_modules', name)) + path.join('node_modules', name).length);
}
