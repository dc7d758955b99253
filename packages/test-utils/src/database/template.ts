import { createHash } from 'node:crypto';
import { fromPostgresJs, planMigrations, type QZPayMigrationOptions, runMigrations } from '@qzpay/migrations';
import type { Sql } from 'postgres';
import { withConnection } from './connection.js';
import { createEmptyDatabase, dropDatabase, urlOf } from './databases.js';

/** Changes with the schema's name and with every migration. */
export function migrationsHash(options: QZPayMigrationOptions): string {
  return createHash('sha256').update(planMigrations(options)).digest('hex').slice(0, 16);
}

/**
 * Resolves with the name of a migrated database to copy from, made by the first caller and awaited by the others.
 *
 * @param sql A connection that is closed soon, and with it the lock.
 */
export async function ensureTemplate(sql: Sql, server: string, options: QZPayMigrationOptions): Promise<string> {
  const name = `qzpay_template_${migrationsHash(options)}`;
  if (await exists(sql, name)) return name;
  await sql`select pg_advisory_lock(hashtextextended(${name}, 0))`;
  if (await exists(sql, name)) return name;
  // The final name appears when all is done: whoever dies on the way leaves no half a template.
  const draft = `${name}_draft`;
  await dropDatabase(sql, draft);
  await createEmptyDatabase(sql, draft);
  await withConnection(urlOf(server, draft), (database) => runMigrations(fromPostgresJs(database), options));
  await sql`alter database ${sql(draft)} rename to ${sql(name)}`;
  return name;
}

async function exists(sql: Sql, database: string): Promise<boolean> {
  const rows = await sql`select from pg_catalog.pg_database where datname = ${database}`;
  return rows.length > 0;
}
