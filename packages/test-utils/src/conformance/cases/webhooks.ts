import assert from 'node:assert/strict';
import type { QZPayWebhookEvent } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/index.js';
import { hold, Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, present, rejectsInvalid, rejectsStorage, retrying, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, LEASE, receiveMany, stateOf } from '../webhooks.js';

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
        const given = structuredClone(payload);
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
  'the-longest-due-are-claimed-first': [
    'A claim takes the events that are due, the longest due first, at most `limit`, and names itself, its instant and its end.',
    async ({ storage, clock }) => {
      const received = await receiveMany({ storage, clock }, 4);
      clock.advance(-2000);
      const { event: early } = await storage.webhooks.receive(delivery('early'));
      clock.advance(5000);
      const claimed = await storage.webhooks.claim(3, 1234);
      assert.deepEqual(idsOf(claimed), [early.id, ...received.slice(0, 2)]);
      const [first] = claimed;
      assert.ok(typeof first?.lockedBy === 'string' && first.lockedBy !== '');
      assert.deepEqual(first, {
        ...early,
        status: 'processing',
        attempts: 1,
        lockedAt: clock.now(),
        lockedBy: first.lockedBy,
        nextRetryAt: new Date(clock.now().getTime() + 1234),
        updatedAt: clock.now(),
      });
      assert.deepEqual(await stateOf(storage, 'early'), first);
      const rest = await storage.webhooks.claim();
      assert.deepEqual(idsOf(rest), received.slice(2));
      assert.notEqual(rest[0]?.lockedBy, first.lockedBy);
      assert.deepEqual(await storage.webhooks.claim(), []);
    },
  ],
  'limits-of-claims': [
    'A claim takes at most `limit` events, 20 unless told otherwise, none for 0; a limit outside 0…10 000 is refused.',
    async ({ storage, clock }) => {
      for (const limit of [-1, 10_001, 0.5, Number.NaN]) await rejectsInvalid(storage.webhooks.claim(limit), 'limit');
      await receiveMany({ storage, clock }, 23);
      assert.deepEqual(await storage.webhooks.claim(0), []);
      assert.equal((await storage.webhooks.claim()).length, 20);
      assert.equal((await storage.webhooks.claim(10_000)).length, 3);
    },
  ],
  'an-event-goes-to-one-worker': [
    'No event is given to two workers, however many claim at once.',
    async ({ storage, clock, open }) => {
      const elsewhere = await open({ livemode: false });
      const received = await receiveMany({ storage, clock }, 30);
      const claimed: QZPayWebhookEvent[] = [];
      for (let found = -1; claimed.length > found; ) {
        found = claimed.length;
        const { fulfilled, rejected } = await together(8, (caller) =>
          (caller % 2 === 0 ? storage : elsewhere).webhooks.claim(1, LEASE),
        );
        assert.deepEqual(rejected, []);
        claimed.push(...fulfilled.flat());
      }
      assert.deepEqual(idsOf(claimed).toSorted(), received.toSorted());
      assert.ok(claimed.every(({ attempts }) => attempts === 1));
    },
  ],
  'a-claim-waits-for-no-other': [
    'A claim does not wait for a worker that has claimed events and not committed: it passes them over.',
    async ({ storage, clock, open }) => {
      const elsewhere = await open({ livemode: false });
      const [first, ...others] = await receiveMany({ storage, clock }, 3);
      const held = await hold(storage, async () => assert.equal((await claimOne(storage)).id, first));
      const claiming = elsewhere.webhooks.claim();
      // A store with one connection answers when the transaction has ended.
      if (storage.capabilities.concurrentTransactions) assert.deepEqual(idsOf(await claiming), others);
      held.commit();
      await held.ended;
      assert.deepEqual(idsOf(await claiming), others);
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
  'completing-ends-the-claim': [
    'Completing an event makes it processed and lets go of it; it is never claimed again.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      clock.set(present(await storage.webhooks.fail(await claimOne(storage), new Error('once'))));
      const claim = await claimOne(storage);
      clock.advance(250);
      const processed = await storage.webhooks.complete(claim);
      assert.deepEqual(processed, {
        ...claim,
        status: 'processed',
        attempts: 2,
        nextRetryAt: processed.nextRetryAt,
        lockedAt: null,
        lockedBy: null,
        processedAt: clock.now(),
        durationMs: 250,
        error: null,
        updatedAt: clock.now(),
      });
      assert.deepEqual(await stateOf(storage, 'evt_0'), processed);
      clock.advance(10 * LEASE);
      assert.equal(await storage.webhooks.recover(), 0);
      assert.deepEqual(await storage.webhooks.claim(), []);
    },
  ],
  'an-event-is-completed-once': [
    'A claim is completed at most once: of many callers one succeeds, and the others get `lease_lost`.',
    async ({ storage }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const claim = await claimOne(storage);
      const { fulfilled, rejected } = await together(6, () => storage.webhooks.complete(claim));
      assert.equal(fulfilled.length, 1);
      for (const error of rejected) await lost(Promise.reject(error as Error));
      await lost(storage.webhooks.complete(claim));
      assert.deepEqual(await stateOf(storage, 'evt_0'), fulfilled[0]);
    },
  ],
  'a-claim-ends-in-one-way': [
    'Of callers that complete, fail and recover one claim at once one succeeds.',
    async ({ storage, clock }) => {
      for (let round = 0; round < 4; round += 1) {
        await storage.webhooks.receive(delivery(`evt_${round}`));
        const claim = await claimOne(storage, 1000);
        clock.advance(1000);
        const { fulfilled } = await together(6, async (caller) => {
          if (caller % 3 === 0) return storage.webhooks.complete(claim);
          if (caller % 3 === 1) return storage.webhooks.fail(claim, new Error('declined'));
          return (await storage.webhooks.recover()) === 1 ? 'recovered' : undo();
        });
        assert.equal(fulfilled.length, 1);
        const { status } = await stateOf(storage, `evt_${round}`);
        assert.equal(status, (fulfilled[0] as Partial<QZPayWebhookEvent>).status ?? 'failed');
        // Away with it, so that the next round claims its own.
        clock.advance(-2000);
      }
    },
  ],
  'a-claim-that-ended-is-lost': [
    'A claim that has ended, by failure, by recovery or by a replay, can neither be completed nor failed.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const stale: QZPayWebhookEvent[] = [];
      const next = async (end: (claim: QZPayWebhookEvent) => Promise<unknown>) => {
        const claim = await claimOne(storage, 1000);
        await end(claim);
        stale.push(claim);
        for (const one of stale) {
          await lost(storage.webhooks.complete(one));
          await lost(storage.webhooks.fail(one, new Error('late')));
        }
      };
      await next((claim) => storage.webhooks.fail(claim, new Error('declined')));
      await storage.webhooks.replay(present(stale[0]).id);
      await next(async () => {
        clock.advance(1000);
        assert.equal(await storage.webhooks.recover(), 1);
      });
      await next((claim) => storage.webhooks.complete(claim));
      assert.equal((await stateOf(storage, 'evt_0')).status, 'processed');
      await lost(storage.webhooks.complete({ ...present(stale[2]), id: 'unknown' }));
    },
  ],
  'a-late-worker-completes-unless-somebody-recovered': [
    'After the end of its lease a claim can still be completed as long as nobody has recovered the event.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 2);
      const [first, second] = [await claimOne(storage, 1000), await claimOne(storage, 5000)];
      clock.advance(30 * 86_400_000);
      assert.deepEqual(await storage.webhooks.claim(), []);
      assert.equal((await storage.webhooks.complete(first)).status, 'processed');
      assert.equal(await storage.webhooks.recover(), 1);
      await lost(storage.webhooks.complete(second));
    },
  ],
  'a-lost-lease-rolls-the-work-back': [
    'Work and completion in one transaction: a lost lease rolls the work back.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const stale = await claimOne(storage, 1000);
      clock.advance(1000);
      await storage.webhooks.recover();
      const work = (id: string, claim: QZPayWebhookEvent) =>
        storage.transaction(async () => {
          await insertQZPayPlan(storage, { id });
          await storage.webhooks.complete(claim);
        });
      await lost(work('late', stale));
      await work('in-time', await claimOne(storage));
      assert.deepEqual(idsOf((await storage.plans.list()).data), ['in-time']);
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
