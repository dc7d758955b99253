import type { PGlite } from '@electric-sql/pglite';
import type { QZPayTestEngineName } from '../engines/index.js';
import type { QZPayTestServerDescription } from '../server/server.js';

export interface QZPayTestDatabaseOptions {
  /** The server to use, also as described by another process. Default: one is started, and stopped by `drop`. */
  readonly server?: QZPayTestServerDescription | undefined;
  /** PostgreSQL schema of the tables. Default `qzpay`. */
  readonly schema?: string | undefined;
  /** Whether the tables are there; otherwise the database is empty. Default true. */
  readonly migrated?: boolean | undefined;
  /** Whether append-only tables have their triggers. Default true. */
  readonly integrity?: boolean | undefined;
}

interface DatabaseOfTests {
  readonly schema: string;
  /**
   * Deletes the rows of all tables in the schema, append-only ones included, except currencies and the migration
   * ledger. One transaction and a few milliseconds; waits ten seconds at most for a transaction that is still open.
   * Which tables there are is looked up once.
   */
  reset(this: void): Promise<void>;
  /** Ends all connections and removes the database. Further calls do nothing. */
  drop(this: void): Promise<void>;
}

/** A database that any driver can connect to, as often as it likes. */
export interface QZPayTestServerBasedDatabase extends DatabaseOfTests {
  readonly engine: Exclude<QZPayTestEngineName, 'pglite'>;
  readonly url: string;
  readonly pglite: null;
}

/** A database inside this process, on one connection. */
export interface QZPayTestPgliteDatabase extends DatabaseOfTests {
  readonly engine: 'pglite';
  readonly url: null;
  readonly pglite: PGlite;
}

/** Either kind; `url` or `pglite` tells which. */
export type QZPayTestDatabase = QZPayTestServerBasedDatabase | QZPayTestPgliteDatabase;
