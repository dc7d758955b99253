import { QZPayValidationError } from '@qzpay/core';
import { type SQL, sql } from 'drizzle-orm';
import type { ColumnCodec } from './codecs.js';
import { argument, listArgument } from './statements.js';

/** How a filter compares. A plain column name in a list of filters means equality under that name. */
interface FilterRule {
  readonly column: string;
  readonly compare: '=' | '>=' | '<=';
  /** Brings the caller's value into the stored form, for example a case-insensitive key. */
  readonly normalize?: (value: unknown) => unknown;
}

/** The filters of one list by their public name: core field names, and what the list adds. */
export type FilterRules = Readonly<Record<string, FilterRule>>;

/** Equality filters on the named fields. */
export function equalityFilters(...fields: readonly string[]): FilterRules {
  return Object.fromEntries(fields.map((field) => [field, { column: field, compare: '=' as const }]));
}

export interface CompiledFilters {
  /** Same shape, same SQL. */
  readonly shape: string;
  readonly conditions: readonly SQL[];
  readonly values: Readonly<Record<string, unknown>>;
  /** False when no row can match, for example for text that the database cannot hold. */
  readonly satisfiable: boolean;
}

/**
 * Turns the caller's filters into conditions. A value means equality, a list any of its members, `null` absence,
 * `undefined` no filter. A bound is a number or an instant.
 *
 * @throws QZPayValidationError for a filter that the list does not have: ignoring it would return other rows.
 */
export function compileFilters(
  filters: Readonly<Record<string, unknown>> | undefined,
  rules: FilterRules,
  codec: (column: string) => ColumnCodec,
): CompiledFilters {
  const shape: string[] = [];
  const conditions: SQL[] = [];
  const values: Record<string, unknown> = {};
  let satisfiable = true;
  for (const [name, given] of Object.entries(filters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      throw new QZPayValidationError(`Unknown filter; this list has ${Object.keys(rules).join(', ')}`, 'filters');
    }
    if (given === undefined) continue;
    const { column, compare, normalize = (value: unknown) => value } = rule;
    const columnCodec = codec(column);
    const key = `filter_${name}`;
    if (compare !== '=') {
      const bound = innerBound(name, given, compare, columnCodec);
      if (bound === undefined) satisfiable = false;
      shape.push(`${name} ${compare}`);
      conditions.push(sql`${columnCodec.column} ${sql.raw(compare)} ${argument(columnCodec, key)}`);
      values[key] = bound;
    } else if (given === null) {
      shape.push(`${name} null`);
      conditions.push(sql`${columnCodec.column} is null`);
    } else if (Array.isArray(given)) {
      const wanted = given.filter((value) => value !== null && value !== undefined).map(normalize);
      const holdable = wanted.filter((value) => columnCodec.holds(value));
      const orNull = given.includes(null);
      shape.push(`${name} any${orNull ? ' or null' : ''}`);
      const isAny = sql`${columnCodec.column} = any(${listArgument(columnCodec, key)})`;
      conditions.push(orNull ? sql`(${isAny} or ${columnCodec.column} is null)` : isAny);
      values[key] = holdable;
    } else {
      const value = normalize(given);
      if (typeof value === 'string' && !columnCodec.holds(value)) satisfiable = false;
      shape.push(`${name} =`);
      conditions.push(sql`${columnCodec.column} = ${argument(columnCodec, key)}`);
      values[key] = value;
    }
  }
  return { shape: shape.join(','), conditions, values, satisfiable };
}

/** The bound as the column may hold it, with the same rows inside; `undefined` when there can be none. */
function innerBound(name: string, given: unknown, compare: '>=' | '<=', codec: ColumnCodec): unknown {
  if (codec.column.dataType === 'date') {
    if (codec.holds(given)) return given;
    throw new QZPayValidationError(`${name} must be a Date between the years 1 and 9999`, name);
  }
  if (typeof given !== 'number' || !Number.isFinite(given)) {
    throw new QZPayValidationError(`${name} must be a finite number`, name);
  }
  const bound =
    compare === '>='
      ? Math.max(Math.ceil(given), Number.MIN_SAFE_INTEGER)
      : Math.min(Math.floor(given), Number.MAX_SAFE_INTEGER);
  return codec.holds(bound) ? bound : undefined;
}
