import assert from 'node:assert/strict';
import { Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { copyOf } from '../copy.js';
import { idsOf, present, rejectsInvalid, rejectsStorage, retrying, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, receiveMany, stateOf } from '../webhooks.js';

const lost = (work: Promise<unknown>) => rejectsStorage(work, 'lease_lost');

export const webhookCases = defineCases<OperationsStorage>('webhooks', 3, {
  'an-event-is-stored-whole': [
    'A new event is stored whole, due at once and claimed by nobody.',
    async ({ storage, clock }) => {
      const full = delivery('evt_full', {
        metadata: { ip: '192.0.2.1', retries: 2 },
        occurredAt: new Date('2025-12-31T23:59:59.123Z'),
        customerId: 'anybody',
      });
      const defaults = {
        status: 'pending',
        attempts: 0,
        nextRetryAt: clock.now(),
        lockedAt: null,
        lockedBy: null,
        processedAt: null,
        durationMs: null,
        error: null,
        livemode: false,
        createdAt: clock.now(),
        updatedAt: clock.now(),
      };
      const { event, duplicate } = await storage.webhooks.receive(full);
      assert.equal(duplicate, false);
      assert.ok(event.id !== '');
      assert.deepEqual(event, { ...full, ...defaults, id: event.id });
      const { event: bare } = await storage.webhooks.receive(delivery('evt_bare'));
      const nothing = { metadata: {}, occurredAt: null, customerId: null };
      assert.deepEqual(bare, { ...delivery('evt_bare'), ...nothing, ...defaults, id: bare.id });
      clock.advance(1000);
      assert.deepEqual(await stateOf(storage, 'evt_full'), event);
    },
  ],
  'a-repeated-delivery-is-a-duplicate-of-the-first': [
    'A repeated delivery is a duplicate; it changes nothing and returns the event that came first, in whatever state it is.',
    async ({ storage, clock }) => {
      const { event: first } = await storage.webhooks.receive(delivery('evt_0', { customerId: 'anybody' }));
      clock.advance(1000);
      const again = () =>
        storage.webhooks.receive(
          delivery('evt_0', { type: 'other', payload: [1], metadata: { other: true }, customerId: 'somebody' }),
        );
      assert.deepEqual(await again(), { event: first, duplicate: true });
      const claim = await claimOne(storage);
      assert.deepEqual(await again(), { event: claim, duplicate: true });
      const processed = await storage.webhooks.complete(claim);
      assert.deepEqual(await again(), { event: processed, duplicate: true });
      assert.deepEqual(await storage.webhooks.claim(), []);
    },
  ],
  'one-of-many-deliveries-is-new': [
    'Of many deliveries of one event at once one is called new, and all are shown the same event.',
    async ({ storage }) => {
      for (const id of ['evt_0', 'evt_1', 'evt_2']) {
        const { fulfilled, rejected } = await together(8, (caller) =>
          storage.webhooks.receive(delivery(id, { payload: { caller } })),
        );
        assert.deepEqual(rejected, []);
        const fresh = fulfilled.filter(({ duplicate }) => !duplicate).map(({ event }) => event);
        assert.equal(fresh.length, 1);
        for (const { event } of fulfilled) assert.deepEqual(event, fresh[0]);
      }
      assert.equal((await storage.webhooks.statistics()).counts.pending, 3);
    },
  ],
  'events-are-unique-per-provider': [
    "Events are unique per provider and provider's id: another provider may use the same id.",
    async ({ storage }) => {
      const received = [];
      for (const [provider, id] of [
        ['stripe', 'evt'],
        ['mercadopago', 'evt'],
        ['stripe', 'EVT'],
        ['stripe-evt', 'evt'],
      ] as const) {
        received.push(await storage.webhooks.receive(delivery(id, { provider })));
      }
      assert.deepEqual(
        received.map(({ duplicate }) => duplicate),
        [false, false, false, false],
      );
      assert.equal(new Set(received.map(({ event }) => event.id)).size, 4);
    },
  ],
  'payloads-come-back-as-they-came': [
    "A payload is an object or a list that JSON can hold, and comes back as it came, in a copy of the caller's own.",
    async ({ storage }) => {
      const payloads = [{}, [], [1, 'two', { three: [3] }], { deep: { er: [null, true, -0.5, 'ü"\\ 🎉'] }, text: '' }];
      for (const [index, payload] of payloads.entries()) {
        const given = copyOf(payload);
        const { event } = await storage.webhooks.receive(delivery(`evt_${index}`, { payload: given }));
        Object.assign(given, { 7: 'changed by the caller' });
        assert.deepEqual(event.payload, payload);
        Object.assign(event.payload as object, { 7: 'changed by the caller' });
        assert.deepEqual((await stateOf(storage, `evt_${index}`)).payload, payload);
      }
      assert.deepEqual(
        (await storage.webhooks.claim()).map(({ payload }) => JSON.stringify(payload)).toSorted(),
        payloads.map((payload) => JSON.stringify(payload)).toSorted(),
      );
    },
  ],
  'text-that-cannot-be-stored-is-refused': [
    'An event with text that cannot be stored is refused, and nothing of it is stored.',
    async ({ storage }) => {
      for (const bad of ['nul\0', 'ill-formed \ud800']) {
        for (const field of ['provider', 'providerEventId', 'type', 'customerId']) {
          await rejectsInvalid(storage.webhooks.receive(delivery('evt_0', { [field]: bad })), field);
        }
        for (const field of ['payload', 'metadata']) {
          await rejectsInvalid(storage.webhooks.receive(delivery('evt_0', { [field]: { bad } })), field);
        }
      }
      assert.deepEqual(await storage.webhooks.claim(), []);
    },
  ],
  'a-transaction-takes-receipt-and-claim-back': [
    'A rollback takes back what was received and claimed in the transaction, attempts included.',
    async ({ storage }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const before = await stateOf(storage, 'evt_0');
      const undone = storage.transaction(async () => {
        assert.equal((await storage.webhooks.receive(delivery('evt_1'))).duplicate, false);
        const claimed = await storage.webhooks.claim();
        assert.equal(claimed.length, 2);
        await storage.webhooks.complete(present(claimed[0]));
        await storage.webhooks.fail(present(claimed[1]), 'no');
        undo();
      });
      await assert.rejects(undone, Undone);
      assert.deepEqual(await stateOf(storage, 'evt_0'), before);
      assert.equal((await storage.webhooks.receive(delivery('evt_1'))).duplicate, false);
    },
  ],
  'received-events-survive-an-interruption': [
    'Once it has been received an event survives what cuts the storage from its data, and so does its completion.',
    async ({ storage, clock, interrupt }) => {
      await receiveMany({ storage, clock }, 2);
      const done = await storage.webhooks.complete(await claimOne(storage));
      await interrupt();
      assert.deepEqual(await retrying(() => stateOf(storage, 'evt_0')), done);
      await interrupt();
      assert.equal((await retrying(() => storage.webhooks.receive(delivery('evt_1')))).duplicate, true);
      assert.equal((await claimOne(storage)).providerEventId, 'evt_1');
    },
  ],
  'modes-are-apart': [
    'Live and test events know nothing of each other, also where a caller names the id.',
    async ({ storage, open, clock }) => {
      const live = await open({ livemode: true });
      await storage.webhooks.receive(delivery('evt_0'));
      const { event, duplicate } = await live.webhooks.receive(delivery('evt_0'));
      assert.deepEqual([duplicate, event.livemode], [false, true]);
      assert.deepEqual(idsOf(await live.webhooks.claim()), [event.id]);
      const claim = await claimOne(storage, 1000);
      await lost(live.webhooks.complete(claim));
      await lost(live.webhooks.fail(claim, new Error('foreign')));
      clock.advance(1000);
      assert.equal(await live.webhooks.recover(), 0);
      assert.equal(await storage.webhooks.recover(), 1);
      assert.equal(await live.webhooks.replay(claim.id), null);
      await storage.webhooks.complete(await claimOne(storage));
      clock.advance(1000);
      assert.equal(await live.webhooks.purge(clock.now()), 0);
      assert.equal((await live.webhooks.statistics()).counts.processed, 0);
      assert.equal((await storage.webhooks.statistics()).counts.processed, 1);
    },
  ],
});
