import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { RawStatement, Row } from './raw.js';

/** What drivers return as text, and people read as numbers. */
const NUMBERS = new Set(['PgNumericNumber', 'PgBigInt53']);

/** SQL as somebody writes it by hand for one table: the columns that our storage reads, under the names that it uses. */
export interface TableSql {
  readonly name: string;
  readonly columns: string;
  readonly returned: string;
  readonly visible: string;
  readonly select: (name: string, rest: string) => RawStatement;
  readonly insert: RawStatement;
  /** All columns of a new row, in the order of {@link insert}; what the row lacks is null. */
  readonly values: (row: Row) => unknown[];
  /** Sets columns to `$2`, `$3` … where the id is `$1`. */
  readonly update: (...columns: readonly string[]) => RawStatement;
}

export function sqlOf(table: PgTable): TableSql {
  const { name: bare, schema } = getTableConfig(table);
  const name = `${schema}.${bare}`;
  const entries = Object.entries(getTableColumns(table)) as [string, PgColumn][];
  const columns = entries.map(([, column]) => column.name).join(', ');
  const returned = entries
    .map(([key, column]) => `${column.name}${NUMBERS.has(column.columnType) ? '::float8' : ''} as "${key}"`)
    .join(', ');
  const visible = `livemode = false${entries.some(([key]) => key === 'deletedAt') ? ' and deleted_at is null' : ''}`;
  return {
    name,
    columns,
    returned,
    visible,
    select: (statement, rest) => ({
      name: `${bare}_${statement}`,
      text: `select ${returned} from ${name} where ${visible} ${rest}`,
    }),
    insert: {
      name: `${bare}_insert`,
      text: `insert into ${name} (${columns}) values (${entries.map((_, index) => `$${index + 1}`).join(', ')}) returning ${returned}`,
    },
    values: (row) => entries.map(([key]) => row[key] ?? null),
    update: (...changed) => ({
      name: `${bare}_set_${changed.map((column) => column.slice(0, 4)).join('_')}`,
      text: `update ${name} set ${changed.map((column, index) => `${column} = $${index + 2}`).join(', ')}
        where ${visible} and id = $1 returning ${returned}`,
    }),
  };
}

/** What every new row has. */
export function stamps(): { id: string; livemode: boolean; version: string; createdAt: Date; updatedAt: Date } {
  const now = new Date();
  return { id: crypto.randomUUID(), livemode: false, version: crypto.randomUUID(), createdAt: now, updatedAt: now };
}
