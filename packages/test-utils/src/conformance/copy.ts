import { isDate } from 'node:util/types';

/**
 * A deep copy of plain data. Runners that give each file a realm of its own (jest) share `structuredClone` with the realm
 * outside, and what it makes is then never strictly equal to what is made here.
 */
export function copyOf<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (isDate(value)) return new Date(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}
