import { AsyncLocalStorage } from 'node:async_hooks';
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayDrizzleTransaction } from '@qzpay/repositories';
import type { QZPayConformanceOptions } from '@qzpay/test-utils';
import type { Setup } from './drivers.js';

/** Ends the transaction of the host. */
class RolledBack extends Error {}

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * A harness whose storages all work in one transaction of the host, which is rolled back in the end.
 *
 * The host does what one must that goes on after an error: each call runs in a savepoint of its own, and one after the
 * other, whichever storage it is made through. What is called inside a transaction of a storage belongs to that.
 */
export function joinedHarnessOf(setup: Setup): QZPayConformanceOptions['createHarness'] {
  return async ({ clock }) => {
    const { database, storage, reopen } = await setup({ clock });
    const host = await hold<QZPayDrizzleTransaction>((work) => database.transaction((handle) => work(handle)));
    const inTurn = turns();
    const joins: Held<unknown>[] = [];
    const join = async (other: QZPayStorage): Promise<QZPayStorage> => {
      const joined = await hold<QZPayStorage>((work) => other.join(host.value, work));
      joins.push(joined);
      return withSavepoints(joined.value, inTurn);
    };
    return {
      storage: await join(storage),
      open: ({ livemode }) => join(reopen({ livemode })),
      // The host's transaction would be gone, and with it everything.
      interrupt: () => Promise.resolve(),
      dispose: async () => {
        for (const { end } of [...joins, host]) await end();
      },
    };
  };
}

interface Held<Value> {
  readonly value: Value;
  /** Ends the work by an error. */
  end(this: void): Promise<void>;
}

/** Begins work that ends when the caller says so. */
async function hold<Value>(begin: (work: (value: Value) => Promise<never>) => Promise<unknown>): Promise<Held<Value>> {
  let end = (): void => {};
  let ended: Promise<unknown> = Promise.resolve();
  const value = await new Promise<Value>((begun, failed) => {
    ended = begin((given) => {
      begun(given);
      return new Promise((_, reject) => {
        end = () => reject(new RolledBack());
      });
    }).catch((error: unknown) => {
      failed(error as Error);
      if (!(error instanceof RolledBack)) throw error;
    });
  });
  return {
    value,
    end: async () => {
      end();
      await ended;
    },
  };
}

/** The turns that a call is inside of. One for all cases: each that was ever used makes every promise slower. */
const inside = new AsyncLocalStorage<object>();

/** Runs work one after the other, apart from what is called inside of it. */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const these = {};
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    if (inside.getStore() === these) return work();
    const result = last.then(() => inside.run(these, work));
    last = result.catch(() => {});
    return result;
  };
}

/** The storage, each of whose calls takes its turn and is a savepoint. */
function withSavepoints(storage: QZPayStorage, inTurn: ReturnType<typeof turns>): QZPayStorage {
  const transaction = (callback: (inner: QZPayStorage) => Promise<unknown>) =>
    inTurn(() => storage.transaction((inner) => callback(withSavepoints(inner, inTurn))));
  return overlay(storage, (part, name) => {
    if (name === 'transaction') return transaction;
    if (name === 'idempotent') return (...args: unknown[]) => transaction(() => (part as Method).apply(storage, args));
    if (typeof part !== 'object' || part === null || name === 'capabilities') return part;
    return overlay(part, (method) => {
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => inTurn(() => storage.transaction(() => (method as Method).apply(part, args)));
    });
  });
}

function overlay<T extends object>(target: T, change: (part: unknown, name: string | symbol) => unknown): T {
  return new Proxy(target, { get: (given, name) => change(Reflect.get(given, name), name) });
}
