import { QZPayMigrationError } from './errors.js';
import type { LedgerEntry } from './ledger.js';
import { type QZPayMigrationSet, type QZPayMigrationStep, setOf } from './steps.js';

export interface QZPayMigrationStepStatus {
  readonly id: string;
  readonly set: QZPayMigrationSet;
  /** `drifted`: applied, but not as this release has it. `skipped`: not applied and not asked for. */
  readonly state: 'applied' | 'pending' | 'drifted' | 'skipped';
  /** Null unless applied. */
  readonly appliedAt: Date | null;
}

/** A step that the database has had and that this release does not know. */
export interface QZPayUnknownMigrationStep {
  readonly id: string;
  readonly breaking: boolean;
  readonly appliedAt: Date;
}

export interface Inspection {
  readonly steps: readonly QZPayMigrationStepStatus[];
  readonly unknown: readonly QZPayUnknownMigrationStep[];
  readonly pending: readonly QZPayMigrationStep[];
  /** Why this release must leave the database alone; null when it may migrate it. */
  readonly problem: QZPayMigrationError | null;
}

/** Compares the steps of this release with what the ledger says; `chosen` are those that the database shall have. */
export function inspect(
  steps: readonly QZPayMigrationStep[],
  chosen: readonly QZPayMigrationStep[],
  ledger: readonly LedgerEntry[],
): Inspection {
  const entries = new Map(ledger.map((entry) => [entry.id, entry]));
  const known = new Set(steps.map((step) => step.id));
  const wanted = new Set(chosen.map((step) => step.id));
  const unknown = ledger.filter((entry) => !known.has(entry.id));
  const pending = chosen.filter((step) => !entries.has(step.id));
  return {
    steps: steps.map((step) => statusOf(step, entries.get(step.id), wanted.has(step.id))),
    unknown: unknown.map(({ id, breaking, appliedAt }) => ({ id, breaking, appliedAt })),
    pending,
    problem: findNewer(unknown) ?? findDrift(steps, entries) ?? findGap(pending, ledger),
  };
}

function statusOf(step: QZPayMigrationStep, entry: LedgerEntry | undefined, wanted: boolean): QZPayMigrationStepStatus {
  const { id, set } = step;
  if (entry === undefined) return { id, set, state: wanted ? 'pending' : 'skipped', appliedAt: null };
  return { id, set, state: entry.checksum === step.checksum ? 'applied' : 'drifted', appliedAt: entry.appliedAt };
}

function findNewer(unknown: readonly LedgerEntry[]): QZPayMigrationError | null {
  const step = unknown.find((entry) => entry.breaking)?.id;
  if (step === undefined) return null;
  return new QZPayMigrationError(
    'newer_database',
    `A newer release has applied ${step}, which this release must not run on. Upgrade the @qzpay packages.`,
    { step },
  );
}

function findDrift(
  steps: readonly QZPayMigrationStep[],
  entries: ReadonlyMap<string, LedgerEntry>,
): QZPayMigrationError | null {
  const step = steps.find(({ id, checksum }) => (entries.get(id)?.checksum ?? checksum) !== checksum)?.id;
  if (step === undefined) return null;
  return new QZPayMigrationError(
    'drift',
    `Step ${step} was applied to this database in another form than this release has it. A released step never ` +
      'changes: install the release that was applied, or restore the original file.',
    { step },
  );
}

function findGap(pending: readonly QZPayMigrationStep[], ledger: readonly LedgerEntry[]): QZPayMigrationError | null {
  for (const { id: step, set } of pending) {
    const later = ledger.find((entry) => setOf(entry.id) === set && entry.id > step)?.id;
    if (later === undefined) continue;
    return new QZPayMigrationError(
      'out_of_order',
      `Step ${step} is missing although ${later} is applied. Restore the ledger, or apply the step by hand from ` +
        'the output of `qzpay-migrate plan`.',
      { step },
    );
  }
  return null;
}
