import assert from 'node:assert/strict';
import {
  isQZPayError,
  type QZPayConflictError,
  type QZPayNotFoundError,
  type QZPayStorageError,
  type QZPayValidationError,
} from '@qzpay/core';

interface Errors {
  not_found: QZPayNotFoundError;
  conflict: QZPayConflictError;
  validation: QZPayValidationError;
  storage: QZPayStorageError;
}

/** Fails unless the work rejects with this kind of error, and returns the error. */
export async function rejects<Kind extends keyof Errors>(work: Promise<unknown>, kind: Kind): Promise<Errors[Kind]> {
  const outcome = await work.then(
    () => 'resolved',
    (error: unknown) => ({ error }),
  );
  assert.notEqual(outcome, 'resolved', `Expected a ${kind} error, and the call resolved.`);
  const { error } = outcome as { error: unknown };
  assert.ok(isQZPayError(error, kind), `Expected a ${kind} error and got ${nameOf(error)}.`);
  return error as Errors[Kind];
}

/** Expects `not_found`, with the type of entity that is missing where it is given. */
export async function rejectsNotFound(work: Promise<unknown>, entityType?: string): Promise<void> {
  const error = await rejects(work, 'not_found');
  if (entityType !== undefined) assert.equal(error.entityType, entityType);
}

/** Expects a conflict of this type. */
export async function rejectsConflict(work: Promise<unknown>, conflictType: string): Promise<void> {
  const error = await rejects(work, 'conflict');
  assert.equal(error.conflictType, conflictType);
}

/** Expects a validation error, of this field where it is given. */
export async function rejectsInvalid(work: Promise<unknown>, field?: string): Promise<void> {
  const error = await rejects(work, 'validation');
  if (field !== undefined) assert.equal(error.field, field);
}

/** Expects a failure of the storage itself with this code. */
export async function rejectsStorage(work: Promise<unknown>, code: string): Promise<void> {
  const error = await rejects(work, 'storage');
  assert.equal(error.code, code);
}

/**
 * Fails unless both, entities or lists of them, are equal as a whole, own keys and prototypes included. What a storage may
 * add to the contract's entities (`version`, `number`) does not count.
 */
export function assertEntity(actual: unknown, expected: unknown): void {
  assert.deepEqual(withoutAdditions(actual), withoutAdditions(expected));
}

/** What a storage may add to the contract's entities. */
export const ADDITIONS: ReadonlySet<string> = new Set(['version', 'number']);

function withoutAdditions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAdditions);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const isEntity = Object.hasOwn(value, 'id');
  const entries = Object.entries(value).filter(([key]) => !(isEntity && ADDITIONS.has(key)));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutAdditions(inner)]));
}

/** Fails if the message carries one of the values: messages end up in logs. */
export function assertSilent(error: unknown, ...values: readonly string[]): void {
  const { message } = error as Error;
  for (const value of values) assert.ok(!message.includes(value), `The message carries a value: ${message}`);
}

/** The value, which a case needs to go on. */
export function present<T>(value: T | null | undefined): T {
  assert.ok(value !== null && value !== undefined, 'Expected a value and got none.');
  return value;
}

/** Expects these ids in the order of the ids, up or down: of entities of one instant the contract says no more. */
export function assertTied(actual: readonly string[], ids: readonly string[]): void {
  const ascending = ids.toSorted();
  assert.deepEqual(actual, actual[0] === ascending[0] ? ascending : ascending.toReversed());
}

export function idsOf(entities: readonly { readonly id: string }[]): string[] {
  return entities.map(({ id }) => id);
}

/** More ids than a page has by default, neither ascending nor descending. */
export function manyIds(prefix: string): string[] {
  return Array.from({ length: 110 }, (_, index) => `${prefix}${100 + ((index * 7) % 110)}`);
}

/** Texts that name nothing; some of them no store can hold. */
export const UNKNOWN_TEXTS: readonly string[] = ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000)];

/**
 * What several callers got who called at once; where the storage cannot run them at the same time they still call
 * together, and it takes one after the other.
 */
export async function together<T>(
  times: number,
  call: (index: number) => Promise<T>,
): Promise<{ readonly fulfilled: T[]; readonly rejected: unknown[] }> {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, (_, index) => call(index)));
  return {
    fulfilled: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    rejected: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : [])),
  };
}

/** More than the connections that a storage keeps in a test. */
const PATIENCE = 50;

/** Runs the work again while the storage says that nothing has been kept of it and that it may be tried again. */
export async function retrying<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let left = PATIENCE; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || !isQZPayError(error, 'storage') || !error.retryable) throw error;
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}
