import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from '../database.js';

/** The part of a PGlite transaction that is used. */
export interface QZPayPgliteTransaction {
  query<Row>(text: string, params?: unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** The part of a PGlite instance that is used. */
export interface QZPayPglite extends QZPayPgliteTransaction {
  transaction<R>(fn: (tx: QZPayPgliteTransaction) => Promise<R>): Promise<R>;
}

/** A database on a PGlite instance, which stays the caller's to close. */
export function fromPglite(pglite: QZPayPglite): QZPayMigrationDatabase {
  return {
    ...queryable(pglite),
    transaction: (fn) => pglite.transaction((tx) => fn(queryable(tx))),
  };
}

function queryable(pglite: QZPayPgliteTransaction): QZPayMigrationQueryable {
  return {
    query: async (text, params) => (await pglite.query<Record<string, unknown>>(text, params && [...params])).rows,
  };
}
