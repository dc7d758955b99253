import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyMethod, seedEveryCollection } from './support/every-method.js';
import { type DatabaseProxy, startProxy } from './support/proxy.js';

/** Calls made before counting: prepares the statements on the connection. */
const WARM_UP = 2;

describe.each([
  ['postgres.js', openPostgresJs, false],
  ['node-postgres', openNodePostgres, false],
  ['postgres.js, audited', openPostgresJs, true],
  ['node-postgres, audited', openNodePostgres, true],
] as const)('round trips in the steady state on %s', (driver, open, audit) => {
  let storage: Awaited<ReturnType<typeof open>>;
  let proxy: DatabaseProxy;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (database.url === null) throw new Error('Round trips are counted on a server.');
    proxy = await startProxy(database.url);
    storage = await open({ url: proxy.url, poolSize: 1, audit });
    drop = database.drop;
  });
  afterAll(async () => {
    await storage.close();
    await proxy.close();
    await drop();
  });

  it('are one for a row and at most two for a page', async () => {
    const seeded = await seedEveryCollection(storage, false);
    const methods = everyMethod(storage, seeded);
    const counted: Record<string, number> = {};
    for (const [method, [, call]] of Object.entries(methods)) {
      for (let time = 0; time < WARM_UP; time += 1) await call();
      proxy.takeRoundTrips();
      await call();
      counted[method] = proxy.takeRoundTrips();
    }
    console.info(
      `Round trips on ${driver}: ${Object.entries(counted)
        .map((entry) => entry.join(' '))
        .join(', ')}`,
    );
    for (const [method, [limit]] of Object.entries(methods)) {
      expect(counted[method], method).toBeLessThanOrEqual(limit);
      expect(counted[method], method).toBeGreaterThan(0);
    }
  });
});
