import { type SQL, sql } from 'drizzle-orm';
import { type CheckBuilder, check, type ExtraConfigColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core';

interface NamedColumn {
  readonly name: string;
}

// Values are literals and columns are unqualified: migration tools write bound values as `$1`.

/** The column holds one of a closed set of values. */
export function isOneOf(name: string, column: NamedColumn, values: readonly string[]): CheckBuilder {
  const literals = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
  return check(name, sql`${quoted(column)} in (${sql.raw(literals)})`);
}

/** The column holds an integer that a JavaScript number holds exactly. */
export function isSafeInteger(name: string, column: NamedColumn): CheckBuilder {
  return check(name, sql`${quoted(column)} between -9007199254740991 and 9007199254740991`);
}

/** The column holds a JSON object, or null where it may. */
export function isJsonObject(name: string, column: NamedColumn): CheckBuilder {
  return check(name, sql`jsonb_typeof(${quoted(column)}) = 'object'`);
}

/** The column holds a JSON array, or null where it may. */
export function isJsonArray(name: string, column: NamedColumn): CheckBuilder {
  return check(name, sql`jsonb_typeof(${quoted(column)}) = 'array'`);
}

/** Serves containment (`@>`) in a map of provider ids. No pending list: some later write or look-up would pay for it. */
export function providerIdsIndex(name: string, column: Pick<ExtraConfigColumn, 'op'>): IndexBuilder {
  return index(name).using('gin', column.op('jsonb_path_ops')).with({ fastupdate: false });
}

function quoted(column: NamedColumn): SQL {
  return sql`${sql.identifier(column.name)}`;
}
