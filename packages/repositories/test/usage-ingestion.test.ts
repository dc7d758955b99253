import { expect, it } from 'vitest';
import { describeOnEveryDriver, type Setup } from './support/repositories.js';

const noon = new Date('2026-03-10T12:00:00.000Z');
const march = { start: new Date('2026-03-01T00:00:00.000Z'), end: new Date('2026-04-01T00:00:00.000Z') };
const ofCalls = { customerId: 'c1', limitKey: 'calls', ...march };

const event = (idempotencyKey: string, quantity = 1) => ({
  customerId: 'c1',
  limitKey: 'calls',
  quantity,
  timestamp: noon,
  idempotencyKey,
});

async function withCustomer(setup: Setup, options?: Parameters<Setup>[0]) {
  const bundle = await setup(options);
  await bundle.repositories.customers.create({ id: 'c1', externalId: 'user-1', email: 'a@b.c' });
  return bundle;
}

describeOnEveryDriver('ingestion of usage', (setup) => {
  it('is one statement, and one more where a key came up while it ran', async () => {
    const sent: string[] = [];
    const { repositories } = await withCustomer(setup, { onQuery: ({ name }) => sent.push(name) });
    sent.length = 0;
    await repositories.usageIngestion.ingest([event('a'), event('b')]);
    await repositories.usageIngestion.ingest([event('a'), event('b', 2), event('c')]);
    expect(sent).toHaveLength(2);
    await repositories.usageIngestion.ingest([event('d'), event('d'), event('d')]);
    expect(sent).toHaveLength(4);
    expect(await repositories.usageIngestion.ingest([])).toEqual([]);
    expect(sent).toHaveLength(4);
  });

  it('without sums leaves them to be made anew from the records', async () => {
    const { repositories, reopen } = await withCustomer(setup);
    const { usageIngestion, usageRollups } = repositories;
    const live = reopen({ livemode: true });
    await live.usageRecords.record({ ...event('live'), quantity: 7 });
    await usageIngestion.ingest([event('a')]);
    await usageIngestion.ingest([event('b', 3), event('a')], { rollUp: false });
    expect(await usageRollups.total(ofCalls)).toStrictEqual({ total: 1, records: 1 });
    expect(await usageRollups.verify()).toMatchObject({ agrees: false, differing: 1 });
    await usageRollups.rebuild();
    expect(await usageRollups.total(ofCalls)).toStrictEqual({ total: 4, records: 2 });
    expect(await usageRollups.verify()).toMatchObject({ agrees: true, records: 2 });
    expect(await live.usageRollups.total(ofCalls)).toStrictEqual({ total: 7, records: 1 });
  });

  it('fails as a whole when ids are given out twice, instead of losing a record', async () => {
    const { repositories } = await withCustomer(setup, { generateId: () => 'always the same' });
    await expect(repositories.usageIngestion.ingest([event('a'), event('b')])).rejects.toMatchObject({
      conflictType: 'already_exists',
    });
    expect(await repositories.usageRecords.count()).toBe(0);
    expect(await repositories.usageRollups.total(ofCalls)).toStrictEqual({ total: 0, records: 0 });
  });

  it('refuses more than 10 000 events at once', async () => {
    const { repositories } = await withCustomer(setup);
    const events = Array.from({ length: 10_001 }, (_, index) => event(String(index)));
    await expect(repositories.usageIngestion.ingest(events)).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });
});
