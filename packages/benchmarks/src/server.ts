import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { type QZPayStartedTestServer, startQZPayTestServer } from '@qzpay/test-utils';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';

/** As in production: what has been committed survives. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
};

/** A server that keeps its promises, unlike the one for tests. `QZPAY_TEST_ENGINE=installed` takes the machine's own binaries. */
export function startDurableServer(): Promise<QZPayStartedTestServer> {
  return startQZPayTestServer({ settings: SETTINGS });
}

/** A database with its connections and a storage on them. */
export interface OpenDatabase {
  readonly sql: Sql;
  readonly storage: QZPayStorage;
}

export function openDatabase(url: string, connections: number): OpenDatabase {
  const sql = postgres(url, { max: connections, onnotice: () => {} });
  return { sql, storage: createQZPayStorage(drizzle({ client: sql })) };
}
