import type { QZPayUsageBatch, QZPayUsageEvent } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';
import { addCustomers, event, HOUR, noon, ofCalls, statuses, streamOf, withCustomers } from '../support/usage.js';

describeOnEveryDriver('usage.ingest', (setup) => {
  it('stores an event whole, with the defaults of what it leaves out', async () => {
    const { usage, storage, clock } = await withCustomers(setup);
    const full = event({
      action: 'set',
      quantity: 0.1,
      subscriptionId: 's1',
      limitKey: 'quote " \\ {,} null',
      metadata: { region: 'é "\\', nested: null },
    });
    const bare = event({ idempotencyKey: 'null' });
    const { verdicts, ...counts } = await usage.ingest([full, bare]);
    expect(counts).toStrictEqual({ accepted: 2, duplicate: 0, conflict: 0, rejected: 0 });
    const records = storage.repositories.usageRecords;
    const stored = { id: expect.any(String), livemode: false, createdAt: clock() };
    expect(await records.findByIdempotencyKey('c1', full.idempotencyKey)).toStrictEqual({ ...full, ...stored });
    expect(await records.findByIdempotencyKey('c1', 'null')).toStrictEqual({
      ...bare,
      ...stored,
      action: 'increment',
      subscriptionId: null,
      metadata: {},
    });
    expect(verdicts.map((verdict) => 'recordId' in verdict && verdict.recordId)).toEqual(
      (await Promise.all([full, bare].map((given) => records.findByIdempotencyKey('c1', given.idempotencyKey)))).map(
        (record) => record?.id,
      ),
    );
  });

  it('knows a key again: a duplicate says the same, a conflict something else, and the first record counts', async () => {
    const { usage } = await withCustomers(setup);
    const first = event({ quantity: 2, metadata: { a: 1, b: 'x' } });
    const again = { ...first, metadata: { b: 'x', a: 1 } };
    const { verdicts } = await usage.ingest([first]);
    const others: Partial<QZPayUsageEvent>[] = [
      { quantity: 3 },
      { action: 'decrement' },
      { limitKey: 'other' },
      { timestamp: new Date(noon.getTime() + 1) },
      { subscriptionId: 's1' },
      { metadata: {} },
    ];
    const second = await usage.ingest([again, ...others.map((other) => ({ ...first, ...other }))]);
    expect(statuses(second)).toEqual(['duplicate', ...others.map(() => 'conflict')]);
    const recordIds = second.verdicts.map((verdict) => 'recordId' in verdict && verdict.recordId);
    expect(new Set(recordIds)).toEqual(new Set(verdicts.map((verdict) => 'recordId' in verdict && verdict.recordId)));
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 2, records: 1 });
    expect(await usage.total({ ...ofCalls, limitKey: 'other' })).toStrictEqual({ total: 0, records: 0 });
  });

  it('treats repetitions within a batch as if they came one after the other', async () => {
    const { usage } = await withCustomers(setup);
    const first = event();
    const batch = [first, event(), first, { ...first, quantity: 9 }, { ...first, customerId: 'c2' }, first];
    const outcome = await usage.ingest(batch);
    expect(statuses(outcome)).toEqual(['accepted', 'accepted', 'duplicate', 'conflict', 'accepted', 'duplicate']);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 2, records: 2 });
  });

  it('rejects an unknown customer, and takes the event once the customer exists', async () => {
    const { usage, storage, reopen } = await withCustomers(setup);
    const late = event({ customerId: 'c3' });
    const { verdicts } = await usage.ingest([event(), late, late, event({ customerId: 'c2' })]);
    const rejected = { status: 'rejected', reason: 'unknown_customer' };
    expect(verdicts.slice(1, 3)).toStrictEqual([rejected, rejected]);
    const customer = { id: 'c3', externalId: 'user of c3', email: 'a@b.c' };
    await reopen({ livemode: true }).repositories.customers.create(customer);
    expect(await usage.ingest([late])).toMatchObject({ accepted: 0, rejected: 1 });
    await storage.repositories.customers.create(customer);
    await storage.customers.delete('c3');
    expect(await usage.ingest([late])).toMatchObject({ accepted: 1 });
  });

  it('rejects what cannot be stored, names the field, and stores the rest of the batch', async () => {
    const { usage } = await withCustomers(setup);
    const invalid: [field: string, given: Record<string, unknown>][] = [
      ['quantity', { quantity: Number.NaN }],
      ['quantity', { quantity: Number.POSITIVE_INFINITY }],
      ['quantity', { quantity: '1' }],
      ['quantity', { quantity: undefined }],
      ['action', { action: 'double' }],
      ['timestamp', { timestamp: undefined }],
      ['timestamp', { timestamp: new Date(Number.NaN) }],
      ['timestamp', { timestamp: '2026-01-01' }],
      ['customerId', { customerId: undefined }],
      ['customerId', { customerId: 'x\0' }],
      ['limitKey', { limitKey: null }],
      ['limitKey', { limitKey: 'x'.repeat(513) }],
      ['subscriptionId', { subscriptionId: '\ud800' }],
      ['idempotencyKey', { idempotencyKey: undefined }],
      ['idempotencyKey', { idempotencyKey: '' }],
      ['idempotencyKey', { idempotencyKey: 7 }],
      ['metadata', { metadata: [] }],
      ['metadata', { metadata: 'text' }],
      ['metadata', { metadata: new Date() }],
      ['metadata', { metadata: { toJSON: () => [] } }],
      ['metadata', { metadata: { toJSON: () => undefined } }],
      ['metadata', { metadata: { text: '\0' } }],
    ];
    const batch = [
      event(),
      ...invalid.map(([, given]) => untyped<QZPayUsageEvent>({ ...event(), ...given })),
      untyped<QZPayUsageEvent>(null),
      event(),
    ];
    const { verdicts } = await usage.ingest(batch);
    const reasons = [...invalid.map(([field]) => field), 'idempotencyKey'];
    expect(verdicts.slice(1, -1)).toStrictEqual(
      reasons.map((field) => ({ status: 'rejected', reason: 'invalid_event', field })),
    );
    expect(statuses({ verdicts: [verdicts[0], verdicts.at(-1)].map((verdict) => verdict ?? { status: '' }) })).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 2, records: 2 });
  });

  it('keeps the modes apart', async () => {
    const { usage, reopen } = await withCustomers(setup);
    const live = reopen({ livemode: true });
    await addCustomers(live);
    const both = event();
    await usage.ingest([both, event({ timestamp: new Date(noon.getTime() + HOUR) })]);
    expect(await live.usage.ingest([both])).toMatchObject({ accepted: 1 });
    expect(await live.usage.total(ofCalls)).toStrictEqual({ total: 1, records: 1 });
    expect(await live.usage.series(ofCalls, 'hour')).toHaveLength(1);
    expect(await live.usage.verify()).toMatchObject({ agrees: true, hours: 1, records: 1 });
    expect(await usage.verify()).toMatchObject({ agrees: true, hours: 2, records: 2 });
  });

  it('belongs to the transaction around it: rolled back, nothing has happened', async () => {
    const { usage, storage } = await withCustomers(setup);
    const events = [event(), event()];
    const undone = storage.transaction(async (tx) => {
      expect(await usage.ingest(events, { batchSize: 1 })).toMatchObject({ accepted: 2 });
      expect(await tx.usage.total(ofCalls)).toMatchObject({ total: 2 });
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 0, records: 0 });
    await storage.transaction((tx) => tx.usage.ingest(events, { batchSize: 1, concurrency: 3 }));
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 2, records: 2 });
    expect(await usage.verify()).toMatchObject({ agrees: true, records: 2 });
  });

  it('tells the verdicts of an array in its order, however many batches are written at once', async () => {
    const { usage } = await withCustomers(setup);
    const known = Array.from({ length: 5 }, () => event());
    await usage.ingest(known);
    const batch = Array.from({ length: 35 }, (_, index) => (index % 7 === 0 ? (known[index / 7] ?? event()) : event()));
    const outcome = await usage.ingest(batch, { batchSize: 3, concurrency: 4 });
    expect(statuses(outcome)).toEqual(batch.map((_, index) => (index % 7 === 0 ? 'duplicate' : 'accepted')));
    expect(await usage.ingest([])).toStrictEqual({ accepted: 0, duplicate: 0, conflict: 0, rejected: 0, verdicts: [] });
  });

  it('tells each batch of a stream as it is written, with its verdicts and the counts so far', async () => {
    const { usage } = await withCustomers(setup);
    const batches: QZPayUsageBatch[] = [];
    const counts = await usage.ingest(streamOf(5), { batchSize: 2, onBatch: (batch) => void batches.push(batch) });
    expect(counts).toStrictEqual({ accepted: 5, duplicate: 0, conflict: 0, rejected: 0 });
    expect(batches.map(({ events }) => events.length)).toEqual([2, 2, 1]);
    expect(batches.map((batch) => batch.counts.accepted)).toEqual([2, 4, 5]);
    expect(batches.flatMap(({ verdicts }) => statuses({ verdicts }))).toEqual(Array(5).fill('accepted'));
  });

  it('reads a stream no further ahead than the batches that are being written', async () => {
    const { usage } = await withCustomers(setup);
    for (const concurrency of [1, 3]) {
      let read = 0;
      let written = 0;
      let furthest = 0;
      const source = streamOf(60, (index) => {
        read = index + 1;
        furthest = Math.max(furthest, read - written);
      });
      const onBatch = (batch: QZPayUsageBatch) => {
        written += batch.events.length;
      };
      await usage.ingest(source, { batchSize: 5, concurrency, onBatch });
      expect(written).toBe(60);
      expect(furthest).toBeLessThanOrEqual(5 * concurrency);
    }
  });

  it('ends with a failure also while a source has nothing to say', async () => {
    const { usage } = await withCustomers(setup);
    async function* silent() {
      yield* streamOf(1);
      await new Promise(() => {});
    }
    const onBatch = () => Promise.reject(new Error('enough'));
    await expect(usage.ingest(silent(), { batchSize: 1, concurrency: 2, onBatch })).rejects.toThrow('enough');
  });

  it('ends with the first failure, closes the source, and keeps what was written before', async () => {
    const { usage } = await withCustomers(setup);
    let closed = false;
    async function* source() {
      try {
        yield* streamOf(1000);
      } finally {
        closed = true;
      }
    }
    const onBatch = ({ counts }: QZPayUsageBatch) => {
      if (counts.accepted >= 20) throw new Error('enough');
    };
    await expect(usage.ingest(source(), { batchSize: 5, concurrency: 2, onBatch })).rejects.toThrow('enough');
    expect(closed).toBe(true);
    const { records } = await usage.total(ofCalls);
    expect([20, 25]).toContain(records);
    async function* failing() {
      yield* streamOf(7);
      throw new Error('source is broken');
    }
    await expect(usage.ingest(failing(), { batchSize: 5 })).rejects.toThrow('source is broken');
    expect(await usage.total(ofCalls)).toMatchObject({ records: records + 5 });
  });

  it('refuses options outside their range before it reads', async () => {
    const { usage } = await withCustomers(setup);
    const source = streamOf(1, () => expect.unreachable());
    for (const [field, value] of [
      ['batchSize', 0],
      ['batchSize', 10_001],
      ['concurrency', 1.5],
      ['concurrency', 65],
    ] as const) {
      await expect(usage.ingest(source, { [field]: value })).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field,
      });
    }
  });
});
