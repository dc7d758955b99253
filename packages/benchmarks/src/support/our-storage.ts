import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { QZPayStorageAdapter } from '@qzpay/core';
import type { Driver } from './raw.js';

/** The name of the storage among the contenders. */
export const STORAGE = 'storage';
export const DRIZZLE = 'Drizzle builder';

/** What a module given as `--storage` exports as its default. The database has our tables already. */
export type OpenStorage = (database: {
  readonly url: string;
  readonly driver: Driver;
  readonly connections: number;
}) => Promise<{ readonly storage: QZPayStorageAdapter; readonly close: () => Promise<unknown> }>;

/** @throws Error for a module whose default export is no function. */
export async function openStorage(module: string | undefined): Promise<OpenStorage> {
  if (module === undefined) return openOurs;
  const { default: open } = (await import(pathToFileURL(path.resolve(module)).href)) as { default?: unknown };
  if (typeof open !== 'function') throw new Error('--storage needs a module whose default export opens a storage');
  return open as OpenStorage;
}

const openOurs: OpenStorage = async ({ url, driver, connections }) => {
  const { openQZPayStorage } = await (driver === 'postgres-js'
    ? import('@qzpay/adapter/postgres-js')
    : import('@qzpay/adapter/node-postgres'));
  const storage = await openQZPayStorage({ url, poolSize: connections });
  return { storage, close: () => storage.close() };
};
