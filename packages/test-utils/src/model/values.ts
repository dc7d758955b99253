import { QZPAY_CURRENCY_VALUES, QZPAY_SOURCE_TYPE_VALUES } from '@qzpay/core';
import fc from 'fast-check';

/**
 * Pools so small that commands meet: the same id is created twice, updated, deleted and looked up again. `$customer:0`
 * stands for the id that the storage itself gave to the first customer.
 */
export const customerId = mostly('$customer:0', '$customer:1', '$customer:2', 'nobody');
export const jobId = mostly('$job:0', '$job:1', 'no job');
export const jobVersion = mostly('$version:0', '$version:1', 'stale');
export const idOf = (prefix: string) => mostly(`${prefix}_1`, `${prefix}_2`, `${prefix}_3`);
export const key = fc.constantFrom('api', 'seats');
export const provider = fc.constantFrom('stripe', 'mercadopago', 'other');

export const text = fc.constantFrom('', 'Ada', 'Grüße 🎉', 'a'.repeat(3000));
export const email = fc.constantFrom('ada@example.org', 'Ada@Example.org', 'bob@example.org');
export const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

export const money = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 1, 999, 1000) },
  { weight: 2, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, -5) },
  { weight: 1, arbitrary: fc.constantFrom(0.5, Number.NaN, Number.MAX_SAFE_INTEGER + 1) },
);
/** Where the contract allows fractions. All of them are exact, so that sums do not depend on their order. */
export const quantity = fc.constantFrom(0, 1, 2, 0.25, 1000.5, -3);
export const count = fc.constantFrom(1, 2, 12);
export const date = fc.constantFrom(
  ...[
    '2025-12-31T23:59:59.999Z',
    '2026-01-01T00:00:00.000Z',
    '2026-01-15T12:00:00.001Z',
    '2026-02-28T00:00:00.000Z',
  ].map((instant) => new Date(instant)),
);
export const currency = fc.constantFrom(...QZPAY_CURRENCY_VALUES);
export const source = fc.constantFrom(...QZPAY_SOURCE_TYPE_VALUES);

export const metadata = fc.constantFrom<Record<string, unknown>[]>(
  {},
  { note: 'x', gone: undefined },
  { a: null, b: true, c: 1.5, 'd d': '🎉' },
);
/** `null` takes a provider away. */
export const providerIds = fc.dictionary(provider, fc.constantFrom<(string | null)[]>('id_1', 'id_2', null), {
  maxKeys: 2,
});
export const storedProviderIds = fc.dictionary(provider, fc.constantFrom('id_1', 'id_2'), { maxKeys: 2 });

function mostly<T>(first: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Any of these fields, each present or not. */
export const patchOf = (fields: Fields) => fc.record(fields, { requiredKeys: [] });

/** Some fields always, others present or not. */
export const recordOf = (required: Fields, optional: Fields) =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });

/** Pages small enough that there is a next one. */
export const listOptions = fc.record(
  {
    limit: fc.constantFrom(0, 1, 2, 100, -1, 10_001),
    offset: fc.constantFrom(0, 1, 5),
    orderBy: fc.constantFrom('createdAt', 'updatedAt', 'id', 'nonsense'),
    orderDirection: fc.constantFrom('asc', 'desc'),
    filters: fc.constantFrom<Record<string, unknown>[]>(
      {},
      { customerId: '$customer:0' },
      { status: 'active' },
      { x: 1 },
    ),
  },
  { requiredKeys: [] },
);
