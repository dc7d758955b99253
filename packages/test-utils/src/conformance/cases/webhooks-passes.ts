import assert from 'node:assert/strict';
import type { QZPayWebhookEvent } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/index.js';
import { undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, present, rejectsInvalid, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, giveUp, NOTHING_DONE, receiveMany, stateOf } from '../webhooks.js';

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

export const webhookPassCases = defineCases<OperationsStorage>('webhooks', 3, {
  'a-pass-handles-its-batch': [
    'A pass hands the events of a batch to the handler, one after the other, and completes each, or fails it with what the handler threw.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 4);
      const seen: string[] = [];
      let running = 0;
      const handler = async (event: QZPayWebhookEvent) => {
        running += 1;
        assert.equal(running, 1);
        seen.push(event.providerEventId);
        assert.deepEqual(event, await stateOf(storage, event.providerEventId));
        running -= 1;
        if (event.providerEventId === 'evt_1') undo();
      };
      assert.deepEqual(await storage.webhooks.process(handler, { batch: 3 }), {
        ...NOTHING_DONE,
        processed: 2,
        failed: 1,
      });
      assert.deepEqual(seen, ['evt_0', 'evt_1', 'evt_2']);
      assert.deepEqual((await storage.webhooks.statistics()).counts, {
        pending: 1,
        processing: 0,
        processed: 2,
        failed: 1,
        dead_letter: 0,
      });
      assert.equal((await stateOf(storage, 'evt_1')).error, 'to be rolled back');
    },
  ],
  'a-pass-recovers-first': [
    'A pass recovers expired leases of others before it claims, and gives up what fails for the last time.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      await claimOne(storage, 1000);
      clock.advance(1000);
      let passes = 0;
      for (let result = NOTHING_DONE; result.deadLettered === 0; passes += 1) {
        assert.ok(passes < 1000, 'The event is not given up.');
        result = await storage.webhooks.process(() => Promise.reject(new Error('declined')));
        assert.equal(result.recovered, passes === 0 ? 1 : 0);
        assert.equal(result.failed + result.deadLettered, 1);
        clock.set((await stateOf(storage, 'evt_0')).nextRetryAt);
      }
      assert.deepEqual(await storage.webhooks.process(() => assert.fail('It was given up.')), NOTHING_DONE);
    },
  ],
  'a-pass-leaves-what-its-lease-no-longer-covers': [
    'An event whose lease ended before its turn is left to others, and one that was recovered in its turn is lost.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 2);
      const seen: string[] = [];
      const slow = async ({ providerEventId }: QZPayWebhookEvent) => {
        seen.push(providerEventId);
        clock.advance(1000);
        assert.equal(await storage.webhooks.recover(), 2);
      };
      assert.deepEqual(await storage.webhooks.process(slow, { leaseMs: 1000 }), { ...NOTHING_DONE, lost: 2 });
      assert.deepEqual(seen, ['evt_0']);
      assert.equal((await storage.webhooks.claim()).length, 2);
    },
  ],
  'what-a-pass-leaves-counts-no-attempt': [
    'An event that a pass leaves because its lease ended before its turn is due at once, and was not attempted.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 2);
      const slow = async () => {
        clock.advance(1000);
      };
      const expected = { ...NOTHING_DONE, processed: 1, lost: 1 };
      assert.deepEqual(await storage.webhooks.process(slow, { leaseMs: 1000 }), expected);
      const left = await stateOf(storage, 'evt_1');
      assert.deepEqual([left.attempts, left.lockedAt, left.lockedBy], [0, null, null]);
      assert.equal((await claimOne(storage)).attempts, 1);
    },
  ],
  'a-batch-of-none-is-refused': [
    'A pass rejects a batch outside 1…10 000 with `validation`, before anything happens.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 1);
      await claimOne(storage, 1000);
      clock.advance(1000);
      for (const batch of [0, -1, 0.5, 10_001]) {
        await rejectsInvalid(storage.webhooks.process(() => assert.fail('Nothing was asked for.'), { batch }));
      }
      assert.equal(await storage.webhooks.recover(), 1);
    },
  ],
  'an-atomic-handler-rolls-back-with-its-event': [
    'Of an atomic pass each handler and the completion of its event are one transaction; otherwise what a handler did stays.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 4);
      const handler = async ({ providerEventId }: QZPayWebhookEvent) => {
        await insertQZPayPlan(storage, { id: providerEventId });
        if (providerEventId === 'evt_1' || providerEventId === 'evt_3') undo();
      };
      const expected = { ...NOTHING_DONE, processed: 1, failed: 1 };
      assert.deepEqual(await storage.webhooks.process(handler, { batch: 2, atomic: true }), expected);
      assert.deepEqual(idsOf((await storage.plans.list()).data), ['evt_0']);
      assert.deepEqual(await storage.webhooks.process(handler, { batch: 2 }), expected);
      assert.deepEqual(idsOf((await storage.plans.list()).data).toSorted(), ['evt_0', 'evt_2', 'evt_3']);
    },
  ],
  'workers-at-once-share-the-events': [
    'However many workers process at once, each event is handled by one of them.',
    async ({ storage, clock, open }) => {
      const elsewhere = await open({ livemode: false });
      const received = await receiveMany({ storage, clock }, 18);
      const seen: string[] = [];
      const handler = async ({ id }: QZPayWebhookEvent) => {
        seen.push(id);
      };
      const { fulfilled, rejected } = await together(6, async (worker) => {
        const own = worker % 2 === 0 ? storage : elsewhere;
        for (let total = 0; ; ) {
          const { processed, ...others } = await own.webhooks.process(handler, { batch: 2, atomic: worker % 3 === 0 });
          assert.deepEqual({ ...others, processed: 0 }, NOTHING_DONE);
          if (processed === 0) return total;
          total += processed;
        }
      });
      assert.deepEqual(rejected, []);
      assert.equal(sum(fulfilled), 18);
      assert.deepEqual(seen.toSorted(), received.toSorted());
    },
  ],
  'statistics-tell-each-state': [
    'Statistics count the events in each state, and tell since when the oldest waits and when the first lease ends.',
    async ({ storage, clock }) => {
      const counts = { pending: 0, processing: 0, processed: 0, failed: 0, dead_letter: 0 };
      assert.deepEqual(await storage.webhooks.statistics(), { counts, oldestDueAt: null, firstLeaseEndsAt: null });
      await storage.webhooks.receive(delivery('dead'));
      await giveUp({ storage, clock });
      const start = clock.now();
      await receiveMany({ storage, clock }, 5);
      await storage.webhooks.complete(await claimOne(storage));
      await storage.webhooks.fail(await claimOne(storage), new Error('declined'));
      await claimOne(storage, 5000);
      await claimOne(storage, 4000);
      const all = { ...counts, pending: 1, processing: 2, processed: 1, failed: 1, dead_letter: 1 };
      assert.deepEqual(await storage.webhooks.statistics(), {
        counts: all,
        oldestDueAt: new Date(start.getTime() + 4),
        firstLeaseEndsAt: new Date(clock.now().getTime() + 4000),
      });
      // From the second of the five up to but without the last one.
      const period = { from: new Date(start.getTime() + 1), to: new Date(start.getTime() + 4) };
      const part = await storage.webhooks.statistics(period);
      assert.deepEqual(part.counts, { ...counts, processing: 2, failed: 1 });
    },
  ],
  'old-processed-events-are-purged': [
    'A purge removes events processed before the instant, oldest first, at most `limit`; a removed event is new again.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 5);
      for (let done = 0; done < 4; done += 1) {
        await storage.webhooks.complete(await claimOne(storage));
        clock.advance(1000);
      }
      const last = (await stateOf(storage, 'evt_3')).processedAt;
      assert.equal(await storage.webhooks.purge(present(last), 2), 2);
      assert.equal(await storage.webhooks.purge(present(last)), 1);
      assert.equal(await storage.webhooks.purge(present(last)), 0);
      for (const [id, duplicate] of [
        ['evt_3', true],
        ['evt_4', true],
        ['evt_0', false],
      ] as const) {
        assert.equal((await storage.webhooks.receive(delivery(id))).duplicate, duplicate, id);
      }
    },
  ],
});
