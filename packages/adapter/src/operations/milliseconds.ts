import { QZPayValidationError } from '@qzpay/core';

/** @throws QZPayValidationError for what is no whole number of milliseconds, at least 1. */
export function checkedMilliseconds(value: number, field: string): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new QZPayValidationError(`${field} is invalid: expected a whole number of milliseconds, at least 1`, field);
}
