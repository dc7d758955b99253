import { fromPostgresJs } from '@qzpay/migrations';
import { createQZPayRepositoryContext } from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import {
  connectionTarget,
  DEFAULT_APPLICATION_NAME,
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_POOL_SIZE,
  prepareSchema,
  type QZPayServerOptions,
} from './open-options.js';
import { assemble, type QZPayStorage } from './storage.js';

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
    await prepareSchema(fromPostgresJs(client), options);
    return assemble(createQZPayRepositoryContext(drizzle({ client }), options), options, close);
  } catch (error) {
    await close();
    throw error;
  }
}
