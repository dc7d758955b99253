import { AsyncResource } from 'node:async_hooks';
import type { QZPayConformanceHarness, QZPayMemoryStorage } from '../../src/index.js';

/** A storage that breaks one promise: the cases that must notice it, and how it is made of a sound one. */
export type Mutant = readonly [
  name: string,
  promise: string,
  caughtBy: readonly [string, ...string[]],
  breaks: (harness: QZPayConformanceHarness) => QZPayConformanceHarness,
];

export type Storage = QZPayMemoryStorage;

/** What a broken storage does otherwise than the sound one, by collection. */
type Overrides = {
  readonly [Part in keyof Storage]?: Storage[Part] extends (...args: never[]) => unknown
    ? Storage[Part]
    : Partial<Storage[Part]>;
};

type Call = (...args: unknown[]) => Promise<unknown>;

/** Overrides methods of every handle, also of the one that a transaction is given. */
export function override(
  harness: QZPayConformanceHarness,
  make: (sound: Storage, livemode: boolean) => Overrides,
): QZPayConformanceHarness {
  const broken = (sound: Storage, livemode: boolean): Storage => {
    const transaction: Storage['transaction'] = (callback) =>
      sound.transaction((bound) => callback(broken(bound, livemode)));
    const overrides: Overrides = { transaction, ...make(sound, livemode) };
    return overlay(sound, (name) => {
      const part = overrides[name as keyof Storage] as object | undefined;
      const isCollection = typeof part === 'object' && name !== 'capabilities';
      return isCollection ? overlay(sound[name as 'customers'], (method) => Reflect.get(part, method)) : part;
    });
  };
  return {
    ...harness,
    storage: broken(harness.storage as Storage, false),
    open: async (options) => broken((await harness.open(options)) as Storage, options.livemode),
  };
}

/** Stands between the caller and every method of every collection. */
export function intercept(
  harness: QZPayConformanceHarness,
  hook: (call: Call, args: unknown[], name: string, sound: Storage) => Promise<unknown>,
): QZPayConformanceHarness {
  return override(harness, (sound) => {
    const collections = Object.entries(sound).filter(
      ([, part]) => typeof part === 'object' && !('concurrentTransactions' in part),
    );
    return Object.fromEntries(
      collections.map(([name, collection]) => [
        name,
        overlay(collection as object, (method) => {
          const call = Reflect.get(collection as object, method) as Call;
          if (typeof call !== 'function') return undefined;
          return (...args: unknown[]) => hook(call.bind(collection), args, `${name}.${method}`, sound);
        }),
      ]),
    ) as Overrides;
  });
}

/** The object with other properties where `other` has some. */
function overlay<T extends object>(sound: T, other: (name: string) => unknown): T {
  return new Proxy(sound, {
    get(target, name) {
      const replaced = typeof name === 'string' ? other(name) : undefined;
      if (replaced !== undefined) return replaced;
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });
}

/** The window between a read and the write that relies on it. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs work outside of the transaction that it is called in. */
export function outsider(): <Result>(work: () => Result) => Result {
  return AsyncResource.bind(<Result>(work: () => Result) => work()) as <Result>(work: () => Result) => Result;
}

/** Changes the answers of calls whose names match, entity by entity, to the innermost list. */
export function answering(
  harness: QZPayConformanceHarness,
  names: RegExp,
  change: (entity: Record<string, unknown>) => unknown,
): QZPayConformanceHarness {
  return intercept(harness, async (call, args, name) => {
    const answer = await call(...args);
    return names.test(name) ? changed(answer, change) : answer;
  });
}

function changed(answer: unknown, change: (entity: Record<string, unknown>) => unknown): unknown {
  if (Array.isArray(answer)) return answer.map((entity) => changed(entity, change));
  if (typeof answer !== 'object' || answer === null) return answer;
  if ('data' in answer) return { ...answer, data: changed(answer.data, change) };
  return change(answer as Record<string, unknown>);
}

/** The object without these keys. */
export function without<T extends object>(given: T, ...keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key))) as T;
}

/** The error as a kind of its own is not: whatever `work` rejects with goes through `change`. */
export async function failing<Result>(
  work: Promise<Result>,
  change: (error: Error) => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    return change(error as Error);
  }
}
