import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('takes nothing from the main entry of the schema, which makes the tables of the default schema when it is imported', () => {
  const built = readFileSync(new URL('../dist/index.js', import.meta.url), 'utf8');
  const imported = [...built.matchAll(/from\s*["'](@qzpay\/schema[^"']*)["']/g)].map(([, name]) => name);
  expect(new Set(imported)).toEqual(new Set(['@qzpay/schema/tables']));
});
