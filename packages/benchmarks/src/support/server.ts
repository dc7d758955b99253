import { createQZPayTestDatabase, type QZPayStartedTestServer, startQZPayTestServer } from '@qzpay/test-utils';

/** As in production: what has been committed survives. */
export const SERVER_SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  max_connections: '200',
};

/** A server of our own that writes before it acknowledges, unlike the one for tests. */
export function startDurableServer(): Promise<QZPayStartedTestServer> {
  const engine = process.env['QZPAY_TEST_ENGINE'] === 'installed' ? 'installed' : 'embedded';
  return startQZPayTestServer({ engine, settings: SERVER_SETTINGS, log: () => {} });
}

/** The address of a new database with our tables. */
export async function createDatabase(server: QZPayStartedTestServer): Promise<string> {
  const { url } = await createQZPayTestDatabase({ server });
  if (url === null) throw new Error('Benchmarks need a server.');
  return url;
}
