import type { QZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage as openEmbedded } from '@qzpay/adapter/pglite';
import { openQZPayStorage as openServer } from '@qzpay/adapter/postgres-js';
import postgres from 'postgres';

export interface DemoStorage {
  readonly storage: QZPayStorage;
  /** Where the story happens, for the reader. */
  readonly where: string;
  end(this: void): Promise<void>;
}

/** An embedded database, or a schema of our own on the given server. */
export async function openDemoStorage(databaseUrl: string | undefined): Promise<DemoStorage> {
  if (databaseUrl === undefined) {
    const storage = await openEmbedded();
    return { storage, where: 'an embedded PostgreSQL (PGlite), in memory', end: () => storage.close() };
  }
  const schema = `qzpay_demo_${process.pid}_${Date.now()}`;
  const storage = await openServer({ url: databaseUrl, schema, migrations: 'run', poolSize: 4 });
  return {
    storage,
    where: `the given server, in schema ${schema}`,
    async end() {
      await storage.close();
      const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
      await client`drop schema if exists ${client(schema)} cascade`;
      await client.end();
    },
  };
}
