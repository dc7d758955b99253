import { fromNodePostgres } from '@qzpay/migrations';
import { mapQZPayDatabaseError } from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import {
  BACKEND_PID,
  connectionTarget,
  DEFAULT_APPLICATION_NAME,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_POOL_SIZE,
  isPooled,
  prepareSchema,
  type QZPayServerOptions,
} from './open-options.js';
import { type QZPayStorage, storageOn } from './storage.js';

export type { QZPayServerOptions } from './open-options.js';

/** A connection that breaks reports it to its statements; without a listener Node would end the process as well. */
const ignore = () => {};

/**
 * Opens a storage with a node-postgres pool of its own; `close()` ends it.
 *
 * @throws QZPayStorageError `schema_outdated` when the database lacks a migration, unless `migrations` says otherwise.
 */
export async function openQZPayStorage(options: QZPayServerOptions): Promise<QZPayStorage> {
  const { url, ssl } = connectionTarget(options);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? DEFAULT_POOL_SIZE,
    connectionTimeoutMillis: options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT_MS,
    application_name: options.applicationName ?? DEFAULT_APPLICATION_NAME,
    ...(ssl === undefined ? {} : { ssl }),
    ...(options.statementTimeout === undefined ? {} : { statement_timeout: options.statementTimeout }),
  });
  pool.on('error', ignore);
  pool.on('connect', (connection) => {
    connection.on('error', ignore);
  });
  const close = () => pool.end();
  try {
    const preparedStatements = options.preparedStatements ?? !(await hasPooler(pool));
    await prepareSchema(fromNodePostgres(pool), options);
    return storageOn(drizzle({ client: pool }), { ...options, preparedStatements }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function hasPooler(pool: pg.Pool): Promise<boolean> {
  try {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ pid: number }>(BACKEND_PID);
      // The number is there at run time; the declarations lack it.
      return isPooled((client as unknown as { processID: number }).processID, rows[0]?.pid);
    } finally {
      client.release();
    }
  } catch (error) {
    throw mapQZPayDatabaseError(error);
  }
}
