import { checkOptions } from '@qzpay/core/options';
import type { QZPayErasureRepository } from '@qzpay/repositories';
import { assertBatchSize, onceReleased } from './batches.js';
import {
  DEFAULT_BATCH,
  ERASE_OPTIONS,
  erasedRows,
  type QZPayErasedRows,
  type QZPayEraseOptions,
} from './erase-customer.js';

const TABLES = ['checkouts', 'auditLogs'] as const;

/**
 * Replaces personal data in the checkouts at which a guest left this address, a batch of them at a time.
 *
 * @throws QZPayStorageError `lock_timeout` where others hold a row for long; what is left is found by another call.
 */
export async function eraseGuest(
  erasure: QZPayErasureRepository,
  email: string,
  options: QZPayEraseOptions,
): Promise<QZPayErasedRows> {
  checkOptions(options, ERASE_OPTIONS);
  const { dryRun = false, batchSize = DEFAULT_BATCH, onProgress } = options;
  assertBatchSize(batchSize);
  const rows = { checkouts: 0, auditLogs: 0 };
  const tell = (done: boolean) => {
    for (const table of TABLES) onProgress?.({ table, rows: rows[table], done });
  };
  for await (const found of erasure.findGuest(email)) {
    for (let at = 0; at < found.length; at += batchSize) {
      const batch = found.slice(at, at + batchSize);
      const changed = dryRun ? await erasure.countGuest(batch) : await onceReleased(() => erasure.eraseGuest(batch));
      for (const table of TABLES) rows[table] += changed[table];
      tell(false);
    }
  }
  tell(true);
  return erasedRows(TABLES.map((table) => ({ table, rows: rows[table] })));
}
