import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from './database.js';
import { QZPayMigrationError } from './errors.js';
import { examine } from './examine.js';
import { ensureLedger, recordStepSql } from './ledger.js';
import { assertLockTimeout, DEFAULT_LOCK_TIMEOUT, type QZPayMigrationOptions, schemaOf } from './options.js';
import { sqlstateOf } from './sqlstate.js';
import { openingSql, stepStatements } from './step-sql.js';
import { chooseSteps, type QZPayMigrationStep } from './steps.js';

export interface QZPayMigrationProgress {
  readonly id: string;
  /** From 1 to `total`, the number of steps that were pending when the run began. */
  readonly position: number;
  readonly total: number;
  /** `skipped`: another migrator was faster. */
  readonly phase: 'started' | 'applied' | 'skipped';
}

export interface QZPayRunMigrationsOptions extends QZPayMigrationOptions {
  /**
   * Milliseconds to wait for any one lock, that of other migrators included. Default 30 000; 0 waits for ever.
   */
  readonly lockTimeout?: number | undefined;
  /** Called before and after each step; an error thrown here ends the run between two steps. */
  readonly onStep?: ((progress: QZPayMigrationProgress) => void) | undefined;
}

export interface QZPayMigrationResult {
  /** Ids of the steps that this run applied, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
}

export async function runSteps(
  database: QZPayMigrationDatabase,
  steps: readonly QZPayMigrationStep[],
  options: QZPayRunMigrationsOptions,
): Promise<QZPayMigrationResult> {
  const run: Run = {
    schema: schemaOf(options),
    lockTimeout: options.lockTimeout ?? DEFAULT_LOCK_TIMEOUT,
    steps,
    chosen: chooseSteps(steps, options.integrity ?? true),
  };
  assertLockTimeout(run.lockTimeout);
  // Without a lock: an application that starts on a migrated database neither waits nor needs to write.
  const pending = await pendingSteps(database, run);
  const applied: string[] = [];
  for (const [index, step] of pending.entries()) {
    const at = { id: step.id, position: index + 1, total: pending.length };
    options.onStep?.({ ...at, phase: 'started' });
    const done = await database
      .transaction((tx) => applyStep(tx, step, run))
      .catch((error: unknown) => {
        throw explain(error, step);
      });
    if (done) applied.push(step.id);
    options.onStep?.({ ...at, phase: done ? 'applied' : 'skipped' });
  }
  return { applied };
}

interface Run {
  readonly schema: string;
  readonly lockTimeout: number;
  readonly steps: readonly QZPayMigrationStep[];
  readonly chosen: readonly QZPayMigrationStep[];
}

async function pendingSteps(db: QZPayMigrationQueryable, run: Run): Promise<readonly QZPayMigrationStep[]> {
  const { pending, problem } = await examine(db, run.steps, run.chosen, run.schema);
  if (problem !== null) throw problem;
  return pending;
}

/** Resolves with false when another migrator has applied the step in the meantime. */
async function applyStep(tx: QZPayMigrationQueryable, step: QZPayMigrationStep, run: Run): Promise<boolean> {
  for (const statement of openingSql(run.schema, run.lockTimeout)) await tx.query(statement);
  await ensureLedger(tx, run.schema);
  const pending = await pendingSteps(tx, run);
  if (!pending.some(({ id }) => id === step.id)) return false;
  for (const statement of stepStatements(step, run.schema)) await tx.query(statement);
  await tx.query(recordStepSql(step, run.schema));
  return true;
}

const LOCK_NOT_AVAILABLE = '55P03';

const ADVICE: Readonly<Record<string, string>> = {
  '42501':
    'The role lacks a privilege: let the schema be created and owned by the migrating role, or migrate as its owner.',
  '42P07':
    'A table or index of that name is there already: use an empty schema, or one that only these migrations write.',
  '57014': 'The statement was cancelled, perhaps by statement_timeout: raise it for the migrating role and run again.',
};

function explain(error: unknown, step: QZPayMigrationStep): unknown {
  if (error instanceof QZPayMigrationError) return error;
  const sqlstate = sqlstateOf(error);
  const details = { step: step.id, sqlstate, cause: error };
  if (sqlstate === LOCK_NOT_AVAILABLE) {
    return new QZPayMigrationError(
      'lock_timeout',
      `Step ${step.id} waited too long for a lock and was rolled back. Another migrator or a long transaction holds ` +
        'it: run again later, or with a longer `lockTimeout`.',
      details,
    );
  }
  const answer = sqlstate === undefined ? 'without an answer of the database' : `with SQLSTATE ${sqlstate}`;
  const advice = ADVICE[sqlstate ?? ''] ?? 'Mend what `cause` names and run again.';
  return new QZPayMigrationError(
    'step_failed',
    `Step ${step.id} failed ${answer} and was rolled back. ${advice}`,
    details,
  );
}
