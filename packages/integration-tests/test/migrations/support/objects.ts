import type { QZPayMigrationDatabase } from '@qzpay/migrations';

// What belongs to a table (its indexes, its row type, …) is in the table's schema.
const OBJECTS = `
select 'relation ' || n.nspname || '.' || relname as object, n.nspname as schema
from pg_class c join pg_namespace n on n.oid = relnamespace
union all
select 'function ' || n.nspname || '.' || proname, n.nspname from pg_proc join pg_namespace n on n.oid = pronamespace
union all
select 'type ' || n.nspname || '.' || typname, n.nspname from pg_type join pg_namespace n on n.oid = typnamespace
union all
select 'schema ' || nspname, nspname from pg_namespace where nspname <> 'public'
union all
select 'extension ' || extname, '' from pg_extension where extname <> 'plpgsql'
union all
select 'event trigger ' || evtname, '' from pg_event_trigger
union all
select 'setting of this database', '' from pg_db_role_setting
where setdatabase = (select oid from pg_database where datname = current_database())`;

/** Everything in the database that is neither PostgreSQL's own nor in one of the schemas. */
export async function objectsOutside(database: QZPayMigrationDatabase, ...schemas: string[]): Promise<string[]> {
  const rows = await database.query(
    `select object from (${OBJECTS}) as all_objects
      where schema !~ '^pg_' and schema <> 'information_schema' and schema <> all ($1) order by 1`,
    [schemas],
  );
  return rows.map((row) => String(row['object']));
}
