import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { QZPayStorageError } from '@qzpay/core';
import { expect, it, onTestFinished, vi } from 'vitest';
import { describeOnServers } from './support/drivers.js';
import { customer, fail, storedIds, Unfortunate } from './support/transactions.js';

describeOnServers('simultaneous transactions', (setup) => {
  it('A-61 do not see each other before they commit', async () => {
    const made = await setup();
    const { storage } = made;
    const outside = made.reopen();
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      expect((await outside.customers.list()).total).toBe(0);
    });
    expect((await outside.customers.list()).total).toBe(1);
  });

  it('A-61 keep to their own connections, forty at once on ten connections', async () => {
    const made = await setup();
    const { storage } = made;
    await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) =>
        storage.transaction(async () => {
          await storage.customers.create(customer(`${index}-1`));
          await sleep(index % 5);
          await storage.customers.create(customer(`${index}-2`));
          if (index % 2 === 0) fail();
        }),
      ),
    );
    const stored = await storedIds(made);
    expect(stored).toHaveLength(40);
    expect(stored.every((id) => Number(String(id).split('-')[0]) % 2 === 1)).toBe(true);
  });

  it('run again after a serialization failure, as often as asked', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ ...customer('a'), metadata: { count: 0 } });
    const runs = vi.fn();
    const increment = () =>
      storage.transaction(
        async () => {
          runs();
          const found = await storage.customers.findById(id);
          await sleep(20);
          await storage.customers.update(id, { metadata: { count: Number(found?.metadata['count']) + 1 } });
        },
        { isolationLevel: 'serializable', retries: 10 },
      );
    await Promise.all([increment(), increment(), increment()]);
    expect((await storage.customers.findById(id))?.metadata).toEqual({ count: 3 });
    expect(runs.mock.calls.length).toBeGreaterThan(3);
  });

  it('report a serialization failure as retryable when no retry was asked for', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create(customer('a'));
    const touch = (name: string) =>
      storage.transaction(
        async () => {
          await storage.customers.findById(id);
          await sleep(20);
          await storage.customers.update(id, { name });
        },
        { isolationLevel: 'repeatable read' },
      );
    const results = await Promise.allSettled([touch('a'), touch('b')]);
    const [rejected] = results.filter((result) => result.status === 'rejected');
    expect(rejected?.reason).toBeInstanceOf(QZPayStorageError);
    expect(rejected?.reason).toMatchObject({ code: 'serialization_failure', retryable: true });
  });

  it('resolve a deadlock by failing one of the two', async () => {
    const { storage } = await setup();
    const [a, b] = await Promise.all([
      storage.customers.create(customer('a')),
      storage.customers.create(customer('b')),
    ]);
    const both = (first: string, second: string) =>
      storage.transaction(async () => {
        await storage.customers.update(first, { name: 'x' });
        await sleep(50);
        await storage.customers.update(second, { name: 'x' });
      });
    const results = await Promise.allSettled([both(a.id, b.id), both(b.id, a.id)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [rejected] = results.filter((result) => result.status === 'rejected');
    expect(rejected?.reason).toMatchObject({ code: 'deadlock', retryable: true });
  });

  it('of two storages stay apart, one inside the other', async () => {
    const made = await setup();
    const { storage } = made;
    const other = made.reopen();
    await storage.transaction(async () => {
      await storage.customers.create(customer('a'));
      const undone = other.transaction(async () => {
        await other.customers.create(customer('b'));
        await storage.customers.create(customer('c'));
        expect(await other.customers.findByExternalId('c')).toBeNull();
        fail();
      });
      await expect(undone).rejects.toThrow(Unfortunate);
      await storage.customers.create(customer('d'));
    });
    expect(await storedIds(made)).toEqual(['a', 'c', 'd']);
  });

  it('of two storages are their own: the failure of one does not undo the other', async () => {
    const made = await setup();
    const { storage } = made;
    const other = made.reopen();
    await storage
      .transaction(async () => {
        await storage.customers.create(customer('a'));
        await other.customers.create(customer('b'));
        return fail();
      })
      .catch(() => {});
    expect(await storedIds(made)).toEqual(['b']);
  });

  it('share one AsyncLocalStorage, however many storages there are', async () => {
    const made = await setup();
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
    onTestFinished(() => run.mockRestore());
    for (const storage of [made.storage, made.reopen(), made.reopen()]) {
      await storage.transaction(() => storage.customers.list());
    }
    expect(run).toHaveBeenCalledTimes(3);
    expect(new Set(run.mock.contexts).size).toBe(1);
  });

  it('give up on a lock and on a slow statement after their timeouts', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create(customer('a'));
    const holder = storage.transaction(async () => {
      await storage.customers.update(id, { name: 'held' });
      await sleep(400);
    });
    await sleep(50);
    await expect(
      storage.transaction(() => storage.customers.update(id, { name: 'wanted' }), { lockTimeout: 50 }),
    ).rejects.toMatchObject({ code: 'lock_timeout' });
    await expect(
      storage.transaction(() => storage.customers.update(id, { name: 'wanted' }), { statementTimeout: 50 }),
    ).rejects.toMatchObject({ code: 'statement_timeout' });
    await holder;
    expect((await storage.customers.findById(id))?.name).toBe('held');
  });
});
