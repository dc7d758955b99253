import { serverVersion, withConnection } from '../database/connection.js';
import { databasesOfRun, dropDatabase } from '../database/databases.js';
import type { TestEngine } from './engine.js';

export const url: TestEngine<'url'> = {
  name: 'url',
  remedy:
    'Set QZPAY_TEST_DATABASE_URL to a PostgreSQL server, version 15 or later, with a role that may create databases.',
  async start({ environment, settings }) {
    const address = environment['QZPAY_TEST_DATABASE_URL'];
    if (!address) return null;
    if (Object.keys(settings).length > 0) {
      throw new Error('`settings` need a server that the harness starts; QZPAY_TEST_DATABASE_URL names a running one.');
    }
    return {
      url: address,
      version: await serverVersion(address).catch((error: NodeJS.ErrnoException) => {
        // A refused connection to a host with several addresses has a code and an empty message.
        const problem = error.message || error.code;
        throw new Error(`QZPAY_TEST_DATABASE_URL names no server that can be used: ${problem}`, { cause: error });
      }),
      stop: (run) =>
        withConnection(address, async (sql) => {
          for (const name of await databasesOfRun(sql, run)) await dropDatabase(sql, name);
        }),
    };
  },
};
