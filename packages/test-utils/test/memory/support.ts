import {
  createQZPayMemoryStorage,
  createQZPayMemoryStore,
  createQZPaySequentialIds,
  createQZPayTestClock,
  type QZPayMemoryStorageOptions,
} from '@qzpay/test-utils';

/** A storage on an empty store, and the way to open others on it. */
export function setup(options: QZPayMemoryStorageOptions = {}) {
  const clock = createQZPayTestClock();
  const shared = { store: createQZPayMemoryStore(), clock, generateId: createQZPaySequentialIds(), ...options };
  const reopen = (others: QZPayMemoryStorageOptions = {}) => createQZPayMemoryStorage({ ...shared, ...others });
  return { storage: reopen(), clock, reopen };
}

export const customer = (externalId: string) => ({ externalId, email: `${externalId}@example.org` });

/** What a caller without types may pass. */
export const untyped = <T>(value: unknown): T => value as T;

/** A promise that is resolved from outside. */
export function barrier(): { readonly reached: Promise<void>; open(this: void): void } {
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { reached, open };
}
