import { aBoolean, anything, aWholeNumber, type OptionRules } from './check-options.js';
import type { QZPayWebhookEventStatus } from './constants.js';
import type { QZPayMetadata } from './metadata.js';

/** An event that a provider has sent. */
export interface QZPayWebhookEvent {
  id: string;
  provider: string;
  /** The event's id at the provider. */
  providerEventId: string;
  type: string;
  /** The body as received: an object or a list. */
  payload: unknown;
  /** Headers, source address, correlation id. */
  metadata: QZPayMetadata;
  status: QZPayWebhookEventStatus;
  /** Claims so far, this one included; 0 again after a replay. */
  attempts: number;
  /** When a worker may take the event: due since or from then; while it is processed, the end of the lease. */
  nextRetryAt: Date;
  /** When it was claimed; null when nobody holds it. */
  lockedAt: Date | null;
  /** Names the claim; different for each. Null when nobody holds it. */
  lockedBy: string | null;
  /** The event's own time, as the provider states it. */
  occurredAt: Date | null;
  processedAt: Date | null;
  /** Milliseconds from the claim to the completion; a storage may cut it at 2^31 - 1. */
  durationMs: number | null;
  /** Why the last attempt failed; null once processed. */
  error: string | null;
  /** Whose data the payload holds, if known: erasure finds it by this. */
  customerId: string | null;
  livemode: boolean;
  createdAt: Date;
  updatedAt: Date;
}

/** An event as it arrives. */
export interface QZPayReceiveWebhookInput {
  provider: string;
  providerEventId: string;
  type: string;
  /** The parsed body: an object or a list of values that JSON can hold. Bytes, text and instances of classes are none. */
  payload: unknown;
  /** Default `{}`. */
  metadata?: QZPayMetadata | undefined;
  occurredAt?: Date | undefined;
  customerId?: string | undefined;
}

export interface QZPayReceivedWebhook {
  /** The stored event; of a duplicate, the one that came first, in whatever state it is now. */
  event: QZPayWebhookEvent;
  duplicate: boolean;
}

/** A worker's hold on an event: what `claim` returned. */
export type QZPayWebhookClaim = Pick<QZPayWebhookEvent, 'id' | 'attempts' | 'lockedAt' | 'lockedBy'>;

/** An event that was given up. */
export interface QZPayWebhookDeadLetter {
  id: string;
  /** What `replay` takes; null when the event itself is gone. */
  eventId: string | null;
  provider: string;
  providerEventId: string;
  type: string;
  payload: unknown;
  /** Why the last attempt failed. */
  error: string;
  attempts: number;
  lastAttemptAt: Date;
  createdAt: Date;
}

export interface QZPayWebhookStatistics {
  /** Events in each state. */
  counts: Record<QZPayWebhookEventStatus, number>;
  /** Since when the event that has waited longest is due, or will be; null when none waits. */
  oldestDueAt: Date | null;
  /** When the first lease of events in work ends: in the past when there is something to recover. Null when none is. */
  firstLeaseEndsAt: Date | null;
}

export interface QZPayProcessWebhooksOptions {
  /** Events to claim at most, 1…10 000. Default 20. */
  batch?: number | undefined;
  /** Milliseconds for the whole batch. Default 300 000. */
  leaseMs?: number | undefined;
  /**
   * Whether each handler and the completion of its event are one transaction, so that what the handler does through the
   * storage happens exactly once. Default false: a handler that talks to others would keep a connection all the while.
   */
  atomic?: boolean | undefined;
}

export const PROCESS_WEBHOOKS_OPTIONS = {
  batch: aWholeNumber(1, 10_000),
  leaseMs: anything,
  atomic: aBoolean,
} satisfies OptionRules<QZPayProcessWebhooksOptions>;

/** What became of the events of one pass. */
export interface QZPayProcessedWebhooks {
  /** Expired leases of others that were recovered first. */
  recovered: number;
  processed: number;
  /** Failed, to be tried again. */
  failed: number;
  /** Failed for the last time. */
  deadLettered: number;
  /** Passed or left to another worker because the lease ended first. */
  lost: number;
}

/**
 * The inbox of provider events: deduplication, queue and log in one.
 *
 * An event goes pending → processing → processed. One that fails is due again after a growing delay, and becomes a dead
 * letter after as many attempts as the storage allows; every claim is an attempt, also one whose worker crashed.
 *
 * **Once or more.** An event is received once and completed once, but its handler may run more than once: a worker may
 * crash after the work and before `complete`. Make the effects exactly-once in one of two ways: do the work and
 * `complete` in one `storage.transaction` (or `process` with `atomic`), so that a lost lease rolls the work back; or, for
 * what goes through a provider, wrap it in `storage.idempotent` with a key made of the provider and the event's id.
 *
 * **Clocks.** Leases and due times are compared with the clocks of the workers. Where those differ by more than a lease,
 * events are handled more often than needed; none is completed twice.
 */
export interface QZPayWebhookInbox {
  /**
   * Stores an event, due at once; or says that it is a duplicate. Events are unique per mode, provider and provider's
   * id.
   *
   * MUST call one delivery new when many arrive at once. Once it resolves, the event survives a crash: acknowledge to the
   * provider then. Rejects with `validation` for text that cannot be stored and for a payload that is no parsed body.
   *
   * @conformance webhooks/one-of-many-deliveries-is-new
   */
  receive(input: QZPayReceiveWebhookInput): Promise<QZPayReceivedWebhook>;

  /**
   * Claims events that are due for `leaseMs` milliseconds, the longest due first: at most `limit` (default 20), none
   * when nothing is due.
   *
   * MUST NOT give an event to two workers, and MUST NOT wait for another worker. After a crash of the worker the events
   * stay in state `processing` until `recover` finds their leases expired. Inside a transaction the claim ends with
   * a rollback, attempts included: a handler that crashes the worker is then never given up. Rejects with `validation` for a
   * limit outside 0…10 000.
   *
   * @conformance webhooks/an-event-goes-to-one-worker
   * @conformance webhooks/a-claim-waits-for-no-other
   */
  claim(limit?: number, leaseMs?: number): Promise<QZPayWebhookEvent[]>;

  /**
   * Ends a claim: the event is done. Returns it.
   *
   * MUST succeed at most once per event. Rejects with `lease_lost` when the claim has ended; after the end of the lease it
   * still succeeds as long as nobody recovered the event.
   *
   * @conformance webhooks/an-event-is-completed-once
   */
  complete(claim: QZPayWebhookClaim): Promise<QZPayWebhookEvent>;

  /**
   * Ends a claim: the event is due again after a delay, or is a dead letter when its attempts are used up. Returns the
   * instant of the next attempt, or null when there is none.
   *
   * The delay doubles with each attempt up to a maximum; a random half of it spreads events that failed together. Of the
   * error its message is kept, cut to 2000 characters. Rejects with `lease_lost` when the claim has ended.
   */
  fail(claim: QZPayWebhookClaim, error: unknown): Promise<Date | null>;

  /**
   * Ends expired leases: the events are due again at once, or dead letters when their attempts are used up. Returns how
   * many. A worker that comes back later finds its claim lost. Call it regularly; `process` does.
   */
  recover(): Promise<number>;

  /**
   * Recovers expired leases, claims a batch, hands each event to the handler, one after the other, and completes it, or
   * fails it with what the handler threw. One pass: call it in your own loop, on as many workers as you like.
   *
   * An event whose lease ended before its turn is left to others and due again at once, and the claim MUST NOT count as
   * an attempt. Rejects with `validation`, before anything happens, for a batch outside 1…10 000; with what the storage
   * itself throws, after which the rest of the batch is free again when its lease ends.
   *
   * @conformance webhooks/what-a-pass-leaves-counts-no-attempt
   */
  process(
    handler: (event: QZPayWebhookEvent) => Promise<unknown>,
    options?: QZPayProcessWebhooksOptions,
  ): Promise<QZPayProcessedWebhooks>;

  /** Open dead letters, oldest first, at most `limit` (default 100). */
  deadLetters(limit?: number): Promise<QZPayWebhookDeadLetter[]>;

  /**
   * Makes a dead letter, or an event that waits for its next attempt, due now, with no attempt counted yet; resolves its
   * letter. Returns the event, or null when it is unknown, in any other state, or erased: a handler must not see what an
   * erasure left of it. Of many callers at once one gets it.
   */
  replay(eventId: string): Promise<QZPayWebhookEvent | null>;

  /**
   * Counts all events, or those received from `from` up to but without `to`. All of one moment. Reads them all: made for
   * dashboards, not for requests.
   */
  statistics(period?: { from: Date; to: Date }): Promise<QZPayWebhookStatistics>;

  /**
   * Removes events processed before the instant, oldest first, at most `limit` (default 5000); returns how many. Keep
   * them longer than the provider repeats deliveries: a removed event, delivered again, is new.
   */
  purge(before: Date, limit?: number): Promise<number>;
}
