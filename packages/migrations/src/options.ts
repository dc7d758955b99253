import { QZPayMigrationError } from './errors.js';
import { assertSchemaName } from './identifiers.js';

export interface QZPayMigrationOptions {
  /** PostgreSQL schema of the tables and of the ledger; any name, `public` included. Default `qzpay`. */
  readonly schema?: string | undefined;
  /**
   * Whether the `integrity` set belongs to this database: triggers that keep audit log, refunds and usage records
   * append-only. Default true; false where the server refuses triggers.
   */
  readonly integrity?: boolean | undefined;
}

export const DEFAULT_SCHEMA = 'qzpay';
export const DEFAULT_LOCK_TIMEOUT = 30_000;

const MAX_LOCK_TIMEOUT = 2_147_483_647;

/** @throws QZPayMigrationError `invalid_schema_name` */
export function schemaOf(options: QZPayMigrationOptions): string {
  const schema = options.schema ?? DEFAULT_SCHEMA;
  assertSchemaName(schema);
  return schema;
}

export function assertLockTimeout(milliseconds: number): void {
  if (!Number.isInteger(milliseconds) || milliseconds < 0 || milliseconds > MAX_LOCK_TIMEOUT) {
    throw new QZPayMigrationError(
      'invalid_option',
      `\`lockTimeout\` is a whole number of milliseconds from 0 (wait for ever) to ${MAX_LOCK_TIMEOUT}.`,
    );
  }
}
