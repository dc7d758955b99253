import { AsyncLocalStorage } from 'node:async_hooks';
import { isQZPayError } from '@qzpay/core';
import { failing, intercept, type Mutant, outsider, override, type Storage } from './mutant.js';

const NOTHING = 'nothing written after a rolled-back transaction';
const NESTED = 'nested transactions are savepoints';
const APART = 'nobody outside sees what is not committed';

type Callback = (transaction: Storage) => Promise<unknown>;

/** Replaces `transaction`; `run` has it as it should be. */
const transacting = (
  harness: Parameters<typeof override>[0],
  change: (run: (callback: Callback) => Promise<unknown>, callback: Callback, sound: Storage) => Promise<unknown>,
) =>
  override(harness, (sound) => ({
    transaction: ((callback: Callback) =>
      change((wrapped) => sound.transaction(wrapped), callback, sound)) as Storage['transaction'],
  }));

export const transactionMutants: readonly Mutant[] = [
  [
    'a transaction that fails commits',
    NOTHING,
    ['transactions/commit-or-roll-back-every-collection-together', 'transactions/many-at-once-keep-apart'],
    (harness) =>
      transacting(harness, async (run, callback) => {
        const ended = await run((transaction) =>
          callback(transaction).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          ),
        );
        if (typeof ended === 'object' && ended !== null && 'error' in ended) throw ended.error;
        return (ended as { value: unknown }).value;
      }),
  ],
  [
    'a transaction is none',
    NOTHING,
    ['transactions/roll-back-changes-and-deletions', 'versions/a-rollback-brings-the-version-back'],
    (harness) => transacting(harness, (_run, callback, sound) => callback(sound)),
  ],
  [
    'a transaction that fails leaves one of its tables as it is',
    NOTHING,
    ['transactions/commit-or-roll-back-every-collection-together'],
    (harness) => {
      // A table that is written over a connection of its own: what is asked inside is done again outside.
      const outside = outsider();
      return transacting(harness, async (run, callback, sound) =>
        failing(
          run(async (transaction) => callback(transaction)),
          async (error) => {
            await outside(() => sound.vendors.create({ id: 'left over', externalId: 'left', name: 'x', email: 'x' }));
            throw error;
          },
        ),
      );
    },
  ],
  [
    'what comes late is done on its own',
    NOTHING,
    ['transactions/late-work-is-refused', 'errors/each-kind-is-recognised-by-its-name'],
    (harness) => {
      const outside = outsider();
      return intercept(harness, (call, args) =>
        failing(call(...args), (error) => {
          if (isQZPayError(error, 'storage')) return outside(() => call(...args));
          throw error;
        }),
      );
    },
  ],
  [
    'a savepoint is none',
    NESTED,
    ['transactions/nested-roll-back-alone', 'transactions/siblings-in-parallel-fail-alone'],
    (harness) => {
      const inside = new AsyncLocalStorage<Storage>();
      return transacting(harness, (run, callback) => {
        const around = inside.getStore();
        return around === undefined
          ? run((transaction) => inside.run(transaction, () => callback(transaction)))
          : callback(around);
      });
    },
  ],
  [
    'a nested rollback rolls everything back',
    NESTED,
    ['transactions/nested-roll-back-alone', 'transactions/nested-failures-of-the-store-roll-back-alone'],
    (harness) => {
      const inside = new AsyncLocalStorage<{ failure?: unknown }>();
      return transacting(harness, async (run, callback) => {
        const around = inside.getStore();
        if (around !== undefined) {
          return failing(run(callback), (error) => {
            around.failure = error;
            throw error;
          });
        }
        const state: { failure?: unknown } = {};
        return run(async (transaction) => {
          const value = await inside.run(state, () => callback(transaction));
          if ('failure' in state) throw state.failure;
          return value;
        });
      });
    },
  ],
  [
    'a nested transaction commits on its own',
    NESTED,
    ['transactions/nested-commit-with-the-outer-one'],
    (harness) => {
      const outside = outsider();
      const inside = new AsyncLocalStorage<Callback[]>();
      return transacting(harness, async (run, callback) => {
        const around = inside.getStore();
        if (around !== undefined) {
          around.push(callback);
          return run(callback);
        }
        const nested: Callback[] = [];
        return failing(
          run((transaction) => inside.run(nested, () => callback(transaction))),
          async (error) => {
            for (const one of nested) await outside(() => run(one)).catch(() => {});
            throw error;
          },
        );
      });
    },
  ],
  [
    'readers outside see what is not committed',
    APART,
    ['transactions/nobody-outside-sees-what-is-not-committed'],
    (harness) => {
      let open: Storage | undefined;
      return override(harness, (sound) => ({
        transaction: ((callback: Callback) =>
          sound.transaction(async (transaction) => {
            open = transaction;
            try {
              return await callback(transaction);
            } finally {
              open = undefined;
            }
          })) as Storage['transaction'],
        customers: { list: (options) => (open ?? sound).customers.list(options) },
      }));
    },
  ],
  [
    'a transaction answers with nothing',
    'a transaction passes on what its callback comes to',
    ['transactions/commit-everything-and-pass-the-value-on'],
    (harness) => transacting(harness, async (run, callback) => void (await run(callback))),
  ],
  [
    'a transaction rejects with an error of its own',
    'a transaction passes on what its callback comes to',
    ['transactions/reject-with-the-very-error'],
    (harness) =>
      transacting(harness, (run, callback) =>
        failing(run(callback), (cause) => {
          throw new Error('The transaction failed', { cause });
        }),
      ),
  ],
];
