import { setImmediate } from 'node:timers/promises';
import type { QZPayStorage } from '@qzpay/adapter';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnServers, type StorageSetup } from '../support/drivers.js';
import { event, HOUR, march, noon, ofCalls, withCustomers } from '../support/usage.js';

const WRITERS = 8;

/** Starts every call at the same instant: all of them first wait for one lock. */
async function atOnce<Result>(query: StorageSetup['query'], calls: (() => Promise<Result>)[]): Promise<Result[]> {
  await query('begin; lock table billing_usage_records in share mode');
  const results = Promise.all(calls.map((call) => call()));
  // Whoever fails while the others still come is told by `results`.
  results.catch(() => {});
  const waiting = `select from pg_locks where relation = 'billing_usage_records'::regclass and not granted`;
  while ((await query(waiting)).length < calls.length) await setImmediate();
  await query('commit');
  return results;
}

/** Lets the call that `begin` returns wait for the transaction in which `begin` runs, and then ends that transaction. */
async function afterWaiting<Result>(
  storage: QZPayStorage,
  query: StorageSetup['query'],
  commits: boolean,
  begin: () => Promise<() => Promise<Result>>,
): Promise<{ pending: Promise<Result> }> {
  const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const undo = new Error('undo');
  let pending: Promise<Result> | undefined;
  const transaction = storage.transaction(async () => {
    pending = (await begin())();
    while ((await query(waits)).length === 0) await setImmediate();
    if (!commits) throw undo;
  });
  await transaction.catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return { pending: pending as Promise<Result> };
}

/** Events for so many different sums, in one batch. */
const eventsOf = (sums: number) =>
  Array.from({ length: sums }, (_, index) =>
    event({ customerId: index % 2 === 0 ? 'c1' : 'c2', timestamp: new Date(noon.getTime() + index * HOUR) }),
  );

const shuffled = <T>(values: readonly T[]): T[] =>
  fc.sample(fc.shuffledSubarray([...values], { minLength: values.length }), 1)[0] ?? [];

const writers = <T>(make: (writer: number) => T): T[] => Array.from({ length: WRITERS }, (_, writer) => make(writer));

describeOnServers('simultaneous usage.ingest', (setup) => {
  it('of the same keys in random order counts each once, and nobody deadlocks', async () => {
    const { usage, query } = await withCustomers(setup);
    for (let round = 1; round <= 5; round += 1) {
      const events = eventsOf(300);
      const outcomes = await atOnce(
        query,
        writers(() => () => usage.ingest(shuffled(events))),
      );
      const sum = (status: 'accepted' | 'duplicate') => outcomes.reduce((total, counts) => total + counts[status], 0);
      expect(sum('accepted')).toBe(300);
      expect(sum('duplicate')).toBe((WRITERS - 1) * 300);
      expect(await usage.verify()).toMatchObject({ agrees: true, records: round * 300, hours: 300 });
    }
  });

  it('of different keys for the same sums in random order adds them up, and nobody deadlocks', async () => {
    const { usage, query } = await withCustomers(setup);
    for (let round = 1; round <= 5; round += 1) {
      await atOnce(
        query,
        writers(() => () => usage.ingest(shuffled(eventsOf(300)))),
      );
      expect(await usage.verify()).toMatchObject({ agrees: true, records: round * WRITERS * 300, hours: 300 });
    }
  });

  it.each([
    ['commits', { accepted: 1, duplicate: 2 }],
    ['rolls back', { accepted: 3, duplicate: 0 }],
  ])('waits for a transaction that has stored its keys, and counts each once when that %s', async (ending, counts) => {
    const { usage, storage, reopen, query } = await withCustomers(setup);
    const elsewhere = reopen();
    const events = [event(), event()];
    const { pending } = await afterWaiting(storage, query, ending === 'commits', async () => {
      await usage.ingest(events);
      return () => elsewhere.usage.ingest([...events, event()]);
    });
    expect(await pending).toMatchObject(counts);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 3, records: 3 });
    expect(await usage.verify()).toMatchObject({ agrees: true, records: 3 });
  });

  it.each([
    ['commits', { accepted: 3, duplicate: 0 }],
    ['rolls back', { accepted: 1, duplicate: 2 }],
  ])('waits for a purge of its keys and sums, and counts each once when that %s', async (ending, counts) => {
    const { usage, storage, reopen, query } = await withCustomers(setup);
    const elsewhere = reopen();
    const events = [event(), event()];
    await usage.ingest(events);
    const { pending } = await afterWaiting(storage, query, ending === 'commits', async () => {
      await storage.repositories.usageRecords.purgeBefore(march.end);
      return () => elsewhere.usage.ingest([...events, event()]);
    });
    expect(await pending).toMatchObject(counts);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 3, records: 3 });
    expect(await usage.verify()).toMatchObject({ agrees: true, records: 3 });
  });

  it('with retention keeps sums and records in agreement', async () => {
    const { usage, storage } = await withCustomers(setup);
    const old = Array.from({ length: 200 }, (_, index) =>
      event({ timestamp: new Date(noon.getTime() + index * 1000) }),
    );
    await usage.ingest(old);
    const late = Array.from({ length: 200 }, (_, index) =>
      event({ timestamp: new Date(noon.getTime() + index * 1000) }),
    );
    const [outcome] = await Promise.all([
      usage.ingest(late, { batchSize: 20, concurrency: 3 }),
      ...Array.from({ length: 4 }, () =>
        storage.repositories.usageRecords.purgeBefore(new Date(noon.getTime() + HOUR), { limit: 30 }),
      ),
    ]);
    expect(outcome).toMatchObject({ accepted: 200 });
    expect(await usage.verify()).toMatchObject({ agrees: true });
  });
});
