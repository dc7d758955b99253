import { SCHEMA_TOKEN } from '../../src/identifiers.js';

/** The part of a drizzle-kit snapshot that is read. */
export interface Snapshot {
  readonly tables: Readonly<Record<string, SnapshotTable>>;
}

interface SnapshotTable {
  readonly name: string;
  readonly columns: Readonly<
    Record<string, { readonly name: string; readonly type: string; readonly primaryKey: boolean }>
  >;
  readonly indexes: Readonly<
    Record<string, { readonly columns: readonly { readonly expression: string; readonly isExpression: boolean }[] }>
  >;
  readonly foreignKeys: Readonly<
    Record<
      string,
      { readonly tableTo: string; readonly columnsFrom: readonly string[]; readonly columnsTo: readonly string[] }
    >
  >;
  readonly compositePrimaryKeys: Readonly<Record<string, { readonly columns: readonly string[] }>>;
  readonly uniqueConstraints: Readonly<Record<string, { readonly columns: readonly string[] }>>;
}

/** Text columns, as `table.column`, that a primary key, unique, index or foreign key of the snapshot compares. */
export function keyedTextColumns({ tables }: Snapshot): ReadonlySet<string> {
  const keyed = new Set<string>();
  for (const table of Object.values(tables)) {
    const add = (columns: readonly string[], name = table.name) => {
      for (const column of columns) keyed.add(`${name}.${column}`);
    };
    const columns = Object.values(table.columns);
    add(columns.filter((column) => column.primaryKey).map((column) => column.name));
    for (const key of Object.values(table.compositePrimaryKeys)) add(key.columns);
    for (const key of Object.values(table.uniqueConstraints)) add(key.columns);
    for (const index of Object.values(table.indexes)) {
      add(index.columns.filter((column) => !column.isExpression).map((column) => column.expression));
    }
    for (const key of Object.values(table.foreignKeys)) {
      add(key.columnsFrom);
      add(key.columnsTo, key.tableTo);
    }
  }
  const text = Object.values(tables).flatMap((table) =>
    Object.values(table.columns)
      .filter((column) => column.type === 'text')
      .map((column) => `${table.name}.${column.name}`),
  );
  return new Set(text.filter((column) => keyed.has(column)));
}

const CREATE_TABLE = new RegExp(`^CREATE TABLE ${SCHEMA_TOKEN}\\."(\\w+)" \\(`);
const ALTER_TABLE = new RegExp(
  `^ALTER TABLE ${SCHEMA_TOKEN}\\."(\\w+)" (?:ADD COLUMN "(\\w+)"|ALTER COLUMN "(\\w+)" SET DATA TYPE) text\\b`,
);

/** Adds collation "C" to the keyed columns in a statement of drizzle-kit, which cannot declare collations. */
export function collate(statement: string, keyed: ReadonlySet<string>): string {
  const created = CREATE_TABLE.exec(statement)?.[1];
  if (created !== undefined) {
    return statement.replaceAll(/^(\t"(\w+)" text)(?=[ ,\n])/gm, (line, _declared, column: string) =>
      keyed.has(`${created}.${column}`) ? `${line} COLLATE "C"` : line,
    );
  }
  const [declared = '', table = '', added, altered] = ALTER_TABLE.exec(statement) ?? [];
  const column = added ?? altered ?? '';
  if (!keyed.has(`${table}.${column}`)) return statement;
  return `${declared} COLLATE "C"${statement.slice(declared.length)}`;
}
