import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPglite } from '@qzpay/adapter/pglite';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';

async function serverUrl(): Promise<string> {
  const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer() });
  onTestFinished(drop);
  if (url === null) throw new Error('These drivers need a server, and the engine chosen for these tests is PGlite.');
  return url;
}

describe.each([
  ['postgres.js', openPostgresJs],
  ['node-postgres', openNodePostgres],
] as const)('what keeps %s from connecting', (driver, open) => {
  it('is told in a sentence', async () => {
    const url = new URL(await serverUrl());
    url.pathname = '/no_such_database';
    await expect(open({ url: url.href })).rejects.toMatchObject({
      name: 'QZPayStorageError',
      retryable: false,
      message: 'The server has no database of this name',
    });
    const nothing = { name: 'QZPayStorageError', retryable: true, message: /^Nothing answers at the address/ };
    await expect(open({ url: 'postgres://nobody@127.0.0.1:1/none' })).rejects.toMatchObject(nothing);
    const unknown = { name: 'QZPayStorageError', message: /^The host of the database is not known/ };
    await expect(open({ url: 'postgres://nobody@database.invalid/none' })).rejects.toMatchObject(unknown);
  });

  it('is an error of ours where the server has no TLS', async () => {
    const url = await serverUrl();
    for (const migrations of ['check', 'skip'] as const) {
      const opening = open({ url, ssl: 'require', migrations, preparedStatements: migrations === 'check' });
      const error: unknown = await opening
        .then((storage) => storage.customers.list())
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'QZPayStorageError', code: 'connection_lost' });
      if (driver === 'node-postgres') expect(error).toMatchObject({ message: /^The server does not offer TLS/ });
    }
  });
});

describe('what keeps PGlite from opening a database', () => {
  it.each(['/dev/null/data', import.meta.filename])('in %s is an error of ours', async (dataDir) => {
    await expect(openPglite({ dataDir })).rejects.toMatchObject({
      name: 'QZPayStorageError',
      code: 'connection_lost',
      retryable: false,
      message: 'The database in dataDir cannot be opened',
    });
  });
});
