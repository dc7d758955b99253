import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type QZPayIdempotency,
  type QZPayIdempotentOptions,
  QZPayStorageError,
  QZPayValidationError,
} from '@qzpay/core';
import { aFunction, checkOptions, IDEMPOTENT_OPTIONS, type OptionRules } from '@qzpay/core/options';
import type {
  QZPayIdempotencyClaim,
  QZPayIdempotencyKeysRepository,
  QZPayIdempotencyLease,
  QZPayIdempotentRequest,
} from '@qzpay/repositories';
import { canonicalJson, packResult, unpackResult } from './json.js';

const DEFAULT_WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

/** What a storage's idempotent calls have in common. */
export interface QZPayIdempotencyOptions extends Pick<QZPayIdempotentOptions, 'leaseMs' | 'ttlMs' | 'waitMs'> {
  /** Resolves after that many milliseconds. Default: a timer. */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

export const IDEMPOTENCY_OPTIONS = {
  leaseMs: IDEMPOTENT_OPTIONS.leaseMs,
  ttlMs: IDEMPOTENT_OPTIONS.ttlMs,
  waitMs: IDEMPOTENT_OPTIONS.waitMs,
  sleep: aFunction,
} satisfies OptionRules<QZPayIdempotencyOptions>;

interface Transactions<Bound> {
  /** Whether there is a transaction around the caller. */
  isOpen(): boolean;
  run<Result>(work: (bound: Bound) => Promise<Result>): Promise<Result>;
}

/** `Bound` is the storage that the work is given. */
export class Idempotency<Bound> implements QZPayIdempotency {
  readonly #keys: QZPayIdempotencyKeysRepository;
  readonly #transactions: Transactions<Bound>;
  readonly #options: QZPayIdempotencyOptions;

  constructor(
    keys: QZPayIdempotencyKeysRepository,
    transactions: Transactions<Bound>,
    options: QZPayIdempotencyOptions,
  ) {
    this.#keys = keys;
    this.#transactions = transactions;
    this.#options = options;
  }

  async idempotent<Result>(
    key: string,
    request: unknown,
    work: (bound: Bound) => Promise<Result>,
    options: QZPayIdempotentOptions = {},
  ): Promise<Result> {
    // Hosts that pass on a missing header would share one result.
    if (key === '') throw new QZPayValidationError('IdempotencyKey key must not be empty', 'key');
    checkOptions(options, IDEMPOTENT_OPTIONS);
    const defaults = this.#options;
    const waitMs = options.waitMs ?? defaults.waitMs ?? DEFAULT_WAIT_MS;
    const claimed = {
      key,
      requestHash: createHash('sha256').update(canonicalJson(request)).digest('hex'),
      operation: options.operation,
      customerId: options.customerId,
      leaseMs: options.leaseMs ?? defaults.leaseMs,
      ttlMs: options.ttlMs ?? defaults.ttlMs,
    };
    if (this.#transactions.isOpen()) return this.#join(claimed, work);
    const claim = await this.#claim(claimed, waitMs);
    if (claim.state === 'completed') return unpackResult(claim.response) as Result;
    try {
      return await this.#transactions.run((bound) => this.#complete(claim, work, bound));
    } catch (error) {
      // Where this fails as well, the lease frees the key; the caller needs the first error.
      await this.#keys.release(claim).catch(() => {});
      throw error;
    }
  }

  /** Key, work and result as one savepoint. Nobody else sees the key before the transaction ends, so it needs no lease. */
  #join<Result>(request: QZPayIdempotentRequest, work: (bound: Bound) => Promise<Result>): Promise<Result> {
    return this.#transactions.run(async (bound) => {
      const claim = await this.#claim({ ...request, leaseMs: null }, 0);
      return claim.state === 'completed'
        ? (unpackResult(claim.response) as Result)
        : this.#complete(claim, work, bound);
    });
  }

  async #complete<Result>(
    lease: QZPayIdempotencyLease,
    work: (bound: Bound) => Promise<Result>,
    bound: Bound,
  ): Promise<Result> {
    const result = packResult(await work(bound));
    await this.#keys.complete(lease, result);
    return unpackResult(result) as Result;
  }

  /** Polls while somebody else is at it, for `waitMs` milliseconds of pauses. */
  async #claim(
    request: QZPayIdempotentRequest,
    waitMs: number,
  ): Promise<Exclude<QZPayIdempotencyClaim, { state: 'in_progress' }>> {
    const { sleep = pause } = this.#options;
    let waited = 0;
    for (let next = FIRST_PAUSE_MS; ; next = Math.min(next * 2, LONGEST_PAUSE_MS)) {
      const claim = await this.#keys.begin(request);
      if (claim.state !== 'in_progress') return claim;
      if (waited >= waitMs) {
        throw new QZPayStorageError('The same request is being carried out', 'idempotency_in_progress');
      }
      const milliseconds = Math.min(next, waitMs - waited);
      await sleep(milliseconds);
      waited += milliseconds;
    }
  }
}
