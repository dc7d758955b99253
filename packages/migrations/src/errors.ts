// Registered, not local: it is the symbol by which `isQZPayError` of any copy of the core package knows an error.
const BRAND = Symbol.for('@qzpay/error');

/**
 * Why migrations were refused or failed.
 *
 * - `pending`: steps are missing on the database.
 * - `drift`: an applied step differs from the one in this release.
 * - `out_of_order`: a step is missing although a later one of its set is applied.
 * - `unmanaged_tables`: another tool made the tables: there is no ledger, or nothing in it.
 * - `newer_database`: a newer release has made a change that this one must not run on.
 * - `step_failed`: the database refused a statement; nothing of that step remains.
 * - `lock_timeout`: another migrator or another transaction held a lock for too long; nothing of the step remains.
 * - `invalid_schema_name`, `invalid_option`: the call is wrong; nothing was sent.
 */
export type QZPayMigrationErrorCode =
  | 'pending'
  | 'drift'
  | 'out_of_order'
  | 'unmanaged_tables'
  | 'newer_database'
  | 'step_failed'
  | 'lock_timeout'
  | 'invalid_schema_name'
  | 'invalid_option';

export interface QZPayMigrationErrorDetails {
  /** Id of the step that the error is about. */
  readonly step?: string;
  /** What the database answered. */
  readonly sqlstate?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A migration was refused or failed. The message names the step and says what to do; it carries no values and no SQL.
 * Recognise it by `name` or `code`: `instanceof` fails where two copies of this package are loaded.
 */
export class QZPayMigrationError extends Error {
  override name = 'QZPayMigrationError';
  readonly code: QZPayMigrationErrorCode;
  /** Id of the step, or null where the error is not about one. */
  readonly step: string | null;
  /** SQLSTATE of the database's answer, or null where there was none. */
  readonly sqlstate: string | null;

  constructor(code: QZPayMigrationErrorCode, message: string, details: QZPayMigrationErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.step = details.step ?? null;
    this.sqlstate = details.sqlstate ?? null;
  }

  /** @internal */
  get [BRAND](): 'unspecified' {
    return 'unspecified';
  }
}
