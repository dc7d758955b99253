import assert from 'node:assert/strict';
import { hold, Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { idsOf, rejectsStorage, together } from '../expectations.js';
import { isInProgress, isToldOf, own, planner, REQUEST, settled, unexpected } from '../idempotency.js';
import type { OperationsStorage } from '../operations.js';

export const idempotencyOwnerCases = defineCases<OperationsStorage>('idempotency', 3, {
  'who-does-not-wait-is-told-so': [
    'A caller that does not wait for the one at work is told `idempotency_in_progress`, which may be tried again.',
    async ({ storage }) => {
      const owner = await own(storage, 'slow');
      const impatient = storage.idempotent('key', REQUEST, unexpected, { waitMs: 0 });
      await isToldOf(owner, impatient, storage);
      assert.equal(await storage.idempotent('key', REQUEST, unexpected), 'slow');
    },
  ],
  'a-key-within-its-own-work-is-refused': [
    'A call of its own key within the work rejects at once instead of waiting for itself; another key may be used there.',
    async ({ storage }) => {
      const { work, stored } = planner(storage);
      await isInProgress(
        storage.idempotent('key', REQUEST, async () => {
          await work();
          return storage.idempotent('key', REQUEST, unexpected);
        }),
      );
      assert.deepEqual(await stored(), []);
      const nested = () => storage.idempotent('inner', REQUEST, async () => 'inner');
      assert.equal(await storage.idempotent('key', REQUEST, nested), 'inner');
      assert.equal(await storage.idempotent('inner', REQUEST, unexpected), 'inner');
    },
  ],
  'an-expired-lease-is-taken-over': [
    'After its lease a caller may be taken over, and not before: then its work is rolled back with `lease_lost`.',
    async ({ storage, open, clock }) => {
      const elsewhere = await open({ livemode: false });
      const owner = await own(storage, 'slow', { leaseMs: 1000 });
      const { concurrentTransactions } = storage.capabilities;
      const impatient = () => elsewhere.idempotent('key', REQUEST, unexpected, { waitMs: 0 });
      clock.advance(999);
      if (concurrentTransactions) await isInProgress(impatient());
      clock.advance(1);
      // A store with one connection lets nobody in before the work has ended, and then nobody has taken over.
      const successor = concurrentTransactions ? await own(elsewhere, 'fast') : owner;
      owner.end();
      await settled(owner.result);
      const meanwhile = impatient();
      await settled(meanwhile);
      successor.end();
      if (concurrentTransactions) {
        await rejectsStorage(owner.result, 'lease_lost');
        await isInProgress(meanwhile);
      }
      const result = await successor.result;
      assert.deepEqual(idsOf((await storage.plans.list()).data), [result]);
      assert.equal(await storage.idempotent('key', REQUEST, unexpected), result);
    },
  ],
  'a-slow-caller-whom-nobody-took-over-keeps-its-result': [
    'Work that takes longer than its lease is kept as long as nobody has taken over.',
    async ({ storage, clock }) => {
      const { work, stored } = planner(storage);
      const slow = async () => {
        clock.advance(5000);
        return (await work()).id;
      };
      assert.equal(await storage.idempotent('key', REQUEST, slow, { leaseMs: 1000 }), 'plan-1');
      assert.equal(await storage.idempotent('key', REQUEST, unexpected), 'plan-1');
      assert.deepEqual(await stored(), ['plan-1']);
    },
  ],
  'one-of-many-takes-over': [
    'Of many callers that come after the lease of one that vanished one runs the work, and all get its result.',
    async ({ storage, open, clock }) => {
      const elsewhere = await open({ livemode: false });
      const owner = await own(storage, 'slow', { leaseMs: 1000 });
      clock.advance(1000);
      const { work, runs } = planner(elsewhere);
      const others = together(6, () => elsewhere.idempotent('key', REQUEST, async () => (await work()).id));
      if (!storage.capabilities.concurrentTransactions) owner.end();
      const { fulfilled, rejected } = await others;
      owner.end();
      const [first] = await Promise.allSettled([owner.result]);
      assert.deepEqual(rejected, []);
      assert.equal(new Set(fulfilled).size, 1);
      assert.equal(runs() + (first.status === 'fulfilled' ? 1 : 0), 1);
      assert.equal((await storage.plans.list()).total, 1);
    },
  ],
  'inside-a-transaction-all-goes-with-its-rollback': [
    'Inside a transaction key, work and result belong to it: a rollback frees the key, also for another request.',
    async ({ storage }) => {
      const { work, runs, stored } = planner(storage);
      const undone = storage.transaction(async () => {
        const first = await storage.idempotent('key', REQUEST, work);
        assert.deepEqual(await storage.idempotent('key', REQUEST, work), first);
        undo();
      });
      await assert.rejects(undone, Undone);
      assert.deepEqual([runs(), await stored()], [1, []]);
      const kept = await storage.transaction(() => storage.idempotent('key', 'another request', work));
      assert.deepEqual(await storage.idempotent('key', 'another request', unexpected), kept);
      const replayed = await storage.transaction(() => storage.idempotent('key', 'another request', unexpected));
      assert.deepEqual(replayed, kept);
      assert.deepEqual(await stored(), [kept.id]);
    },
  ],
  'inside-a-transaction-a-failure-undoes-its-own-part': [
    'Inside a transaction work that throws is undone alone, and its key is free; what the transaction did besides stays.',
    async ({ storage }) => {
      const { work, stored } = planner(storage);
      await storage.transaction(async () => {
        await work();
        const failing = storage.idempotent('key', REQUEST, async () => {
          await work();
          undo();
        });
        await assert.rejects(failing, Undone);
        assert.equal(await storage.idempotent('key', 'another request', async () => 'done'), 'done');
      });
      assert.deepEqual(await stored(), ['plan-1']);
    },
  ],
  'others-wait-for-the-transaction-that-has-the-key': [
    'Other callers wait for the end of a transaction that has the key: they get its result, or run the work if it rolls back.',
    async ({ storage, open }) => {
      const elsewhere = await open({ livemode: false });
      for (const end of ['commit', 'rollBack'] as const) {
        const held = await hold(storage, () => storage.idempotent(end, REQUEST, async () => 'inside'));
        const other = elsewhere.idempotent(end, REQUEST, async () => 'outside');
        held[end]();
        await held.ended;
        assert.equal(await other, end === 'commit' ? 'inside' : 'outside');
        assert.equal(await storage.idempotent(end, REQUEST, unexpected), await other);
      }
    },
  ],
  'a-key-at-work-rejects-at-once-inside-a-transaction': [
    'Inside a transaction a key that somebody else is at rejects at once.',
    async ({ storage, open }) => {
      const elsewhere = await open({ livemode: false });
      const owner = await own(storage, 'slow');
      await isToldOf(
        owner,
        elsewhere.transaction(() => elsewhere.idempotent('key', REQUEST, unexpected)),
        storage,
      );
    },
  ],
});
