import { createQZPayTables } from '@qzpay/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableCodecs } from '../src/codecs.js';

const tables = createQZPayTables();
const customers = tableCodecs(tables.customers, 'Customer');
const payments = tableCodecs(tables.payments, 'Payment');
const lines = tableCodecs(tables.invoiceLines, 'InvoiceLine');

function codec(codecs: typeof customers, key: string) {
  const found = codecs.get(key);
  if (found === undefined) throw new Error(`no column ${key}`);
  return found;
}

describe('what a column holds', () => {
  it.each([
    [
      'text',
      codec(customers, 'name'),
      ['', 'Ada', '👩‍🚀', 'x'.repeat(100_000)],
      ['\0', 'a\0b', '\ud800', 'x\udfff', 1, {}, true],
    ],
    ['an indexed text', codec(customers, 'externalId'), ['', 'é'.repeat(256)], ['x'.repeat(513), 'é'.repeat(257)]],
    ['a closed set', codec(payments, 'status'), ['succeeded'], ['SUCCEEDED', 'unknown', '', 1]],
    [
      'a big integer',
      codec(payments, 'amount'),
      [0, -1, 2 ** 53 - 1, 1 - 2 ** 53],
      [2 ** 53, 1.5, Number.NaN, '1', 1n],
    ],
    ['an integer', codec(lines, 'position'), [1, 2 ** 31 - 1], [2 ** 31, 0.5, Number.POSITIVE_INFINITY]],
    ['a number', codec(lines, 'quantity'), [1.5, -0, 1e-300, 1e300], [Number.NaN, Number.NEGATIVE_INFINITY, '1.5']],
    ['a boolean', codec(customers, 'livemode'), [true, false], ['true', 0, 1]],
    [
      'an instant',
      codec(customers, 'createdAt'),
      [new Date(0), new Date('9999-12-31T23:59:59.999Z')],
      [new Date(Number.NaN), '2026-01-01', 0, new Date('+010000-01-01T00:00:00Z')],
    ],
    [
      'JSON',
      codec(customers, 'metadata'),
      [{}, { a: [1, null, 'é\\u0000'] }],
      ['text', 1, { a: '\0' }, { '\ud800': 1 }, { big: 1n }, new Date(0), { toJSON: () => undefined }, [1]],
    ],
    ['a JSON list', codec(customers, 'savedCards'), [[], [{}]], ['text']],
    ['a UUID', codec(customers, 'version'), ['0191d8a0-0000-7000-8000-000000000000'], ['not-a-uuid', '', 1]],
  ] as const)('%s', (_, subject, held, refused) => {
    for (const value of held) {
      expect(subject.holds(value)).toBe(true);
      expect(() => subject.encode(value)).not.toThrow();
    }
    for (const value of refused) {
      expect(subject.holds(value)).toBe(false);
      expect(() => subject.encode(value)).toThrow(expect.objectContaining({ name: 'QZPayValidationError' }));
    }
  });

  it('names the entity and the field that it refuses, and never the value', () => {
    const secret = 'secret\0value';
    try {
      codec(customers, 'email').encode(secret);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ field: 'email', message: expect.stringContaining('Customer email') });
      expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    }
  });

  it('allows null where the column does', () => {
    expect(codec(customers, 'name').encode(null)).toBeNull();
    expect(codec(customers, 'name').encode(undefined)).toBeNull();
    expect(() => codec(customers, 'email').encode(null)).toThrow('Customer email is required');
  });
});

describe('an instant from the database', () => {
  it.each([
    ['2026-01-02 03:04:05.678+00', '2026-01-02T03:04:05.678Z'],
    ['2026-12-31 23:59:59.67+00', '2026-12-31T23:59:59.670Z'],
    ['2026-12-31 23:59:59.6+00', '2026-12-31T23:59:59.600Z'],
    ['2026-12-31 23:59:59+00', '2026-12-31T23:59:59.000Z'],
    ['2026-12-31 23:59:59.678-00:30', '2027-01-01T00:29:59.678Z'],
    ['2026-01-02 03:04:05+05:30', '2026-01-01T21:34:05.000Z'],
    ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
    ['1890-01-01 00:00:00+00:53:28', '1889-12-31T23:06:32.000Z'],
    ['1890-01-01 00:00:00-00:53:28', '1890-01-01T00:53:28.000Z'],
    ['10000-01-01 08:59:59.999+09', '9999-12-31T23:59:59.999Z'],
    ['0001-12-31 19:03:58-04:56:02 BC', '0001-01-01T00:00:00.000Z'],
    ['2026-01-02T03:04:05.6+00:00', '2026-01-02T03:04:05.600Z'],
  ])('%s', (raw, iso) => {
    expect(codec(customers, 'createdAt').decode(raw)).toEqual(new Date(iso));
  });

  it('is refused in any other form than ISO 8601', () => {
    for (const raw of ['infinity', '31/01/2026 12:34:56 UTC', '2026-01-02', '122026-01-02 03:04:05+00']) {
      expect(() => codec(customers, 'createdAt').decode(raw), raw).toThrow(TypeError);
    }
  });

  it('stays what it was, whatever it was', () => {
    const instants = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (instant) => {
        const sent = String(codec(customers, 'createdAt').encode(instant));
        expect(codec(customers, 'createdAt').decode(sent.replace('T', ' ').replace('Z', '+00'))).toEqual(instant);
      }),
    );
  });
});
