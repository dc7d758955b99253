import { createQZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage } from '@qzpay/adapter/pglite';
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

describe('an embedded storage', () => {
  it('migrates itself, serves, and is gone with close', async () => {
    const storage = await openQZPayStorage({ schema: 'my billing' });
    await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    expect(await storage.health()).toMatchObject({ ok: true, errorCode: null });
    await storage.close();
    await expect(storage.customers.list()).rejects.toMatchObject({ code: 'connection_lost', retryable: false });
  });

  it('refuses an empty database when it may not migrate, and an impossible schema', async () => {
    await expect(openQZPayStorage({ migrations: 'check' })).rejects.toMatchObject({
      name: 'QZPayStorageError',
      code: 'schema_outdated',
    });
    await expect(openQZPayStorage({ schema: 'x'.repeat(64) })).rejects.toMatchObject({
      name: 'QZPayValidationError',
      field: 'schema',
    });
  });
});
