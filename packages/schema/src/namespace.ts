import { PgSchema } from 'drizzle-orm/pg-core';
import { utf8Length } from './utf8.js';

/** The PostgreSQL schema that the tables live in. Its type does not depend on the name, so every table set has one type. */
export type QZPayNamespace = PgSchema<'qzpay'>;

const MAX_IDENTIFIER_BYTES = 63;

/** @throws TypeError for a name that PostgreSQL would refuse or cut. */
export function createQZPayNamespace(schema: string): QZPayNamespace {
  const length = utf8Length(schema);
  if (length === 0 || length > MAX_IDENTIFIER_BYTES || schema.includes('\0')) {
    throw new TypeError(`A schema name has 1 to ${MAX_IDENTIFIER_BYTES} bytes and no NUL`);
  }
  // The class and not pgSchema(): that function refuses `public`, and a table without a schema would follow search_path.
  return new PgSchema(schema as 'qzpay');
}
