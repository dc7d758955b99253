import { QZPayValidationError } from '@qzpay/core';

const MAX_BATCH = 10_000;

/** @throws QZPayValidationError for what is no number of rows that one transaction may change. */
export function assertBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= MAX_BATCH) return;
  throw new QZPayValidationError(`batchSize must be a whole number from 1 to ${MAX_BATCH}`, 'batchSize');
}

/** Does the work of a batch again, `attempts` times in all, where it failed for a reason that passes. */
export async function retried(
  attempts: number,
  passes: (error: unknown) => boolean,
  work: () => Promise<number>,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !passes(error)) throw error;
    }
  }
}
