import { getTableColumns } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createQZPayTables, QZPAY_PII_COLUMNS } from '../src/index.js';

const tables = createQZPayTables();

it('has a replacement that each personal column can hold', () => {
  for (const { table, column, replacement } of QZPAY_PII_COLUMNS) {
    const found = Object.entries(getTableColumns(tables[table])).find(([key]) => key === column)?.[1];
    const place = `${table}.${column}`;
    expect(found, place).toBeDefined();
    if (replacement === null) expect(found?.notNull, place).toBe(false);
    else if (typeof replacement === 'string') expect(found?.columnType, place).toBe('PgText');
    else expect(found?.columnType, place).toBe(Array.isArray(replacement) ? 'PgArray' : 'PgJsonb');
  }
});

it('names each column once', () => {
  const places = QZPAY_PII_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  expect(new Set(places).size).toBe(places.length);
});
