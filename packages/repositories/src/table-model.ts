import type { QZPayTables } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { type ColumnCodec, type TableCodecs, tableCodecs } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { ENTITY_NAMES, type TableKey } from './entities.js';
import { oncePerTables } from './shared-tables.js';
import { argument, parameter } from './statements.js';

/** A select list and how to read the rows it gives. */
export interface Projection<Row> {
  readonly select: SQL;
  readonly width: number;
  readonly decode: (row: readonly unknown[]) => Row;
}

/** A table as the repositories see it. */
export interface TableModel {
  readonly key: TableKey;
  readonly entity: string;
  readonly table: PgTable;
  readonly codecs: TableCodecs;
  /** @throws TypeError for a name that is no column: a mistake of ours. */
  codec(key: string): ColumnCodec;
  has(key: string): boolean;
}

function tableModel(tables: QZPayTables, key: TableKey): TableModel {
  const table = tables[key] as unknown as PgTable;
  const entity = ENTITY_NAMES[key];
  const codecs = tableCodecs(table, entity);
  return {
    key,
    entity,
    table,
    codecs,
    codec(column) {
      const codec = codecs.get(column);
      if (codec === undefined) throw new TypeError(`${key} has no column ${column}`);
      return codec;
    },
    has: (column) => codecs.has(column),
  };
}

const modelsOf = oncePerTables(() => new Map<TableKey, TableModel>());

export function modelOf({ tables }: Pick<QZPayRepositoryContext, 'tables'>, key: TableKey): TableModel {
  const models = modelsOf(tables);
  if (!models.has(key)) models.set(key, tableModel(tables, key));
  return models.get(key) as TableModel;
}

/** The columns that tell a row from others of its mode. */
export function keyColumnsOf({ table }: TableModel): PgColumn[] {
  const [key] = getTableConfig(table).primaryKeys;
  return (key?.columns ?? []).filter(({ name }) => name !== 'livemode');
}

/** The only one of these, of a table whose rows have one name within their mode. */
export function keyColumnOf(model: TableModel): PgColumn {
  return keyColumnsOf(model)[0] as PgColumn;
}

/** `livemode = $livemode` */
export function inMode(model: TableModel): SQL {
  const livemode = model.codec('livemode');
  return sql`${livemode.column} = ${argument(livemode)}`;
}

/** The names of a table's columns, in their order. */
export function columnNamesOf(model: TableModel): SQL {
  return sql.join(
    [...model.codecs.values()].map(({ column }) => sql.identifier(column.name)),
    sql`, `,
  );
}

/** All columns of a table, in their order; of `alias` where the rows come from a common table expression. */
export function tableProjection<Row>(model: TableModel, alias?: string): Projection<Row> {
  const codecs = [...model.codecs.values()];
  return {
    select: sql.join(
      codecs.map(({ column }) => reference(column, alias)),
      sql`, `,
    ),
    width: codecs.length,
    decode: rowDecoder(codecs) as Projection<Row>['decode'],
  };
}

/** Where the children of a parent's row come from. */
export interface ChildSource {
  readonly model: TableModel;
  /** The `from` clause and its condition. */
  readonly from: SQL;
  readonly orderBy: SQL;
  readonly alias?: string;
}

/**
 * All columns of a table and, under `property`, the rows of a child table: one statement, so that parent and children
 * are always of one moment.
 */
export function parentProjection<Row>(
  parent: TableModel,
  property: string,
  children: ChildSource,
  alias?: string,
): Projection<Row> {
  const own = tableProjection<Record<string, unknown>>(parent, alias);
  const codecs = [...children.model.codecs.values()];
  const decodeChild = rowDecoder(codecs);
  // Numbers and instants travel as text: JSON would round the one and reformat the other.
  const values = codecs.map(({ column }) => {
    const value = reference(column, children.alias);
    return TRAVELS_AS_JSON.has(column.columnType) ? value : sql`${value}::text`;
  });
  const list = sql`json_agg(json_build_array(${sql.join(values, sql`, `)}) order by ${children.orderBy})`;
  return {
    select: sql`${own.select}, (select coalesce(${list}, '[]'::json) from ${children.from}) as ${sql.identifier(property)}`,
    width: own.width + 1,
    decode(row) {
      const decoded = own.decode(row);
      decoded[property] = (row[own.width] as unknown[][]).map(decodeChild);
      return decoded as Row;
    },
  };
}

/** Rows of a table as one argument, in the shape of its columns: `from` them, any number can be inserted at once. */
export function rowsArgument(model: TableModel, key: string, alias: string): SQL {
  const codecs = [...model.codecs.values()];
  const definitions = codecs.map(({ column }) => sql`${sql.identifier(column.name)} ${sql.raw(column.getSQLType())}`);
  const encode = (rows: readonly Readonly<Record<string, unknown>>[]) =>
    JSON.stringify(
      rows.map((row) => Object.fromEntries(codecs.map((codec) => [codec.column.name, jsonOf(codec, row)]))),
    );
  return sql`jsonb_to_recordset(${parameter(key, encode)}::jsonb) as ${sql.identifier(alias)}(${sql.join(definitions, sql`, `)})`;
}

const TRAVELS_AS_JSON: ReadonlySet<string> = new Set(['PgJsonb', 'PgBoolean', 'PgArray']);

function jsonOf(codec: ColumnCodec, row: Readonly<Record<string, unknown>>): unknown {
  const encoded = codec.encode(row[codec.key]);
  return encoded !== null && codec.column.columnType === 'PgJsonb' ? row[codec.key] : encoded;
}

function reference(column: PgColumn, alias: string | undefined): SQL {
  return alias === undefined ? sql`${column}` : sql`${sql.identifier(alias)}.${sql.identifier(column.name)}`;
}

/** Reads rows in the order of the codecs. */
function rowDecoder(codecs: readonly ColumnCodec[]): (row: readonly unknown[]) => Record<string, unknown> {
  // Assigning to a copy of a complete row is faster than adding the columns one by one; most need no decoding.
  const empty: Readonly<Record<string, unknown>> = Object.fromEntries(codecs.map(({ key }) => [key, null]));
  const keys = codecs.map(({ key }) => key);
  const decoders = codecs.map(({ decode, travelsAsIs }) => (travelsAsIs ? undefined : decode));
  return (row) => {
    const decoded = { ...empty };
    for (let index = 0; index < keys.length; index += 1) {
      const raw = row[index];
      const decode = decoders[index];
      if (raw !== null) decoded[keys[index] as string] = decode === undefined ? raw : decode(raw);
    }
    return decoded;
  };
}
