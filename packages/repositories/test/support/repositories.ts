import { createQZPayTestClock, createQZPayTestDatabase, createQZPayTestPglite } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  createQZPayRepositories,
  createQZPayRepositoryContext,
  type QZPayDrizzleDatabase,
  type QZPayRepositories,
  type QZPayRepositoryOptions,
} from '../../src/index.js';

type DriverName = 'postgres.js' | 'node-postgres' | 'PGlite';

/** Connections of a test's repositories: enough for callers that really run at once. */
const POOL_SIZE = 10;

interface Connection {
  readonly database: QZPayDrizzleDatabase;
  reset(this: void): Promise<void>;
  close(this: void): Promise<void>;
}

interface RepositoriesSetup {
  readonly repositories: QZPayRepositories;
  readonly clock: ReturnType<typeof createQZPayTestClock>;
  readonly database: QZPayDrizzleDatabase;
  /** Other repositories on the same rows. */
  reopen(this: void, options?: QZPayRepositoryOptions): QZPayRepositories;
  /** Runs the callback in a transaction of the repositories. */
  transaction<Result>(this: void, callback: () => Promise<Result>): Promise<Result>;
}

export type Setup = (options?: QZPayRepositoryOptions) => Promise<RepositoriesSetup>;

/** Runs the tests of `body` on every driver, each on a database of its own that `setup` empties. */
export function describeOnEveryDriver(name: string, body: (setup: Setup) => void): void {
  for (const driver of ['postgres.js', 'node-postgres', 'PGlite'] as const) describeOn(driver, name, body);
}

/** Like {@link describeOnEveryDriver}, for what needs callers that really run at once. */
export function describeOnServers(name: string, body: (setup: Setup) => void): void {
  for (const driver of ['postgres.js', 'node-postgres'] as const) describeOn(driver, name, body);
}

/** Calls `attempt` ten times at once, on as many connections. */
export function tenAtOnce<Result>(
  attempt: (index: number) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  return Promise.allSettled(Array.from({ length: POOL_SIZE }, (_, index) => attempt(index)));
}

function describeOn(driver: DriverName, name: string, body: (setup: Setup) => void): void {
  describe(`${name} on ${driver}`, () => {
    let connection: Connection | undefined;
    beforeAll(async () => {
      connection = await connect(driver);
    });
    afterAll(() => connection?.close());
    body(async (options = {}) => {
      if (connection === undefined) throw new Error('The database has not been made');
      const { database, reset } = connection;
      await reset();
      const clock = createQZPayTestClock();
      const contextOf = (others: QZPayRepositoryOptions = {}) =>
        createQZPayRepositoryContext(database, { clock, ...options, ...others });
      const context = contextOf();
      return {
        repositories: createQZPayRepositories(context),
        clock,
        database,
        reopen: (others) => createQZPayRepositories(contextOf(others)),
        transaction: (callback) => context.runner.transactions.transaction(callback),
      };
    });
  });
}

async function connect(driver: DriverName): Promise<Connection> {
  const server = useQZPayTestServer();
  if (driver === 'PGlite') {
    const made = await createQZPayTestPglite({ server });
    const database = drizzlePglite({ client: made.pglite });
    return { database, reset: () => made.reset(), close: () => made.drop() };
  }
  const made = await createQZPayTestDatabase({ server });
  if (made.url === null) throw new Error(`${driver} needs a server, and the engine chosen for these tests is PGlite.`);
  const { database, end } = driver === 'postgres.js' ? openPostgresJs(made.url) : openNodePostgres(made.url);
  return {
    database,
    reset: () => made.reset(),
    close: async () => {
      await end();
      await made.drop();
    },
  };
}

function openPostgresJs(url: string): { database: QZPayDrizzleDatabase; end: () => Promise<void> } {
  const client = postgres(url, { max: POOL_SIZE, onnotice: () => {} });
  return { database: drizzlePostgresJs({ client }), end: () => client.end() };
}

function openNodePostgres(url: string): { database: QZPayDrizzleDatabase; end: () => Promise<void> } {
  const client = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  client.on('error', () => {});
  return { database: drizzleNodePostgres({ client }), end: () => client.end() };
}
