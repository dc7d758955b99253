import * as schema from '@qzpay/schema';
import { createQZPayTables } from '@qzpay/schema';
import { is } from 'drizzle-orm';
import { isPgSchema, PgTable } from 'drizzle-orm/pg-core';
import { QueryBuilder } from 'drizzle-orm/pg-core/query-builders';
import { describe, expect, it } from 'vitest';
import { describeTables } from './support.js';

describe('createQZPayTables', () => {
  it('makes the whole set of tables, each named after billing', () => {
    const names = describeTables().map(({ name }) => name);
    expect(names).toHaveLength(32);
    expect(new Set(names).size).toBe(32);
    for (const name of names) expect(name).toMatch(/^billing_[a-z_]+$/);
  });

  it('names each table after its aggregate', () => {
    for (const { key, name } of describeTables()) {
      expect(name).toBe(`billing_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
    }
  });

  it.each(['qzpay', 'public', 'tenant 7', 'b"illing', 'Ünïcode-スキーマ'])(
    'puts every table and every reference into the schema %s',
    (name) => {
      const tables = createQZPayTables({ schema: name });
      expect(tables.ns.schemaName).toBe(name);
      for (const { schema, foreignKeys, name: table } of describeTables(tables)) {
        expect(schema, table).toBe(name);
        for (const foreignKey of foreignKeys) expect(foreignKey.schema, foreignKey.name).toBe(name);
      }
    },
  );

  it('names the schema in every query, also when it is public', () => {
    const { customers } = createQZPayTables({ schema: 'public' });
    const query = new QueryBuilder().select({ id: customers.id }).from(customers).toSQL();
    expect(query.sql).toBe('select "id" from "public"."billing_customers"');
  });

  it('quotes names that need it', () => {
    const { plans } = createQZPayTables({ schema: 'tenant 7' });
    expect(new QueryBuilder().select({ id: plans.id }).from(plans).toSQL().sql).toBe(
      'select "id" from "tenant 7"."billing_plans"',
    );
  });

  it.each(['', 'x'.repeat(64), 'ñ'.repeat(32), 'a\0b'])(
    'refuses a schema name that PostgreSQL would not keep',
    (name) => {
      expect(() => createQZPayTables({ schema: name })).toThrow(TypeError);
    },
  );

  it('accepts the longest name that PostgreSQL keeps', () => {
    expect(createQZPayTables({ schema: 'x'.repeat(63) }).ns.schemaName).toBe('x'.repeat(63));
  });

  it('makes independent tables at every call', () => {
    expect(createQZPayTables().customers).not.toBe(createQZPayTables().customers);
  });
});

describe('ready-made tables', () => {
  const exported: Readonly<Record<string, unknown>> = schema;

  it('are direct exports, as tools that collect tables ask for', () => {
    const names = Object.values(exported).flatMap((value) => (is(value, PgTable) ? [value] : []));
    expect(names).toHaveLength(32);
    expect(Object.values(exported).filter((value) => isPgSchema(value))).toEqual([schema.qzpaySchema]);
  });

  it('are in the schema qzpay, under the names of their aggregates', () => {
    expect(schema.qzpaySchema.schemaName).toBe('qzpay');
    for (const { key } of describeTables()) {
      const name = `qzpay${key[0]?.toUpperCase()}${key.slice(1)}`;
      expect(is(exported[name], PgTable), name).toBe(true);
    }
  });
});
