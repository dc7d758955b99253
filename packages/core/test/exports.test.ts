import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as core from '../src/index.js';
import { VALUE_SETS } from './value-sets.js';

const SOURCE = new URL('../src/', import.meta.url);
const INTERNAL = ['QZPayValueOf', 'valuesOf'];

function read(file: string): string {
  return readFileSync(new URL(file, SOURCE), 'utf8');
}

it('exports these names at run time and no others', () => {
  const sets = Object.keys(VALUE_SETS).flatMap((name) => [name, `${name}_VALUES`]);
  const others = [
    'QZPAY_ERROR_CODE_DESCRIPTIONS',
    'QZPAY_METADATA_LIMITS',
    'QZPAY_POLLING_DEFAULTS',
    'QZPayConflictError',
    'QZPayError',
    'QZPayNotFoundError',
    'QZPayProviderSyncError',
    'QZPayStorageError',
    'QZPayValidationError',
    'isQZPayError',
  ];
  expect(Object.keys(core).sort()).toEqual([...sets, ...others].sort());
});

it('lists every public declaration of its modules by name in the index', () => {
  const index = read('index.ts');
  const listed = index + read('options.ts');
  const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file !== 'index.ts',
  );
  const declared = modules.flatMap((file) =>
    [...read(file).matchAll(/^export (?:interface|type|const|class|function) (\w+)/gm)].map(([, name]) => String(name)),
  );
  const missing = declared.filter((name) => !INTERNAL.includes(name) && !new RegExp(`\\b${name}\\b`).test(listed));

  expect(declared.length).toBeGreaterThan(150);
  expect(missing).toEqual([]);
  expect(index).not.toContain('*');
});
