export type { QZPayCatalogueDifference } from './catalogue.js';
export type { QZPayMigrationCheck } from './check.js';
export type { QZPayMigrationDatabase, QZPayMigrationQueryable } from './database.js';
export { fromDrizzle, type QZPayDrizzleDatabase, type QZPayDrizzleTransaction } from './drivers/drizzle.js';
export {
  fromNodePostgres,
  type QZPayNodePostgresClient,
  type QZPayNodePostgresPool,
  type QZPayNodePostgresPoolClient,
} from './drivers/node-postgres.js';
export { fromPglite, type QZPayPglite, type QZPayPgliteTransaction } from './drivers/pglite.js';
export {
  fromPostgresJs,
  type QZPayPostgresJsClient,
  type QZPayPostgresJsTransaction,
} from './drivers/postgres-js.js';
export { QZPayMigrationError, type QZPayMigrationErrorCode, type QZPayMigrationErrorDetails } from './errors.js';
export type { QZPayMigrationStepStatus, QZPayUnknownMigrationStep } from './inspect.js';
export {
  assertMigrated,
  checkMigrations,
  getMigrationStatus,
  hasPendingMigrations,
  planMigrations,
  runMigrations,
} from './migrations.js';
export type { QZPayMigrationOptions } from './options.js';
export type { QZPayPlanMigrationsOptions } from './plan.js';
export type { QZPayMigrationProgress, QZPayMigrationResult, QZPayRunMigrationsOptions } from './run-steps.js';
export type { QZPayMigrationStatus } from './status.js';
export type { QZPayMigrationSet } from './steps.js';
