import { createQZPayTables } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { argument, compile, listArgument, typedArgument } from '../src/statements.js';
import { modelOf } from '../src/table-model.js';

function find(schema: string) {
  const tables = createQZPayTables({ schema });
  const model = modelOf({ tables }, 'customers');
  const email = model.codec('email');
  return compile(
    'customers.find',
    sql`select 1 from ${model.table} where ${email.column} = ${argument(email)} and ${1} < ${typedArgument('bigint', 'limit')}`,
    (row) => row[0],
  );
}

describe('a statement', () => {
  it('has finished text, and encodes its arguments in their places', () => {
    const statement = find('qzpay');
    expect(statement.text).toBe(
      'select 1 from "qzpay"."billing_customers" where "qzpay"."billing_customers"."email" = $1 and $2 < $3::bigint',
    );
    expect(statement.encode({ email: 'a@b.c', limit: 5 })).toEqual(['a@b.c', 1, 5]);
    expect(() => statement.encode({ email: '\0', limit: 5 })).toThrow('Customer email is invalid');
  });

  it('has a name of its own for each text, within what a server distinguishes', () => {
    const [one, other] = [find('qzpay'), find('another')];
    expect(one.preparedName).not.toBe(other.preparedName);
    expect(one.preparedName).toBe(find('qzpay').preparedName);
    const long = compile('x'.repeat(200), sql`select 1`, (row) => row);
    expect(long.preparedName?.length).toBeLessThanOrEqual(63);
  });

  it.each([
    ['select 1 for no key update', false],
    ['select updated_at from a for update', false],
    ['with b as (update a set c = 1 returning 1) select 1 from b', true],
    ['insert into a values (1)', true],
    ['delete from a', true],
  ])('is known to write or not: %s', (text, writes) => {
    expect(compile('statement', sql.raw(text), (row) => row).writes).toBe(writes);
  });

  it('passes lists as one argument, whatever characters they hold', () => {
    const model = modelOf({ tables: createQZPayTables() }, 'customers');
    const statement = compile('list', sql`select ${listArgument(model.codec('id'), 'ids')}`, (row) => row);
    expect(statement.encode({ ids: ['a', 'b"c', 'd\\e', '{x,y}', ''] })).toEqual(['{"a","b\\"c","d\\\\e","{x,y}",""}']);
  });
});
