import type { QZPayBillingInterval } from '@qzpay/core';

const DAY_MS = 86_400_000;

/** A trial's end: whole days of 24 hours after its start. */
export function addDays(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}

/** The end of a billing period by the engine's calendar: local time, and days that a month lacks roll over. */
export function addInterval(start: Date, interval: QZPayBillingInterval, count: number): Date {
  const end = new Date(start);
  if (interval === 'day') end.setDate(end.getDate() + count);
  if (interval === 'week') end.setDate(end.getDate() + 7 * count);
  if (interval === 'month') end.setMonth(end.getMonth() + count);
  if (interval === 'year') end.setFullYear(end.getFullYear() + count);
  return end;
}
