import { describe, expect, it } from 'vitest';
import { collate, keyedTextColumns, type Snapshot } from '../scripts/compile/collation.js';
import { compileStatements, isBreaking, shippedFile } from '../scripts/compile/statements.js';

type Table = Snapshot['tables'][string];

function buildTable(name: string, columns: Readonly<Record<string, string>>, parts: Partial<Table> = {}): Table {
  const described = Object.entries(columns).map(([column, type]) => [
    column,
    { name: column, type, primaryKey: false },
  ]);
  return {
    name,
    columns: Object.fromEntries(described),
    indexes: {},
    foreignKeys: {},
    compositePrimaryKeys: {},
    uniqueConstraints: {},
    ...parts,
  };
}

const SNAPSHOT: Snapshot = {
  tables: {
    plans: buildTable(
      'plans',
      { id: 'text', livemode: 'boolean', name: 'text', note: 'text', tags: 'text[]', slug: 'text' },
      {
        compositePrimaryKeys: { pkey: { columns: ['id', 'livemode'] } },
        uniqueConstraints: { key: { columns: ['slug'] } },
        indexes: {
          idx: {
            columns: [
              { expression: 'name', isExpression: false },
              { expression: "note ->> 'x'", isExpression: true },
            ],
          },
        },
      },
    ),
    prices: buildTable(
      'prices',
      { plan_key: 'text', comment: 'text' },
      { foreignKeys: { fkey: { tableTo: 'owners', columnsFrom: ['plan_key'], columnsTo: ['key'] } } },
    ),
    owners: buildTable('owners', { key: 'text', label: 'text' }),
  },
};

describe('text columns with keys', () => {
  it('are those of primary, unique and foreign keys on both sides, and of indexes', () => {
    expect([...keyedTextColumns(SNAPSHOT)].sort()).toEqual([
      'owners.key',
      'plans.id',
      'plans.name',
      'plans.slug',
      'prices.plan_key',
    ]);
  });

  it('are those of a primary key of one column', () => {
    const codes = buildTable('codes', {}, { columns: { code: { name: 'code', type: 'text', primaryKey: true } } });
    expect([...keyedTextColumns({ tables: { codes } })]).toEqual(['codes.code']);
  });

  it('get collation "C" where a table is created, and no other column does', () => {
    const create = `CREATE TABLE "__qzpay__"."plans" (
\t"id" text NOT NULL,
\t"name" text,
\t"note" text DEFAULT 'id text, name text',
\t"tags" text[] NOT NULL,
\t"slug" text
);`;
    expect(collate(create, keyedTextColumns(SNAPSHOT))).toBe(`CREATE TABLE "__qzpay__"."plans" (
\t"id" text COLLATE "C" NOT NULL,
\t"name" text COLLATE "C",
\t"note" text DEFAULT 'id text, name text',
\t"tags" text[] NOT NULL,
\t"slug" text COLLATE "C"
);`);
  });

  it('get it where a column is added or changes its type', () => {
    const keyed = keyedTextColumns(SNAPSHOT);
    expect(collate('ALTER TABLE "__qzpay__"."plans" ADD COLUMN "slug" text NOT NULL;', keyed)).toBe(
      'ALTER TABLE "__qzpay__"."plans" ADD COLUMN "slug" text COLLATE "C" NOT NULL;',
    );
    expect(collate('ALTER TABLE "__qzpay__"."plans" ALTER COLUMN "name" SET DATA TYPE text;', keyed)).toBe(
      'ALTER TABLE "__qzpay__"."plans" ALTER COLUMN "name" SET DATA TYPE text COLLATE "C";',
    );
  });

  it('leave other statements and columns alone', () => {
    const keyed = keyedTextColumns(SNAPSHOT);
    const others = [
      'ALTER TABLE "__qzpay__"."plans" ADD COLUMN "note" text;',
      'ALTER TABLE "__qzpay__"."others" ADD COLUMN "id" text;',
      'CREATE INDEX "idx" ON "__qzpay__"."plans" USING btree ("name");',
      `insert into "__qzpay__"."plans" (id) values ('"id" text')`,
    ];
    for (const statement of others) expect(collate(statement, keyed)).toBe(statement);
  });
});

describe('the statements of a file', () => {
  const source = `CREATE SCHEMA "__qzpay__";
--> statement-breakpoint
ALTER TABLE "__qzpay__"."plans" ADD COLUMN "slug" text;--> statement-breakpoint

update "__qzpay__"."plans" set slug = id;
`;

  it('are split at the breakpoints, without the one that creates the schema', () => {
    expect(compileStatements(source, undefined)).toEqual([
      'ALTER TABLE "__qzpay__"."plans" ADD COLUMN "slug" text;',
      'update "__qzpay__"."plans" set slug = id;',
    ]);
  });

  it('have the collations that the snapshot of their age asks for', () => {
    expect(compileStatements(source, SNAPSHOT)[0]).toBe(
      'ALTER TABLE "__qzpay__"."plans" ADD COLUMN "slug" text COLLATE "C";',
    );
  });

  it('are shipped as one file', () => {
    expect(shippedFile(['a;', 'b;'])).toBe('a;\n\nb;\n');
  });
});

it('takes a step for breaking when a line of its own says so', () => {
  expect(isBreaking('-- qzpay: breaking\nalter table a drop column b;')).toBe(true);
  expect(isBreaking('alter table a drop column b;\n-- qzpay: breaking\n')).toBe(true);
  expect(isBreaking('alter table a drop column b; -- qzpay: breaking')).toBe(false);
  expect(isBreaking('-- qzpay: breaking news\nselect 1;')).toBe(false);
});
