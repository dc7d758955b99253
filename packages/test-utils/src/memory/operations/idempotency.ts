import { setTimeout as pause } from 'node:timers/promises';
import {
  QZPayConflictError,
  type QZPayIdempotency,
  type QZPayIdempotentOptions,
  QZPayStorageError,
  QZPayValidationError,
} from '@qzpay/core';
import { type CollectionContext, first } from '../collection.js';
import type { Shape } from '../shape.js';
import type { Data, Operation, Row } from '../store.js';
import { Table } from '../table.js';
import { flag, instant, key, oneOf, optional, text } from '../values.js';
import { canonicalJson, packResult, unpackResult } from './json.js';
import { checkedMilliseconds } from './milliseconds.js';

const KEYS: Shape = {
  entity: 'IdempotencyKey',
  primaryKey: ['key'],
  fields: {
    key,
    operation: optional(text),
    request: text,
    status: oneOf(['pending', 'completed']),
    result: optional(text),
    lease: optional(text),
    leaseEndsAt: optional(instant),
    expiresAt: instant,
    livemode: flag,
  },
};

/** What a storage's idempotent calls have in common. */
export interface QZPayMemoryIdempotencyOptions extends Pick<QZPayIdempotentOptions, 'leaseMs' | 'ttlMs' | 'waitMs'> {
  /** Resolves after that many milliseconds. Default: a timer. */
  readonly sleep?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

interface Transactions<Bound> {
  /** Whether there is a transaction around the caller. */
  isOpen(): boolean;
  run<Result>(work: (bound: Bound) => Promise<Result>): Promise<Result>;
}

/** `Bound` is the storage that the work is given. */
export class MemoryIdempotency<Bound> implements QZPayIdempotency {
  readonly #context: CollectionContext;
  readonly #keys: Table;
  readonly #transactions: Transactions<Bound>;
  readonly #options: QZPayMemoryIdempotencyOptions;

  constructor(context: CollectionContext, transactions: Transactions<Bound>, options: QZPayMemoryIdempotencyOptions) {
    this.#context = context;
    this.#keys = new Table(KEYS, context);
    this.#transactions = transactions;
    this.#options = options;
  }

  async idempotent<Result>(
    name: string,
    request: unknown,
    work: (bound: Bound) => Promise<Result>,
    options: QZPayIdempotentOptions = {},
  ): Promise<Result> {
    const { leaseMs = 60_000, ttlMs = 86_400_000, waitMs = 30_000 } = { ...this.#options, ...options };
    checkedMilliseconds(leaseMs, 'leaseMs');
    checkedMilliseconds(ttlMs, 'ttlMs');
    checkedMilliseconds(waitMs, 'waitMs', 0);
    if (name === '') throw new QZPayValidationError('IdempotencyKey key must not be empty', 'key');
    const claim = (lease: number | null): Row => {
      const now = this.#context.clock().getTime();
      return this.#keys.complete({
        key: name,
        operation: options.operation,
        request: canonicalJson(request),
        status: 'pending',
        lease: crypto.randomUUID(),
        leaseEndsAt: lease === null ? null : new Date(now + lease),
        expiresAt: new Date(now + ttlMs),
      });
    };
    // Nobody else sees the key before the transaction around it ends, so it needs no lease there.
    if (this.#transactions.isOpen()) {
      return this.#transactions.run(async (bound) =>
        this.#carryOut(await this.#begin(() => claim(null), 0), work, bound, ttlMs),
      );
    }
    const begun = await this.#begin(() => claim(leaseMs), waitMs);
    if (begun['status'] === 'completed') return replayed(begun);
    try {
      return await this.#transactions.run((bound) => this.#carryOut(begun, work, bound, ttlMs));
    } catch (error) {
      await this.#context.write((data) => {
        const held = this.#held(begun)(data);
        if (held !== undefined) this.#keys.remove(data, held);
      });
      throw error;
    }
  }

  async #carryOut<Result>(
    begun: Row,
    work: (bound: Bound) => Promise<Result>,
    bound: Bound,
    ttlMs: number,
  ): Promise<Result> {
    if (begun['status'] === 'completed') return replayed(begun);
    const result = packResult(await work(bound));
    return this.#context.write((data) => {
      const held = this.#held(begun)(data);
      if (held === undefined) throw new QZPayStorageError('The operation has passed to another caller', 'lease_lost');
      const expiresAt = this.#context.clock().getTime() + ttlMs;
      return replayed(
        this.#keys.replace(data, { ...held, status: 'completed', result, lease: null, leaseEndsAt: null, expiresAt }),
      );
    });
  }

  /** The key's row: the caller's own, or a completed one. Waits while somebody else is at it. */
  async #begin(claim: () => Row, waitMs: number): Promise<Row> {
    const { sleep = pause } = this.#options;
    let waited = 0;
    for (let next = 20; ; next = Math.min(next * 2, 1000)) {
      const own = claim();
      const found = await this.#context.write((data) => this.#take(data, own));
      if (found === own || found['status'] === 'completed') return found;
      if (waited >= waitMs) {
        throw new QZPayStorageError('The same request is being carried out', 'idempotency_in_progress');
      }
      const milliseconds = Math.min(next, waitMs - waited);
      await sleep(milliseconds);
      waited += milliseconds;
    }
  }

  /** Takes the key if it is free; returns the row that has it. */
  #take(data: Data, own: Row): Row {
    const now = this.#context.clock().getTime();
    const found = first(this.#keys.where({ key: own['key'] }, []))(data);
    if (found === undefined) return this.#keys.replace(data, own);
    const { leaseEndsAt = null } = found;
    const isAtWork = leaseEndsAt !== null && Number(leaseEndsAt) > now;
    if (!isAtWork && Number(found['expiresAt']) <= now) return this.#keys.replace(data, own);
    if (found['request'] !== own['request'] || found['operation'] !== own['operation']) {
      throw new QZPayConflictError('IdempotencyKey belongs to another request', 'idempotency_key_reused');
    }
    return leaseEndsAt === null || isAtWork ? found : this.#keys.replace(data, own);
  }

  /** The row, while the claim on it still holds. */
  #held(begun: Row): Operation<Row | undefined> {
    return first(this.#keys.where({ key: begun['key'], lease: begun['lease'] }, []));
  }
}

function replayed<Result>({ result }: Row): Result {
  return unpackResult(result as string) as Result;
}
