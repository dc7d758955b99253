import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/drivers.js';
import { customer, fail, storedIds, Unfortunate } from './support/transactions.js';
import { untyped } from './support/untyped.js';

describeOnEveryDriver('a transaction', (setup) => {
  it('A-61 commits what it did and resolves with the value of its callback', async () => {
    const made = await setup();
    const value = await made.storage.transaction(async () => {
      await made.storage.customers.create(customer('a'));
      await made.storage.customers.create(customer('b'));
      return { answer: 42 };
    });
    expect(value).toEqual({ answer: 42 });
    expect(await storedIds(made)).toEqual(['a', 'b']);
  });

  it('A-61 undoes everything when its callback throws, and passes the very error on', async () => {
    const made = await setup();
    const { storage } = made;
    const kept = await storage.customers.create(customer('kept'));
    const error = new Unfortunate('half-way');
    await expect(
      storage.transaction(async () => {
        await storage.customers.update(kept.id, { name: 'changed' });
        await storage.customers.create(customer('a'));
        await storage.plans.create({ id: 'pro', name: 'Pro' });
        await storage.customers.delete(kept.id);
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await storage.customers.findById(kept.id)).toStrictEqual(kept);
    expect(await storage.plans.findById('pro')).toBeNull();
    expect(await storedIds(made)).toEqual(['kept']);
  });

  it('reads what it wrote, through any storage and any depth of calls', async () => {
    const { storage } = await setup();
    const deeper = async (id: string) => {
      await sleep(1);
      return Promise.all([storage.customers.findById(id), storage.repositories.customers.findById(id)]);
    };
    await storage.transaction(async (transaction) => {
      const { id } = await transaction.customers.create(customer('a'));
      for (const found of await deeper(id)) expect(found).toMatchObject({ externalId: 'a' });
    });
  });

  it('nests: the inner failure undoes the inner work only, when the outer callback goes on', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.transaction(async () => {
      await storage.customers.create(customer('outer-1'));
      await expect(
        storage.transaction(async () => {
          await storage.customers.create(customer('inner'));
          return fail();
        }),
      ).rejects.toBeInstanceOf(Unfortunate);
      await storage.transaction(() => storage.customers.create(customer('inner-2')));
      await storage.customers.create(customer('outer-2'));
    });
    expect(await storedIds(made)).toEqual(['inner-2', 'outer-1', 'outer-2']);
  });

  it('nests: a failed statement inside an inner transaction does not harm the outer one', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      await expect(storage.transaction(() => storage.customers.create(customer('a')))).rejects.toMatchObject({
        conflictType: 'already_exists',
      });
      await storage.customers.create(customer('b'));
    });
    expect(await storedIds(made)).toEqual(['a', 'b']);
  });

  it('nests: the outer failure undoes committed inner work as well', async () => {
    const made = await setup();
    const { storage } = made;
    await expect(
      storage.transaction(async () => {
        await storage.transaction(() => storage.customers.create(customer('inner')));
        return fail();
      }),
    ).rejects.toBeInstanceOf(Unfortunate);
    expect(await storedIds(made)).toEqual([]);
  });

  it('runs sibling savepoints one after another, and one that fails takes no other along', async () => {
    const made = await setup();
    const { storage } = made;
    const results = await storage.transaction(() =>
      Promise.allSettled(
        ['a', 'b', 'c', 'd'].map((id, index) =>
          storage.transaction(async () => {
            await storage.customers.create(customer(id));
            await sleep(3 - index);
            if (id === 'b') fail();
            await storage.customers.create(customer(`${id}2`));
          }),
        ),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await storedIds(made)).toEqual(['a', 'a2', 'c', 'c2', 'd', 'd2']);
  });

  it('keeps a statement of the parent out of a savepoint that is open beside it', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.transaction(async () => {
      const inner = storage.transaction(async () => {
        await storage.customers.create(customer('inner'));
        await sleep(10);
        return fail();
      });
      const beside = storage.customers.create(customer('beside'));
      await expect(inner).rejects.toBeInstanceOf(Unfortunate);
      await beside;
    });
    expect(await storedIds(made)).toEqual(['beside']);
  });

  it('finishes what its callback did not await before it commits', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.transaction(async () => {
      void storage.customers.create(customer('a'));
      void storage.transaction(() => storage.customers.create(customer('b')));
      await Promise.resolve();
    });
    expect(await storedIds(made)).toEqual(['a', 'b']);
  });

  it('undoes what its callback did not await when it throws', async () => {
    const made = await setup();
    const { storage } = made;
    await expect(
      storage.transaction(() => {
        void storage.customers.create(customer('a'));
        return fail();
      }),
    ).rejects.toBeInstanceOf(Unfortunate);
    expect(await storedIds(made)).toEqual([]);
  });

  it('refuses work that arrives after its end, instead of doing it outside', async () => {
    const made = await setup();
    const { storage } = made;
    const closed = { name: 'QZPayStorageError', code: 'transaction_closed' };
    let late: Promise<unknown> = Promise.resolve();
    let bound: typeof storage | undefined;
    await storage.transaction(async (transaction) => {
      bound = transaction;
      late = sleep(30).then(() => storage.customers.create(customer('late')));
      late.catch(() => {});
    });
    await expect(late).rejects.toMatchObject(closed);
    await expect(bound?.customers.create(customer('late'))).rejects.toMatchObject(closed);
    await expect(bound?.transaction(async () => {})).rejects.toMatchObject(closed);
    expect(await storedIds(made)).toEqual([]);
  });

  it('rejects with the error that its callback swallowed, and stores nothing', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.customers.create(customer('a'));
    await expect(
      storage.transaction(async () => {
        await storage.customers.create(customer('b'));
        await storage.customers.create(customer('a')).catch(() => {});
        return 'all is well';
      }),
    ).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'already_exists' });
    expect(await storedIds(made)).toEqual(['a']);
  });

  it('tells everyone the first error, not that the transaction is aborted', async () => {
    const { storage } = await setup();
    await storage.customers.create(customer('a'));
    await storage
      .transaction(async () => {
        const results = await Promise.allSettled([
          storage.customers.create(customer('a')),
          storage.customers.create(customer('b')),
          storage.customers.list(),
        ]);
        for (const result of results.slice(1)) {
          expect(result).toMatchObject({ status: 'rejected', reason: { conflictType: 'already_exists' } });
        }
      })
      .catch(() => {});
  });

  it('runs a refused value through no statement: the transaction goes on', async () => {
    const made = await setup();
    const { storage } = made;
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      await storage.customers.create(untyped({ externalId: 'b', email: 1 })).catch(() => {});
    });
    expect(await storedIds(made)).toEqual(['a']);
  });

  it('accepts no options where it is a savepoint', async () => {
    const { storage } = await setup();
    await storage.transaction(async () => {
      await expect(storage.transaction(async () => {}, { retries: 1 })).rejects.toMatchObject({
        code: 'unsupported_operation',
      });
    });
  });

  it('calls back after the commit, in order and outside, and never after a rollback', async () => {
    const made = await setup();
    const { storage } = made;
    const calls: string[] = [];
    await storage.transaction(async (transaction) => {
      await transaction.afterCommit(async () => {
        calls.push(`first, ${(await storedIds(made)).length} stored`);
        await storage.customers.create(customer('from the callback'));
      });
      await storage
        .transaction(async () => {
          await storage.afterCommit(() => calls.push('of an undone savepoint'));
          return fail();
        })
        .catch(() => {});
      await storage.transaction(() => storage.afterCommit(() => calls.push('second')));
      await storage.customers.create(customer('a'));
      expect(calls).toEqual([]);
    });
    await storage
      .transaction(async () => {
        await storage.afterCommit(() => calls.push('of an undone transaction'));
        return fail();
      })
      .catch(() => {});
    await storage.afterCommit(() => calls.push('at once'));
    await expect(storage.afterCommit(untyped('x'))).rejects.toMatchObject({
      name: 'QZPayValidationError',
      field: 'callback',
    });
    expect(calls).toEqual(['first, 1 stored', 'second', 'at once']);
    expect(await storedIds(made)).toEqual(['a', 'from the callback']);
  });

  it('runs in the transaction of the host, which decides about it', async () => {
    const made = await setup();
    const { storage, database } = made;
    await database.transaction(async (handle) => {
      await storage.join(handle, async (transaction) => {
        await storage.customers.create(customer('a'));
        await transaction.transaction(() => storage.customers.create(customer('b')));
        await expect(storage.afterCommit(() => {})).rejects.toMatchObject({ code: 'unsupported_operation' });
      });
    });
    expect(await storedIds(made)).toEqual(['a', 'b']);
    await expect(
      database.transaction(async (handle) => {
        await storage.join(handle, () => storage.customers.create(customer('c')));
        fail();
      }),
    ).rejects.toBeInstanceOf(Unfortunate);
    expect(await storedIds(made)).toEqual(['a', 'b']);
  });
});
