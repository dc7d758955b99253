import { QZPAY_CURRENCY_VALUES } from '@qzpay/core';
import fc from 'fast-check';

/** How often each property is tried on each driver. */
export const NUM_RUNS = { numRuns: 40 };

/** Text that the database can hold: anything but NUL and halves of surrogate pairs, which fast-check never makes. */
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength }).filter((value) => !value.includes('\0'));

export const longText = fc.oneof(
  text(40),
  fc.constantFrom('', '👩‍🚀🧾', "'; drop table x; --", '\\', '{"a":1}', 'x'.repeat(5000)),
);

/** Text of an indexed column: at most 512 bytes, and room for something that makes it unique. */
export const key = text(60);

export const minorUnits = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
/** Billing intervals per period. */
export const intervals = fc.maxSafeNat().map((value) => Math.max(value, 1));

/** The database has no negative zero. */
export const finite = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0);

export const instant = fc.date({
  min: new Date('0001-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

export const currency = fc.constantFrom(...QZPAY_CURRENCY_VALUES);

export const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

/** All fields of a type, each of them left out now and then. */
export const optional = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(fields, { requiredKeys: [] });

/** A map of any size, under any names but one that JavaScript keeps for itself. */
export const mapOf = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(
    longText.filter((name) => name !== '__proto__'),
    value,
    { maxKeys: 20, noNullPrototype: true },
  );

export const metadata = mapOf(fc.oneof(longText, finite, fc.boolean(), fc.constant(null)));

/** Provider name → id. An empty id would remove its provider. */
export const idMap = mapOf(longText.filter((id) => id !== ''));

export const texts = fc.array(longText, { maxLength: 5 });

/** Gives each property rows of its own. */
export const unique = () => crypto.randomUUID();
