import type { QZPayServerOptions } from '../open-options.js';
import type { QZPayStorage } from '../storage.js';
import type { Target } from './command.js';

interface Driver {
  openQZPayStorage(options: QZPayServerOptions): Promise<QZPayStorage>;
}

type ImportDriver = () => Promise<Driver>;

const DRIVERS: readonly ImportDriver[] = [
  // Before postgres.js: it survives a server that ends the connection.
  () => import('../node-postgres.js'),
  () => import('../postgres-js.js'),
];

/**
 * Opens a storage with the driver that is installed.
 *
 * @throws Error that names what to install when there is none.
 */
export async function openWithInstalledDriver(
  { url, schema }: Target,
  livemode: boolean,
  drivers: readonly ImportDriver[] = DRIVERS,
): Promise<QZPayStorage> {
  for (const driver of drivers) {
    const module = await importIfInstalled(driver);
    if (module === undefined) continue;
    return module.openQZPayStorage({ url, schema, livemode, poolSize: 2, applicationName: 'qzpay-maintenance' });
  }
  throw new Error('No PostgreSQL driver is installed. Add one beside @qzpay/adapter: npm install postgres (or pg)');
}

async function importIfInstalled(driver: ImportDriver): Promise<Driver | undefined> {
  try {
    return await driver();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
