import { type QZPayBillingInterval, QZPayValidationError } from '@qzpay/core';

const DAY_MS = 86_400_000;

/** A trial's end: whole days of 24 hours after its start. */
export function addDays(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}

/**
 * The end of a billing period. Follows the engine's calendar: local time, and days that a month lacks roll over into the
 * next one (31 January plus one month is 2 or 3 March).
 *
 * @throws QZPayValidationError for a count below 1, as a price may have that something else wrote.
 */
export function addInterval(start: Date, interval: QZPayBillingInterval, count: number): Date {
  if (count < 1) throw new QZPayValidationError('A billing period has at least one interval', 'intervalCount');
  const end = new Date(start);
  switch (interval) {
    case 'day':
      end.setDate(end.getDate() + count);
      break;
    case 'week':
      end.setDate(end.getDate() + 7 * count);
      break;
    case 'month':
      end.setMonth(end.getMonth() + count);
      break;
    case 'year':
      end.setFullYear(end.getFullYear() + count);
      break;
  }
  return end;
}
