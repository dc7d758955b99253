import { readFileSync } from 'node:fs';
import * as mappers from '@qzpay/adapter/mappers';
import * as core from '@qzpay/core';
import * as migrations from '@qzpay/migrations';
import * as repositoriesModule from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/postgres-js';
import { expect, it } from 'vitest';
import { createQZPayStorage } from '../src/index.js';
import { openQZPayStorage } from '../src/postgres-js.js';

const PAGE = new URL('../../../docs/coming-from-the-drizzle-package.md', import.meta.url);

/** What the table offers in its right column, without arguments. */
function offered(): string[] {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const cells = rows.slice(1).map((row) => row.split('|')[2] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w.]+)/g)].map(([, name = '']) => name));
}

it('what the page for users of the existing package offers is there', () => {
  const { repositories, ...storage } = createQZPayStorage(drizzle.mock());
  const all = Object.values(repositories).flatMap(methodsOf);
  const functions = Object.keys({ ...core, ...migrations, ...repositoriesModule, ...mappers, openQZPayStorage });
  const known = new Set([...all, ...functions, ...Object.keys(storage)]);
  const named = offered();
  expect(named.length).toBeGreaterThan(100);
  const missing = named.filter((name) => {
    const path = name.split('.');
    if (path.length === 1) return !known.has(name);
    return path.slice(1).reduce<unknown>(member, path[0] === 'R' ? repositories : storage) === undefined;
  });
  expect(missing).toEqual([]);
});

const member = (of: unknown, name: string): unknown => (of as Record<string, unknown> | undefined)?.[name];

function methodsOf(repository: object): string[] {
  const prototype = Object.getPrototypeOf(repository) as object | null;
  if (prototype === Object.prototype || prototype === null) return [];
  return [...Object.getOwnPropertyNames(prototype), ...methodsOf(prototype)];
}
