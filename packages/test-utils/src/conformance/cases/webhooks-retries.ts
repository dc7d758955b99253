import assert from 'node:assert/strict';
import type { QZPayWebhookEvent } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/index.js';
import { undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, present, rejectsStorage, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, giveUp, LEASE, NOTHING_DONE, receiveMany, stateOf } from '../webhooks.js';

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

export const webhookRetryCases = defineCases<OperationsStorage>('webhooks', 3, {
  'a-failed-event-is-due-again-after-a-delay': [
    'An event that fails is due again after a delay and not before; the instant is returned, and the reason is kept.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const claim = await claimOne(storage);
      const failedAt = clock.now();
      const retryAt = present(await storage.webhooks.fail(claim, new Error('declined')));
      assert.ok(retryAt > failedAt, 'The event is due again at once.');
      assert.deepEqual(await stateOf(storage, 'evt_0'), {
        ...claim,
        status: 'failed',
        nextRetryAt: retryAt,
        lockedAt: null,
        lockedBy: null,
        error: 'declined',
        updatedAt: failedAt,
      });
      clock.set(retryAt.getTime() - 1);
      assert.deepEqual(await storage.webhooks.claim(), []);
      clock.set(retryAt);
      assert.equal((await claimOne(storage)).attempts, 2);
    },
  ],
  'any-error-can-be-a-reason': [
    'Of the error its message is kept, cut to 2000 characters; whatever was thrown ends the claim.',
    async ({ storage, clock }) => {
      const errors = [new Error('x'.repeat(5000)), 'text', undefined, { code: 1 }, new Error('nul\0 and \ud800')];
      await receiveMany({ storage, clock }, errors.length);
      const kept: string[] = [];
      for (const error of errors) {
        const { providerEventId, ...claim } = await claimOne(storage);
        assert.ok(await storage.webhooks.fail(claim, error));
        kept.push(present((await stateOf(storage, providerEventId)).error));
      }
      assert.deepEqual(kept.slice(0, 2), ['x'.repeat(2000), 'text']);
    },
  ],
  'used-up-attempts-make-a-dead-letter': [
    'An event that fails becomes a dead letter when its attempts are used up: it is kept whole and never claimed again.',
    async ({ storage, clock }) => {
      const payload = { amount: 5 };
      await storage.webhooks.receive(delivery('evt_0', { payload }));
      assert.deepEqual(await storage.webhooks.deadLetters(), []);
      const last = await giveUp({ storage, clock });
      const [letter, ...others] = await storage.webhooks.deadLetters();
      assert.deepEqual(others, []);
      assert.deepEqual(letter, {
        id: present(letter).id,
        eventId: last.id,
        provider: 'stripe',
        providerEventId: 'evt_0',
        type: 'invoice.paid',
        payload,
        error: 'declined',
        attempts: last.attempts,
        lastAttemptAt: clock.now(),
        createdAt: clock.now(),
      });
      assert.equal((await stateOf(storage, 'evt_0')).status, 'dead_letter');
      clock.advance(1e10);
      assert.deepEqual(await storage.webhooks.claim(), []);
      assert.equal((await storage.webhooks.receive(delivery('evt_0'))).duplicate, true);
      await rejectsStorage(storage.webhooks.complete(last), 'lease_lost');
    },
  ],
  'crashes-use-up-attempts': [
    'Every claim is an attempt, also one whose worker crashed: an event that crashes its workers becomes a dead letter.',
    async ({ storage, clock }) => {
      const crash = async () => {
        await claimOne(storage, 1000);
        clock.advance(1000);
        assert.equal(await storage.webhooks.recover(), 1);
      };
      await storage.webhooks.receive(delivery('failing'));
      const { attempts } = await giveUp({ storage, clock });
      await storage.webhooks.receive(delivery('crashing'));
      for (let crashes = 1; crashes < attempts; crashes += 1) await crash();
      assert.equal((await storage.webhooks.deadLetters()).length, 1);
      await crash();
      const letters = await storage.webhooks.deadLetters();
      assert.deepEqual(
        letters.map((letter) => [letter.providerEventId, letter.attempts]),
        [
          ['failing', attempts],
          ['crashing', attempts],
        ],
      );
      assert.deepEqual(await storage.webhooks.claim(), []);
      assert.equal((await storage.webhooks.deadLetters(1))[0]?.providerEventId, 'failing');
    },
  ],
  'expired-leases-are-recovered': [
    'Recovery ends the leases that have expired and no others; the events are due again at once.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 3);
      const crashed = [await claimOne(storage, 1000), await claimOne(storage, 1000)];
      await claimOne(storage, 1001);
      clock.advance(999);
      assert.equal(await storage.webhooks.recover(), 0);
      assert.deepEqual(await storage.webhooks.claim(), []);
      clock.advance(1);
      assert.equal(await storage.webhooks.recover(), 2);
      assert.equal(await storage.webhooks.recover(), 0);
      const { status, lockedAt, lockedBy, nextRetryAt } = await stateOf(storage, 'evt_0');
      assert.deepEqual([status, lockedAt, lockedBy, nextRetryAt], ['failed', null, null, clock.now()]);
      const again = await storage.webhooks.claim();
      assert.deepEqual(idsOf(again).toSorted(), idsOf(crashed).toSorted());
      assert.deepEqual(
        again.map(({ attempts }) => attempts),
        [2, 2],
      );
    },
  ],
  'a-lease-is-recovered-once': [
    'Of many callers at once each expired lease is recovered by one, and the event goes to one worker again.',
    async ({ storage, clock }) => {
      await receiveMany({ storage, clock }, 6);
      await storage.webhooks.claim(6, 1000);
      clock.advance(1000);
      const { fulfilled, rejected } = await together(6, async () => {
        const recovered = await storage.webhooks.recover();
        return { recovered, claimed: await storage.webhooks.claim(6, LEASE) };
      });
      assert.deepEqual(rejected, []);
      assert.equal(sum(fulfilled.map(({ recovered }) => recovered)), 6);
      const claimed = fulfilled.flatMap((one) => one.claimed);
      assert.equal(new Set(idsOf(claimed)).size, 6);
      assert.equal(claimed.length, 6);
    },
  ],
  'a-replay-starts-anew': [
    'A replay makes a dead letter, or an event that waits for its next attempt, due now with no attempt counted, and resolves its letter.',
    async ({ storage, clock }) => {
      const { event } = await storage.webhooks.receive(delivery('evt_0'));
      await storage.webhooks.fail(await claimOne(storage), new Error('declined'));
      assert.equal((await storage.webhooks.replay(event.id))?.attempts, 0);
      const { attempts } = await giveUp({ storage, clock });
      clock.advance(5000);
      const replayed = present(await storage.webhooks.replay(event.id));
      const { status, nextRetryAt, lockedBy, updatedAt } = replayed;
      assert.deepEqual([status, nextRetryAt, lockedBy, updatedAt], ['pending', clock.now(), null, clock.now()]);
      assert.deepEqual(await stateOf(storage, 'evt_0'), replayed);
      assert.deepEqual(await storage.webhooks.deadLetters(), []);
      const again = await giveUp({ storage, clock }, 'declined again');
      assert.equal(again.attempts, attempts);
      const [letter, ...others] = await storage.webhooks.deadLetters();
      assert.deepEqual([letter?.eventId, letter?.error, others.length], [event.id, 'declined again', 0]);
    },
  ],
  'other-states-are-not-replayed': [
    'A replay of an unknown event, or of one in any other state, gives null and changes nothing.',
    async ({ storage }) => {
      const { event } = await storage.webhooks.receive(delivery('evt_0'));
      const refused = async () => {
        const before = await stateOf(storage, 'evt_0');
        assert.equal(await storage.webhooks.replay(event.id), null);
        assert.deepEqual(await stateOf(storage, 'evt_0'), before);
      };
      await refused();
      const claim = await claimOne(storage);
      await refused();
      await storage.webhooks.complete(claim);
      await refused();
      for (const id of ['unknown', '', 'nul\0']) assert.equal(await storage.webhooks.replay(id), null);
    },
  ],
  'a-letter-is-replayed-once': [
    'Of many callers that replay an event at once one gets it.',
    async ({ storage, clock }) => {
      await storage.webhooks.receive(delivery('evt_0'));
      const { id } = await giveUp({ storage, clock });
      const { fulfilled, rejected } = await together(6, () => storage.webhooks.replay(id));
      assert.deepEqual(rejected, []);
      assert.equal(fulfilled.filter((found) => found !== null).length, 1);
    },
  ],
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
