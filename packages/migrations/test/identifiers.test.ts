import { describe, expect, it } from 'vitest';
import { assertSchemaName, quoteIdentifier, quoteLiteral, substituteSchema } from '../src/identifiers.js';

describe('a schema name', () => {
  it.each(['q', 'public', 'Two Words', "it's", 'a"b', 'a.b', 'größe', 'x'.repeat(63), 'ü'.repeat(31)])(
    'may be %s',
    (name) => {
      expect(() => assertSchemaName(name)).not.toThrow();
    },
  );

  it.each([
    ['empty', ''],
    ['64 bytes long', 'x'.repeat(64)],
    ['of few characters and many bytes', 'ü'.repeat(32)],
    ['with NUL', 'a\0b'],
  ])('is refused when it is %s', (_what, name) => {
    expect(() => assertSchemaName(name)).toThrow(
      expect.objectContaining({ name: 'QZPayMigrationError', code: 'invalid_schema_name', step: null }),
    );
  });
});

describe('quoting', () => {
  it('doubles quotation marks', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"');
    expect(quoteLiteral("it's")).toBe("'it''s'");
  });

  it('means one string whatever the server makes of backslashes', () => {
    expect(quoteLiteral("\\'")).toBe("E'\\\\'''");
  });
});

describe('the schema token', () => {
  it('is replaced everywhere, by a quoted name', () => {
    const sql = 'create table "__qzpay__"."a" (b text references "__qzpay__"."c")';
    expect(substituteSchema(sql, 'x"y')).toBe('create table "x""y"."a" (b text references "x""y"."c")');
  });

  it('is not looked for in a name that contains it, and a name is no replacement pattern', () => {
    expect(substituteSchema('"__qzpay__".a, "__qzpay__".b', '"__qzpay__"')).toBe(
      '"""__qzpay__""".a, """__qzpay__""".b',
    );
    expect(substituteSchema('"__qzpay__".a', "$&$1$'")).toBe(`"$&$1$'".a`);
  });
});
