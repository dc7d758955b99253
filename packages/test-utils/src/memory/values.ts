/** A value as the store keeps it: immutable, and equal to another one where the two mean the same. */
export type Kept = string | number | boolean | null | readonly string[];

/** What a field holds, how its values are kept and how they are given back. */
export interface Field {
  readonly nullable: boolean;
  /** Whether lists can be ordered by it. */
  readonly sortable: boolean;
  /** Whether the entity that callers see lacks the field. */
  readonly hidden: boolean;
  /** Says why no row can hold the value, and never the value itself. */
  problem(value: unknown): string | undefined;
  keep(value: unknown): Kept;
  /** A value of the caller's own. */
  give(kept: Kept): unknown;
  /** Whether a constraint refuses a row with this value, although a field can hold it. */
  refuses(kept: Kept): boolean;
}

export type Fields = Readonly<Record<string, Field>>;

const MAX_KEY_BYTES = 512;
const NUL_OR_LONE_SURROGATE = /\0|\p{Surrogate}/u;
const NOT_STORABLE = 'contains NUL or ill-formed UTF-16';

function field(definition: Partial<Field> & Pick<Field, 'problem'>): Field {
  return {
    nullable: false,
    sortable: true,
    hidden: false,
    keep: (value) => value as Kept,
    give: (kept) => kept,
    refuses: () => false,
    ...definition,
  };
}

/** The field may be null, and is null unless a value is given. */
export const optional = (inner: Field): Field => ({ ...inner, nullable: true });

export const hidden = (inner: Field): Field => ({ ...inner, hidden: true });

/** Text of any length. */
export const text = field({
  problem(value) {
    if (typeof value !== 'string') return 'expected text';
    return NUL_OR_LONE_SURROGATE.test(value) ? NOT_STORABLE : undefined;
  },
});

/** Text that rows are looked up by. */
export const key = field({
  problem(value) {
    const problem = text.problem(value);
    if (problem !== undefined) return problem;
    return Buffer.byteLength(value as string) > MAX_KEY_BYTES ? `longer than ${MAX_KEY_BYTES} bytes` : undefined;
  },
});

export const texts = field({
  sortable: false,
  problem: (value) =>
    Array.isArray(value) && value.every((item) => text.problem(item) === undefined)
      ? undefined
      : 'expected a list of texts',
  keep: (value) => [...(value as string[])],
  give: (kept) => [...(kept as string[])],
});

export const oneOf = (members: readonly string[]): Field =>
  field({
    problem(value) {
      if (typeof value !== 'string') return 'expected text';
      return members.includes(value) ? undefined : 'not a member of its closed set';
    },
  });

export const flag = field({ problem: (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean') });

/** Money in minor units, and counts. */
export const integer = field({
  problem: (value) => (Number.isSafeInteger(value) ? undefined : 'expected a safe integer'),
  // Negative zero is zero.
  keep: (value) => (value as number) + 0,
  // A sum may leave the range.
  refuses: (kept) => !Number.isSafeInteger(kept),
});

/** Billing intervals per period, which is never empty. */
export const intervals = field({
  ...integer,
  problem: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 1 ? undefined : 'expected a safe integer of at least 1',
});

/** A number that may have a fraction. */
export const decimal = field({
  problem: (value) => (typeof value === 'number' && Number.isFinite(value) ? undefined : 'expected a finite number'),
  keep: (value) => (value as number) + 0,
});

/** Like {@link decimal}, for sums: kept as text to which {@link addDecimals} adds without a rounding error. */
export const exactDecimal = field({
  problem: (value) => decimal.problem(value),
  keep: (value) => exactDecimalText(value as number),
  give: (kept) => Number(kept),
});

export const instant = field({
  problem(value) {
    if (!(value instanceof Date)) return 'expected a Date';
    const year = value.getUTCFullYear();
    return year >= 1 && year <= 9999 ? undefined : 'expected an instant between the years 1 and 9999';
  },
  keep: (value) => (value as Date).getTime(),
  give: (kept) => new Date(kept as number),
});

const json = (isExpected: (value: unknown) => boolean, expected = 'an object or a list'): Field =>
  field({
    sortable: false,
    problem(value) {
      if (typeof value !== 'object') return `expected ${expected}`;
      try {
        const kept: unknown = JSON.parse(JSON.stringify(value));
        if (!isStorable(kept)) return NOT_STORABLE;
        return isExpected(kept) ? undefined : `expected ${expected}`;
      } catch {
        return 'not serializable as JSON';
      }
    },
    keep: (value) => JSON.stringify(value),
    give: (kept) => JSON.parse(kept as string),
  });

/** A JSON object. What JSON drops, as `undefined`, is dropped. */
export const object = json(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object',
);

/** A JSON array. */
export const list = json(Array.isArray, 'a list');

/** A JSON object or array. */
export const document = json(() => true);

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !NUL_OR_LONE_SURROGATE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, entry]) => isStorable(name) && isStorable(entry));
}

/** Whether a row could hold the value at all; a look-up of any other finds nothing. */
export function holds(of: Field | undefined, value: unknown): boolean {
  return of !== undefined && value !== null && value !== undefined && of.problem(value) === undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: string): boolean {
  return UUID.test(value);
}

/** Orders kept values; text by its UTF-8 bytes, whatever the language. */
export function compareKept(a: Kept, b: Kept): number {
  if (typeof a === 'string' && typeof b === 'string')
    return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

/** `<digits>e-<scale>`, which `Number` reads. */
function exactDecimalText(value: number): string {
  const [coefficient = '0', exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = coefficient.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`);
  return scale < 0 ? `${digits * 10n ** BigInt(-scale)}e-0` : `${digits}e-${scale}`;
}

/** The exact sum of two texts of {@link exactDecimal}: 0.1 and 0.2 are 0.3. */
export function addDecimals(a: string, b: string): string {
  const [left, right] = [a, b].map((value) => value.split('e-'));
  const scale = Math.max(Number(left?.[1]), Number(right?.[1]));
  const digits = (of: string[] | undefined) => BigInt(of?.[0] ?? 0) * 10n ** BigInt(scale - Number(of?.[1]));
  return `${digits(left) + digits(right)}e-${scale}`;
}

export function negated(value: string): string {
  return value.startsWith('-') ? value.slice(1) : `-${value}`;
}
