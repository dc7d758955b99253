import assert from 'node:assert/strict';
import type { QZPayUsageEvent } from '@qzpay/core';
import { insertQZPayCustomer, insertQZPayCustomerLimit } from '../../fixtures/index.js';
import { hold } from '../barrier.js';
import { defineCases } from '../case.js';
import { present, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { events, meter, recordIdsOf, statusesOf, sumTo } from '../usage.js';

export const usageCases = defineCases<OperationsStorage>('usage', 3, {
  'an-event-counts-once': [
    'Each event counts once, however often it comes: a repetition is a `duplicate` of the record that counts.',
    async ({ storage, clock }) => {
      const used = await meter(storage);
      const given = events(used, 4);
      const { verdicts, ...counts } = await storage.usage.ingest(given);
      assert.deepEqual(counts, { accepted: 4, duplicate: 0, conflict: 0, rejected: 0 });
      assert.equal(new Set(recordIdsOf(verdicts)).size, 4);
      clock.advance(86_400_000);
      const again = await storage.usage.ingest(given.toReversed());
      assert.deepEqual(statusesOf(again.verdicts), ['duplicate', 'duplicate', 'duplicate', 'duplicate']);
      assert.deepEqual(recordIdsOf(again.verdicts).toReversed(), recordIdsOf(verdicts));
      assert.deepEqual(await used.total(), { total: sumTo(4), records: 4 });
    },
  ],
  'an-event-counts-once-among-callers-at-once': [
    'Each event counts once, by however many callers at once it comes; one accepts it, the others find its record.',
    async ({ storage }) => {
      const used = await meter(storage);
      const given = events(used, 24);
      const { fulfilled, rejected } = await together(6, async (caller) => {
        const turned = [...given.slice(caller * 4), ...given.slice(0, caller * 4)];
        const order = caller % 2 === 0 ? turned : turned.toReversed();
        const { verdicts } = await storage.usage.ingest(order, { batchSize: 5, concurrency: 2 });
        return new Map(order.map(({ idempotencyKey }, index) => [idempotencyKey, present(verdicts[index])]));
      });
      assert.deepEqual(rejected, []);
      for (const { idempotencyKey } of given) {
        const verdicts = fulfilled.map((found) => present(found.get(idempotencyKey)));
        assert.deepEqual(statusesOf(verdicts).toSorted(), ['accepted', ...Array(5).fill('duplicate')]);
        assert.equal(new Set(recordIdsOf(verdicts)).size, 1);
      }
      assert.deepEqual(await used.total(), { total: sumTo(24), records: 24 });
    },
  ],
  'callers-at-once-that-disagree-have-one-winner': [
    'Of several callers whose events of one key differ one is accepted and counts; the others are a `conflict` with it.',
    async ({ storage }) => {
      const used = await meter(storage);
      const { fulfilled } = await together(6, async (caller) => {
        const { verdicts } = await storage.usage.ingest([used.event('wanted', { quantity: 10 ** caller })]);
        return { quantity: 10 ** caller, verdict: present(verdicts[0]) };
      });
      const verdicts = fulfilled.map(({ verdict }) => verdict);
      assert.deepEqual(statusesOf(verdicts).toSorted(), ['accepted', ...Array(5).fill('conflict')]);
      assert.equal(new Set(recordIdsOf(verdicts)).size, 1);
      const winner = fulfilled.find(({ verdict }) => verdict.status === 'accepted');
      assert.deepEqual(await used.total(), { total: winner?.quantity, records: 1 });
    },
  ],
  'a-key-that-says-something-else-is-a-conflict': [
    "An event that says something else than the customer's record of its key is a `conflict`; the first one counts.",
    async ({ storage }) => {
      const used = await meter(storage);
      const first = used.event('known', { quantity: 2, subscriptionId: 'sub_1', metadata: { region: 'eu' } });
      const { verdicts } = await storage.usage.ingest([first]);
      const others: Partial<QZPayUsageEvent>[] = [
        { quantity: 2.5 },
        { action: 'decrement' },
        { action: 'set' },
        { limitKey: 'other' },
        { timestamp: new Date(first.timestamp.getTime() + 1) },
        { subscriptionId: 'sub_2' },
        { subscriptionId: null },
        { metadata: { region: 'us' } },
        { metadata: {} },
      ];
      for (const other of others) {
        const outcome = await storage.usage.ingest([{ ...first, ...other }]);
        assert.deepEqual(statusesOf(outcome.verdicts), ['conflict'], Object.keys(other).join());
        assert.deepEqual(recordIdsOf(outcome.verdicts), recordIdsOf(verdicts));
      }
      assert.deepEqual(await used.total(), { total: 2, records: 1 });
      assert.deepEqual(await used.total({ limitKey: 'other' }), { total: 0, records: 0 });
    },
  ],
  'the-same-in-other-words-is-a-duplicate': [
    'An event that says the same is a `duplicate`: defaults that it spells out and the order of keys in its metadata say nothing.',
    async ({ storage }) => {
      const { event } = await meter(storage);
      const plain = event('plain');
      const tagged = event('tagged', { metadata: { a: 1, b: 'x', c: null } });
      await storage.usage.ingest([plain, tagged]);
      const { verdicts } = await storage.usage.ingest([
        { ...plain, action: 'increment', subscriptionId: null, metadata: {} },
        { ...plain, action: undefined, subscriptionId: undefined, metadata: undefined },
        { ...tagged, metadata: { c: null, b: 'x', a: 1 } },
      ]);
      assert.deepEqual(statusesOf(verdicts), ['duplicate', 'duplicate', 'duplicate']);
    },
  ],
  'keys-belong-to-their-customer': [
    'A key names an event once per customer: another customer may have the same.',
    async ({ storage }) => {
      const [one, other] = [await meter(storage, 'one'), await meter(storage, 'other')];
      const { accepted } = await storage.usage.ingest([one.event('same'), other.event('same', { quantity: 5 })]);
      assert.equal(accepted, 2);
      assert.deepEqual(await one.total(), { total: 1, records: 1 });
      assert.deepEqual(await other.total(), { total: 5, records: 1 });
    },
  ],
  'repetitions-in-a-batch-count-once': [
    'Each event counts once, in however many places of one batch it comes.',
    async ({ storage }) => {
      const used = await meter(storage);
      const [first, second] = [used.event('first'), used.event('second')];
      const batch = [first, second, first, { ...first, quantity: 9 }, first];
      const { verdicts } = await storage.usage.ingest(batch);
      assert.deepEqual(statusesOf(verdicts), ['accepted', 'accepted', 'duplicate', 'conflict', 'duplicate']);
      const [recordId] = recordIdsOf(verdicts);
      assert.deepEqual(recordIdsOf(verdicts.slice(2)), [recordId, recordId, recordId]);
      assert.deepEqual(await used.total(), { total: 2, records: 2 });
    },
  ],
  'unknown-customers-are-rejected': [
    'Usage of an unknown customer is rejected and stores nothing; a customer who was deleted softly still is one.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const { id: foreign } = await insertQZPayCustomer(live);
      const used = await meter(storage);
      const strangers = ['unknown', 'not-a-uuid', foreign].map((customerId) => used.event('of nobody', { customerId }));
      const { verdicts } = await storage.usage.ingest([...strangers, used.event('late')]);
      const rejected = { status: 'rejected', reason: 'unknown_customer' };
      assert.deepEqual(verdicts.slice(0, 3), [rejected, rejected, rejected]);
      assert.equal(verdicts[3]?.status, 'accepted');
      await storage.customers.delete(used.customerId);
      assert.equal((await storage.usage.ingest([used.event('later')])).accepted, 1);
      assert.deepEqual(await used.total(), { total: 2, records: 2 });
      assert.deepEqual(await used.total({ customerId: 'unknown' }), { total: 0, records: 0 });
    },
  ],
  'bad-events-do-not-disturb-their-batch': [
    'Bad events are `rejected` with the field that is missing or cannot be stored, and do not disturb their batch.',
    async ({ storage }) => {
      const used = await meter(storage);
      const bad: readonly [field: string, value: unknown][] = [
        ...[Number.NaN, Number.POSITIVE_INFINITY, '1', null].map((value): [string, unknown] => ['quantity', value]),
        ['action', 'double'],
        ['timestamp', undefined],
        ['timestamp', new Date(Number.NaN)],
        ['customerId', undefined],
        ['customerId', 'nul\0'],
        ['limitKey', null],
        ['limitKey', 'ill-formed \ud800'],
        ['subscriptionId', 'nul\0'],
        ['idempotencyKey', undefined],
        ['idempotencyKey', ''],
        ['metadata', { text: 'nul\0' }],
      ];
      const batch = bad.map(([field, value], index) => ({ ...used.event(`bad-${index}`), [field]: value }));
      const { verdicts } = await storage.usage.ingest([used.event('before'), ...batch, used.event('after')]);
      assert.deepEqual(
        verdicts.slice(1, -1),
        bad.map(([field]) => ({ status: 'rejected', reason: 'invalid_event', field })),
      );
      assert.deepEqual([verdicts[0]?.status, verdicts.at(-1)?.status], ['accepted', 'accepted']);
      assert.deepEqual(await used.total(), { total: 2, records: 2 });
    },
  ],
  'what-another-transaction-has-stored-counts-when-it-commits': [
    'An event that another transaction has stored and not committed counts once, whatever becomes of that transaction.',
    async ({ storage }) => {
      const used = await meter(storage);
      for (const [end, verdict] of [
        ['rollBack', 'accepted'],
        ['commit', 'duplicate'],
      ] as const) {
        const event = used.event(end);
        const held = await hold(storage, () => storage.usage.ingest([event]));
        const other = storage.usage.ingest([event]);
        held[end]();
        await held.ended;
        assert.deepEqual(statusesOf((await other).verdicts), [verdict]);
      }
      assert.deepEqual(await used.total(), { total: 2, records: 2 });
    },
  ],
  'limits-do-not-move': [
    "Ingestion does not move the counters of customers' limits.",
    async ({ storage }) => {
      const used = await meter(storage);
      const { customerId } = used;
      await insertQZPayCustomerLimit(storage, { customerId, limitKey: 'calls' });
      await storage.usage.ingest(events(used, 3));
      assert.equal((await storage.limits.check(customerId, 'calls'))?.currentValue, 0);
    },
  ],
  'modes-are-apart': [
    'Live and test usage know nothing of each other: neither keys nor totals.',
    async ({ storage, open }) => {
      const live = await open({ livemode: true });
      const [test, real] = [await meter(storage), await meter(live)];
      await storage.usage.ingest(events(test, 3));
      assert.equal((await live.usage.ingest([real.event('event-0')])).accepted, 1);
      assert.deepEqual(await real.total(), { total: 1, records: 1 });
      assert.deepEqual(await live.usage.total(test.query()), { total: 0, records: 0 });
      assert.deepEqual(await live.usage.series(test.query(), 'hour'), []);
      assert.equal((await live.usage.verify()).records, 1);
      assert.equal((await storage.usage.verify()).records, 3);
    },
  ],
});
