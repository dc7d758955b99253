import * as schema from '@qzpay/schema';
import * as relations from '@qzpay/schema/relations';
import { createTableRelationsHelpers, extractTablesRelationalConfig, normalizeRelation } from 'drizzle-orm';
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
});
