import assert from 'node:assert/strict';
import type { QZPayCustomer, QZPayStorageAdapter } from '@qzpay/core';
import { insertQZPayCustomer } from '../../fixtures/customers.js';
import { gate, hold, Undone, undo } from '../barrier.js';
import { defineCases } from '../case.js';
import { everything, storeOneOfEach } from '../every-method.js';
import { rejectsConflict, rejectsStorage } from '../expectations.js';

const customer = (storage: QZPayStorageAdapter, externalId: string): Promise<QZPayCustomer> =>
  insertQZPayCustomer(storage, { externalId });

async function externalIds(storage: QZPayStorageAdapter): Promise<string[]> {
  return (await storage.customers.list()).data.map(({ externalId }) => externalId).toSorted();
}

export const transactionCases = defineCases('transactions', 1, {
  'commit-everything-and-pass-the-value-on': [
    'A transaction returns what its callback returns, and commits what it did.',
    async ({ storage }) => {
      const value = { answer: 42 };
      const returned = await storage.transaction(async () => {
        await customer(storage, 'a');
        await customer(storage, 'b');
        return value;
      });
      assert.equal(returned, value);
      assert.equal(await storage.transaction(async () => {}), undefined);
      assert.deepEqual(await externalIds(storage), ['a', 'b']);
    },
  ],
  'commit-or-roll-back-every-collection-together': [
    'Everything that the callback does through this storage commits or rolls back together, although nothing is passed in.',
    async ({ storage }) => {
      const before = await everything(storage);
      let inside: unknown;
      const work = async () => {
        await storeOneOfEach(storage);
        inside = await everything(storage);
        undo();
      };
      await assert.rejects(storage.transaction(work), Undone);
      assert.notDeepEqual(inside, before);
      assert.deepEqual(await everything(storage), before);
      const stored = await storage.transaction(async () => {
        await storeOneOfEach(storage);
        return everything(storage);
      });
      assert.deepEqual(await everything(storage), stored);
    },
  ],
  'roll-back-changes-and-deletions': [
    'After a rollback every record is as it was before, the time of its last change included.',
    async ({ storage, clock }) => {
      await storeOneOfEach(storage);
      const { id } = await customer(storage, 'deleted and back');
      const before = await everything(storage);
      clock.advance(1000);
      const work = async () => {
        await storage.customers.update(id, { name: 'changed', providerCustomerIds: { stripe: 'cus' } });
        await storage.customers.delete(id);
        await storage.invoices.update('inv_test', { lines: [], status: 'void' });
        await storage.payments.update('pay_test', { status: 'refunded' });
        await storage.promoCodes.atomicIncrementRedemptions('promo_test');
        await storage.plans.delete('plan_test');
        await storage.addons.removeFromSubscription('sub_test', 'addon_test');
        assert.equal(await storage.customers.findById(id), null);
        undo();
      };
      await assert.rejects(storage.transaction(work), Undone);
      assert.deepEqual(await everything(storage), before);
    },
  ],
  'reject-with-the-very-error': [
    'A transaction rejects with the error of its callback.',
    async ({ storage }) => {
      const thrown = [new Undone('an error'), { not: 'an error' }, 'a text'];
      for (const reason of thrown) {
        const outcome = await storage
          .transaction(() => Promise.reject(reason as Error))
          .catch((error: unknown) => ({ caught: error }));
        assert.equal((outcome as { caught: unknown }).caught, reason);
      }
      await customer(storage, 'taken');
      await rejectsConflict(
        storage.transaction(() => customer(storage, 'taken')),
        'already_exists',
      );
    },
  ],
  'reach-calls-at-any-depth-without-a-handle': [
    'Everything that the callback does, however deep, belongs to the transaction, although nothing is passed in.',
    async ({ storage }) => {
      const viaMicrotask = () => Promise.resolve().then(() => customer(storage, 'microtask'));
      const viaTimer = () => new Promise((resolve) => setImmediate(resolve)).then(() => customer(storage, 'timer'));
      async function* viaGenerator() {
        yield await customer(storage, 'generator');
      }
      await assert.rejects(
        storage.transaction(async () => {
          await viaMicrotask();
          await viaTimer();
          for await (const made of viaGenerator()) assert.equal(made.externalId, 'generator');
          await Promise.all(['all-1', 'all-2', 'all-3'].map((id) => customer(storage, id)));
          assert.equal((await externalIds(storage)).length, 6);
          undo();
        }),
        Undone,
      );
      assert.deepEqual(await externalIds(storage), []);
    },
  ],
  'run-operations-in-parallel': [
    'Operations may run in parallel inside.',
    async ({ storage }) => {
      const made = await storage.transaction(() =>
        Promise.all(Array.from({ length: 20 }, (_, index) => customer(storage, `user-${index}`))),
      );
      assert.equal(new Set(made.map(({ id }) => id)).size, 20);
      assert.equal((await storage.customers.list()).total, 20);
    },
  ],
  'nested-roll-back-alone': [
    'A call inside another one rolls back on its own.',
    async ({ storage }) => {
      await storage.transaction(async () => {
        await customer(storage, 'before');
        await assert.rejects(
          storage.transaction(async () => {
            await customer(storage, 'inner');
            await storage.transaction(() => customer(storage, 'innermost'));
            undo();
          }),
          Undone,
        );
        assert.deepEqual(await externalIds(storage), ['before']);
        await customer(storage, 'after');
      });
      assert.deepEqual(await externalIds(storage), ['after', 'before']);
    },
  ],
  'nested-failures-of-the-store-roll-back-alone': [
    'A call inside another one rolls back on its own, also when the store refused what it did.',
    async ({ storage }) => {
      await customer(storage, 'taken');
      await storage.transaction(async () => {
        await customer(storage, 'before');
        await rejectsConflict(
          storage.transaction(async () => {
            await customer(storage, 'inner');
            await customer(storage, 'taken');
          }),
          'already_exists',
        );
        await customer(storage, 'after');
      });
      assert.deepEqual(await externalIds(storage), ['after', 'before', 'taken']);
    },
  ],
  'nested-commit-with-the-outer-one': [
    'A call inside another one commits with the outer one: the outer rollback undoes it.',
    async ({ storage }) => {
      const nested = async (end: () => void) => {
        await customer(storage, 'outer');
        assert.equal(await storage.transaction(async () => (await customer(storage, 'inner')).externalId), 'inner');
        end();
      };
      await assert.rejects(
        storage.transaction(() => nested(undo)),
        Undone,
      );
      assert.deepEqual(await externalIds(storage), []);
      await storage.transaction(() => nested(() => {}));
      assert.deepEqual(await externalIds(storage), ['inner', 'outer']);
    },
  ],
  'siblings-in-parallel-fail-alone': [
    'Calls that run in parallel inside another one each commit or roll back on their own.',
    async ({ storage }) => {
      const outcomes = await storage.transaction(() =>
        Promise.allSettled(
          ['a', 'b', 'c', 'd'].map((id) =>
            storage.transaction(async () => {
              await customer(storage, `${id}-1`);
              if (id === 'b') undo();
              await customer(storage, `${id}-2`);
            }),
          ),
        ),
      );
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      );
      assert.deepEqual(await externalIds(storage), ['a-1', 'a-2', 'c-1', 'c-2', 'd-1', 'd-2']);
    },
  ],
  'unawaited-work-shares-the-end': [
    'Work that the callback did not await belongs to the transaction all the same.',
    async ({ storage }) => {
      const forget = (work: Promise<unknown>) => void work.catch(() => {});
      await assert.rejects(
        storage.transaction(async () => {
          forget(customer(storage, 'undone'));
          forget(storage.transaction(() => customer(storage, 'undone too')));
          undo();
        }),
        Undone,
      );
      assert.deepEqual(await externalIds(storage), []);
      await storage.transaction(async () => {
        forget(customer(storage, 'kept'));
      });
      assert.deepEqual(await externalIds(storage), ['kept']);
    },
  ],
  'late-work-is-refused': [
    'What comes when the transaction has ended is refused with `transaction_closed` and done nowhere.',
    async ({ storage }) => {
      for (const end of [() => {}, undo]) {
        const ended = gate();
        let late: Promise<unknown>[] = [];
        const transaction = storage.transaction(async () => {
          late = [
            ended.opened.then(() => customer(storage, 'late')),
            ended.opened.then(() => storage.transaction(() => customer(storage, 'late too'))),
          ];
          end();
        });
        await transaction.catch(() => {});
        ended.open();
        await Promise.all(late.map((work) => rejectsStorage(work, 'transaction_closed')));
      }
      assert.deepEqual(await externalIds(storage), []);
    },
  ],
  'nobody-outside-sees-what-is-not-committed': [
    'What runs outside of the callback is not affected and sees nothing of it before it commits.',
    async ({ storage, open }) => {
      const elsewhere = await open({ livemode: false });
      const { concurrentTransactions } = storage.capabilities;
      for (const handle of concurrentTransactions ? [storage, elsewhere] : [storage]) {
        const held = await hold(storage, () => customer(storage, 'uncommitted'));
        const reading = Promise.all([handle.customers.list(), handle.customers.findByExternalId('uncommitted')]);
        // A store with one connection answers when the transaction has ended.
        if (concurrentTransactions) await reading;
        held.rollBack();
        const [{ total }, found] = await reading;
        assert.deepEqual([total, found], [0, null]);
        assert.equal(await held.ended, 'rolled back');
      }
      await storage.transaction(() => customer(storage, 'committed'));
      assert.deepEqual(await externalIds(elsewhere), ['committed']);
    },
  ],
  'writes-outside-stay-when-it-rolls-back': [
    'What runs outside of the callback is not affected: it stays when the transaction rolls back.',
    async ({ storage }) => {
      const held = await hold(storage, () => customer(storage, 'inside'));
      const outside = customer(storage, 'outside');
      if (storage.capabilities.concurrentTransactions) await outside;
      held.rollBack();
      assert.equal(await held.ended, 'rolled back');
      await outside;
      assert.deepEqual(await externalIds(storage), ['outside']);
    },
  ],
  'many-at-once-keep-apart': [
    'Transactions of many callers at once each commit or roll back on their own.',
    async ({ storage }) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 24 }, (_, index) =>
          storage.transaction(async () => {
            await customer(storage, `${index}-first`);
            assert.equal(await storage.customers.findByExternalId(`${index + 1}-missing`), null);
            await customer(storage, `${index}-second`);
            if (index % 2 === 1) undo();
          }),
        ),
      );
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 12);
      const stored = await externalIds(storage);
      assert.equal(stored.length, 24);
      assert.ok(stored.every((id) => Number.parseInt(id, 10) % 2 === 0));
    },
  ],
  'swallowed-failures-commit-nothing-half': [
    'A failure that the callback swallows leaves all of the transaction or nothing of it.',
    async ({ storage }) => {
      await customer(storage, 'taken');
      const outcome = await storage
        .transaction(async () => {
          await customer(storage, 'before');
          await customer(storage, 'taken').catch(() => {});
          await customer(storage, 'after').catch(() => {});
        })
        .then(
          () => ['after', 'before', 'taken'],
          () => ['taken'],
        );
      assert.deepEqual(await externalIds(storage), outcome);
      await customer(storage, 'next');
    },
  ],
  'see-their-own-writes': [
    'The callback reads what it has written.',
    async ({ storage }) => {
      await storage.transaction(async () => {
        const { id } = await customer(storage, 'a');
        await storage.customers.update(id, { name: 'changed' });
        assert.equal((await storage.customers.findById(id))?.name, 'changed');
        await storage.transaction(() => storage.customers.update(id, { name: 'changed inside' }));
        assert.equal((await storage.customers.findByExternalId('a'))?.name, 'changed inside');
        await storage.customers.delete(id);
        assert.equal((await storage.customers.list()).total, 0);
      });
    },
  ],
});
