import { readFileSync } from 'node:fs';
import path from 'node:path';
import { is, SQL } from 'drizzle-orm';
import { getTableConfig, type Index, IndexedColumn, type PgColumn, PgDialect } from 'drizzle-orm/pg-core';
import { TABLES, type TableKey } from './groups.js';

interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** As SQL; empty where there is none. */
  readonly defaultValue: string;
  /** The comment beside the column in the source. */
  readonly note: string;
}

interface DescribedForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly table: string;
  readonly foreignColumns: readonly string[];
  /** What a delete of the parent does. */
  readonly onDelete: string;
}

/** A primary key, unique constraint, unique index or index. */
interface DescribedIndex {
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'index';
  /** Columns and expressions, with whatever differs from a plain ascending B-tree. */
  readonly on: string;
  /** Condition of a partial index; empty where there is none. */
  readonly where: string;
}

export interface DescribedTable {
  readonly name: string;
  readonly columns: readonly DescribedColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly DescribedForeignKey[];
  readonly indexes: readonly DescribedIndex[];
}

const SOURCES = path.resolve(import.meta.dirname, '..', '..', '..', 'schema', 'src');
const NOTE = /\/\*\*((?:(?!\*\/).)*)\*\/\s*(\w+):/gs;

const dialect = new PgDialect();

/** The table as the schema declares it. */
export function describeTable(key: TableKey): DescribedTable {
  const config = getTableConfig(TABLES[key]);
  const notes = notesIn(key);
  const primaryKey = config.primaryKeys[0];
  const primaryColumns = primaryKey?.columns ?? config.columns.filter((column) => column.primary);
  const on = (columns: readonly PgColumn[]) => columns.map((column) => column.name);
  return {
    name: config.name,
    columns: Object.entries(TABLES[key])
      .filter((entry): entry is [string, PgColumn] => config.columns.includes(entry[1] as PgColumn))
      .map(([property, column]) => ({
        name: column.name,
        type: column.getSQLType().replace('timestamp (3) with time zone', 'timestamptz(3)'),
        nullable: !column.notNull,
        defaultValue: defaultOf(column),
        note: notes.get(property) ?? '',
      })),
    primaryKey: on(primaryColumns),
    foreignKeys: config.foreignKeys.map((foreignKey) => {
      const { columns, foreignTable, foreignColumns } = foreignKey.reference();
      return {
        name: foreignKey.getName(),
        columns: on(columns),
        table: getTableConfig(foreignTable).name,
        foreignColumns: on(foreignColumns),
        onDelete: foreignKey.onDelete ?? 'no action',
      };
    }),
    indexes: [
      { name: primaryKey?.getName() ?? '', kind: 'primary key', on: on(primaryColumns).join(', '), where: '' },
      ...config.uniqueConstraints.map(
        (unique): DescribedIndex => ({
          name: unique.getName() ?? '',
          kind: 'unique',
          on: on(unique.columns).join(', ') + (unique.nullsNotDistinct ? ', nulls not distinct' : ''),
          where: '',
        }),
      ),
      ...config.indexes.map(describeIndex),
    ],
  };
}

function describeIndex({ config }: Index): DescribedIndex {
  const columns = config.columns.map((column) => {
    if (is(column, SQL)) return sqlText(column);
    if (!is(column, IndexedColumn)) throw new TypeError('An index on something that is not a column');
    const { opClass, nulls } = column.indexConfig as { opClass?: string; nulls?: string };
    return [column.name, opClass, nulls === 'first' && 'nulls first'].filter(Boolean).join(' ');
  });
  return {
    name: config.name ?? '',
    kind: config.unique ? 'unique' : 'index',
    on: (config.method === 'btree' ? '' : `${config.method}: `) + columns.join(', '),
    where: config.where === undefined ? '' : sqlText(config.where),
  };
}

function defaultOf(column: PgColumn): string {
  const value: unknown = column.default;
  if (value === undefined || value === null) return '';
  if (is(value, SQL)) return sqlText(value);
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function sqlText(sql: SQL): string {
  return dialect.sqlToQuery(sql).sql;
}

/** What the source says about columns, by property. */
function notesIn(key: TableKey): ReadonlyMap<string, string> {
  const file = `${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
  const source = readFileSync(path.join(SOURCES, file), 'utf8');
  const notes = [...source.matchAll(NOTE)].map(([, comment = '', property = '']): [string, string] => [
    property,
    comment.replaceAll(/\s*\n\s*\* ?/g, ' ').trim(),
  ]);
  return new Map(notes);
}
