import { AsyncLocalStorage } from 'node:async_hooks';
import { QZPayStorageError } from '@qzpay/core';
import { Data, type Operation, Refusal } from './store.js';

/** One open transaction or savepoint. */
export interface Scope {
  /** Whose transaction it is: each storage has its own. */
  readonly owner: object;
  readonly parent: Scope | undefined;
  readonly data: Data;
  readonly afterCommit: (() => unknown)[];
  closed: boolean;
  /** The open savepoint, if any; operations of this scope wait for its end instead of falling into it. */
  child: Promise<void> | undefined;
  /** The first refusal; nothing works after it, and the scope cannot commit. */
  failure: { readonly error: unknown } | undefined;
}

/** Who asks: a storage, or a storage bound to one transaction. */
export interface Caller {
  readonly owner: object;
  readonly bound: Scope | undefined;
}

/** The innermost scope of a store where a call is made; `undefined` hides the ones around it. */
interface AmbientScope {
  readonly transactions: Transactions;
  readonly scope: Scope | undefined;
  /** Of this store or of another one. */
  readonly outer: AmbientScope | undefined;
}

/** One for all stores: before Node 24, each one that was ever used makes every promise of the process slower. */
const ambient = new AsyncLocalStorage<AmbientScope>();

const swallow = (): void => {};

/**
 * Ambient transactions over one store, one at a time.
 *
 * A transaction works on a copy of the committed rows, which takes their place when it commits. Operations outside read
 * what is committed, and write once the transaction has ended.
 */
export class Transactions {
  #committed = new Data();
  #turn: Promise<unknown> = Promise.resolve();

  /** Whether there is a transaction around the caller. */
  isOpen(caller: Caller): boolean {
    return this.#scope(caller) !== undefined;
  }

  async read<Result>(caller: Caller, operation: Operation<Result>): Promise<Result> {
    const scope = this.#scope(caller);
    return scope === undefined ? operation(this.#committed) : runIn(scope, operation);
  }

  async write<Result>(caller: Caller, operation: Operation<Result>): Promise<Result> {
    const scope = this.#scope(caller);
    if (scope !== undefined) return runIn(scope, operation);
    return this.#exclusively(() => {
      try {
        return this.#committed.attempt(operation);
      } catch (error) {
        throw unwrapped(error);
      } finally {
        this.#committed.commit();
      }
    });
  }

  /** Like {@link write}, but what is refused fails only this operation and not the transaction around it. */
  async writeApart<Result>(caller: Caller, operation: Operation<Result>): Promise<Result> {
    const scope = this.#scope(caller);
    if (scope === undefined) return this.write(caller, operation);
    return this.#savepoint(scope, (inner) => runIn(inner, operation));
  }

  /** Resolves with the callback's value once its work is committed; rejects with its error and keeps nothing of it. */
  async transaction<Result>(caller: Caller, callback: (scope: Scope) => Promise<Result>): Promise<Result> {
    const parent = this.#scope(caller);
    if (parent !== undefined) return this.#savepoint(parent, callback);
    const afterCommit: (() => unknown)[] = [];
    const value = await this.#exclusively(async () => {
      const data = this.#committed.copy();
      const result = await this.#inScope({ owner: caller.owner, parent, data, afterCommit }, callback);
      data.commit();
      this.#committed = data;
      return result;
    });
    await this.#call(afterCommit);
    return value;
  }

  /** Calls back when the root transaction has committed; at once when there is none; never after a rollback. */
  async afterCommit(caller: Caller, callback: () => unknown): Promise<void> {
    const scope = this.#scope(caller);
    if (scope === undefined) return this.#call([callback]);
    if (scope.closed) throw closedError();
    scope.afterCommit.push(callback);
  }

  /** The scope of the caller: the innermost one below `bound`, `bound` itself, or none. */
  #scope({ owner, bound }: Caller): Scope | undefined {
    const innermost = this.#innermost();
    const own = innermost?.owner === owner ? innermost : undefined;
    if (bound === undefined) return own;
    for (let scope = own; scope !== undefined; scope = scope.parent) {
      if (scope === bound) return own;
    }
    return bound;
  }

  /** The innermost scope around the caller, whichever storage of this store it belongs to. */
  #innermost(): Scope | undefined {
    for (let entry = ambient.getStore(); entry !== undefined; entry = entry.outer) {
      if (entry.transactions === this) return entry.scope;
    }
    return undefined;
  }

  #within<Result>(scope: Scope | undefined, callback: () => Result): Result {
    return ambient.run({ transactions: this, scope, outer: ambient.getStore() }, callback);
  }

  /**
   * Runs `work` when everything before it has ended.
   *
   * @throws QZPayStorageError `unsupported_operation` inside another storage's transaction, which would wait for `work`.
   */
  async #exclusively<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const innermost = this.#innermost();
    if (innermost !== undefined && !rootOf(innermost).closed) {
      throw new QZPayStorageError(
        'A memory store has one transaction at a time: another storage cannot write inside it',
        'unsupported_operation',
      );
    }
    const result = this.#turn.then(work);
    this.#turn = result.catch(swallow);
    return result;
  }

  #savepoint<Result>(parent: Scope, callback: (scope: Scope) => Promise<Result>): Promise<Result> {
    if (parent.closed) return Promise.reject(closedError());
    const open = async (): Promise<Result> => {
      if (parent.failure !== undefined) throw failedError();
      const { owner, data } = parent;
      const afterCommit: (() => unknown)[] = [];
      const rollback = data.savepoint();
      try {
        const value = await this.#inScope({ owner, parent, data, afterCommit }, callback);
        parent.afterCommit.push(...afterCommit);
        return value;
      } catch (error) {
        rollback();
        throw error;
      }
    };
    const result = parent.child === undefined ? open() : parent.child.then(open);
    const settled: Promise<void> = result.then(swallow, swallow).then(() => {
      if (parent.child === settled) parent.child = undefined;
    });
    parent.child = settled;
    return result;
  }

  async #inScope<Result>(
    opened: Pick<Scope, 'owner' | 'parent' | 'data' | 'afterCommit'>,
    callback: (scope: Scope) => Promise<Result>,
  ): Promise<Result> {
    const scope: Scope = { ...opened, closed: false, child: undefined, failure: undefined };
    try {
      const value = await this.#within(scope, () => callback(scope));
      await drain(scope);
      if (scope.failure !== undefined) throw scope.failure.error;
      return value;
    } finally {
      scope.closed = true;
      // A callback that failed may have left savepoints open; the rollback has to come after them.
      await drain(scope);
    }
  }

  async #call(callbacks: readonly (() => unknown)[]): Promise<void> {
    for (const callback of callbacks) {
      try {
        await this.#within(undefined, callback);
      } catch (error) {
        // What is committed stays committed: it surfaces as an unhandled rejection.
        void Promise.reject(error);
      }
    }
  }
}

async function runIn<Result>(scope: Scope, operation: Operation<Result>): Promise<Result> {
  while (scope.child !== undefined && !scope.closed) await scope.child;
  if (scope.closed) throw closedError();
  if (scope.failure !== undefined) throw scope.failure.error;
  try {
    return scope.data.attempt(operation);
  } catch (error) {
    if (error instanceof Refusal) scope.failure = { error: error.reason };
    throw unwrapped(error);
  }
}

/** Waits for the savepoints in the scope and for what waits for them, awaited by the callback or not. */
async function drain(scope: Scope): Promise<void> {
  while (scope.child !== undefined) await scope.child;
}

function rootOf(scope: Scope): Scope {
  return scope.parent === undefined ? scope : rootOf(scope.parent);
}

function unwrapped(error: unknown): unknown {
  return error instanceof Refusal ? error.reason : error;
}

function closedError(): QZPayStorageError {
  return new QZPayStorageError('The transaction is already closed', 'transaction_closed');
}

function failedError(): QZPayStorageError {
  return new QZPayStorageError('The transaction has already failed and can only roll back', 'transaction_closed');
}
