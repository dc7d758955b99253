import { withConnection } from '../database/connection.js';
import { createEmptyDatabase, dropDatabase, newDatabaseName, urlOf } from '../database/databases.js';
import type { QZPayTestEngineName } from '../engines/index.js';

/** What another process or worker needs to know to use a server: plain data, fit for `postMessage` and JSON. */
export interface QZPayTestServerDescription {
  readonly engine: QZPayTestEngineName;
  /**
   * Where a role that may create databases connects; it names a database for maintenance, where tests leave nothing.
   * Null for `pglite`, which nothing can connect to.
   */
  readonly url: string | null;
  /** Major version of PostgreSQL, 15 or more. */
  readonly version: number;
  /** Whether connections can compete: false for `pglite`, where tests of locks and races prove nothing. */
  readonly concurrent: boolean;
  /** Distinguishes this run from others on the same server; part of the names of its databases. */
  readonly run: string;
  /** Folder for temporary files of this run, removed with the server. */
  readonly directory: string;
}

export interface QZPayTestServer extends QZPayTestServerDescription {
  /** To hand on to workers, which make a server of it with `connectQZPayTestServer`. */
  readonly description: QZPayTestServerDescription;
  /**
   * Creates an empty database.
   *
   * @param name Default a new name. A given name that is taken rejects with the server's error (SQLSTATE 42P04).
   * @throws Error on `pglite`, which has one database: see `createQZPayTestPglite`.
   */
  createDatabase(name?: string): Promise<QZPayTestServerDatabase>;
}

export interface QZPayTestServerDatabase {
  readonly name: string;
  readonly url: string;
  /** Ends the connections to the database and removes it. Does nothing when it is gone. */
  drop(): Promise<void>;
}

/** The server that a description, maybe from another process, is about. */
export function connectQZPayTestServer(description: QZPayTestServerDescription): QZPayTestServer {
  return {
    ...description,
    description,
    createDatabase: async (name = newDatabaseName(description.run)) => {
      const { url } = description;
      if (url === null) throw new Error('PGlite has a single database; createQZPayTestPglite() makes a new PGlite.');
      await withConnection(url, (sql) => createEmptyDatabase(sql, name));
      return { name, url: urlOf(url, name), drop: () => withConnection(url, (sql) => dropDatabase(sql, name)) };
    },
  };
}
