import { anything, aWholeNumber, type OptionRules } from './check-options.js';

/** Options of an idempotent call. */
export interface QZPayIdempotentOptions {
  /** Names what is done; part of the request's identity. */
  operation?: string | undefined;
  /** Whose data the result holds, if known: erasure finds it by this. */
  customerId?: string | undefined;
  /** Milliseconds that the work may take until another caller may take over. Default 60 000. */
  leaseMs?: number | undefined;
  /** Milliseconds for which the result is kept, from then on when it is there. Default 24 hours. */
  ttlMs?: number | undefined;
  /** Milliseconds to wait for another caller's result. Default 30 000; 0 does not wait. */
  waitMs?: number | undefined;
}

export const IDEMPOTENT_OPTIONS = {
  operation: anything,
  customerId: anything,
  leaseMs: aWholeNumber(1),
  ttlMs: aWholeNumber(1),
  waitMs: aWholeNumber(0),
} satisfies OptionRules<QZPayIdempotentOptions>;

export interface QZPayIdempotency {
  /**
   * Runs `work` once per key and mode, and returns its result to every caller that brings the same key and request.
   *
   * MUST keep what `work` does through the storage once, however many callers come at once. MUST refuse the key to any
   * other request. MUST roll back the work of a caller whose lease ran out and who was taken over.
   *
   * **How.** The key is claimed and committed first, with a lease. Then one transaction runs `work` and stores its
   * result, if the claim is still held: both or neither. So what `work` does through the storage happens once, whatever
   * crashes. What it does elsewhere, it may do again after a crash: pass the same key on to the provider.
   *
   * **Who comes later** gets the stored result without running `work`; while somebody else is at it, the caller polls,
   * with no transaction open, every 20 ms at first and every second at last. When the owner crashed, a caller takes over
   * after its lease; when `work` threw, the key is free at once and the error reaches its caller only.
   *
   * **Inside `storage.transaction`** key, work and result are a savepoint of it, without a lease: other callers wait for
   * the end of that transaction; a key that somebody else is at rejects at once.
   *
   * **Request and result are JSON.** The request is kept as a SHA-256 of its canonical form, in which the order of
   * keys does not count and `undefined` keys are absent. The result survives as: null, booleans, finite numbers, texts,
   * `Date`s, lists and objects of these, and `undefined` as a whole; objects of classes become plain ones; `undefined`
   * keys vanish, and become null in lists. The first caller gets it in this form as well. Anything else (`bigint`, NaN,
   * functions, `Map`s, a key `$date`) is a `validation` error, after which nothing has happened.
   *
   * Rejects with
   * - `conflict` (`idempotency_key_reused`): the key belongs to another request or operation;
   * - `conflict` (`already_exists`): the work was carried out and its result has been erased; it does not run again;
   * - `storage` (`idempotency_in_progress`, retryable): somebody else is still at it;
   * - `storage` (`lease_lost`): the work took longer than its lease and another caller took over; it was rolled back;
   * - `validation`: the key is empty, which is what a missing header may come as;
   * - whatever `work` rejects with.
   *
   * @conformance idempotency/callers-at-once-run-the-work-once
   * @conformance idempotency/callers-at-once-that-disagree-have-one-winner
   * @conformance idempotency/an-expired-lease-is-taken-over
   */
  idempotent<Result>(
    key: string,
    request: unknown,
    work: () => Promise<Result>,
    options?: QZPayIdempotentOptions,
  ): Promise<Result>;
}
