import { PGlite } from '@electric-sql/pglite';
import { QZPayStorageError } from '@qzpay/core';
import { aText, checkOptions, type OptionRules } from '@qzpay/core/options';
import { fromPglite } from '@qzpay/migrations';
import { mapQZPayDatabaseError } from '@qzpay/repositories';
import { drizzle } from 'drizzle-orm/pglite';
import { OPEN_OPTIONS, prepareSchema, type QZPayOpenOptions } from './open-options.js';
import { type QZPayStorage, storageOn } from './storage.js';

export type { QZPayOpenOptions } from './open-options.js';

export interface QZPayPgliteOptions extends QZPayOpenOptions {
  /** Where the database lives, as PGlite understands it. Default: in memory, gone with the process. */
  readonly dataDir?: string | undefined;
}

const PGLITE_OPTIONS = { ...OPEN_OPTIONS, dataDir: aText } satisfies OptionRules<QZPayPgliteOptions>;

/**
 * Opens a storage on an embedded PostgreSQL (PGlite): one connection, no server. Pending migrations are applied unless
 * `migrations` says otherwise.
 *
 * @throws QZPayStorageError `connection_lost` when there can be no database in `dataDir`.
 */
export async function openQZPayStorage(options: QZPayPgliteOptions = {}): Promise<QZPayStorage> {
  checkOptions(options, PGLITE_OPTIONS);
  const client = await create(options.dataDir);
  const close = () => client.close();
  try {
    await prepareSchema(fromPglite(client), { ...options, migrations: options.migrations ?? 'run' });
    return storageOn(drizzle({ client }), options, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function create(dataDir: string | undefined): Promise<PGlite> {
  try {
    return await PGlite.create(dataDir === undefined ? {} : { dataDir });
  } catch (error) {
    const { cause } = mapQZPayDatabaseError(error) as { readonly cause?: unknown };
    throw new QZPayStorageError('The database in dataDir cannot be opened', 'connection_lost', {
      retryable: false,
      cause,
    });
  }
}
