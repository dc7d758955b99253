import { aFunction, anything, type OptionRules } from './check-options.js';
import type { QZPayUsageAction } from './constants.js';
import type { QZPayMetadata } from './metadata.js';

/** One observation of usage, to be counted exactly once. */
export interface QZPayUsageEvent {
  /** A customer of this mode. One that was deleted softly still is: what it used before may arrive late. */
  customerId: string;
  limitKey: string;
  /** Any finite number, in the host's unit. */
  quantity: number;
  /** Default `increment`. */
  action?: QZPayUsageAction | undefined;
  /** When the usage happened; any order, also long ago. */
  timestamp: Date;
  /** Names the event for ever, once per customer: the id that the host's own event has. Not empty. */
  idempotencyKey: string;
  subscriptionId?: string | null | undefined;
  /** Default empty. */
  metadata?: QZPayMetadata | undefined;
}

/**
 * What became of one event. `recordId` is the id of the record that counts.
 *
 * - `accepted`: stored and counted, now.
 * - `duplicate`: the customer's record of this key says the same; nothing was stored.
 * - `conflict`: the customer's record of this key says something else; nothing was stored. The first one counts.
 * - `rejected`: nothing was stored. `unknown_customer`: may be sent again once the customer exists. `invalid_event`:
 *   `field` is missing or cannot be stored.
 */
export type QZPayUsageVerdict =
  | { readonly status: 'accepted' | 'duplicate' | 'conflict'; readonly recordId: string }
  | { readonly status: 'rejected'; readonly reason: 'unknown_customer' }
  | { readonly status: 'rejected'; readonly reason: 'invalid_event'; readonly field: string };

/** How many events got each verdict. */
export type QZPayUsageCounts = { readonly [Status in QZPayUsageVerdict['status']]: number };

/** A batch that has been written. */
export interface QZPayUsageBatch {
  readonly events: readonly QZPayUsageEvent[];
  /** In the order of `events`. */
  readonly verdicts: readonly QZPayUsageVerdict[];
  /** Of all batches that have been written so far, this one included. */
  readonly counts: QZPayUsageCounts;
}

export interface QZPayUsageIngestOptions {
  /** Events per transaction, 1 to 10 000. Default 1000; more is hardly faster. */
  readonly batchSize?: number | undefined;
  /**
   * How many batches may be written at once, each on a connection of its own, 1 to 64. Default 1. Above 1 the first of
   * two events with one key need not be the one that is stored.
   */
  readonly concurrency?: number | undefined;
  /** Called after each batch and awaited: the source is not read meanwhile. What it throws ends the ingestion. */
  readonly onBatch?: ((batch: QZPayUsageBatch) => void | Promise<void>) | undefined;
}

export const USAGE_INGEST_OPTIONS = {
  batchSize: anything,
  concurrency: anything,
  onBatch: aFunction,
} satisfies OptionRules<QZPayUsageIngestOptions>;

/** A half-open span of time: from `start` on and before `end`, so that adjoining ones share no record. */
export interface QZPayUsageWindow {
  readonly start: Date;
  readonly end: Date;
}

/** What one customer used of one thing in a window. */
export interface QZPayUsageQuery extends QZPayUsageWindow {
  readonly customerId: string;
  readonly limitKey: string;
}

/** Weeks begin on Monday. All periods begin in UTC. */
export type QZPayUsagePeriod = 'hour' | 'day' | 'week' | 'month';

/** Records added up: from the value of the last `set` on; increments count positive, decrements negative. */
export interface QZPayUsageTotal {
  readonly total: number;
  /** How many records there are, those before the last `set` included. */
  readonly records: number;
}

/** One period of a series. */
export interface QZPayUsagePoint extends QZPayUsageTotal {
  /** The first instant of the period, also where the window begins later. */
  readonly start: Date;
}

/** What to verify: everything in this mode unless told otherwise. */
export interface QZPayUsageVerificationScope {
  readonly customerId?: string | undefined;
  /** Only hours that begin at or after this instant. */
  readonly start?: Date | undefined;
  /** Only hours that begin before this instant. */
  readonly end?: Date | undefined;
}

export const USAGE_VERIFICATION_SCOPE = {
  customerId: anything,
  start: anything,
  end: anything,
} satisfies OptionRules<QZPayUsageVerificationScope>;

/** An hour whose sums are not those of its records; increments less decrements, `set` left out. */
export interface QZPayUsageDifference {
  readonly customerId: string;
  readonly limitKey: string;
  readonly hour: Date;
  readonly facts: { readonly quantity: number; readonly records: number };
  readonly rollup: { readonly quantity: number; readonly records: number };
}

export interface QZPayUsageVerification {
  /** Whether every hour agrees. */
  readonly agrees: boolean;
  /** How many hours of a customer and limit key were compared. */
  readonly hours: number;
  /** How many records those hours have. */
  readonly records: number;
  /** How many hours differ. */
  readonly differing: number;
  /** The first 100 of them, by customer, limit key and hour. */
  readonly differences: readonly QZPayUsageDifference[];
}

/**
 * Metered usage in bulk: records that count exactly once, and their totals without reading every record.
 *
 * Everything is bound to the storage's mode. Inside a transaction every call belongs to it: rolled back, nothing was
 * stored and no verdict counts.
 */
export interface QZPayUsageOperations {
  /**
   * Stores events in batches and tells what became of each; for an array in its order, for other sources through
   * `onBatch`, since a stream's verdicts need not fit in memory.
   *
   * A batch is one transaction: all its events or none. Its hourly sums change in it, so totals never lag. Bad events are
   * `rejected` and do not disturb their batch. Limits' counters do not move.
   *
   * MUST count each event once, however often, by however many callers at once, and in however many batches it comes.
   * Callers never deadlock each other, except where one transaction around several calls holds what another's wants:
   * that rejects with `deadlock`, which is `retryable`.
   *
   * A source is read only when a batch can be written, so that at most `concurrency` batches are in memory, and is closed
   * when the ingestion ends early.
   *
   * Rejects with the storage's error when a batch cannot be written. Earlier batches stay, later ones are not begun.
   * Whatever the error, also when the outcome is unknown, ingesting the same events again is right: what was stored is
   * then a `duplicate`. Keys are remembered as long as their records: an event that comes again after its record was
   * purged counts again.
   *
   * Rejects with `validation` for options outside their range, before anything is read.
   *
   * @conformance usage/an-event-counts-once-among-callers-at-once
   */
  ingest(
    events: readonly QZPayUsageEvent[],
    options?: QZPayUsageIngestOptions,
  ): Promise<QZPayUsageCounts & { readonly verdicts: readonly QZPayUsageVerdict[] }>;
  ingest(
    events: Iterable<QZPayUsageEvent> | AsyncIterable<QZPayUsageEvent>,
    options?: QZPayUsageIngestOptions,
  ): Promise<QZPayUsageCounts>;

  /**
   * What the customer used in the window; 0 without records. What a `set` before the window says does not count. Where
   * records share an instant, their ids order them.
   *
   * MUST reject a window whose `end` is before its `start`, and a customer or limit key that is missing, with `validation`:
   * a 0 would pass for no usage. An empty window is 0.
   *
   * @conformance usage/a-query-without-sense-is-refused
   */
  total(query: QZPayUsageQuery): Promise<QZPayUsageTotal>;

  /**
   * The window by period, ascending, each like {@link total} of the part of the window in it; periods without records are
   * left out. Rejects with `validation` for an unknown period, and where `total` does.
   */
  series(query: QZPayUsageQuery, period: QZPayUsagePeriod): Promise<QZPayUsagePoint[]>;

  /**
   * Compares the hourly sums with the records, which MUST both be of one moment, also while others write. Reads every
   * record in scope.
   *
   * @conformance usage/sums-agree-with-records-while-others-write
   */
  verify(scope?: QZPayUsageVerificationScope): Promise<QZPayUsageVerification>;
}
