import type { QZPayStorage } from '@qzpay/adapter';
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

const OPENERS: Readonly<Record<string, () => Promise<QZPayStorage>>> = {
  'postgres.js': async () => openPostgresJs({ url: await serverUrl() }),
  'node-postgres': async () => openNodePostgres({ url: await serverUrl() }),
  PGlite: () => openPglite(),
};

describe.each(Object.entries(OPENERS))('close on %s', (_name, open) => {
  async function setup() {
    const storage = await open();
    onTestFinished(() => storage.close());
    return storage;
  }

  it('is the same end for whoever calls it, also at once', async () => {
    const storage = await setup();
    await Promise.all([storage.close(), storage.close()]);
    await storage.close();
  });

  it('leaves nothing to retry', async () => {
    const storage = await setup();
    await storage.close();
    const closed = { name: 'QZPayStorageError', code: 'connection_lost', retryable: false };
    await expect(storage.customers.list()).rejects.toMatchObject({ ...closed, message: /The storage is closed/ });
    await expect(storage.transaction(async () => {})).rejects.toMatchObject(closed);
    expect(await storage.health()).toMatchObject({ ok: false, errorCode: 'connection_lost' });
  });

  it('is refused inside a transaction, which goes on', async () => {
    const storage = await setup();
    const refusal = { name: 'QZPayStorageError', code: 'unsupported_operation' };
    let kept: QZPayStorage | undefined;
    await storage.transaction(async (transaction) => {
      kept = transaction;
      await expect(transaction.close()).rejects.toMatchObject(refusal);
      await expect(storage.close()).rejects.toMatchObject(refusal);
      await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    });
    await expect(kept?.close()).rejects.toMatchObject(refusal);
    expect(await storage.customers.findByExternalId('user-1')).not.toBeNull();
  });

  it('waits for a transaction of others', async () => {
    const storage = await setup();
    let done: Promise<string> | undefined;
    await new Promise<void>((begun) => {
      done = storage.transaction(async () => {
        begun();
        await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
        return 'committed';
      });
    });
    await storage.close();
    expect(await done).toBe('committed');
  });
});
