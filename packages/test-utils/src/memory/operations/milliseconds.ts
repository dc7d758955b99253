import { QZPayValidationError } from '@qzpay/core';

/** @throws QZPayValidationError for what is no whole number of milliseconds, at least `least`. */
export function checkedMilliseconds(value: number, field: string, least: 0 | 1 = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new QZPayValidationError(`${field} is invalid: expected whole milliseconds, at least ${least}`, field);
}
