/** Something that runs SQL: a connection, a pool or a transaction. */
export interface QZPayMigrationQueryable {
  /**
   * Runs one statement and resolves with its rows, as objects by column name.
   * The runner sends complete text without `params`, so any driver will do.
   */
  query(text: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/**
 * A database as the runner sees it. Made from a driver by `fromPostgresJs`, `fromNodePostgres`, `fromPglite` or
 * `fromDrizzle`, or by hand.
 */
export interface QZPayMigrationDatabase extends QZPayMigrationQueryable {
  /**
   * Runs `fn` in one transaction on one connection: commits when its promise resolves, rolls back and passes the
   * error on when it rejects.
   */
  transaction<R>(fn: (tx: QZPayMigrationQueryable) => Promise<R>): Promise<R>;
}
