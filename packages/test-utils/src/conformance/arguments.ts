import type { QZPayStorageAdapter } from '@qzpay/core';

/** A place of a text in a call's arguments: how deep, and under which key. */
export interface Place {
  /** 0 for an argument itself. */
  readonly depth: number;
  readonly key: string;
}

/** The storage with texts in the arguments of its methods replaced. */
export function withTexts(
  storage: QZPayStorageAdapter,
  replace: (text: string, place: Place) => string,
): QZPayStorageAdapter {
  const replaceIn = (value: unknown, place: Place): unknown => {
    if (typeof value === 'string') return replace(value, place);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    const below = (key: string, entry: unknown) => replaceIn(entry, { depth: place.depth + 1, key });
    if (Array.isArray(value)) return value.map((entry, index) => below(String(index), entry));
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, below(key, entry)]));
  };
  const collection = (target: object) =>
    new Proxy(target, {
      get(methods, name) {
        const method = Reflect.get(methods, name) as (...values: unknown[]) => unknown;
        return (...values: unknown[]) =>
          method.apply(
            methods,
            values.map((value, index) => replaceIn(value, { depth: 0, key: String(index) })),
          );
      },
    });
  return new Proxy(storage, {
    get(collections, name) {
      const target = Reflect.get(collections, name) as object | undefined;
      return target === undefined ? undefined : collection(target);
    },
  });
}

/** How many texts the call gives to a storage; it reaches none. */
export async function countTexts(call: (storage: QZPayStorageAdapter) => Promise<unknown>): Promise<number> {
  const collection = new Proxy({}, { get: () => () => Promise.resolve(null) });
  let count = 0;
  const dry = withTexts(new Proxy({}, { get: () => collection }) as QZPayStorageAdapter, (text) => {
    count += 1;
    return text;
  });
  await call(dry);
  return count;
}
