import { QZPayNotFoundError } from '@qzpay/core';
import { aBoolean, aFunction, anything, checkOptions, type OptionRules } from '@qzpay/core/options';
import type { QZPayErasableTable, QZPayErasureRepository } from '@qzpay/repositories';
import { assertBatchSize, onceReleased } from './batches.js';

/** How a customer or a guest is erased. */
export interface QZPayEraseOptions {
  /** Counts what would be erased, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Rows that one transaction changes at most, 1…10 000; of a guest, checkouts with their audit entries. Default 500. */
  readonly batchSize?: number | undefined;
  readonly onProgress?: ((progress: QZPayEraseProgress) => void) | undefined;
}

export const ERASE_OPTIONS = {
  dryRun: aBoolean,
  batchSize: anything,
  onProgress: aFunction,
} satisfies OptionRules<QZPayEraseOptions>;

/** How far the erasure of a table has come. */
export interface QZPayEraseProgress {
  readonly table: QZPayErasableTable;
  readonly rows: number;
  readonly done: boolean;
}

/** The rows that were erased, or would be. */
export interface QZPayErasedRows {
  /** Rows changed, by table. Those that held nothing personal are not among them. */
  readonly tables: readonly { readonly table: QZPayErasableTable; readonly rows: number }[];
  readonly rows: number;
}

/** What was erased of a customer, or would be. */
export interface QZPayEraseReport extends QZPayErasedRows {
  readonly customerId: string;
  /** Provider events of the customer's that wait for their handler: erase again once they are handled. */
  readonly waitingEvents: number;
}

export const DEFAULT_BATCH = 500;
/** Keys read at once: few enough to hold, and enough not to go through the rows of the customer for every batch. */
const KEYS = 10_000;

/**
 * Replaces the customer's personal data everywhere, a batch of rows at a time.
 *
 * @throws QZPayNotFoundError when there never was such a customer.
 * @throws QZPayStorageError `lock_timeout` where others hold a row for long; what is left is found by another call.
 */
export async function eraseCustomer(
  erasure: QZPayErasureRepository,
  customerId: string,
  options: QZPayEraseOptions,
): Promise<QZPayEraseReport> {
  checkOptions(options, ERASE_OPTIONS);
  const { dryRun = false, batchSize = DEFAULT_BATCH, onProgress } = options;
  assertBatchSize(batchSize);
  if (!(await erasure.exists(customerId))) throw new QZPayNotFoundError('Customer', customerId);
  const tables: { table: QZPayErasableTable; rows: number }[] = [];
  for (const table of erasure.tables) {
    const tell = (rows: number, done: boolean) => onProgress?.({ table, rows, done });
    const rows = dryRun ? await erasure.count(table, customerId) : await eraseTable(table, tell);
    tell(rows, true);
    tables.push({ table, rows });
  }
  return {
    customerId,
    ...erasedRows(tables),
    waitingEvents: await erasure.countWaitingEvents(customerId),
  };

  async function eraseTable(table: QZPayErasableTable, tell: (rows: number, done: boolean) => void): Promise<number> {
    let rows = 0;
    for (let found = KEYS; found === KEYS; ) {
      const keys = await erasure.find(table, customerId, KEYS);
      found = keys.length;
      for (let at = 0; at < found; at += batchSize) {
        const batch = keys.slice(at, at + batchSize);
        rows += await onceReleased(() => erasure.erase(table, customerId, batch));
        tell(rows, false);
      }
    }
    return rows;
  }
}

export function erasedRows(tables: QZPayErasedRows['tables']): QZPayErasedRows {
  return { tables, rows: tables.reduce((sum, { rows }) => sum + rows, 0) };
}
