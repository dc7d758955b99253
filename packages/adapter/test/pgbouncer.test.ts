import type { QZPayStorage } from '@qzpay/adapter';
import { openQZPayStorage as openNodePostgres } from '@qzpay/adapter/node-postgres';
import { openQZPayStorage as openPostgresJs } from '@qzpay/adapter/postgres-js';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PgBouncer, requirePgBouncer, startPgBouncer, tracksStatements } from './support/pgbouncer.js';

const version = requirePgBouncer();
if (version !== null && !tracksStatements(version)) {
  console.warn(`PgBouncer ${version.join('.')} does not track statements: that part was SKIPPED (1.21 or later does)`);
}

const MODES = [undefined, false, ...(tracksStatements(version) ? [true] : [])];

const ignoreUndo = (error: unknown) => {
  if (!(error instanceof Error) || error.message !== 'undo') throw error;
};

describe.skipIf(version === null).each([
  ['postgres.js', openPostgresJs],
  ['node-postgres', openNodePostgres],
] as const)('behind PgBouncer in transaction mode, with %s', (_, open) => {
  let pooler: PgBouncer;
  let drop: () => Promise<void>;
  let reset: () => Promise<void>;
  beforeAll(async () => {
    const database = await createQZPayTestDatabase({ server: useQZPayTestServer() });
    if (database.url === null) throw new Error('A pooler needs a server.');
    ({ drop, reset } = database);
    pooler = await startPgBouncer(database.url);
  });
  afterAll(async () => {
    await pooler.stop();
    await drop();
  });

  async function work(storage: QZPayStorage, worker: number): Promise<void> {
    const customer = await storage.customers.create({ externalId: `user-${worker}`, email: 'a@b.c' });
    for (let round = 0; round < 5; round += 1) {
      await storage
        .transaction(
          async () => {
            const id = `${worker}-${round}`;
            await storage.invoices.create({
              id,
              customerId: customer.id,
              lines: [{ description: 'line', quantity: 1, unitAmount: 1 }],
            });
            await storage.invoices.update(id, { status: 'open' });
            if (round % 2 === 1) throw new Error('undo');
          },
          { lockTimeout: 5000 },
        )
        .catch(ignoreUndo);
      await storage.customers.update(customer.id, { providerCustomerIds: { [`p${round}`]: 'x' } });
    }
    expect(Object.keys((await storage.customers.findById(customer.id))?.providerCustomerIds ?? {})).toHaveLength(5);
    expect(await storage.invoices.findByCustomerId(customer.id)).toHaveLength(3);
  }

  it.each(MODES)('twelve callers share four connections (preparedStatements: %s)', async (preparedStatements) => {
    await reset();
    const storage = await open({ url: pooler.url, poolSize: 12, preparedStatements });
    await Promise.all(Array.from({ length: 12 }, (__, worker) => work(storage, worker)));
    expect((await storage.invoices.list()).total).toBe(36);
    expect((await storage.health()).ok).toBe(true);
    await storage.close();
  });

  it('migrates through the pooler', async () => {
    const storage = await open({ url: pooler.url, schema: 'another', migrations: 'run', preparedStatements: false });
    expect((await storage.customers.list()).total).toBe(0);
    await storage.close();
  });
});
