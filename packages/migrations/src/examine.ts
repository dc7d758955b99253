import type { QZPayMigrationQueryable } from './database.js';
import { QZPayMigrationError } from './errors.js';
import { type Inspection, inspect } from './inspect.js';
import { hasTables, readLedger } from './ledger.js';
import type { QZPayMigrationStep } from './steps.js';

/** Inspects a database: one statement, and a second one where the ledger is empty. */
export async function examine(
  db: QZPayMigrationQueryable,
  steps: readonly QZPayMigrationStep[],
  chosen: readonly QZPayMigrationStep[],
  schema: string,
): Promise<Inspection> {
  const ledger = await readLedger(db, schema);
  if (ledger.length > 0 || !(await hasTables(db, schema))) return inspect(steps, chosen, ledger);
  // Another migrator may just have made them, and wrote the ledger with them.
  const again = await readLedger(db, schema);
  const found = inspect(steps, chosen, again);
  return again.length > 0 ? found : { ...found, problem: madeElsewhere() };
}

function madeElsewhere(): QZPayMigrationError {
  return new QZPayMigrationError(
    'unmanaged_tables',
    'The tables are there and the ledger of migrations is empty: tables made by another tool. Let that tool change ' +
      "them, and open storages with `migrations: 'skip'`; or restore the ledger.",
  );
}
