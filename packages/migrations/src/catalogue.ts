import type { QZPayMigrationDatabase } from './database.js';
import { quoteIdentifier, quoteLiteral } from './identifiers.js';

/** Objects of a schema, as `kind table.name`, with their definitions as the server prints them, without the schema. */
export type Catalogue = Readonly<Record<string, string>>;

// PostgreSQL 18 lists NOT NULL among the constraints, earlier versions do not; here it belongs to the column.
const OBJECTS = `with tables as (
  select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $schema and c.relkind in ('r', 'p')
)
select 'table ' || relname as object, 'table' as definition from tables
union all
select 'column ' || relname || '.' || attname,
  format_type(atttypid, atttypmod)
    || coalesce(' collate ' || quote_ident(l.collname), '')
    || case when attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
from tables
join pg_attribute a on attrelid = tables.oid and attnum > 0 and not attisdropped
join pg_type t on t.oid = atttypid
left join pg_collation l on l.oid = attcollation and attcollation <> typcollation
left join pg_attrdef on adrelid = attrelid and adnum = attnum
union all
select 'constraint ' || relname || '.' || conname, pg_get_constraintdef(k.oid, true)
from tables join pg_constraint k on conrelid = tables.oid
where contype in ('p', 'u', 'f', 'c', 'x')
union all
select 'index ' || tables.relname || '.' || c.relname,
  pg_get_indexdef(indexrelid, 0, true) || case when indisvalid then '' else ' (invalid)' end
from tables join pg_index on indrelid = tables.oid join pg_class c on c.oid = indexrelid
where not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
union all
select 'trigger ' || relname || '.' || tgname,
  pg_get_triggerdef(g.oid, true) || case when tgenabled in ('O', 'A') then '' else ' (disabled)' end
from tables join pg_trigger g on tgrelid = tables.oid
where not tgisinternal
order by 1`;

/** Reads the objects of a schema; empty when it does not exist. Two schemas of one shape give equal catalogues. */
export async function readCatalogue(database: QZPayMigrationDatabase, schema: string): Promise<Catalogue> {
  const rows = await database.transaction(async (tx) => {
    // What search_path reaches is printed without its schema.
    await tx.query(`set local search_path = ${quoteIdentifier(schema)}`);
    return tx.query(OBJECTS.replace('$schema', () => quoteLiteral(schema)));
  });
  // A schema named "$user" is not reached like that: the name stands for the role's in there.
  const unqualified = (definition: string) => definition.replaceAll(`${quoteIdentifier(schema)}.`, '');
  return Object.fromEntries(rows.map((row) => [String(row['object']), unqualified(String(row['definition']))]));
}

export interface QZPayCatalogueDifference {
  /** `missing`: not in the database; `changed`: defined otherwise; `extra`: unknown to this release. */
  readonly kind: 'missing' | 'changed' | 'extra';
  /** Kind and name, such as `column billing_customers.email` or `index billing_customers.billing_customers_list_idx`. */
  readonly object: string;
  /** The definition in this release; null for an extra object. */
  readonly expected: string | null;
  /** The definition in the database; null for a missing object. */
  readonly actual: string | null;
}

/** Differences by object name. What belongs to a missing or extra table is not listed beside the table. */
export function compareCatalogues(expected: Catalogue, actual: Catalogue): readonly QZPayCatalogueDifference[] {
  const objects = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  const onBothSides = (object: string) => Object.hasOwn(expected, object) && Object.hasOwn(actual, object);
  return objects
    .filter((object) => object.startsWith('table ') || onBothSides(tableOf(object)))
    .filter((object) => expected[object] !== actual[object])
    .map((object) => {
      const sides = { object, expected: expected[object] ?? null, actual: actual[object] ?? null };
      if (sides.actual === null) return { kind: 'missing', ...sides };
      return { kind: sides.expected === null ? 'extra' : 'changed', ...sides };
    });
}

/** `column billing_customers.email` → `table billing_customers` */
function tableOf(object: string): string {
  const name = object.slice(object.indexOf(' ') + 1);
  return `table ${name.slice(0, name.indexOf('.'))}`;
}
