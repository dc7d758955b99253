/** An object that is put together at its first use, and then behaves as that one does. */
export function lazily<T extends object>(build: () => T): T {
  let built: T | undefined;
  const object = () => {
    built ??= build();
    return built;
  };
  return new Proxy({} as T, {
    get: (_, key) => Reflect.get(object(), key) as unknown,
    has: (_, key) => Reflect.has(object(), key),
    ownKeys: () => Reflect.ownKeys(object()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(object(), key),
  });
}
