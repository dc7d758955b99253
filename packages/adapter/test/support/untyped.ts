/** Input as plain JavaScript callers may give it. */
export function untyped<T>(value: unknown): T {
  return value as T;
}
