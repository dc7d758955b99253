import { quoteLiteral, substituteSchema } from './identifiers.js';
import type { QZPayMigrationStep } from './steps.js';

/**
 * What opens a migrating transaction.
 *
 * Read committed, whatever the default is: under a stricter level the ledger would be read as it was before the
 * wait for the lock, and a step would be applied twice. Everything is bound to the transaction, so a pooler that
 * hands out connections per transaction does no harm.
 */
export function openingSql(schema: string, lockTimeout: number): readonly string[] {
  return [
    'set transaction isolation level read committed',
    `set local lock_timeout = ${lockTimeout}`,
    `select pg_advisory_xact_lock(hashtextextended(${quoteLiteral(`qzpay:migrate:${schema}`)}, 0))`,
  ];
}

export function stepStatements(step: QZPayMigrationStep, schema: string): readonly string[] {
  return step.statements.map((statement) => substituteSchema(statement, schema));
}
