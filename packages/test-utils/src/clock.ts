import type { QZPayClock } from '@qzpay/core';

/** A clock that stands still until it is told to move. Call it, or its `now`, for the current instant. */
export interface QZPayTestClock extends QZPayClock {
  /** The current instant, a new `Date` for each call. */
  now(): Date;
  /** Moves by whole milliseconds, back when negative, and returns the new instant. */
  advance(milliseconds: number): Date;
  /** Moves to an instant, past or future, and returns it. */
  set(instant: Date | string | number): Date;
}

/**
 * A clock for tests.
 *
 * @param start First instant. Default 2026-01-01T00:00:00.000Z.
 * @throws RangeError for a start, an instant or a step that makes no valid date.
 */
export function createQZPayTestClock(start: Date | string | number = '2026-01-01T00:00:00.000Z'): QZPayTestClock {
  let current = millisecondsOf(start);
  const now = () => new Date(current);
  const set = (instant: Date | string | number) => {
    current = millisecondsOf(instant);
    return now();
  };
  return Object.assign(() => now(), { now, set, advance: (milliseconds: number) => set(current + milliseconds) });
}

function millisecondsOf(instant: Date | string | number): number {
  const milliseconds = new Date(instant).getTime();
  if (Number.isNaN(milliseconds)) throw new RangeError('A test clock needs a valid date.');
  return milliseconds;
}
