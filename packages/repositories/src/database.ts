import { entityKind } from 'drizzle-orm';
import { sqlStateOf } from './database-errors.js';

/**
 * The part of a Drizzle database or transaction on PostgreSQL that is used, whatever the driver and the schema it was
 * made with. Not Drizzle's class: two installed copies of drizzle-orm are two classes to TypeScript, but work together.
 */
export interface QZPayDrizzleDatabase {
  readonly _: { readonly session: object };
  execute(query: object | string): PromiseLike<unknown>;
  transaction<T>(
    callback: (transaction: QZPayDrizzleTransaction) => Promise<T>,
    config?: { isolationLevel?: 'read committed' | 'repeatable read' | 'serializable' },
  ): Promise<T>;
  /** Not used: what Drizzle's databases of other servers lack, so that those do not compile. */
  refreshMaterializedView(view: never): unknown;
}

/** A transaction as Drizzle hands it to its callback. */
export interface QZPayDrizzleTransaction extends QZPayDrizzleDatabase {
  rollback(): never;
}

/** The part of Drizzle's session that runs a statement whose text we already have. */
interface DrizzleSession {
  prepareQuery(
    query: { sql: string; params: unknown[] },
    fields: undefined,
    name: string | undefined,
    isResponseInArrayMode: boolean,
    mapRows: (rows: unknown[][]) => unknown[][],
  ): { execute(): Promise<unknown[][]> };
}

function sessionOf(database: QZPayDrizzleDatabase): DrizzleSession {
  return (database as unknown as { _: { session: DrizzleSession } })._.session;
}

/**
 * Runs one statement and returns its rows as arrays of the driver's values.
 *
 * Goes to Drizzle's session with finished text: building a statement costs several times what running it does, and a
 * prepared builder stays tied to the connection it was built on, so it would leave the transaction.
 *
 * @param name names a server-side prepared statement (one round trip); `undefined` sends it unprepared.
 */
export function runOn(
  database: QZPayDrizzleDatabase,
  text: string,
  parameters: unknown[],
  name: string | undefined,
): Promise<unknown[][]> {
  return sessionOf(database)
    .prepareQuery({ sql: text, params: parameters }, undefined, name, true, (rows) => rows)
    .execute();
}

/**
 * Whether several statements may be in flight on one connection: postgres.js pipelines them, the other drivers expect
 * one at a time.
 */
export function pipelines(database: QZPayDrizzleDatabase): boolean {
  return sessionKind(database) === 'PostgresJsSession';
}

/** Whether callers can get connections of their own: PGlite has a single one. */
export function hasManyConnections(database: QZPayDrizzleDatabase): boolean {
  return sessionKind(database) !== 'PgliteSession';
}

function sessionKind(database: QZPayDrizzleDatabase): string | undefined {
  return (sessionOf(database).constructor as { readonly [entityKind]?: string })[entityKind];
}

/**
 * Opens a transaction or savepoint as Drizzle does, and mends what Drizzle leaves out on a pool of node-postgres
 * (drizzle-orm 0.45.2): it keeps a connection whose BEGIN failed, and a pool that has lost all of its connections this
 * way answers nobody any more; it gives back one whose ROLLBACK failed, and the next one to use it writes into the open
 * transaction; and a connection that breaks while nothing is being sent ends the process.
 */
export async function transactionOn<T>(
  database: QZPayDrizzleDatabase,
  callback: (transaction: QZPayDrizzleTransaction) => Promise<T>,
  config: Parameters<QZPayDrizzleDatabase['transaction']>[1],
): Promise<T> {
  const session = sessionOf(database) as DrizzleSession & NodePostgresSession;
  if (sessionKind(database) !== 'NodePgSession' || !('idleCount' in session.client)) {
    return database.transaction(callback, config);
  }
  const pool = session.client;
  let giveBack: ((error?: unknown) => void) | undefined;
  const connect = async (): Promise<PoolConnection> => {
    const connection = await pool.connect();
    const { release } = connection;
    connection.on('error', ignore);
    giveBack = (error) => {
      connection.off('error', ignore);
      connection.release = release;
      connection.release(error);
    };
    // Drizzle gives it back before it is known how the transaction ended.
    connection.release = ignore;
    return connection;
  };
  const watched: NodePostgresSession = Object.create(session, {
    client: { value: Object.create(pool, { connect: { value: connect } }) },
  });
  let own: { readonly error: unknown } | 'none' | undefined;
  const tracked = async (transaction: QZPayDrizzleTransaction): Promise<T> => {
    try {
      const value = await callback(transaction);
      own = 'none';
      return value;
    } catch (error) {
      own = { error };
      throw error;
    }
  };
  try {
    const value = await watched.transaction(tracked, config);
    giveBack?.();
    return value;
  } catch (error) {
    // The callback's own error, and the server's answer to COMMIT, come after a ROLLBACK. After any other error the
    // connection may be in the transaction still.
    const undone = own === 'none' ? sqlStateOf(error) !== undefined : own !== undefined && own.error === error;
    giveBack?.(undone ? undefined : error);
    throw error;
  }
}

/** Drizzle's session on a pool of node-postgres. */
interface NodePostgresSession extends Pick<QZPayDrizzleDatabase, 'transaction'> {
  readonly client: { connect(): Promise<PoolConnection> };
}

interface PoolConnection {
  release: (error?: unknown) => void;
  on(event: 'error', listener: () => void): unknown;
  off(event: 'error', listener: () => void): unknown;
}

/** The statements of a broken connection fail by themselves. */
function ignore(): void {}

/** Throws unless the argument is a Drizzle database that this package can drive. */
export function assertDrizzleDatabase(database: unknown): asserts database is QZPayDrizzleDatabase {
  const session = (database as { _?: { session?: Partial<DrizzleSession> } } | null | undefined)?._?.session;
  if (typeof session?.prepareQuery !== 'function') {
    throw new TypeError(
      'Expected a Drizzle database (drizzle-orm >=0.45.2 <1), for example drizzle({ client }). A raw driver client is not accepted.',
    );
  }
}

/** Throws unless the argument is a transaction: what runs on a database is not part of any. */
export function assertDrizzleTransaction(handle: unknown): void {
  assertDrizzleDatabase(handle);
  if (typeof (handle as Partial<QZPayDrizzleTransaction>).rollback === 'function') return;
  throw new TypeError(
    'Expected the transaction that Drizzle hands to the callback of db.transaction, not the database.',
  );
}

/**
 * Throws for a postgres.js client that names statements. It would name its own COMMIT as well: where a pooler does not
 * follow names, that COMMIT fails, and the driver repeats it in the transaction that the failure has aborted. What the
 * database rolls back then is reported as committed (postgres.js 3.4.9).
 */
export function assertUnprepared(database: QZPayDrizzleDatabase): void {
  if (!pipelines(database)) return;
  const { $client } = database as unknown as { $client?: { options?: { prepare?: boolean } } };
  if ($client?.options?.prepare === false) return;
  throw new TypeError(
    '`preparedStatements: false` needs a postgres.js client made with `prepare: false`: otherwise the driver still names its COMMIT, which behind a pooler can be lost without an error.',
  );
}
