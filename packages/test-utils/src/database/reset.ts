import type { QZPayMigrationQueryable } from '@qzpay/migrations';

/** A test that left a transaction open would otherwise hang all that follow. */
const LOCK_TIMEOUT = '10s';

// Reference data and the ledger belong to the migrated schema, not to a test.
const TABLES_SQL = `
select c.oid::text as oid, format('%I.%I', n.nspname, c.relname) as name
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname not in ('billing_currencies', 'billing_migrations')
order by c.relname`;

const REFERENCES_SQL = `
select k.conrelid::text as child, k.confrelid::text as parent
from pg_catalog.pg_constraint k join pg_catalog.pg_namespace n on n.oid = k.connamespace
where n.nspname = $1 and k.contype = 'f'`;

export interface TableReference {
  readonly child: string;
  readonly parent: string;
}

/**
 * SQL that empties the tables of a schema, or null while it has none. To be sent as one simple query: its statements
 * then make one transaction, without a `begin` that a failure would leave open.
 */
export async function resetSql(database: QZPayMigrationQueryable, schema: string): Promise<string | null> {
  const tables = (await database.query(TABLES_SQL, [schema])) as unknown as { oid: string; name: string }[];
  const references = (await database.query(REFERENCES_SQL, [schema])) as unknown as TableReference[];
  if (tables.length === 0) return null;
  const names = new Map(tables.map(({ oid, name }) => [oid, name]));
  return [
    `set local lock_timeout = '${LOCK_TIMEOUT}'`,
    // Lets the triggers of append-only tables pass.
    "set local qzpay.maintenance = 'on'",
    ...childrenFirst([...names.keys()], references).map((oid) => `delete from ${names.get(oid)}`),
  ].join(';\n');
}

/** Orders tables so that none comes before another that references it; keeps the given order where that is free. */
export function childrenFirst(tables: readonly string[], references: readonly TableReference[]): string[] {
  const ordered: string[] = [];
  const seen = new Set<string>();
  const visit = (table: string) => {
    if (seen.has(table) || !tables.includes(table)) return;
    seen.add(table);
    for (const { child, parent } of references) if (parent === table) visit(child);
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
