import type { QZPayMigrationDatabase, QZPayMigrationQueryable } from './database.js';
import { QZPayMigrationError } from './errors.js';
import { examine } from './examine.js';
import type { QZPayMigrationStepStatus, QZPayUnknownMigrationStep } from './inspect.js';
import { type QZPayMigrationOptions, schemaOf } from './options.js';
import { chooseSteps, type QZPayMigrationStep } from './steps.js';

export interface QZPayMigrationStatus {
  readonly schema: string;
  /** Every step of this release, oldest first, the core set before the integrity set. */
  readonly steps: readonly QZPayMigrationStepStatus[];
  /** Steps of newer releases, by id. */
  readonly unknown: readonly QZPayUnknownMigrationStep[];
  /** Why `runMigrations` would refuse; null when it would not. */
  readonly problem: QZPayMigrationError | null;
}

export async function readStatus(
  database: QZPayMigrationQueryable,
  steps: readonly QZPayMigrationStep[],
  options: QZPayMigrationOptions,
): Promise<QZPayMigrationStatus> {
  const schema = schemaOf(options);
  const chosen = chooseSteps(steps, options.integrity ?? true);
  const { pending: _, ...status } = await examine(database, steps, chosen, schema);
  return { schema, ...status };
}

export function isPending(status: QZPayMigrationStatus): boolean {
  return status.steps.some((step) => step.state === 'pending');
}

export async function assertSteps(
  database: QZPayMigrationDatabase,
  steps: readonly QZPayMigrationStep[],
  options: Pick<QZPayMigrationOptions, 'schema'>,
): Promise<void> {
  const status = await readStatus(database, steps, { ...options, integrity: false });
  if (status.problem !== null) throw status.problem;
  const step = status.steps.find(({ state }) => state === 'pending')?.id;
  if (step === undefined) return;
  throw new QZPayMigrationError(
    'pending',
    `Step ${step} is missing on this database: run \`qzpay-migrate up\` or runMigrations(), with the same schema.`,
    { step },
  );
}
