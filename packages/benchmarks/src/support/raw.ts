import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres, { type Sql } from 'postgres';

export type Driver = 'postgres-js' | 'node-postgres';
export type Row = Record<string, unknown>;

/** Hand-written SQL; the name is the prepared statement's. */
export interface RawStatement {
  readonly name: string;
  readonly text: string;
}
export type Query = (statement: RawStatement, values: readonly unknown[]) => Promise<Row[]>;

/** A driver's own pool with prepared statements and nothing in between: the practical limit. */
export interface RawClient {
  readonly name: string;
  readonly query: Query;
  /** A `begin` block of the driver. */
  readonly begin: <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>;
  readonly close: () => Promise<void>;
}

export function openRaw(driver: Driver, url: string, connections: number): RawClient {
  return driver === 'postgres-js' ? rawPostgresJs(url, connections) : rawNodePostgres(url, connections);
}

function rawPostgresJs(url: string, connections: number): RawClient {
  const client = postgres(url, { max: connections, onnotice: () => {} });
  const queryOn =
    (sql: Pick<Sql, 'unsafe'>): Query =>
    (statement, values) =>
      sql.unsafe(statement.text, values as never[], { prepare: true }) as unknown as Promise<Row[]>;
  return {
    name: 'raw postgres.js',
    query: queryOn(client),
    begin: (work) => client.begin((sql) => work(queryOn(sql))) as ReturnType<typeof work>,
    close: () => client.end(),
  };
}

function rawNodePostgres(url: string, connections: number): RawClient {
  const pool = openPool(url, connections);
  const queryOn =
    (client: Pick<pg.Pool | pg.PoolClient, 'query'>): Query =>
    async ({ name, text }, values) =>
      (await client.query<Row>({ name, text, values: values as unknown[] })).rows;
  return {
    name: 'raw node-postgres',
    query: queryOn(pool),
    async begin(work) {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const result = await work(queryOn(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

/** Drizzle as its documentation has it: on the same driver, with a pool of its own. */
export function openDrizzle(driver: Driver, url: string, connections: number) {
  if (driver === 'postgres-js') {
    const client = postgres(url, { max: connections, onnotice: () => {} });
    return { drizzle: drizzlePostgresJs({ client }), close: () => client.end() };
  }
  const pool = openPool(url, connections);
  // Both speak the same language; only the type of what `execute` returns differs.
  const drizzle = drizzleNodePostgres({ client: pool }) as unknown as ReturnType<typeof drizzlePostgresJs>;
  return { drizzle, close: () => pool.end() };
}

function openPool(url: string, connections: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  // A pool's end does not wait for its connections, and one that the server ends first would end the process.
  pool.on('connect', (connection) => connection.on('error', () => {}));
  return pool;
}
