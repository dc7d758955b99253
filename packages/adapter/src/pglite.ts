import { PGlite } from '@electric-sql/pglite';
import { fromPglite } from '@qzpay/migrations';
import { createQZPayRepositoryContext } from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/pglite';
import { prepareSchema, type QZPayOpenOptions } from './open-options.js';
import { assemble, type QZPayStorage } from './storage.js';

export type { QZPayOpenOptions } from './open-options.js';

export interface QZPayPgliteOptions extends QZPayOpenOptions {
  /** Where the database lives, as PGlite understands it. Default: in memory, gone with the process. */
  readonly dataDir?: string | undefined;
}

/**
 * Opens a storage on an embedded PostgreSQL (PGlite): one connection, no server. Pending migrations are applied unless
 * `migrations` says otherwise.
 */
export async function openQZPayStorage(options: QZPayPgliteOptions = {}): Promise<QZPayStorage> {
  const client = await PGlite.create(options.dataDir === undefined ? {} : { dataDir: options.dataDir });
  const close = () => client.close();
  try {
    await prepareSchema(fromPglite(client), { ...options, migrations: options.migrations ?? 'run' });
    return assemble(createQZPayRepositoryContext(drizzle({ client }), options), options, close);
  } catch (error) {
    await close();
    throw error;
  }
}
