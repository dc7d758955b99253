import { is, Param, Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { ColumnCodec } from './codecs.js';

/** What a statement is given, by the keys of its arguments. */
export type Values = Readonly<Record<string, unknown>>;

/** A statement with finished text: built once, run often, on any connection. */
export interface QZPayStatement<Result> {
  /** Tells statements apart in traces, for example `customers.find_by_id`. */
  readonly name: string;
  readonly text: string;
  /** Whether it changes rows. */
  readonly writes: boolean;
  /** Name of the server-side prepared statement, different whenever the text is; `undefined`: always sent unprepared. */
  readonly preparedName: string | undefined;
  readonly encode: (values: Values) => unknown[];
  readonly decode: (row: readonly unknown[]) => Result;
}

/** What a statement is made of. */
export interface StatementSource<Result> {
  readonly source: SQL;
  readonly decode: (row: readonly unknown[]) => Result;
}

const dialect = new PgDialect();
/** Locks are taken `for update`. */
const WRITES = /\binsert into\b|\bdelete from\b|(?<!\bfor |\bkey )\bupdate\b/;
const SPECIAL_IN_ARRAYS = /["\\]/;
const arrayElement = (value: string | null): string => {
  if (value === null) return 'null';
  // Most have none, and asking first halves the time that a list takes.
  return SPECIAL_IN_ARRAYS.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
};
const arrayLiteral = (values: readonly (string | null)[]): string => `{${values.map(arrayElement).join(',')}}`;

const TYPED_ENCODERS = {
  'text[]': (values: never) => arrayLiteral(values),
  jsonb: (value: never) => JSON.stringify(value),
  bigint: (value: never) => value,
  boolean: (value: never) => value,
} as const;

/** A parameter whose value comes under `key` and is encoded each time that the statement runs. */
export function parameter(key: string, encode: (value: never) => unknown): SQL {
  return sql`${sql.param(sql.placeholder(key), { mapToDriverValue: encode as (value: unknown) => never })}`;
}

/** An argument that is checked and encoded as a value of `codec`'s column. */
export function argument(codec: ColumnCodec, key: string = codec.key): SQL {
  return parameter(key, (value) => codec.encode(value));
}

/** An argument that lists values of `codec`'s column; use with `= any(…)` or `unnest(…)`. */
export function listArgument(codec: ColumnCodec, key: string): SQL {
  const encode = (values: readonly unknown[]) => arrayLiteral(values.map((value) => String(codec.encode(value))));
  return ofAnyLength(parameter(key, encode), codec.column.getSQLType());
}

/** An argument that lists values as `codec` has encoded them, null included; for `unnest(…)`. */
export function encodedListArgument(codec: ColumnCodec, key: string = codec.key): SQL {
  return ofAnyLength(parameter(key, arrayLiteral), codec.column.getSQLType());
}

/**
 * Hides from the planner how long a list is. Where it does not know it counts on ten values, and would take a plan for
 * fewer to be so much cheaper that it plans at every call, which takes longer than most statements.
 */
export function ofAnyLength(list: SQL, type: string): SQL {
  return sql`(select ${list}::${sql.raw(type)}[])::${sql.raw(type)}[]`;
}

/** An argument of a SQL type that belongs to no column. */
export function typedArgument(type: keyof typeof TYPED_ENCODERS, key: string): SQL {
  return sql`${parameter(key, TYPED_ENCODERS[type])}::${sql.raw(type)}`;
}

/** Turns Drizzle's SQL into a statement. Arguments come from {@link argument} and its siblings; literals stay literals. */
export function compile<Result>(
  name: string,
  source: SQLWrapper,
  decode: (row: readonly unknown[]) => Result,
): QZPayStatement<Result> {
  const query = dialect.sqlToQuery(source.getSQL());
  const encoders = query.params.map(parameterEncoder);
  return {
    name,
    text: query.sql,
    writes: WRITES.test(query.sql),
    preparedName: `qz_${name.slice(0, 50)}_${hash(query.sql)}`,
    encode: (values) => encoders.map((encode) => encode(values)),
    decode,
  };
}

function parameterEncoder(parameter: unknown): (values: Values) => unknown {
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    const { name } = parameter.value;
    const { encoder } = parameter;
    return (values) => encoder.mapToDriverValue(values[name] as never);
  }
  return () => parameter;
}

/** FNV-1a: short, and different for different texts of one name. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
