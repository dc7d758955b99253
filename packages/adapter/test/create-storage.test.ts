import { createQZPayStorage } from '@qzpay/adapter';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe, expect, it, onTestFinished } from 'vitest';
import { untyped } from './support/untyped.js';

function client(options: postgres.Options<Record<string, never>>) {
  const created = postgres('postgres://nobody@127.0.0.1:1/none', options);
  onTestFinished(() => created.end());
  return created;
}

describe('createQZPayStorage', () => {
  it('takes a Drizzle database, and says so to whoever gives a driver', () => {
    const driver = client({});
    expect(() => createQZPayStorage(drizzle({ client: driver }))).not.toThrow();
    for (const other of [driver, {}, null, undefined, 'postgres://…']) {
      expect(() => createQZPayStorage(untyped(other))).toThrow(/Expected a Drizzle database/);
    }
  });

  it('refuses `preparedStatements: false` on a postgres.js client that names its COMMIT', () => {
    const options = { preparedStatements: false };
    expect(() => createQZPayStorage(drizzle({ client: client({}) }), options)).toThrow(/prepare: false/);
    expect(() => createQZPayStorage(drizzle({ client: client({ prepare: false }) }), options)).not.toThrow();
  });
});
