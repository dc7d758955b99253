import { type QZPayListOptions, QZPayValidationError } from '@qzpay/core';
import type { Row } from './store.js';
import { compareKept, type Field, type Fields, holds, type Kept } from './values.js';

const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/** How a filter compares, and with which field. */
interface Filter {
  readonly field: string;
  readonly compare: 'equal' | 'at least' | 'at most';
  /** Brings the caller's value into the kept form, for example a case-insensitive key. */
  readonly normalize?: (value: unknown) => unknown;
}

export type Filters = Readonly<Record<string, Filter>>;

/** Filters by equality with the fields of their own names. */
export function equality(...fields: readonly string[]): Filters {
  return Object.fromEntries(fields.map((field) => [field, { field, compare: 'equal' }]));
}

/** Fields by which rows are ordered, the first one first. A `-` in front: descending. Null comes last. */
export type Order = readonly string[];

export const NEWEST_FIRST: Order = ['-createdAt', '-id'];
export const OLDEST_FIRST: Order = ['createdAt', 'id'];

export function sorted(rows: readonly Row[], order: Order): Row[] {
  return rows.toSorted((a, b) => {
    for (const part of order) {
      const name = part.replace(/^-/, '');
      const [left, right] = [a[name] ?? null, b[name] ?? null];
      if (left === right) continue;
      if (left === null || right === null) return left === null ? 1 : -1;
      const compared = compareKept(left, right);
      if (compared !== 0) return part.startsWith('-') ? -compared : compared;
    }
    return 0;
  });
}

/** @throws QZPayValidationError unless the limit is an integer from 0 to {@link MAX_LIMIT}. */
export function checkedLimit(limit: number | undefined): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    throw new QZPayValidationError(`limit must be an integer between 0 and ${MAX_LIMIT}`, 'limit');
  }
  return limit;
}

export function checkedOffset(offset: number | undefined): number {
  if (offset === undefined) return 0;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new QZPayValidationError('offset must be an integer of at least 0', 'offset');
  }
  return offset;
}

export function checkedOrder({ orderBy: given, orderDirection }: QZPayListOptions, fields: Fields): Order {
  const orderBy = given ?? 'createdAt';
  const sortable = Object.entries(fields)
    // Every row has `updatedAt`, although some entities do not show it.
    .filter(([name, field]) => field.sortable && (!field.hidden || name === 'updatedAt') && name !== 'version')
    .map(([name]) => name);
  if (!sortable.includes(orderBy)) {
    throw new QZPayValidationError(`Unknown order; this list can be ordered by ${sortable.join(', ')}`, 'orderBy');
  }
  if (orderDirection !== undefined && orderDirection !== 'asc' && orderDirection !== 'desc') {
    throw new QZPayValidationError('orderDirection must be asc or desc', 'orderDirection');
  }
  return orderDirection === 'asc' ? [orderBy, 'id'] : [`-${orderBy}`, '-id'];
}

/**
 * What the caller's filters demand of a row: a value means equality, a list any of its members, `null` absence,
 * `undefined` nothing.
 *
 * @param keep checks a value of the field and brings it into the kept form.
 * @throws QZPayValidationError for a filter that the list does not have: ignoring it would return other rows.
 */
export function checkedFilters(
  given: Readonly<Record<string, unknown>>,
  filters: Filters,
  fields: Fields,
  keep: (field: string, value: unknown) => Kept,
): (row: Row) => boolean {
  const wanted = Object.entries(given).map(([name, value]) => {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter === undefined) {
      throw new QZPayValidationError(`Unknown filter; this list has ${Object.keys(filters).join(', ')}`, 'filters');
    }
    return { ...filter, name, value: filter.normalize === undefined ? value : normalized(value, filter.normalize) };
  });
  // Text that no row can hold is found nowhere; it is no mistake.
  const isNowhere = wanted.some(
    ({ field, compare, value }) => compare === 'equal' && typeof value === 'string' && !holds(fields[field], value),
  );
  if (isNowhere) return () => false;
  const conditions = wanted
    .filter(({ value }) => value !== undefined)
    .map(({ name, field, compare, value }) =>
      compare === 'equal' ? equals(field, value, keep, fields[field]) : isWithin(name, field, compare, value),
    );
  return (row) => conditions.every((matches) => matches(row));
}

function normalized(value: unknown, normalize: (value: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(normalize) : normalize(value);
}

function equals(
  name: string,
  value: unknown,
  keep: (field: string, value: unknown) => Kept,
  field: Field | undefined,
): (row: Row) => boolean {
  const of = (row: Row): Kept => row[name] ?? null;
  if (value === null) return (row) => of(row) === null;
  if (Array.isArray(value)) {
    const members = value.filter((member) => holds(field, member)).map((member) => keep(name, member));
    const orNull = value.includes(null);
    return (row) => members.includes(of(row)) || (orNull && of(row) === null);
  }
  const kept = keep(name, value);
  return (row) => of(row) === kept;
}

/** @throws QZPayValidationError for a bound that is no number. */
function isWithin(
  filter: string,
  name: string,
  compare: 'at least' | 'at most',
  bound: unknown,
): (row: Row) => boolean {
  if (typeof bound !== 'number' || !Number.isFinite(bound)) {
    throw new QZPayValidationError(`${filter} must be a finite number`, filter);
  }
  const sign = compare === 'at least' ? 1 : -1;
  return (row) => (Number(row[name]) - bound) * sign >= 0;
}
