import { checkSteps, type QZPayMigrationCheck } from './check.js';
import type { QZPayMigrationDatabase } from './database.js';
import { CATALOGUE } from './generated/catalogue.js';
import { STEPS } from './generated/migrations.js';
import type { QZPayMigrationOptions } from './options.js';
import { planSteps, type QZPayPlanMigrationsOptions } from './plan.js';
import { type QZPayMigrationResult, type QZPayRunMigrationsOptions, runSteps } from './run-steps.js';
import { assertSteps, isPending, type QZPayMigrationStatus, readStatus } from './status.js';

/**
 * Applies the steps that the database does not have yet, one transaction each, and resolves with those that this
 * call applied.
 *
 * Any number of callers may run at once: a lock lets each step happen exactly once, the others skip it. The schema
 * and the ledger are created where they are missing. A step that fails leaves nothing behind; steps before it stay.
 *
 * @throws QZPayMigrationError `drift`, `out_of_order`, `unmanaged_tables`, `newer_database` before anything is written; `step_failed`,
 *   `lock_timeout` for a step that was rolled back; `invalid_schema_name`, `invalid_option`. Errors of the driver that
 *   come up before the first step pass unchanged.
 */
export function runMigrations(
  database: QZPayMigrationDatabase,
  options: QZPayRunMigrationsOptions = {},
): Promise<QZPayMigrationResult> {
  return runSteps(database, STEPS, options);
}

/**
 * Whether `runMigrations` with the same options would apply something. False also on a database that it would refuse;
 * `getMigrationStatus` tells.
 */
export async function hasPendingMigrations(
  database: QZPayMigrationDatabase,
  options: QZPayMigrationOptions = {},
): Promise<boolean> {
  const status = await readStatus(database, STEPS, options);
  return status.problem === null && isPending(status);
}

/** Every step with its state, and why `runMigrations` would refuse. Reads only; a database without ledger is all pending. */
export function getMigrationStatus(
  database: QZPayMigrationDatabase,
  options: QZPayMigrationOptions = {},
): Promise<QZPayMigrationStatus> {
  return readStatus(database, STEPS, options);
}

/**
 * The complete SQL of the steps, for a database administrator to read and to run with psql; afterwards the ledger
 * stands as if `runMigrations` had been called. Connects to nothing.
 */
export function planMigrations(options: QZPayPlanMigrationsOptions = {}): string {
  return planSteps(STEPS, options);
}

/** Compares ledger and live tables, columns, constraints, indexes and triggers with this release. Reads only. */
export function checkMigrations(
  database: QZPayMigrationDatabase,
  options: QZPayMigrationOptions = {},
): Promise<QZPayMigrationCheck> {
  return checkSteps(database, STEPS, CATALOGUE, options);
}

/**
 * Resolves when an application of this release may run on the database. One statement on a migrated database, cheap enough for every start.
 * Asks for the core set only: an application does not depend on the integrity set.
 *
 * @throws QZPayMigrationError `pending`, `drift`, `out_of_order`, `unmanaged_tables`, `newer_database`, `invalid_schema_name`
 */
export function assertMigrated(
  database: QZPayMigrationDatabase,
  options: Pick<QZPayMigrationOptions, 'schema'> = {},
): Promise<void> {
  return assertSteps(database, STEPS, options);
}
