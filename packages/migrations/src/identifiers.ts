import { QZPayMigrationError } from './errors.js';

const MAX_IDENTIFIER_BYTES = 63;

/** Stands for the schema's name in shipped SQL: a quoted identifier, so that the files are valid SQL as they are. */
export const SCHEMA_TOKEN = '"__qzpay__"';

/** @throws QZPayMigrationError `invalid_schema_name` for a name that PostgreSQL would refuse or cut. */
export function assertSchemaName(schema: string): void {
  const bytes = new TextEncoder().encode(schema).length;
  if (bytes === 0 || bytes > MAX_IDENTIFIER_BYTES || schema.includes('\0')) {
    throw new QZPayMigrationError(
      'invalid_schema_name',
      `A schema name has 1 to ${MAX_IDENTIFIER_BYTES} bytes and no NUL; choose another \`schema\`.`,
    );
  }
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal that means the same with `standard_conforming_strings` on or off. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

export function substituteSchema(sql: string, schema: string): string {
  // A function, since the replacement text may hold `$&` and the like.
  return sql.replaceAll(SCHEMA_TOKEN, () => quoteIdentifier(schema));
}
