import { type Catalogue, compareCatalogues, type QZPayCatalogueDifference, readCatalogue } from './catalogue.js';
import type { QZPayMigrationDatabase } from './database.js';
import type { QZPayMigrationOptions } from './options.js';
import { isPending, type QZPayMigrationStatus, readStatus } from './status.js';
import type { QZPayMigrationStep } from './steps.js';

export interface QZPayMigrationCheck {
  /** True when nothing is pending, the ledger has no problem and no expected object is missing or changed. */
  readonly ok: boolean;
  readonly status: QZPayMigrationStatus;
  /**
   * How the live objects differ from those of this release. Extra ones (an index of the host's own, a column of a
   * newer release) are listed and do not spoil `ok`. Not looked at, and empty, while steps are pending or the ledger
   * has a problem.
   */
  readonly differences: readonly QZPayCatalogueDifference[];
}

export async function checkSteps(
  database: QZPayMigrationDatabase,
  steps: readonly QZPayMigrationStep[],
  expected: Catalogue,
  options: QZPayMigrationOptions,
): Promise<QZPayMigrationCheck> {
  const status = await readStatus(database, steps, options);
  if (status.problem !== null || isPending(status)) return { ok: false, status, differences: [] };
  const relevant = (options.integrity ?? true) ? asIs : withoutTriggers;
  const actual = await readCatalogue(database, status.schema);
  const differences = compareCatalogues(relevant(expected), relevant(actual));
  return { ok: differences.every(({ kind }) => kind === 'extra'), status, differences };
}

function asIs(catalogue: Catalogue): Catalogue {
  return catalogue;
}

function withoutTriggers(catalogue: Catalogue): Catalogue {
  return Object.fromEntries(Object.entries(catalogue).filter(([object]) => !object.startsWith('trigger ')));
}
