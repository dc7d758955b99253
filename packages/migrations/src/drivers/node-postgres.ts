import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from '../database.js';

interface NodePostgresResult {
  readonly rows: Record<string, unknown>[];
}

/** The part of a node-postgres client that is used. */
export interface QZPayNodePostgresClient {
  query(text: string, params?: unknown[]): Promise<NodePostgresResult>;
}

/** The part of a client taken from a node-postgres pool that is used. */
export interface QZPayNodePostgresPoolClient extends QZPayNodePostgresClient {
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  release(destroy?: boolean): void;
}

/** The part of a node-postgres pool that is used. */
export interface QZPayNodePostgresPool extends QZPayNodePostgresClient {
  readonly totalCount: number;
  connect(): Promise<QZPayNodePostgresPoolClient>;
}

/** A database on a node-postgres pool or connected client, which stays the caller's to end. */
export function fromNodePostgres(
  poolOrClient: QZPayNodePostgresPool | QZPayNodePostgresClient,
): QZPayMigrationDatabase {
  return {
    ...queryable(poolOrClient),
    transaction: (fn) => (isPool(poolOrClient) ? onPool(poolOrClient, fn) : inTransaction(poolOrClient, fn)),
  };
}

function isPool(poolOrClient: QZPayNodePostgresPool | QZPayNodePostgresClient): poolOrClient is QZPayNodePostgresPool {
  // Clients have `connect` as well, and a class test would fail on another copy of the driver.
  return 'totalCount' in poolOrClient;
}

async function onPool<R>(pool: QZPayNodePostgresPool, fn: (tx: QZPayMigrationQueryable) => Promise<R>): Promise<R> {
  const client = await pool.connect();
  // A connection that breaks between two queries emits an error, which ends the process when nobody listens.
  client.on('error', ignore);
  let destroy = true;
  try {
    const result = await inTransaction(client, fn);
    destroy = false;
    return result;
  } finally {
    client.off('error', ignore);
    client.release(destroy);
  }
}

async function inTransaction<R>(
  client: QZPayNodePostgresClient,
  fn: (tx: QZPayMigrationQueryable) => Promise<R>,
): Promise<R> {
  await client.query('begin');
  try {
    const result = await fn(queryable(client));
    await client.query('commit');
    return result;
  } catch (error) {
    // The first error is the one that explains; a rollback fails only where the connection is gone anyway.
    await client.query('rollback').catch(ignore);
    throw error;
  }
}

function queryable(client: QZPayNodePostgresClient): QZPayMigrationQueryable {
  return { query: async (text, params) => (await client.query(text, params && [...params])).rows };
}

function ignore(): void {}
