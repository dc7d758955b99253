import * as schema from '@qzpay/schema';
import { QZPAY_CONSTRAINTS } from '@qzpay/schema';
import { describe, expect, it } from 'vitest';
import { describeTables, type TableDescription } from './support.js';

const tables = describeTables();
const MAX_BYTES = 55;

const namesOf = ({ primaryKeys, foreignKeys, uniques, indexes, checks }: TableDescription) => ({
  pkey: primaryKeys.map(({ name }) => name),
  fkey: foreignKeys.map(({ name }) => name),
  key: uniques.map(({ name }) => name),
  idx: indexes.map(({ name }) => name),
  check: checks.map(({ name }) => name),
});

describe('names of constraints and indexes', () => {
  it('are all exported, table by table, and nothing else is', () => {
    for (const table of tables) {
      const defined = Object.values(namesOf(table)).flat();
      expect(Object.values(QZPAY_CONSTRAINTS[table.key]).sort(), table.name).toEqual(defined.sort());
    }
    expect(Object.keys(QZPAY_CONSTRAINTS).sort()).toEqual(tables.map(({ key }) => key).sort());
  });

  it('are exported for each aggregate as well', () => {
    const exported: Readonly<Record<string, unknown>> = schema;
    for (const { key } of tables) {
      const name = `QZPAY_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}_CONSTRAINTS`;
      expect(exported[name], name).toBe(QZPAY_CONSTRAINTS[key]);
    }
  });

  it('belong to one thing each', () => {
    const all = tables.flatMap((table) => Object.values(namesOf(table)).flat());
    expect(new Set(all).size).toBe(all.length);
  });

  it('start with the table, end with the kind, and are never cut', () => {
    for (const table of tables) {
      for (const [suffix, names] of Object.entries(namesOf(table))) {
        for (const name of names) {
          expect(name.startsWith(`${table.name}_`), name).toBe(true);
          expect(name.endsWith(`_${suffix}`), name).toBe(true);
          expect(name.length, name).toBeLessThanOrEqual(MAX_BYTES);
          expect(name, name).toMatch(/^[a-z_]+$/);
        }
      }
    }
  });
});
