import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from '../database.js';

/** The part of a Drizzle transaction that is used. */
export interface QZPayDrizzleTransaction {
  execute(query: string): PromiseLike<unknown>;
}

/** The part of a Drizzle database that is used, whatever the driver below it. */
export interface QZPayDrizzleDatabase extends QZPayDrizzleTransaction {
  transaction<R>(fn: (tx: QZPayDrizzleTransaction) => Promise<R>): Promise<R>;
}

/**
 * A database on the host's Drizzle database. Its `query` takes complete text only: Drizzle accepts parameters just
 * from its own builders.
 */
export function fromDrizzle(db: QZPayDrizzleDatabase): QZPayMigrationDatabase {
  return {
    ...queryable(db),
    transaction: (fn) => db.transaction((tx) => fn(queryable(tx))),
  };
}

function queryable(db: QZPayDrizzleTransaction): QZPayMigrationQueryable {
  return {
    query: async (text, params) => {
      if (params !== undefined && params.length > 0) throw new TypeError('fromDrizzle() takes no parameters');
      return rowsOf(await db.execute(text));
    },
  };
}

/** Rows are the result itself or its `rows`, depending on the driver below. */
function rowsOf(result: unknown): Record<string, unknown>[] {
  const rows = Array.isArray(result) ? result : (result as { readonly rows: Record<string, unknown>[] }).rows;
  return [...rows];
}
