import * as schema from '@qzpay/schema';
import * as relations from '@qzpay/schema/relations';
import { createQZPayRelations } from '@qzpay/schema/relations';
import { createTableRelationsHelpers, extractTablesRelationalConfig, normalizeRelation } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pg-proxy';
import { describe, expect, it } from 'vitest';

const { tables, tableNamesMap } = extractTablesRelationalConfig(
  { ...schema, ...relations },
  createTableRelationsHelpers,
);
const all = Object.values(tables).flatMap((table) =>
  Object.entries(table.relations).map(([name, relation]) => ({ at: `${table.dbName}.${name}`, relation })),
);

describe('relations', () => {
  it('resolve from both sides', () => {
    expect(all.length).toBeGreaterThan(60);
    for (const { at, relation } of all) {
      const { fields, references } = normalizeRelation(tables, tableNamesMap, relation);
      expect(fields.length, at).toBe(2);
      expect(references.length, at).toBe(2);
    }
  });

  it('carry the mode, so that no join ties a test row to a live one', () => {
    for (const { at, relation } of all) {
      const { fields, references } = normalizeRelation(tables, tableNamesMap, relation);
      expect(
        fields.map(({ name }) => name),
        at,
      ).toContain('livemode');
      expect(
        references.map(({ name }) => name),
        at,
      ).toContain('livemode');
    }
  });

  it('are those of any set of tables, each in its own schema', () => {
    const billing = schema.createQZPayTables({ schema: 'billing' });
    const db = drizzle(async () => ({ rows: [] }), { schema: { ...billing, ...createQZPayRelations(billing) } });
    const { sql } = db.query.invoices.findMany({ with: { lines: true, customer: true } }).toSQL();
    expect(sql).toContain('"billing"."billing_invoice_lines"');
    expect(sql).toContain('"billing"."billing_customers"');
    expect(sql).not.toContain('"qzpay"');
  });

  it('of the ready-made tables are complete', () => {
    const made = Object.keys(createQZPayRelations(schema.createQZPayTables()));
    const named = made.map((key) => `qzpay${key[0]?.toUpperCase()}${key.slice(1)}`);
    expect(
      Object.keys(relations)
        .filter((key) => key.startsWith('qzpay'))
        .sort(),
    ).toEqual(named.sort());
  });
});
