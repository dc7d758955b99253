import { AsyncLocalStorage } from 'node:async_hooks';
import { QZPayStorageError } from '@qzpay/core';
import { aWholeNumber, checkOptions, type OptionRules, oneOf } from '@qzpay/core/options';
import {
  assertDrizzleTransaction,
  pipelines,
  type QZPayDrizzleDatabase,
  type QZPayDrizzleTransaction,
  runOn,
  transactionOn,
} from './database.js';
import { abortsTransaction, isRetryable, sqlStateOf } from './database-errors.js';

/** The longest that the server knows, in milliseconds. */
const MAX_TIMEOUT = 2_147_483_647;

export type QZPayIsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

/** Options of a root transaction. A nested call (a savepoint) accepts none of them. */
export interface QZPayTransactionOptions {
  /** Default: the database's default, normally `read committed`. */
  readonly isolationLevel?: QZPayIsolationLevel;
  /**
   * How often the whole callback runs again after a serialization failure or a deadlock. Default 0. The callback must
   * be free of effects outside the database, or repeat them safely.
   */
  readonly retries?: number;
  /** Milliseconds; set for this transaction only. */
  readonly statementTimeout?: number;
  /** Milliseconds; set for this transaction only. */
  readonly lockTimeout?: number;
}

/** What has to go one after another, because a connection has one transaction and one savepoint at a time. */
interface Lane {
  /** The open savepoint, if any; statements beside it wait for it instead of falling into it. */
  child: Promise<void> | undefined;
  /** The last statement sent, where the driver wants one at a time. */
  tail: Promise<void> | undefined;
}
const TRANSACTION_OPTIONS = {
  isolationLevel: oneOf('read committed', 'repeatable read', 'serializable'),
  retries: aWholeNumber(0),
  statementTimeout: aWholeNumber(0, MAX_TIMEOUT),
  lockTimeout: aWholeNumber(0, MAX_TIMEOUT),
} satisfies OptionRules<QZPayTransactionOptions>;

/** One open transaction or savepoint. */
export interface QZPayTransactionScope {
  readonly handle: QZPayDrizzleDatabase;
  readonly parent: QZPayTransactionScope | undefined;
  /** `undefined` where the host owns the transaction and we cannot know when it commits. */
  readonly afterCommit: (() => unknown)[] | undefined;
  readonly lane: Lane;
  closed: boolean;
  inFlight: number;
  drained: (() => void) | undefined;
  /** The first error that aborted this scope in the database. */
  failure: { readonly error: unknown } | undefined;
}

/** The innermost scope of a storage where a call is made; `undefined` hides the ones around it. */
interface AmbientScope {
  readonly owner: QZPayTransactions;
  readonly scope: QZPayTransactionScope | undefined;
  /** Of this storage or of another one. */
  readonly outer: AmbientScope | undefined;
}

/** One for all storages: before Node 24, each one that was ever used makes every promise of the process slower. */
const ambient = new AsyncLocalStorage<AmbientScope>();

/** Of the transactions of hosts: all that join one, through whatever storage, share its lane. */
const lanes = new WeakMap<QZPayDrizzleTransaction, Lane>();

const swallow = (): void => {};

/**
 * Ambient transactions: whatever runs inside the callback, however deep, uses the callback's connection, with no handle
 * passed along.
 *
 * - Nested calls are savepoints. Siblings run one after another: two savepoints open at once on one connection would
 *   undo each other.
 * - Work that the callback did not await still belongs to the transaction and is finished before it commits.
 * - Work that arrives after the callback has settled is refused with `transaction_closed`; nothing falls back to the pool.
 * - An error of the database that the callback swallowed rejects the transaction: the database has aborted it, and some
 *   drivers report its COMMIT as a success.
 *
 * A nested callback must not await a statement that its parent issued after it started: that statement waits for the
 * nested callback to end.
 */
export class QZPayTransactions {
  readonly #database: QZPayDrizzleDatabase;
  readonly #mapError: (error: unknown, committing: boolean) => unknown;
  readonly #pipelines: boolean;

  constructor(database: QZPayDrizzleDatabase, mapError: (error: unknown, committing: boolean) => unknown) {
    this.#database = database;
    this.#mapError = mapError;
    this.#pipelines = pipelines(database);
  }

  /** The scope of the caller: the innermost one below `bound`, `bound` itself, or none. */
  scope(bound?: QZPayTransactionScope): QZPayTransactionScope | undefined {
    const innermost = this.#innermost();
    if (bound === undefined) return innermost;
    for (let scope = innermost; scope !== undefined; scope = scope.parent) {
      if (scope === bound) return innermost;
    }
    return bound;
  }

  #innermost(): QZPayTransactionScope | undefined {
    for (let entry = ambient.getStore(); entry !== undefined; entry = entry.outer) {
      if (entry.owner === this) return entry.scope;
    }
    return undefined;
  }

  #within<T>(scope: QZPayTransactionScope | undefined, callback: () => T): T {
    return ambient.run({ owner: this, scope, outer: ambient.getStore() }, callback);
  }

  /** Runs one operation on the caller's transaction, or on the database when there is none. */
  run<T>(operation: (handle: QZPayDrizzleDatabase) => Promise<T>, bound?: QZPayTransactionScope): Promise<T> {
    const scope = this.scope(bound);
    return scope === undefined ? operation(this.#database) : this.#runIn(scope, operation);
  }

  #runIn<T>(scope: QZPayTransactionScope, operation: (handle: QZPayDrizzleDatabase) => Promise<T>): Promise<T> {
    if (scope.closed) return Promise.reject(closedError());
    if (scope.lane.child !== undefined) return scope.lane.child.then(() => this.#runIn(scope, operation));
    scope.inFlight += 1;
    let result: Promise<T>;
    if (this.#pipelines) {
      result = operation(scope.handle);
    } else {
      result =
        scope.lane.tail === undefined ? operation(scope.handle) : scope.lane.tail.then(() => operation(scope.handle));
      scope.lane.tail = result.then(swallow, swallow);
    }
    const settled = result.then(
      (value) => {
        settle(scope);
        return value;
      },
      (error: unknown) => {
        // After the first failure the database answers 25P02 to everything; the first one is what the caller needs.
        const cause = sqlStateOf(error) === '25P02' && scope.failure !== undefined ? scope.failure.error : error;
        if (abortsTransaction(cause)) scope.failure ??= { error: cause };
        settle(scope);
        throw cause;
      },
    );
    // Nobody may be waiting for it; the scope reports its failure.
    settled.catch(swallow);
    return settled;
  }

  /**
   * Runs `callback` in a transaction, or in a savepoint when there is one already. Resolves with its value after COMMIT;
   * rejects with its error after ROLLBACK.
   */
  async transaction<T>(
    callback: (scope: QZPayTransactionScope) => Promise<T>,
    options: QZPayTransactionOptions = {},
    bound?: QZPayTransactionScope,
  ): Promise<T> {
    checkOptions(options, TRANSACTION_OPTIONS);
    const parent = this.scope(bound);
    if (parent !== undefined) {
      if (Object.values(options).some((value) => value !== undefined)) {
        throw new QZPayStorageError(
          'A nested transaction is a savepoint and accepts no options',
          'unsupported_operation',
        );
      }
      return this.#savepoint(parent, callback);
    }
    for (let retriesLeft = options.retries ?? 0; ; retriesLeft -= 1) {
      const afterCommit: (() => unknown)[] = [];
      try {
        const value = await this.#begin(callback, options, afterCommit);
        await this.#runAfterCommit(afterCommit);
        return value;
      } catch (error) {
        if (retriesLeft <= 0 || !isRetryable(error)) throw error;
      }
    }
  }

  /**
   * Runs `callback` inside a transaction that the host opened with Drizzle. The host commits or rolls back.
   *
   * @throws TypeError when `handle` is no transaction.
   */
  async join<T>(handle: QZPayDrizzleTransaction, callback: (scope: QZPayTransactionScope) => Promise<T>): Promise<T> {
    assertDrizzleTransaction(handle);
    const lane = lanes.get(handle) ?? newLane();
    lanes.set(handle, lane);
    const around = scopeOn(lane);
    if (around !== undefined) return this.#partOf(around, callback);
    return this.#inScope(newScope(handle, undefined, undefined, lane), callback);
  }

  /** Joins from inside what has joined already: a scope beside it would wait for the savepoint that it is called in. */
  async #partOf<T>(scope: QZPayTransactionScope, callback: (scope: QZPayTransactionScope) => Promise<T>): Promise<T> {
    scope.inFlight += 1;
    try {
      const value = await this.#within(scope, () => callback(scope));
      if (scope.failure !== undefined) throw scope.failure.error;
      return value;
    } finally {
      settle(scope);
    }
  }

  /**
   * Runs `callback` after the root transaction has committed; at once when there is none; never after a rollback, also
   * not of a savepoint around it. Callbacks run in order and outside the transaction. What a callback throws does not
   * change the outcome of the transaction: it surfaces as an unhandled rejection.
   */
  async afterCommit(callback: () => unknown, bound?: QZPayTransactionScope): Promise<void> {
    const scope = this.scope(bound);
    if (scope === undefined) return this.#runAfterCommit([callback]);
    if (scope.closed) throw closedError();
    if (scope.afterCommit === undefined) {
      throw new QZPayStorageError(
        'afterCommit needs a transaction opened by the storage: the end of a joined one is not known to it',
        'unsupported_operation',
      );
    }
    scope.afterCommit.push(callback);
  }

  async #runAfterCommit(callbacks: readonly (() => unknown)[]): Promise<void> {
    for (const callback of callbacks) {
      try {
        await this.#within(undefined, callback);
      } catch (error) {
        void Promise.reject(error);
      }
    }
  }

  async #begin<T>(
    callback: (scope: QZPayTransactionScope) => Promise<T>,
    options: QZPayTransactionOptions,
    afterCommit: (() => unknown)[],
  ): Promise<T> {
    const { isolationLevel, statementTimeout, lockTimeout } = options;
    return this.#open(this.#database, isolationLevel === undefined ? undefined : { isolationLevel }, async (handle) => {
      await setLocal(handle, 'statement_timeout', statementTimeout);
      await setLocal(handle, 'lock_timeout', lockTimeout);
      return this.#inScope(newScope(handle, undefined, afterCommit), callback);
    });
  }

  /** Opens a transaction or savepoint; tells the callback's own errors from those of BEGIN, COMMIT and ROLLBACK. */
  async #open<T>(
    database: QZPayDrizzleDatabase,
    config: { isolationLevel: QZPayIsolationLevel } | undefined,
    callback: (handle: QZPayDrizzleDatabase) => Promise<T>,
    parent?: QZPayTransactionScope,
  ): Promise<T> {
    let outcome: { readonly error: unknown } | 'pending' | 'committing' = 'pending';
    const tracked = async (handle: QZPayDrizzleDatabase): Promise<T> => {
      try {
        const value = await callback(handle);
        outcome = 'committing';
        return value;
      } catch (error) {
        outcome = { error };
        throw error;
      }
    };
    try {
      return await transactionOn(database, tracked, config);
    } catch (error) {
      const reached = outcome as { readonly error: unknown } | 'pending' | 'committing';
      if (typeof reached !== 'object') throw this.#unended(this.#mapError(error, reached === 'committing'), parent);
      // What went wrong first matters, not that the ROLLBACK after it failed as well.
      throw error === reached.error ? error : this.#unended(reached.error, parent);
    }
  }

  /** A savepoint that could not be undone must not be committed with what is around it. */
  #unended(error: unknown, parent: QZPayTransactionScope | undefined): unknown {
    if (parent !== undefined) parent.failure ??= { error };
    return error;
  }

  #savepoint<T>(parent: QZPayTransactionScope, callback: (scope: QZPayTransactionScope) => Promise<T>): Promise<T> {
    if (parent.closed) return Promise.reject(closedError());
    const open = async (): Promise<T> => {
      await parent.lane.tail;
      const afterCommit: (() => unknown)[] | undefined = parent.afterCommit === undefined ? undefined : [];
      const inScope = (handle: QZPayDrizzleDatabase) => this.#inScope(newScope(handle, parent, afterCommit), callback);
      const value = await this.#open(parent.handle, undefined, inScope, parent);
      if (afterCommit !== undefined) parent.afterCommit?.push(...afterCommit);
      return value;
    };
    const result = parent.lane.child === undefined ? open() : parent.lane.child.then(open);
    const settled: Promise<void> = result.then(swallow, swallow).then(() => {
      if (parent.lane.child === settled) parent.lane.child = undefined;
    });
    parent.lane.child = settled;
    return result;
  }

  async #inScope<T>(scope: QZPayTransactionScope, callback: (scope: QZPayTransactionScope) => Promise<T>): Promise<T> {
    let value: T;
    try {
      value = await this.#within(scope, () => callback(scope));
      await drain(scope);
    } finally {
      scope.closed = true;
      // A callback that failed may have left statements in flight, and one that it forgot may begin while others end;
      // ROLLBACK and COMMIT have to come after them.
      await drain(scope);
    }
    if (scope.failure !== undefined) throw scope.failure.error;
    return value;
  }
}

function newScope(
  handle: QZPayDrizzleDatabase,
  parent: QZPayTransactionScope | undefined,
  afterCommit: (() => unknown)[] | undefined,
  lane: Lane = newLane(),
): QZPayTransactionScope {
  return { handle, parent, afterCommit, lane, closed: false, inFlight: 0, drained: undefined, failure: undefined };
}

function newLane(): Lane {
  return { child: undefined, tail: undefined };
}

/** The innermost scope of the caller in the transaction that the lane belongs to. */
function scopeOn(lane: Lane): QZPayTransactionScope | undefined {
  for (let entry = ambient.getStore(); entry !== undefined; entry = entry.outer) {
    for (let scope = entry.scope; scope !== undefined; scope = scope.parent) {
      if (scope.lane === lane) return entry.scope;
    }
  }
  return undefined;
}

/** Waits for everything that was started in the scope, awaited or not. */
async function drain(scope: QZPayTransactionScope): Promise<void> {
  while (scope.lane.child !== undefined || scope.inFlight > 0) {
    await scope.lane.child;
    if (scope.inFlight > 0) {
      await new Promise<void>((resolve) => {
        scope.drained = resolve;
      });
      scope.drained = undefined;
    }
  }
}

function settle(scope: QZPayTransactionScope): void {
  scope.inFlight -= 1;
  if (scope.inFlight === 0) scope.drained?.();
}

async function setLocal(
  handle: QZPayDrizzleDatabase,
  setting: string,
  milliseconds: number | undefined,
): Promise<void> {
  if (milliseconds === undefined) return;
  await runOn(handle, 'select set_config($1, $2, true)', [setting, String(milliseconds)], undefined);
}

function closedError(): QZPayStorageError {
  return new QZPayStorageError('The transaction is already closed', 'transaction_closed');
}
