import assert from 'node:assert/strict';
import type { QZPayWebhookEvent } from '@qzpay/core';
import { insertQZPayPlan } from '../../fixtures/index.js';
import { hold, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, present, rejectsInvalid, rejectsStorage, together } from '../expectations.js';
import type { OperationsStorage } from '../operations.js';
import { claimOne, delivery, LEASE, receiveMany, stateOf } from '../webhooks.js';

const lost = (work: Promise<unknown>) => rejectsStorage(work, 'lease_lost');

export const webhookClaimCases = defineCases<OperationsStorage>('webhooks', 3, {
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
});
