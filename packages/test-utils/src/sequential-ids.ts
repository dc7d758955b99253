import type { QZPayGenerateId } from '@qzpay/core';

/**
 * Makes ids that a test can foretell: `<prefix>_000001`, `<prefix>_000002`, …, ascending as text too.
 * Each call of this function starts a sequence of its own.
 *
 * @param prefix Default `id`.
 */
export function createQZPaySequentialIds(prefix = 'id'): QZPayGenerateId {
  let last = 0;
  return () => {
    last += 1;
    return `${prefix}_${String(last).padStart(6, '0')}`;
  };
}
