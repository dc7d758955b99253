import { inject, test } from 'vitest';
import { createQZPayTestDatabase } from './database/create-database.js';
import type { QZPayTestDatabase } from './database/test-database.js';
import { connectQZPayTestServer, type QZPayTestServer, type QZPayTestServerDescription } from './server/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    qzpayTestServer: QZPayTestServerDescription;
  }
}

/**
 * The server of the global set-up, for files that make their own databases.
 *
 * @throws Error where the configuration lacks the global set-up.
 */
export function useQZPayTestServer(): QZPayTestServer {
  const description: QZPayTestServerDescription | undefined = inject('qzpayTestServer');
  if (description === undefined) {
    throw new Error(
      "Add globalSetup: ['@qzpay/test-utils/vitest/setup'] to the `test` section of the vitest configuration.",
    );
  }
  return connectQZPayTestServer(description);
}

export interface QZPayTestFixtures {
  /** A migrated database, the same for all tests of a worker, emptied before each: not for `concurrent` tests. */
  readonly qzpayDatabase: QZPayTestDatabase;
  /** The same, not emptied. Made by the first test that needs it, dropped with the worker. */
  readonly qzpayWorkerDatabase: QZPayTestDatabase;
}

/** Vitest's `test` with a database: `qzpayTest('name', async ({ qzpayDatabase }) => { … })`. */
export const qzpayTest = test.extend<QZPayTestFixtures>({
  qzpayWorkerDatabase: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of needed fixtures out of this pattern.
    async ({}, use) => {
      const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
      await use(database);
      await database.drop();
    },
    { scope: 'worker' },
  ],
  qzpayDatabase: async ({ qzpayWorkerDatabase }, use) => {
    await qzpayWorkerDatabase.reset();
    await use(qzpayWorkerDatabase);
  },
});
