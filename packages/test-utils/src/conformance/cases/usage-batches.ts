import assert from 'node:assert/strict';
import type { QZPayUsageBatch, QZPayUsageEvent } from '@qzpay/core';
import { Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { present, rejectsInvalid, retrying } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { events, meter, statusesOf, sumTo } from '../usage.js';

async function* streamOf(given: readonly QZPayUsageEvent[], onRead: (count: number) => void = () => {}) {
  for (const [index, event] of given.entries()) {
    onRead(index + 1);
    yield event;
  }
}

export const usageBatchCases = defineCases<OperationsStorage>('usage', 3, {
  'verdicts-keep-the-order-of-the-events': [
    'The verdicts of an array come in its order, however many batches are written at once.',
    async ({ storage }) => {
      const used = await meter(storage);
      const given = events(used, 30);
      await storage.usage.ingest(given.filter((_, index) => index % 7 === 0));
      const stranger = used.event('of nobody', { customerId: 'unknown' });
      const batch = given.map((event, index) => (index % 5 === 1 ? stranger : event));
      const { verdicts, ...counts } = await storage.usage.ingest(batch, { batchSize: 4, concurrency: 3 });
      const known = (index: number) => (index % 7 === 0 ? 'duplicate' : 'accepted');
      const expected = batch.map((_, index) => (index % 5 === 1 ? 'rejected' : known(index)));
      assert.deepEqual(statusesOf(verdicts), expected);
      const countOf = (status: string) => expected.filter((one) => one === status).length;
      assert.deepEqual(counts, {
        accepted: countOf('accepted'),
        duplicate: countOf('duplicate'),
        conflict: 0,
        rejected: 6,
      });
      assert.deepEqual((await storage.usage.ingest([])).verdicts, []);
    },
  ],
  'a-stream-is-told-batch-by-batch': [
    'Of a stream each batch is told as it is written, with its verdicts and the counts so far; totals never lag.',
    async ({ storage }) => {
      const used = await meter(storage);
      const given = events(used, 7);
      const batches: QZPayUsageBatch[] = [];
      const counts = await storage.usage.ingest(streamOf([...given, present(given[0])]), {
        batchSize: 3,
        onBatch: async (batch) => {
          batches.push(batch);
          assert.equal((await used.total()).records, batch.counts.accepted);
        },
      });
      const { accepted, duplicate, conflict, rejected } = counts;
      assert.deepEqual([accepted, duplicate, conflict, rejected], [7, 1, 0, 0]);
      assert.deepEqual(
        batches.map((batch) =>
          batch.events.map(({ idempotencyKey }) => idempotencyKey.slice('event-'.length)).join(''),
        ),
        ['012', '345', '60'],
      );
      assert.deepEqual(
        batches.map((batch) => batch.counts.accepted),
        [3, 6, 7],
      );
      assert.deepEqual(statusesOf(batches.flatMap(({ verdicts }) => verdicts)), [
        ...Array(7).fill('accepted'),
        'duplicate',
      ]);
    },
  ],
  'a-source-is-not-read-ahead': [
    'A source is read only when a batch can be written, so that at most `concurrency` batches are in memory.',
    async ({ storage }) => {
      const used = await meter(storage);
      for (const concurrency of [1, 3]) {
        const given = events(used, 24).map((event) => ({
          ...event,
          idempotencyKey: `${concurrency}-${event.quantity}`,
        }));
        let written = 0;
        let furthest = 0;
        const source = streamOf(given, (read) => {
          furthest = Math.max(furthest, read - written);
        });
        const onBatch = (batch: QZPayUsageBatch) => {
          written += batch.events.length;
        };
        await storage.usage.ingest(source, { batchSize: 4, concurrency, onBatch });
        assert.equal(written, 24);
        assert.ok(furthest <= 4 * concurrency, `${furthest} events were read before they could be written.`);
      }
    },
  ],
  'a-failure-ends-the-ingestion-between-batches': [
    'When an ingestion fails, earlier batches stay, later ones are not begun, the source is closed, and all can come again.',
    async ({ storage }) => {
      const used = await meter(storage);
      const given = events(used, 12);
      let closed = false;
      async function* source(broken: boolean) {
        try {
          for (const event of given) {
            if (broken && event.quantity === 9) throw new Undone();
            yield event;
          }
        } finally {
          closed = true;
        }
      }
      const onBatch = ({ counts }: QZPayUsageBatch) => (counts.accepted === 4 ? undo() : undefined);
      await assert.rejects(storage.usage.ingest(source(false), { batchSize: 2, onBatch }), Undone);
      assert.ok(closed, 'The source was not closed.');
      assert.deepEqual(await used.total(), { total: sumTo(4), records: 4 });
      await assert.rejects(storage.usage.ingest(source(true), { batchSize: 2 }), Undone);
      assert.deepEqual(await used.total(), { total: sumTo(8), records: 8 });
      const { accepted, duplicate } = await storage.usage.ingest(given);
      assert.deepEqual([accepted, duplicate], [4, 8]);
      assert.deepEqual(await used.total(), { total: sumTo(12), records: 12 });
    },
  ],
  'options-outside-their-range-are-refused': [
    'Options outside their range are refused before anything is read.',
    async ({ storage }) => {
      const source = streamOf(events(await meter(storage), 1), () => assert.fail('The source was read.'));
      const options = [
        { batchSize: 0 },
        { batchSize: 10_001 },
        { concurrency: 0 },
        { concurrency: 65 },
        { batchSize: 1.5 },
      ];
      for (const one of options) await rejectsInvalid(storage.usage.ingest(source, one), Object.keys(one)[0]);
    },
  ],
  'ingestion-belongs-to-the-transaction': [
    'Inside a transaction every call belongs to it: rolled back, nothing was stored and no verdict counts.',
    async ({ storage }) => {
      const used = await meter(storage);
      const given = events(used, 6);
      const ingest = () => storage.usage.ingest(given, { batchSize: 2, concurrency: 2 });
      const undone = storage.transaction(async () => {
        assert.equal((await ingest()).accepted, 6);
        assert.deepEqual(await used.total(), { total: sumTo(6), records: 6 });
        undo();
      });
      await assert.rejects(undone, Undone);
      assert.deepEqual(await used.total(), { total: 0, records: 0 });
      assert.deepEqual(await storage.usage.verify(), {
        agrees: true,
        hours: 0,
        records: 0,
        differing: 0,
        differences: [],
      });
      assert.equal((await storage.transaction(ingest)).accepted, 6);
      assert.deepEqual(await used.total(), { total: sumTo(6), records: 6 });
    },
  ],
  'an-interrupted-ingestion-can-be-repeated': [
    'Ingesting the same events again is right, whatever has happened: what was stored is then a duplicate.',
    async ({ storage, interrupt }) => {
      const used = await meter(storage);
      const given = events(used, 6);
      await storage.usage.ingest(given.slice(0, 3));
      await interrupt();
      const { accepted, duplicate } = await retrying(() => storage.usage.ingest(given));
      assert.deepEqual([accepted, duplicate], [3, 3]);
      await interrupt();
      assert.deepEqual(await retrying(() => used.total()), { total: sumTo(6), records: 6 });
    },
  ],
});
