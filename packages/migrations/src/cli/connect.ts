import type { Client } from 'pg';
import type { Sql } from 'postgres';
import type { QZPayMigrationDatabase } from '../database.js';
import { fromNodePostgres } from '../drivers/node-postgres.js';
import { fromPostgresJs } from '../drivers/postgres-js.js';

export interface Connection {
  readonly database: QZPayMigrationDatabase;
  close(): Promise<void>;
}

export type ImportModule = (name: string) => Promise<{ readonly default: unknown }>;

const CONNECT_TIMEOUT_SECONDS = 15;

/**
 * Connects with the driver that is installed, postgres.js before node-postgres.
 *
 * @throws Error that names what to install when there is neither.
 */
export async function connect(
  url: string,
  importModule: ImportModule = (name) => import(name) as ReturnType<ImportModule>,
): Promise<Connection> {
  const postgres = await importIfInstalled('postgres', importModule);
  if (postgres !== undefined) return connectPostgresJs(postgres as PostgresJs, url);
  const pg = await importIfInstalled('pg', importModule);
  if (pg !== undefined) return connectNodePostgres(pg as NodePostgres, url);
  throw new Error('No PostgreSQL driver is installed. Add one beside @qzpay/migrations: npm install postgres (or pg)');
}

type PostgresJs = (url: string, options: object) => Sql;
type NodePostgres = { readonly Client: new (options: object) => Client };

async function importIfInstalled(name: string, importModule: ImportModule): Promise<unknown> {
  try {
    return (await importModule(name)).default;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function connectPostgresJs(postgres: PostgresJs, url: string): Promise<Connection> {
  const sql = postgres(url, { max: 1, connect_timeout: CONNECT_TIMEOUT_SECONDS, onnotice: () => {} });
  return { database: fromPostgresJs(sql), close: () => sql.end({ timeout: 5 }) };
}

async function connectNodePostgres({ Client: PgClient }: NodePostgres, url: string): Promise<Connection> {
  const client = new PgClient({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_SECONDS * 1000,
  });
  // Without a listener a lost connection would end the process before the failed query can be reported.
  client.on('error', () => {});
  await client.connect();
  return { database: fromNodePostgres(client), close: () => client.end() };
}
