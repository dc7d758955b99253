import { isQZPayError } from '@qzpay/core';
import { fromDrizzle, getMigrationStatus, type QZPayMigrationStatus } from '@qzpay/migrations';
import { mapQZPayDatabaseError, type QZPayRepositoryContext } from '@qzpay/repositories';

/** How the storage fares. */
export interface QZPayStorageHealth {
  /**
   * Whether it can serve: the database answers, and its schema is one that this version works with. Tables made by another
   * tool (problem `unmanaged_tables`) are that tool's to answer for.
   */
  readonly ok: boolean;
  /** Round trip of one statement, in milliseconds; `null` when there was no answer. */
  readonly latencyMs: number | null;
  /** As the server states it, for example `18.1`; `null` when there was no answer. */
  readonly serverVersion: string | null;
  /** Every migration step with its state; `null` when there was no answer. */
  readonly migrations: QZPayMigrationStatus | null;
  /** Code of what went wrong, for example `connection_lost`; `null` when the database answered. */
  readonly errorCode: string | null;
}

/** Asks the database; resolves whatever the answer. */
export async function checkHealth({ database, schema }: QZPayRepositoryContext): Promise<QZPayStorageHealth> {
  const connection = fromDrizzle(database);
  try {
    const started = performance.now();
    const [row] = await connection.query("select current_setting('server_version') as version");
    const latencyMs = performance.now() - started;
    const migrations = await getMigrationStatus(connection, { schema });
    return {
      ok: canServe(migrations),
      latencyMs,
      serverVersion: String(row?.['version']),
      migrations,
      errorCode: null,
    };
  } catch (error) {
    const mapped = mapQZPayDatabaseError(error);
    const errorCode = isQZPayError(mapped, 'storage') ? mapped.code : 'unknown';
    return { ok: false, latencyMs: null, serverVersion: null, migrations: null, errorCode };
  }
}

/** The integrity set is the operator's choice: without it the storage works as well. */
function canServe({ problem, steps }: QZPayMigrationStatus): boolean {
  if (problem?.code === 'unmanaged_tables') return true;
  return problem === null && steps.every(({ set, state }) => set === 'integrity' || state === 'applied');
}
