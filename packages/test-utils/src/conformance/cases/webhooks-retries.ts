import assert from 'node:assert/strict';
import { defineCases } from '../case.js';
import { idsOf, present, rejectsStorage, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, giveUp, LEASE, receiveMany, stateOf } from '../webhooks.js';

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
});
