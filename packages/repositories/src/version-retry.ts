import { setTimeout as sleep } from 'node:timers/promises';
import { isQZPayError } from '@qzpay/core';

const DEFAULT_ATTEMPTS = 3;
/** Longest pause between two attempts, in milliseconds. */
const MAX_PAUSE_MS = 20;

/**
 * Runs `work` again when it was refused because a row had changed since it was read, and for no other reason: `work` has
 * to read the row anew each time. Rejects with the last refusal.
 *
 * @param attempts how often in all. Default 3.
 */
export async function retryQZPayVersionMismatch<Result>(
  work: () => Promise<Result>,
  attempts: number = DEFAULT_ATTEMPTS,
): Promise<Result> {
  for (let left = attempts - 1; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !isQZPayError(error, 'conflict') || error.conflictType !== 'version_mismatch') throw error;
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }
}
