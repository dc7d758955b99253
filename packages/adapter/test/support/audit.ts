import type { StorageSetup } from './drivers.js';

export const LOGS = 'billing_audit_logs';
export const BLOCKS = 'billing_audit_blocks';

/** Changes what no user of the storage can change. */
export async function tamper({ query }: Pick<StorageSetup, 'query'>, change: string): Promise<void> {
  for (const table of [LOGS, BLOCKS]) await query(`alter table ${table} disable trigger user`);
  try {
    await query(change);
  } finally {
    for (const table of [LOGS, BLOCKS]) await query(`alter table ${table} enable trigger user`);
  }
}
