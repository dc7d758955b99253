/**
 * Source of every instant that a storage makes: creation and update times, expiry decisions, due times.
 *
 * MUST return a valid `Date`. Milliseconds are the finest unit that is stored. It may stand still or repeat itself:
 * order never rests on it alone.
 *
 * @conformance values/instants-that-are-made-come-from-the-clock
 */
export type QZPayClock = () => Date;
