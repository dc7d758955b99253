import type { QZPayTables } from '@qzpay/schema';
import { is, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core';

/** A foreign key, seen from the table that it points to. */
interface TableReference {
  readonly from: PgTable;
  readonly columns: readonly { readonly child: PgColumn; readonly parent: PgColumn }[];
}

/** The foreign keys of other tables that point to this one; those to itself are left out. */
function referencesTo(tables: QZPayTables, table: PgTable): TableReference[] {
  return (Object.values(tables) as unknown[])
    .filter((other): other is PgTable => is(other, PgTable) && other !== table)
    .flatMap((from) => getTableConfig(from).foreignKeys.map((key) => ({ from, ...key.reference() })))
    .filter(({ foreignTable }) => foreignTable === table)
    .map(({ from, columns, foreignColumns }) => ({
      from,
      columns: columns.map((child, index) => ({ child, parent: foreignColumns[index] as PgColumn })),
    }));
}

/** Conditions that no row of another table refers to a row of this one by a foreign key. */
export function isUnreferenced(tables: QZPayTables, table: PgTable): SQL[] {
  return referencesTo(tables, table).map(({ from, columns }) => {
    const same = columns.map(({ child, parent }) => sql`${child} = ${parent}`);
    return sql`not exists (select 1 from ${from} where ${sql.join(same, sql` and `)})`;
  });
}
