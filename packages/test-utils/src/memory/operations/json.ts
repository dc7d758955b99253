import { QZPayValidationError } from '@qzpay/core';

const MAX_DEPTH = 100;
const DATE_KEY = '$date';

/** A text that is the same for the same request: keys are sorted, `undefined` ones absent, a `Date` is its instant. */
export function canonicalJson(request: unknown): string {
  return JSON.stringify(plain(request, 'request', (date) => date.toISOString()) ?? null);
}

/** What a result is replayed from, as a text. */
export function packResult(result: unknown): string {
  return JSON.stringify({ value: plain(result, 'result', (date) => ({ [DATE_KEY]: date.toISOString() })) });
}

/** An equal value of what was packed, fresh. */
export function unpackResult(packed: string): unknown {
  const isDate = (value: unknown): value is { [DATE_KEY]: string } =>
    typeof value === 'object' && value !== null && DATE_KEY in value;
  const { value } = JSON.parse(packed, (_, inner: unknown) => (isDate(inner) ? new Date(inner[DATE_KEY]) : inner)) as {
    value?: unknown;
  };
  return value;
}

/** @throws QZPayValidationError for what is not the parsed body of an event, such as the bytes that came. */
export function checkedBody(payload: unknown): unknown {
  if (Array.isArray(payload) || (typeof payload === 'object' && payload !== null && isPlain(payload))) return payload;
  throw new QZPayValidationError('payload is invalid: expected the parsed body of the event', 'payload');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** @throws QZPayValidationError for what JSON would change without a word. */
function plain(value: unknown, field: string, fromDate: (date: Date) => unknown, depth = 0): unknown {
  const inner = (item: unknown) => plain(item, field, fromDate, depth + 1);
  const refuse = () => new QZPayValidationError(`${field} is invalid: expected values of JSON`, field);
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return value;
    case 'string':
      if (/\0|\p{Surrogate}/u.test(value)) throw refuse();
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw refuse();
      return value;
    case 'object':
      break;
    default:
      throw refuse();
  }
  if (value === null) return null;
  if (depth === MAX_DEPTH) throw refuse();
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw refuse();
    return fromDate(value);
  }
  if (Array.isArray(value)) return value.map((item) => inner(item) ?? null);
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  // Maps, sets, errors and the like hold what their properties do not tell.
  if ((entries.length === 0 && !isPlain(value)) || Object.hasOwn(value, DATE_KEY)) throw refuse();
  const ordered = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(ordered.map(([name, item]) => [name, inner(item)]));
}
