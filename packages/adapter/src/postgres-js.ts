import { fromPostgresJs } from '@qzpay/migrations';
import { mapQZPayDatabaseError } from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
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

/** Seconds that `close` waits for running statements. */
const CLOSE_TIMEOUT_S = 5;

/**
 * Opens a storage with a postgres.js pool of its own; `close()` ends it.
 *
 * A backend that dies inside a transaction ends the host's process with this driver (postgres.js 3.4.9), and nothing
 * outside the driver can catch it: where a server has to survive a failover, use `@qzpay/adapter/node-postgres`.
 *
 * @throws QZPayStorageError `schema_outdated` when the database lacks a migration, unless `migrations` says otherwise.
 */
export async function openQZPayStorage(options: QZPayServerOptions): Promise<QZPayStorage> {
  const { url, ssl } = connectionTarget(options);
  const client = postgres(url, {
    max: options.poolSize ?? DEFAULT_POOL_SIZE,
    connect_timeout: (options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT_MS) / 1000,
    // At its default a transaction that just fills a connection's pipeline is sent on a connection that is not reserved.
    max_pipeline: 2 ** 30,
    ...(ssl === undefined ? {} : { ssl }),
    onnotice: () => {},
    connection: {
      application_name: options.applicationName ?? DEFAULT_APPLICATION_NAME,
      ...(options.statementTimeout === undefined ? {} : { statement_timeout: options.statementTimeout }),
    },
  } as postgres.Options<Record<string, never>>);
  const close = () => client.end({ timeout: CLOSE_TIMEOUT_S });
  try {
    const preparedStatements = options.preparedStatements ?? !(await hasPooler(client));
    // The driver's own BEGIN and COMMIT must not be named either.
    client.options.prepare = preparedStatements;
    await prepareSchema(fromPostgresJs(client), options);
    return storageOn(drizzle({ client }), { ...options, preparedStatements }, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function hasPooler(client: postgres.Sql): Promise<boolean> {
  try {
    const result = await client.unsafe(BACKEND_PID);
    return isPooled(result.state.pid, result[0]?.['pid']);
  } catch (error) {
    throw mapQZPayDatabaseError(error);
  }
}
