import { QZPayValidationError } from '@qzpay/core';

/** A returned entity carries the version that an update may expect. */
export type QZPayVersioned<Entity> = Entity & { readonly version: string };

/** @throws QZPayValidationError for what plain JavaScript callers may give in the place of a list. */
export function checkedList<Item>(items: Item[], entity: string, field: string): Item[] {
  if (!Array.isArray(items) || items.some((item) => typeof item !== 'object' || item === null)) {
    throw new QZPayValidationError(`${entity} ${field} is invalid: expected a list of objects`, field);
  }
  return items;
}

/** @throws QZPayValidationError for a number that would spoil what is made of it, and be blamed on that. */
export function checkedNumber(value: number, entity: string, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new QZPayValidationError(`${entity} ${field} is invalid: expected a finite number`, field);
}

/** Adds a key only when there is a value: an optional key is absent, never `undefined`. */
export function whenPresent<Key extends string, Value>(
  key: Key,
  value: Value | null | undefined,
): { [K in Key]?: Value } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
