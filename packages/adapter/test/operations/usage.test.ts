import { setImmediate } from 'node:timers/promises';
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayUsageAction, QZPayUsageBatch, QZPayUsageEvent, QZPayUsageTotal } from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const at = (time: string) => new Date(`2026-03-${time}Z`);
const march = { start: at('01T00:00:00.000'), end: new Date('2026-04-01T00:00:00.000Z') };
const noon = at('10T12:00:00.000');
const HOUR = 3_600_000;

async function withCustomers(setup: Setup, options?: Parameters<Setup>[0]) {
  const bundle = await setup(options);
  await addCustomers(bundle.storage);
  return { ...bundle, usage: bundle.storage.usage };
}

async function addCustomers(storage: QZPayStorage): Promise<void> {
  for (const id of ['c1', 'c2']) {
    await storage.repositories.customers.create({ id, externalId: `user of ${id}`, email: 'a@b.c' });
  }
}

let keys = 0;
function event(given: Partial<QZPayUsageEvent> = {}): QZPayUsageEvent {
  keys += 1;
  const idempotencyKey = `key ${keys}`;
  return { customerId: 'c1', limitKey: 'calls', quantity: 1, timestamp: noon, idempotencyKey, ...given };
}

const statuses = ({ verdicts }: { readonly verdicts: readonly { readonly status: string }[] }) =>
  verdicts.map(({ status }) => status);

const ofCalls = { customerId: 'c1', limitKey: 'calls', ...march };

async function* streamOf(count: number, onRead: (index: number) => void = () => {}) {
  for (let index = 0; index < count; index += 1) {
    onRead(index);
    yield event();
  }
}

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

interface Fact {
  readonly quantity: number;
  readonly action: QZPayUsageAction;
  readonly timestamp: Date;
  readonly id: string;
}

/** What a total is, told the slow way: facts in order, each applied to the value before it. */
function fold(facts: readonly Fact[], { start, end }: { readonly start: Date; readonly end: Date }): QZPayUsageTotal {
  const inWindow = facts
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime() || (a.id < b.id ? -1 : 1));
  const total = inWindow.reduce((value, { action, quantity }) => {
    if (action === 'set') return quantity;
    return action === 'decrement' ? value - quantity : value + quantity;
  }, 0);
  return { total, records: inWindow.length };
}

const PERIODS = {
  hour: (time: Date) => new Date(Math.floor(time.getTime() / HOUR) * HOUR),
  day: (time: Date) => new Date(Math.floor(time.getTime() / (24 * HOUR)) * 24 * HOUR),
  month: (time: Date) => new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth())),
};

function seriesOf(facts: readonly Fact[], window: { start: Date; end: Date }, periodOf: (time: Date) => Date) {
  const starts = [...new Set(facts.map(({ timestamp }) => periodOf(timestamp).getTime()))].sort((a, b) => a - b);
  return starts
    .map((start) => {
      const inPeriod = facts.filter(({ timestamp }) => periodOf(timestamp).getTime() === start);
      return { start: new Date(start), ...fold(inPeriod, window) };
    })
    .filter(({ records }) => records > 0);
}

/** Few hours around the end of a month, few instants in each: sets share hours and instants with other facts. */
const instants = fc
  .tuple(fc.integer({ min: -4, max: 30 }), fc.constantFrom(0, 1, HOUR / 2, HOUR - 1))
  .map(([hour, rest]) => new Date(march.end.getTime() - 24 * HOUR + hour * HOUR + rest));
const facts = fc.array(
  fc.record({
    quantity: fc.integer({ min: -50, max: 50 }),
    action: fc.constantFrom<QZPayUsageAction>('increment', 'increment', 'decrement', 'set'),
    timestamp: instants,
  }),
  { maxLength: 60 },
);

describeOnEveryDriver('usage totals', (setup) => {
  it('and series are those of the facts, in whatever order, batches and hours they came, and after retention', async () => {
    const { usage, storage, query } = await withCustomers(setup);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        facts,
        fc.array(instants, { minLength: 2, maxLength: 6 }),
        instants,
        async (given, ends, cut) => {
          run += 1;
          const limitKey = `run ${run}`;
          const events = given.map((fact) => event({ ...fact, limitKey }));
          const { verdicts } = await usage.ingest(events, { batchSize: 7 });
          const stored: Fact[] = verdicts.map((verdict, index) => ({
            ...(given[index] as (typeof given)[number]),
            id: 'recordId' in verdict ? verdict.recordId : '',
          }));
          const agree = async (remaining: readonly Fact[]) => {
            for (const [index, start] of ends.entries()) {
              const window = { start, end: ends[(index + 1) % ends.length] as Date };
              const wanted = { customerId: 'c1', limitKey, ...window };
              expect(await usage.total(wanted)).toStrictEqual(fold(remaining, window));
              for (const [period, periodOf] of Object.entries(PERIODS)) {
                expect(await usage.series(wanted, period as keyof typeof PERIODS)).toStrictEqual(
                  seriesOf(remaining, window, periodOf),
                );
              }
            }
            expect(await usage.verify()).toMatchObject({ agrees: true });
          };
          await agree(stored);
          await storage.repositories.usageRecords.purgeBefore(cut);
          await agree(stored.filter(({ timestamp }) => timestamp >= cut));
        },
      ),
      { numRuns: 25 },
    );
    const emptied = `select 1 from billing_usage_rollups where events = 0`;
    await storage.repositories.usageRecords.purgeBefore(new Date('2027-01-01T00:00:00.000Z'));
    expect(await query(emptied)).toEqual([]);
  });

  it('hold fractions exactly', async () => {
    const { usage } = await withCustomers(setup);
    await usage.ingest([
      event({ quantity: 0.1 }),
      event({ quantity: 0.2 }),
      event({ quantity: 1e-7, action: 'decrement' }),
    ]);
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 0.2999999, records: 3 });
  });

  it('take in late events, and records of the contract', async () => {
    const { usage, storage } = await withCustomers(setup);
    await usage.ingest([event({ timestamp: at('10T12:30:00.000') }), event({ action: 'set', quantity: 10 })]);
    expect(await usage.total(ofCalls)).toMatchObject({ total: 11 });
    await usage.ingest([
      event({ timestamp: at('10T12:00:00.001'), quantity: 5 }),
      event({ timestamp: at('02T00:00:00.000') }),
    ]);
    const record = { id: 'u1', customerId: 'c1', limitKey: 'calls', quantity: 2, metadata: {} } as const;
    await storage.limits.recordUsage({ ...record, action: 'decrement', timestamp: at('10T13:00:00.000') });
    expect(await usage.total(ofCalls)).toStrictEqual({ total: 14, records: 5 });
    expect(await usage.verify()).toMatchObject({ agrees: true, hours: 3, records: 5 });
  });

  it('of what nobody could have used are 0', async () => {
    const { usage } = await withCustomers(setup);
    for (const customerId of ['nobody', '\0', 'x'.repeat(600)]) {
      expect(await usage.total({ ...ofCalls, customerId })).toStrictEqual({ total: 0, records: 0 });
      expect(await usage.series({ ...ofCalls, limitKey: customerId }, 'day')).toEqual([]);
      expect(await usage.verify({ customerId })).toMatchObject({ agrees: true, hours: 0 });
    }
    await expect(usage.series(ofCalls, untyped('decade'))).rejects.toMatchObject({ field: 'period' });
    for (const end of [new Date(Number.NaN), new Date(8.64e15), untyped<Date>('2026-01-01')]) {
      const refused = { name: 'QZPayValidationError', field: 'end' };
      await expect(usage.total({ ...ofCalls, end })).rejects.toMatchObject(refused);
      await expect(usage.verify({ end })).rejects.toMatchObject(refused);
    }
  });
});

describeOnEveryDriver('usage.verify', (setup) => {
  it('compares the first and the last hour of time as well', async () => {
    const { usage, query } = await withCustomers(setup);
    const [first, last] = [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];
    await usage.ingest([event({ timestamp: first }), event({ timestamp: last })]);
    await query('delete from billing_usage_rollups');
    expect(await usage.verify()).toMatchObject({ hours: 2, records: 2, differing: 2 });
    expect(await usage.verify({ end: first })).toMatchObject({ agrees: true, hours: 0 });
    expect(await usage.verify({ start: last })).toMatchObject({ agrees: true, hours: 0 });
  });

  it('finds sums that are not those of the records, in its scope', async () => {
    const { usage, query } = await withCustomers(setup);
    const later = new Date(noon.getTime() + HOUR);
    await usage.ingest([event({ quantity: 3 }), event({ timestamp: later }), event({ customerId: 'c2' })]);
    await query(`update billing_usage_rollups set quantity = 4 where customer_id = 'c1' and quantity = 3`);
    await query(`delete from billing_usage_rollups where customer_id = 'c2'`);
    await query(`insert into billing_usage_rollups (livemode, customer_id, limit_key, hour, quantity, events)
      values (false, 'c2', 'ghost', '2026-03-01', 0, 1)`);
    const calls = { limitKey: 'calls', hour: noon };
    const c1 = { ...calls, customerId: 'c1', facts: { quantity: 3, records: 1 }, rollup: { quantity: 4, records: 1 } };
    const c2 = { ...calls, customerId: 'c2', facts: { quantity: 1, records: 1 }, rollup: { quantity: 0, records: 0 } };
    const ghost = {
      customerId: 'c2',
      limitKey: 'ghost',
      hour: march.start,
      facts: { quantity: 0, records: 0 },
      rollup: { quantity: 0, records: 1 },
    };
    const differences = [c1, c2, ghost];
    expect(await usage.verify()).toStrictEqual({ agrees: false, hours: 4, records: 3, differing: 3, differences });
    expect(await usage.verify({ customerId: 'c1' })).toMatchObject({ hours: 2, differences: [c1] });
    expect(await usage.verify({ end: noon })).toMatchObject({ hours: 1, differences: [ghost] });
    expect(await usage.verify({ customerId: 'c1', start: later })).toMatchObject({
      agrees: true,
      hours: 1,
      records: 1,
    });
  });
});

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
