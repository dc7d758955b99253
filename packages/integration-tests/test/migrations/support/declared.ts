import { createQZPayTables } from '@qzpay/schema';
import { is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, PgTable } from 'drizzle-orm/pg-core';

type TableConfig = ReturnType<typeof getTableConfig>;
type Column = TableConfig['columns'][number];
type Index = TableConfig['indexes'][number]['config'];

/** What `index().on()` makes of a column; Drizzle keeps the type to itself. */
interface DeclaredIndexColumn {
  readonly name?: string;
  readonly indexConfig: { readonly opClass?: string; readonly order?: string; readonly nulls?: string };
}

const dialect = new PgDialect();

/** The declared tables as Drizzle describes them. */
export function declaredTables(schema: string): TableConfig[] {
  return Object.values(createQZPayTables({ schema }))
    .filter((table) => is(table, PgTable))
    .map((table) => getTableConfig(table));
}

/** Columns, as `table.column`, that a key or an index of the declared tables compares. */
export function keyedColumns(): ReadonlySet<string> {
  const keyed = declaredTables('qzpay').flatMap(({ name, primaryKeys, uniqueConstraints, foreignKeys, indexes }) =>
    [
      ...[...primaryKeys, ...uniqueConstraints].flatMap(({ columns }) => columns),
      ...foreignKeys.flatMap((key) => key.reference().columns),
      ...indexes.flatMap(({ config }) => config.columns.filter((column) => !is(column, SQL))),
    ].map((column) => `${name}.${String((column as { readonly name?: string }).name)}`),
  );
  return new Set(keyed);
}

/**
 * SQL that makes the declared tables in an empty schema. Written here and not by drizzle-kit, which made the
 * migrations: what it overlooks would be missing on both sides of a comparison.
 */
export function declaredSql(schema: string): string[] {
  const tables = declaredTables(schema);
  return [
    `create schema ${quote(schema)}`,
    ...tables.map((table) => tableSql(schema, table)),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => foreignKeySql(schema, table, key))),
    ...tables.flatMap((table) => table.indexes.map(({ config }) => indexSql(schema, table, config))),
  ];
}

function tableSql(schema: string, { name, columns, primaryKeys, uniqueConstraints, checks }: TableConfig): string {
  const parts = [
    ...columns.map(columnSql),
    ...primaryKeys.map((key) => `constraint ${quote(key.getName())} primary key ${list(key.columns)}`),
    ...uniqueConstraints.map((unique) => {
      const nulls = unique.nullsNotDistinct ? 'nulls not distinct ' : '';
      return `constraint ${quote(unique.getName() ?? '')} unique ${nulls}${list(unique.columns)}`;
    }),
    ...checks.map((check) => `constraint ${quote(check.name)} check (${render(check.value)})`),
  ];
  return `create table ${quote(schema)}.${quote(name)} (${parts.join(', ')})`;
}

function columnSql(column: Column): string {
  const value = column.hasDefault ? ` default ${defaultSql(column)}` : '';
  return `${quote(column.name)} ${column.getSQLType()}${column.notNull ? ' not null' : ''}${value}`;
}

function defaultSql(column: Column): string {
  if (is(column.default, SQL)) return render(column.default);
  if (typeof column.default === 'number' || typeof column.default === 'boolean') return String(column.default);
  return `'${String(column.mapToDriverValue(column.default)).replaceAll("'", "''")}'`;
}

function foreignKeySql(schema: string, { name }: TableConfig, key: TableConfig['foreignKeys'][number]): string {
  const { columns, foreignColumns, foreignTable } = key.reference();
  const parent = `${quote(schema)}.${quote(getTableConfig(foreignTable).name)}`;
  return (
    `alter table ${quote(schema)}.${quote(name)} add constraint ${quote(key.getName())} ` +
    `foreign key ${list(columns)} references ${parent} ${list(foreignColumns)} ` +
    `on delete ${key.onDelete ?? 'no action'} on update ${key.onUpdate ?? 'no action'}`
  );
}

function indexSql(schema: string, { name }: TableConfig, index: Index): string {
  const method = index.method ?? 'btree';
  const columns = index.columns.map((column) => indexColumnSql(column, method));
  const parameters = Object.entries(index.with ?? {}).map(([key, value]) => `${key} = ${String(value)}`);
  return (
    `create ${index.unique ? 'unique ' : ''}index ${quote(index.name ?? '')} on ${quote(schema)}.${quote(name)} ` +
    `using ${method} (${columns.join(', ')})` +
    (parameters.length === 0 ? '' : ` with (${parameters.join(', ')})`) +
    (index.where === undefined ? '' : ` where ${render(index.where)}`)
  );
}

function indexColumnSql(column: Index['columns'][number], method: string): string {
  if (is(column, SQL)) return render(column);
  const { name = '', indexConfig } = column as unknown as DeclaredIndexColumn;
  const { opClass, order, nulls } = indexConfig;
  const ordering = method === 'btree' ? ` ${order ?? 'asc'} nulls ${nulls ?? 'last'}` : '';
  return `${quote(name)}${opClass === undefined ? '' : ` ${opClass}`}${ordering}`;
}

function list(columns: readonly { readonly name: string }[]): string {
  return `(${columns.map(({ name }) => quote(name)).join(', ')})`;
}

function render(sql: SQL): string {
  return dialect.sqlToQuery(sql).sql;
}

function quote(name: string): string {
  return `"${name}"`;
}
