import { createQZPayStorage, type QZPayStorage } from '@qzpay/adapter';
import { createQZPayTestDatabase, startQZPayTestServer } from '@qzpay/test-utils';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';

/** A storage and, beside it, the pool that it works on. */
export interface DurableStorage {
  readonly storage: QZPayStorage;
  readonly pool: pg.Pool;
}

/** Runs `measure` on a server of its own that writes before it acknowledges, as one in production does. */
export async function withDurableStorage(
  clients: number,
  measure: (durable: DurableStorage) => Promise<void>,
): Promise<void> {
  const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '256MB' };
  const server = await startQZPayTestServer({ engine: 'embedded', settings });
  try {
    const { url } = await createQZPayTestDatabase({ server });
    if (url === null) throw new Error('Benchmarks need a server.');
    const pool = new pg.Pool({ connectionString: url, max: clients });
    // Connections that the stopping server ends are none of the measurement's business.
    pool.on('error', () => {});
    try {
      await measure({ storage: createQZPayStorage(drizzle({ client: pool })), pool });
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}
