import { createQZPayStorage, type QZPayStorage, type QZPayStorageOptions } from '@qzpay/adapter';
import type { QZPayDrizzleDatabase } from '@qzpay/repositories';
import { createQZPayTestClock, createQZPayTestDatabase, createQZPayTestPglite } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe } from 'vitest';
import { startPgBouncer } from './pgbouncer.js';

const DRIVERS = ['postgres.js', 'node-postgres', 'PGlite'] as const;
export type DriverName = (typeof DRIVERS)[number];

/** Schema of the tables under test; the whole suite can run in any other one. */
const TEST_SCHEMA = process.env['QZPAY_TEST_SCHEMA'] ?? 'qzpay';
const SEARCH_PATH = `"${TEST_SCHEMA.replaceAll('"', '""')}"`;

/** Whether statements are named on the server; the whole suite can run without. */
const PREPARED = process.env['QZPAY_TEST_PREPARED'] !== 'false';

/** Connections of a test's storage: enough for callers that really run at once. */
const POOL_SIZE = 10;

/** A migrated database behind one driver. */
interface Connection {
  readonly database: QZPayDrizzleDatabase;
  /** Address of the database; `null` for PGlite. */
  readonly url: string | null;
  /** SQL of the test's own; the result's rows. */
  query(this: void, text: string): Promise<Record<string, unknown>[]>;
  reset(this: void): Promise<void>;
  /** Ends the storage's connections on the server; PGlite has none. */
  cutConnections(this: void): Promise<void>;
  close(this: void): Promise<void>;
}

export interface StorageSetup {
  readonly storage: QZPayStorage;
  readonly driver: DriverName;
  readonly database: QZPayDrizzleDatabase;
  readonly url: string | null;
  readonly clock: ReturnType<typeof createQZPayTestClock>;
  /** Another storage on the same rows. */
  reopen(this: void, options?: QZPayStorageOptions): QZPayStorage;
  /** Empties the tables. */
  reset(this: void): Promise<void>;
  /** SQL of the test's own; the result's rows. The tables are in {@link TEST_SCHEMA}, which is on the search path. */
  query(this: void, text: string): Promise<Record<string, unknown>[]>;
  /** Ends the storage's connections on the server; PGlite has none. */
  cutConnections(this: void): Promise<void>;
}

export type Setup = (options?: QZPayStorageOptions) => Promise<StorageSetup>;

/** Runs the tests of `body` on every driver, each on a database of its own that `setup` empties. */
export function describeOnEveryDriver(name: string, body: (setup: Setup, driver: DriverName) => void): void {
  for (const driver of DRIVERS) describeOn(driver, name, body);
}

/** Like {@link describeOnEveryDriver}, for what needs callers that really run at once. */
export function describeOnServers(name: string, body: (setup: Setup, driver: DriverName) => void): void {
  describeOn('postgres.js', name, body);
  describeOn('node-postgres', name, body);
}

/** Like {@link describeOnServers}, through a pooler in transaction mode. */
export function describeBehindPgBouncer(name: string, body: (setup: Setup, driver: DriverName) => void): void {
  describeOn('postgres.js', `${name} behind PgBouncer`, body, { pooled: true });
  describeOn('node-postgres', `${name} behind PgBouncer`, body, { pooled: true });
}

export function describeOn(
  driver: DriverName,
  name: string,
  body: (setup: Setup, driver: DriverName) => void,
  { pooled = false } = {},
): void {
  const prepared = PREPARED && !pooled;
  describe(`${name} on ${driver}`, () => {
    let connection: Connection | undefined;
    beforeAll(async () => {
      connection = await connect(driver, { pooled, prepared });
    });
    afterAll(() => connection?.close());
    body(async (options = {}) => {
      if (connection === undefined) throw new Error('The database has not been made');
      const { database, url, query, reset, cutConnections } = connection;
      await reset();
      const clock = createQZPayTestClock();
      const reopen = (others: QZPayStorageOptions = {}) =>
        createQZPayStorage(database, {
          schema: TEST_SCHEMA,
          preparedStatements: prepared,
          clock,
          ...options,
          ...others,
        });
      return {
        storage: reopen(),
        driver,
        database,
        url,
        clock,
        reopen,
        reset,
        query,
        cutConnections,
      };
    }, driver);
  });
}

/** Makes a database with tables and opens it with the driver. */
async function connect(
  driver: DriverName,
  { pooled, prepared }: { readonly pooled: boolean; readonly prepared: boolean },
): Promise<Connection> {
  const server = useQZPayTestServer();
  if (driver === 'PGlite') {
    const { pglite, reset, drop } = await createQZPayTestPglite({ server, schema: TEST_SCHEMA });
    await pglite.exec(`set search_path = ${SEARCH_PATH}`);
    return {
      database: drizzlePglite({ client: pglite }),
      url: null,
      query: async (text) => (await pglite.query<Record<string, unknown>>(text)).rows,
      reset,
      cutConnections: async () => {},
      close: drop,
    };
  }
  const { url, reset, drop } = await createQZPayTestDatabase({ server, schema: TEST_SCHEMA });
  if (url === null) throw new Error(`${driver} needs a server, and the engine chosen for these tests is PGlite.`);
  const own = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: SEARCH_PATH } });
  const pooler = pooled ? await startPgBouncer(url) : undefined;
  const address = pooler?.url ?? url;
  const { database, end } = driver === 'postgres.js' ? openPostgresJs(address, prepared) : openNodePostgres(address);
  return {
    database,
    url,
    query: async (text) => [...(await own.unsafe(text))],
    reset,
    cutConnections: async () => {
      await own`
        select pg_terminate_backend(pid, 5000) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    },
    close: async () => {
      await Promise.all([own.end(), end()]);
      await pooler?.stop();
      await drop();
    },
  };
}

function openPostgresJs(url: string, prepare: boolean): { database: QZPayDrizzleDatabase; end: () => Promise<void> } {
  const client = postgres(url, { max: POOL_SIZE, prepare, onnotice: () => {} });
  return { database: drizzlePostgresJs({ client }), end: () => client.end() };
}

function openNodePostgres(url: string): { database: QZPayDrizzleDatabase; end: () => Promise<void> } {
  const client = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  client.on('error', () => {});
  return { database: drizzleNodePostgres({ client }), end: () => client.end() };
}
