import type { QZPayMigrationDatabase } from '@qzpay/migrations';

const RELATIONS = `select c.oid, relname from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = $1 and relkind in ('r', 'p')`;

const COLUMNS = `select relname as "table", attname as name, format_type(atttypid, atttypmod) as type,
    attnotnull as "notNull", pg_get_expr(adbin, adrelid) as "default", collname as collation
  from (${RELATIONS}) r join pg_attribute on attrelid = r.oid and attnum > 0 and not attisdropped
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  left join pg_collation l on l.oid = attcollation`;

// Not the NOT NULL constraints (n) that PostgreSQL 18 lists: they are with the columns.
const CONSTRAINTS = `select relname as "table", conname as name, pg_get_constraintdef(k.oid) as definition
  from (${RELATIONS}) r join pg_constraint k on conrelid = r.oid where contype <> 'n'`;

const INDEXES = `select relname as "table", indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
  from (${RELATIONS}) r join pg_index on indrelid = r.oid
  where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))`;

export interface LiveColumn {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly collation: string | null;
}

/** Columns, constraints and indexes of a schema as the server knows them, sorted by name and free of the schema's name. */
export async function liveTables(database: QZPayMigrationDatabase, schema: string) {
  const read = async (query: string) => {
    const rows = await database.query(`${query} order by 1, 2`, [schema]);
    return JSON.parse(JSON.stringify(rows).replaceAll(`${schema}.`, '')) as Record<string, unknown>[];
  };
  return {
    columns: (await read(COLUMNS)) as unknown as LiveColumn[],
    constraints: await read(CONSTRAINTS),
    indexes: await read(INDEXES),
  };
}
