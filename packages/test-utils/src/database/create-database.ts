import { fromPostgresJs } from '@qzpay/migrations';
import postgres from 'postgres';
import { createQZPayTestPglite } from '../pglite/create-pglite.js';
import type { QZPayTestServerDescription } from '../server/server.js';
import { startQZPayTestServer } from '../server/start-server.js';
import { withConnection } from './connection.js';
import { copyDatabase, createEmptyDatabase, dropDatabase, newDatabaseName, urlOf } from './databases.js';
import { resetSql } from './reset.js';
import { ensureTemplate } from './template.js';
import type { QZPayTestDatabase, QZPayTestDatabaseOptions, QZPayTestServerBasedDatabase } from './test-database.js';

/** Seconds after which a connection that only `reset` uses closes, so that a forgotten database holds nobody up. */
const IDLE_TIMEOUT = 5;

/**
 * Creates a database for tests, with QZPay's tables unless told otherwise.
 *
 * The first database of a kind migrates a template, the others are copies of it. Any number of processes may ask at
 * once. On the engine `pglite` this is `createQZPayTestPglite`.
 */
export async function createQZPayTestDatabase(options: QZPayTestDatabaseOptions = {}): Promise<QZPayTestDatabase> {
  if (options.server !== undefined) return createOn(options.server, options);
  const server = await startQZPayTestServer();
  try {
    const database = await createOn(server, options);
    const drop = async () => {
      try {
        await database.drop();
      } finally {
        await server.stop();
      }
    };
    return { ...database, drop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function createOn(
  server: QZPayTestServerDescription,
  options: QZPayTestDatabaseOptions,
): Promise<QZPayTestDatabase> {
  const { engine, url } = server;
  if (engine === 'pglite' || url === null) return createQZPayTestPglite({ ...options, server });
  const { schema = 'qzpay', migrated = true, integrity = true } = options;
  const name = newDatabaseName(server.run);
  await withConnection(url, async (sql) => {
    if (!migrated) return createEmptyDatabase(sql, name);
    return copyDatabase(sql, await ensureTemplate(sql, url, { schema, integrity }), name);
  });
  return openDatabase({ engine, server: url, name, schema });
}

interface DatabaseParts {
  readonly engine: QZPayTestServerBasedDatabase['engine'];
  /** Address of the maintenance database. */
  readonly server: string;
  readonly name: string;
  readonly schema: string;
}

function openDatabase({ engine, server, name, schema }: DatabaseParts): QZPayTestServerBasedDatabase {
  const url = urlOf(server, name);
  const sql = postgres(url, { max: 1, idle_timeout: IDLE_TIMEOUT, onnotice: () => {} });
  let emptyTables: string | null = null;
  let dropping: Promise<void> | undefined;
  const drop = async () => {
    await sql.end({ timeout: 5 });
    await withConnection(server, (maintenance) => dropDatabase(maintenance, name));
  };
  return {
    engine,
    url,
    pglite: null,
    schema,
    reset: async () => {
      emptyTables ??= await resetSql(fromPostgresJs(sql), schema);
      if (emptyTables !== null) await sql.unsafe(emptyTables).simple();
    },
    drop: () => {
      dropping ??= drop();
      return dropping;
    },
  };
}
