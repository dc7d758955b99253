import { QZPayConflictError, QZPayValidationError } from '@qzpay/core';

const MAX_DEPTH = 100;
const DATE_KEY = '$date';

/** The same text for the same request: keys are sorted, absent and `undefined` ones are alike, a `Date` is its instant. */
export function canonicalJson(request: unknown): string {
  return JSON.stringify(plain(request, 'request', (date) => date.toISOString(), 0) ?? null);
}

/** A result in the form in which it is stored: an object, whatever the result is. */
export function packResult(result: unknown): object {
  return { value: plain(result, 'result', (date) => ({ [DATE_KEY]: date.toISOString() }), 0) };
}

/**
 * @returns what was packed: an equal value, fresh.
 * @throws QZPayConflictError for what an erasure has left of a result: no answer, yet the work is done.
 */
export function unpackResult(packed: unknown): unknown {
  if (packed === null) {
    throw new QZPayConflictError('The request was carried out and its result has been erased', 'already_exists');
  }
  return revived((packed as { readonly value?: unknown }).value);
}

/**
 * The body of an event as it is stored.
 *
 * @throws QZPayValidationError for what is not parsed JSON, such as the bytes that came.
 */
export function parsedBody(payload: unknown): unknown {
  const isParsed = Array.isArray(payload) || (typeof payload === 'object' && payload !== null && isPlain(payload));
  if (!isParsed) throw new QZPayValidationError('payload is invalid: expected the parsed body of the event', 'payload');
  return plain(payload, 'payload', (date) => date.toISOString(), 0, null);
}

/**
 * @param reserved the key that stands for a `Date`; `null` where none does.
 * @throws QZPayValidationError for what JSON would change without a word.
 */
function plain(
  value: unknown,
  field: string,
  fromDate: (date: Date) => unknown,
  depth: number,
  reserved: string | null = DATE_KEY,
): unknown {
  const refuse = (problem: string) => new QZPayValidationError(`${field} is invalid: ${problem}`, field);
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  // Negative zero and holes in lists do not survive JSON.
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0;
  if (typeof value !== 'object') throw refuse('expected values of JSON');
  if (depth === MAX_DEPTH) throw refuse(`nested deeper than ${MAX_DEPTH} levels`);
  const inner = (item: unknown) => plain(item, field, fromDate, depth + 1, reserved);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse('contains a Date that is none');
    return fromDate(value);
  }
  if (Array.isArray(value)) return Array.from(value, (item) => inner(item) ?? null);
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // Maps, sets, errors and the like hold what their properties do not tell.
  if (entries.length === 0 && !isPlain(value)) throw refuse('expected values of JSON');
  if (reserved !== null && Object.hasOwn(value, reserved)) throw refuse(`the key ${reserved} stands for a Date`);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, inner(item)]));
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(revived);
  if (DATE_KEY in value) return new Date(String(value[DATE_KEY]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revived(item)]));
}
