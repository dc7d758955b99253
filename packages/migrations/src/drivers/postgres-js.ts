import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from '../database.js';

/** The part of a postgres.js transaction that is used. */
export interface QZPayPostgresJsTransaction {
  unsafe(text: string, params?: never[]): PromiseLike<unknown>;
}

/** The part of a postgres.js client that is used. */
export interface QZPayPostgresJsClient extends QZPayPostgresJsTransaction {
  begin(fn: (tx: QZPayPostgresJsTransaction) => Promise<unknown>): Promise<unknown>;
}

/** A database on a postgres.js client, which stays the caller's to end. */
export function fromPostgresJs(sql: QZPayPostgresJsClient): QZPayMigrationDatabase {
  return {
    ...queryable(sql),
    transaction: async <R>(fn: (tx: QZPayMigrationQueryable) => Promise<R>) => {
      // Carried out by hand: the client's own result type unwraps arrays of promises.
      let result: { readonly value: R } | undefined;
      await sql.begin(async (tx) => {
        result = { value: await fn(queryable(tx)) };
      });
      return (result as unknown as { readonly value: R }).value;
    },
  };
}

function queryable(sql: QZPayPostgresJsTransaction): QZPayMigrationQueryable {
  return {
    query: async (text, params) => [
      ...((await sql.unsafe(text, params as never[] | undefined)) as Iterable<Record<string, unknown>>),
    ],
  };
}
