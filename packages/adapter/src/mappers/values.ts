/** A returned entity carries the version that an update may expect. */
export type QZPayVersioned<Entity> = Entity & { readonly version: string };

/** Adds a key only when there is a value: an optional key is absent, never `undefined`. */
export function whenPresent<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { [K in Key]?: Value } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
