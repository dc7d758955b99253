import { isQZPayError, QZPayValidationError } from '@qzpay/core';

const MAX_BATCH = 10_000;
const ATTEMPTS = 10;

/** @throws QZPayValidationError for what is no number of rows that one transaction may change. */
export function assertBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= MAX_BATCH) return;
  throw new QZPayValidationError(`batchSize must be a whole number from 1 to ${MAX_BATCH}`, 'batchSize');
}

/** Does the work of a batch again, `attempts` times in all, where it failed for a reason that passes. */
export async function retried<Result>(
  attempts: number,
  passes: (error: unknown) => boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !passes(error)) throw error;
    }
  }
}

/** Does the work of a batch again while others hold a row of it: they will let go. */
export function onceReleased<Result>(work: () => Promise<Result>): Promise<Result> {
  return retried(ATTEMPTS, (error) => isQZPayError(error, 'storage') && error.code === 'lock_timeout', work);
}
