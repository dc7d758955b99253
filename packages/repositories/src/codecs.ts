import { QZPayValidationError } from '@qzpay/core';
import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';

/** Longest indexed text in UTF-8 bytes: well inside what one B-tree entry holds. */
const MAX_INDEXED_BYTES = 512;
/** An escape in JSON text that jsonb refuses; an even number of backslashes before it makes it plain text. */
const UNSTORABLE_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const utf8 = new TextEncoder();

/** How one column's values travel: checked and encoded on the way in, decoded on the way out. */
export interface ColumnCodec {
  readonly key: string;
  readonly column: PgColumn;
  /** @throws QZPayValidationError when the database could not hold the value exactly. */
  encode(value: unknown): unknown;
  readonly decode: (raw: unknown) => unknown;
  /** The driver's value is the row's already. */
  readonly travelsAsIs: boolean;
  /** Whether a row could hold the value at all; a lookup of any other finds nothing. */
  holds(value: unknown): boolean;
}

export type TableCodecs = ReadonlyMap<string, ColumnCodec>;

/** The codecs of a table's columns by property name, in the order of its columns. */
export function tableCodecs(table: PgTable, entity: string): TableCodecs {
  const indexed = indexedColumns(table);
  return new Map(
    Object.entries(getTableColumns(table)).map(([key, column]) => [
      key,
      columnCodec(key, column as PgColumn, entity, indexed.has(column.name)),
    ]),
  );
}

const TRAVELS_AS_IS: ReadonlySet<string> = new Set(['PgText', 'PgBoolean', 'PgUUID']);

/** Columns that are made of another field, under which the caller knows the value. */
export const FIELD_OF_COLUMN: Readonly<Record<string, string>> = { emailKey: 'email', codeKey: 'code' };

/** Billing intervals per period: with none it would be empty, with fewer end before it starts. */
const AT_LEAST_ONE: ReadonlySet<string> = new Set(['intervalCount', 'billingIntervalCount']);

function columnCodec(key: string, column: PgColumn, entity: string, indexed: boolean): ColumnCodec {
  const problem = AT_LEAST_ONE.has(key) ? positiveProblem : valueCheck(column, indexed);
  const encodeValue = valueEncoder(column);
  const decodeValue = valueDecoder(column);
  const field = FIELD_OF_COLUMN[key] ?? key;
  return {
    key,
    column,
    encode(value) {
      if (value === null || value === undefined) {
        if (column.notNull)
          throw new QZPayValidationError(`${entity} ${field} is required and must not be null`, field);
        return null;
      }
      const found = problem(value);
      if (found !== undefined) throw new QZPayValidationError(`${entity} ${field} is invalid: ${found}`, field);
      return encodeValue(value);
    },
    decode: (raw) => (raw === null ? null : decodeValue(raw)),
    travelsAsIs: TRAVELS_AS_IS.has(column.columnType),
    holds: (value) => value !== null && value !== undefined && problem(value) === undefined,
  };
}

/** Says what is wrong with a value, never the value itself. */
function valueCheck(column: PgColumn, indexed: boolean): (value: unknown) => string | undefined {
  switch (column.columnType) {
    case 'PgText': {
      const members =
        column.enumValues === undefined || column.enumValues.length === 0 ? undefined : new Set(column.enumValues);
      return (value) => {
        if (typeof value !== 'string') return 'expected text';
        if (members !== undefined) return members.has(value) ? undefined : 'not a member of its closed set';
        return textProblem(value, indexed);
      };
    }
    case 'PgBigInt53':
      return (value) => (Number.isSafeInteger(value) ? undefined : 'expected a safe integer');
    case 'PgInteger':
      return (value) =>
        Number.isInteger(value) && Math.abs(value as number) <= 0x7fffffff ? undefined : 'expected a 32-bit integer';
    case 'PgSmallInt':
      return (value) =>
        Number.isInteger(value) && Math.abs(value as number) <= 0x7fff ? undefined : 'expected a 16-bit integer';
    case 'PgNumericNumber':
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? undefined : 'expected a finite number');
    case 'PgBoolean':
      return (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean');
    case 'PgTimestamp':
      return instantProblem;
    case 'PgArray':
      return (value) =>
        Array.isArray(value) &&
        value.every((item) => typeof item === 'string' && textProblem(item, false) === undefined)
          ? undefined
          : 'expected a list of texts';
    case 'PgJsonb':
      return (value) => jsonProblem(value) ?? jsonKindProblem(value, column.default);
    case 'PgUUID':
      return (value) => (typeof value === 'string' && isUuid(value) ? undefined : 'expected a UUID');
    default:
      throw new TypeError(`No codec for columns of type ${column.columnType}`);
  }
}

function positiveProblem(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? undefined : 'expected a safe integer of at least 1';
}

function textProblem(value: string, indexed: boolean): string | undefined {
  if (value.includes('\0') || !value.isWellFormed()) return 'contains NUL or ill-formed UTF-16';
  // Three bytes per UTF-16 unit at most: only long texts have to be measured.
  if (indexed && value.length * 3 > MAX_INDEXED_BYTES && utf8.encode(value).length > MAX_INDEXED_BYTES) {
    return `longer than ${MAX_INDEXED_BYTES} bytes`;
  }
  return undefined;
}

function instantProblem(value: unknown): string | undefined {
  if (!(value instanceof Date)) return 'expected a Date';
  const year = value.getUTCFullYear();
  return year >= 1 && year <= 9999 ? undefined : 'expected an instant between the years 1 and 9999';
}

function jsonProblem(value: unknown): string | undefined {
  if (typeof value !== 'object') return 'expected an object or a list';
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    return 'not serializable as JSON';
  }
  // A Date, a boxed text or whatever else has a `toJSON` becomes something else.
  if (json === undefined || !/^[{[]/.test(json)) return 'expected an object or a list';
  return UNSTORABLE_JSON.test(json) ? 'contains NUL or ill-formed UTF-16' : undefined;
}

/** The database checks this too, but its refusal says less and takes the transaction along. */
function jsonKindProblem(value: unknown, whenAbsent: unknown): string | undefined {
  if (whenAbsent === undefined || Array.isArray(value) === Array.isArray(whenAbsent)) return undefined;
  return Array.isArray(value) ? 'expected an object' : 'expected a list';
}

function valueEncoder(column: PgColumn): (value: unknown) => unknown {
  switch (column.columnType) {
    // Negative zero has no counterpart in the database.
    case 'PgBigInt53':
    case 'PgInteger':
    case 'PgSmallInt':
    case 'PgNumericNumber':
      return (value) => String((value as number) + 0);
    default:
      return (value) => column.mapToDriverValue(value);
  }
}

function valueDecoder(column: PgColumn): (raw: unknown) => unknown {
  if (column.columnType === 'PgTimestamp') return (raw) => decodeInstant(raw as string | Date);
  return (raw) => column.mapFromDriverValue(raw);
}

const INSTANT = /^(\d{4,5})-(\d\d)-(\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::?(\d\d))?(?::?(\d\d))?( BC)?$/;

/** PostgreSQL's text form of a timestamptz, in whatever time zone the session speaks. */
function decodeInstant(raw: string | Date): Date {
  if (raw instanceof Date) return raw;
  const inUtc = decodeUtc(raw);
  if (inUtc !== undefined) return inUtc;
  const match = INSTANT.exec(raw);
  if (match === null) throw new TypeError('Unexpected text form of a timestamptz');
  const [, year = '', month, day, time, hours, minutes = '00', seconds, beforeChrist] = match;
  const instant = new Date(`${isoYear(year, beforeChrist !== undefined)}-${month}-${day}T${time}${hours}:${minutes}`);
  // Zones before the age of time zones have offsets with seconds, which ISO 8601 cannot say.
  if (seconds !== undefined) instant.setTime(instant.getTime() - Number(`${hours?.[0] ?? '+'}${seconds}`) * 1000);
  return instant;
}

/**
 * The usual text, `2026-01-31 12:34:56.789+00`, digit by digit: a seventh of the time that the expression takes, which
 * was the dearest part of reading a page.
 */
function decodeUtc(text: string): Date | undefined {
  const { length } = text;
  if (length < 22 || length > 26 || text[4] !== '-' || text[10] !== ' ' || !text.endsWith('+00')) return undefined;
  const year = number(text, 0, 4);
  // Date.UTC takes these for years of the last century.
  if (year < 100) return undefined;
  const milliseconds = number(text, 20, length - 3) * 10 ** (26 - length);
  const [month, day] = [number(text, 5, 7) - 1, number(text, 8, 10)];
  const [hours, minutes, seconds] = [number(text, 11, 13), number(text, 14, 16), number(text, 17, 19)];
  return new Date(Date.UTC(year, month, day, hours, minutes, seconds, milliseconds));
}

/** The digits in [from, to), which may be none. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index += 1) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

/** Sessions west and east of UTC see the first and last instants in 1 BC, which ISO 8601 calls 0, and in 10000. */
function isoYear(year: string, beforeChrist: boolean): string {
  if (beforeChrist) return String(1 - Number(year)).padStart(4, '0');
  return year.length === 4 ? year : `+${year.padStart(6, '0')}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

function indexedColumns(table: PgTable): ReadonlySet<string> {
  const config = getTableConfig(table);
  const names = new Set<string>();
  const add = (column: unknown) => {
    const name = (column as { name?: unknown }).name;
    if (typeof name === 'string') names.add(name);
  };
  for (const index of config.indexes) index.config.columns.forEach(add);
  for (const unique of config.uniqueConstraints) unique.columns.forEach(add);
  for (const primaryKey of config.primaryKeys) primaryKey.columns.forEach(add);
  for (const foreignKey of config.foreignKeys) foreignKey.reference().columns.forEach(add);
  return names;
}
