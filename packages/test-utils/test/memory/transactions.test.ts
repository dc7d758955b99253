import { AsyncLocalStorage } from 'node:async_hooks';
import type { QZPayMemoryStorage } from '@qzpay/test-utils';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { barrier, customer, setup, untyped } from './support.js';

class Unfortunate extends Error {}
const fail = () => {
  throw new Unfortunate('half-way');
};

async function stored(storage: QZPayMemoryStorage): Promise<string[]> {
  const { data } = await storage.customers.list({ orderBy: 'externalId', orderDirection: 'asc' });
  return data.map(({ externalId }) => externalId);
}

const alreadyExists = { name: 'QZPayConflictError', conflictType: 'already_exists' };
const closed = { name: 'QZPayStorageError', code: 'transaction_closed' };

describe('a transaction in memory', () => {
  it('commits what it did and resolves with the value of its callback', async () => {
    const { storage } = setup();
    const value = await storage.transaction(async () => {
      await Promise.all([storage.customers.create(customer('a')), storage.customers.create(customer('b'))]);
      return 42;
    });
    expect(value).toBe(42);
    expect(await stored(storage)).toEqual(['a', 'b']);
  });

  it('shares one AsyncLocalStorage with all others, and stays apart from one of another store around it', async () => {
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    onTestFinished(() => run.mockRestore());
    const [{ storage }, { storage: other }] = [setup(), setup()];
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      const undone = other.transaction(async () => {
        await other.customers.create(customer('b'));
        await storage.customers.create(customer('c'));
        fail();
      });
      await expect(undone).rejects.toThrow(Unfortunate);
    });
    expect([await stored(storage), await stored(other)]).toEqual([['a', 'c'], []]);
    expect(run).toHaveBeenCalledTimes(2);
    expect(new Set(run.mock.contexts).size).toBe(1);
  });

  it('undoes creations, changes and removals when its callback throws, and passes the very error on', async () => {
    const { storage } = setup();
    const kept = await storage.customers.create(customer('kept'));
    await storage.limits.set({ customerId: kept.id, limitKey: 'seats', maxValue: 1 });
    const error = new Unfortunate('half-way');
    const attempt = storage.transaction(async () => {
      await storage.customers.update(kept.id, { name: 'changed' });
      await storage.customers.create(customer('a'));
      await storage.limits.delete(kept.id, 'seats');
      await storage.customers.delete(kept.id);
      throw error;
    });
    await expect(attempt).rejects.toBe(error);
    expect(await storage.customers.findById(kept.id)).toStrictEqual(kept);
    expect(await storage.limits.check(kept.id, 'seats')).toMatchObject({ maxValue: 1 });
    expect(await stored(storage)).toEqual(['kept']);
  });

  it('undoes a nested failure alone when the outer callback goes on', async () => {
    const { storage } = setup();
    await storage.transaction(async () => {
      await storage.customers.create(customer('before'));
      await expect(storage.transaction(() => storage.customers.create(customer('before')))).rejects.toMatchObject(
        alreadyExists,
      );
      await storage.transaction(() => storage.customers.create(customer('nested')));
      await storage.customers.create(customer('after'));
    });
    expect(await stored(storage)).toEqual(['after', 'before', 'nested']);
  });

  it('undoes nested work that had succeeded when the outer callback throws', async () => {
    const { storage } = setup();
    const attempt = storage.transaction(async () => {
      await storage.transaction(() => storage.customers.create(customer('nested')));
      fail();
    });
    await expect(attempt).rejects.toBeInstanceOf(Unfortunate);
    expect(await stored(storage)).toEqual([]);
  });

  it('runs siblings one after another, and one that fails takes no other along', async () => {
    const { storage } = setup();
    const order: string[] = [];
    const results = await storage.transaction(() =>
      Promise.allSettled(
        ['a', 'b', 'c'].map((id) =>
          storage.transaction(async () => {
            order.push(`${id} begins`);
            await storage.customers.create(customer(id));
            if (id === 'b') fail();
            order.push(`${id} ends`);
          }),
        ),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends']);
    expect(await stored(storage)).toEqual(['a', 'c']);
  });

  it('keeps work of the parent out of a nested transaction that is open beside it', async () => {
    const { storage } = setup();
    await storage.transaction(async () => {
      const nested = storage.transaction(async () => {
        await storage.customers.create(customer('nested'));
        fail();
      });
      const beside = storage.customers.create(customer('beside'));
      await expect(nested).rejects.toBeInstanceOf(Unfortunate);
      await beside;
    });
    expect(await stored(storage)).toEqual(['beside']);
  });

  it('finishes what its callback did not await', async () => {
    const { storage } = setup();
    await storage.transaction(async () => {
      void storage.transaction(() => storage.customers.create(customer('a')));
      void storage.customers.create(customer('b'));
    });
    expect(await stored(storage)).toEqual(['a', 'b']);
  });

  it('refuses work that arrives after its end', async () => {
    const { storage } = setup();
    const ended = barrier();
    let late: Promise<unknown> = Promise.resolve();
    let bound: QZPayMemoryStorage | undefined;
    await storage.transaction(async (transaction) => {
      bound = transaction;
      late = ended.reached.then(() => storage.customers.create(customer('late')));
      late.catch(() => {});
    });
    ended.open();
    await expect(late).rejects.toMatchObject(closed);
    await expect(bound?.customers.list()).rejects.toMatchObject(closed);
    await expect(bound?.transaction(async () => {})).rejects.toMatchObject(closed);
    await expect(bound?.afterCommit(() => {})).rejects.toMatchObject(closed);
    expect(await stored(storage)).toEqual([]);
  });

  it('rejects with the refusal that its callback swallowed, and answers nothing after it', async () => {
    const { storage } = setup();
    await storage.customers.create(customer('a'));
    const attempt = storage.transaction(async () => {
      await storage.customers.create(customer('b'));
      await storage.customers.create(customer('a')).catch(() => {});
      await expect(storage.customers.list()).rejects.toMatchObject(alreadyExists);
      await expect(storage.transaction(async () => {})).rejects.toMatchObject(closed);
    });
    await expect(attempt).rejects.toMatchObject(alreadyExists);
    expect(await stored(storage)).toEqual(['a']);
  });

  it('goes on after a refused value, an unknown id and a stale version', async () => {
    const { storage } = setup();
    const { id } = await storage.customers.create(customer('a'));
    await storage.transaction(async () => {
      await storage.customers.create(untyped({ externalId: 'b', email: 1 })).catch(() => {});
      await storage.customers.update('nobody', { name: 'x' }).catch(() => {});
      await storage.customers.update(id, { name: 'x' }, { expectedVersion: crypto.randomUUID() }).catch(() => {});
      await storage.customers.create(customer('c'));
    });
    expect(await stored(storage)).toEqual(['a', 'c']);
  });

  it('goes on after a repeated usage record and a repeated payment method', async () => {
    const { storage, clock } = setup();
    const { id: customerId } = await storage.customers.create(customer('a'));
    const usage = {
      id: 'u',
      customerId,
      limitKey: 'k',
      quantity: 1,
      action: 'set',
      timestamp: clock(),
      metadata: {},
    } as const;
    const method = { id: 'm', customerId, type: 'card', provider: 'stripe', providerPaymentMethodId: 'pm' } as const;
    await storage.limits.recordUsage(usage);
    await storage.paymentMethods.create(method);
    await storage.transaction(async () => {
      await expect(storage.limits.recordUsage(usage)).rejects.toMatchObject(alreadyExists);
      await expect(storage.paymentMethods.create({ ...method, setAsDefault: true })).rejects.toMatchObject(
        alreadyExists,
      );
      await storage.customers.create(customer('b'));
    });
    expect(await stored(storage)).toEqual(['a', 'b']);
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toMatchObject({ id: 'm' });
  });

  it('shows nothing outside before it commits, and lets writers outside wait', async () => {
    const { storage } = setup();
    const written = barrier();
    const looked = barrier();
    const transaction = storage.transaction(async () => {
      await storage.customers.create(customer('inside'));
      written.open();
      await looked.reached;
      return storage.customers.list();
    });
    await written.reached;
    expect(await stored(storage)).toEqual([]);
    const outside = storage.customers.create(customer('outside'));
    looked.open();
    expect((await transaction).total).toBe(1);
    await outside;
    expect(await stored(storage)).toEqual(['inside', 'outside']);
  });

  it('runs simultaneous transactions one after another', async () => {
    const { storage } = setup();
    const { id } = await storage.customers.create({ ...customer('a'), metadata: { count: 0 } });
    const increment = () =>
      storage.transaction(async () => {
        const found = await storage.customers.findById(id);
        await storage.customers.update(id, { metadata: { count: Number(found?.metadata['count']) + 1 } });
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await storage.customers.findById(id))?.metadata).toEqual({ count: 20 });
  });

  it('is its own storage’s: another one reads what is committed, and is refused where it would wait for ever', async () => {
    const { storage, reopen } = setup();
    const other = reopen();
    const refused = { code: 'unsupported_operation' };
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      expect(await stored(other)).toEqual([]);
      await expect(other.customers.create(customer('b'))).rejects.toMatchObject(refused);
      await expect(other.transaction(async () => {})).rejects.toMatchObject(refused);
    });
    await other.customers.create(customer('b'));
    expect(await stored(storage)).toEqual(['a', 'b']);
  });

  it('calls back after the commit, in order and outside, and never after a rollback', async () => {
    const { storage } = setup();
    const calls: string[] = [];
    await storage.transaction(async (transaction) => {
      await transaction.afterCommit(async () => {
        calls.push(`first, with ${(await stored(storage)).length} stored`);
        await storage.customers.create(customer('from the callback'));
      });
      await storage
        .transaction(async () => {
          await storage.afterCommit(() => calls.push('of an undone nested one'));
          fail();
        })
        .catch(() => {});
      await storage.transaction(() => storage.afterCommit(() => calls.push('second')));
      await storage.customers.create(customer('a'));
      expect(calls).toEqual([]);
    });
    await storage.afterCommit(() => calls.push('at once'));
    expect(calls).toEqual(['first, with 1 stored', 'second', 'at once']);
    expect(await stored(storage)).toEqual(['a', 'from the callback']);
  });
});
