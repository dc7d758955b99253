import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from './support/drivers.js';
import { customer, fail, storedIds, Unfortunate } from './support/transactions.js';

describeOnEveryDriver('a transaction of the host', (setup) => {
  it('keeps the savepoints of two that join it at once apart', async () => {
    const made = await setup();
    const { database, storage, reopen } = made;
    for (const other of [storage, reopen({ livemode: true })]) {
      await made.reset();
      await database.transaction(async (handle) => {
        const undone = storage.join(handle, () =>
          storage.transaction(async () => {
            await storage.customers.create(customer('undone'));
            await storage.customers.list();
            fail();
          }),
        );
        const kept = other.join(handle, async () => {
          await other.customers.list();
          await other.transaction(async () => {
            await other.customers.create(customer('kept'));
            for (let reads = 0; reads < 5; reads += 1) await other.customers.list();
          });
        });
        await expect(undone).rejects.toBeInstanceOf(Unfortunate);
        await kept;
      });
      expect(await storedIds(made)).toEqual(['kept']);
    }
  });

  it('is joined again from inside, also from inside a savepoint', async () => {
    const made = await setup();
    const { database, storage } = made;
    await database.transaction((handle) =>
      storage.join(handle, async () => {
        await storage.join(handle, () => storage.customers.create(customer('a')));
        await storage.transaction(() => storage.join(handle, () => storage.customers.create(customer('b'))));
        const undone = storage.transaction(async () => {
          await storage.join(handle, () => storage.customers.create(customer('c')));
          fail();
        });
        await expect(undone).rejects.toBeInstanceOf(Unfortunate);
      }),
    );
    expect(await storedIds(made)).toEqual(['a', 'b']);
  });

  it('is not the database, on which everything would be kept at once', async () => {
    const made = await setup();
    for (const handle of [made.database, {}, undefined]) {
      const joining = made.storage.join(handle as never, () => made.storage.customers.create(customer('a')));
      await expect(joining).rejects.toBeInstanceOf(TypeError);
    }
    expect(await storedIds(made)).toEqual([]);
  });
});

describeOnServers('a statement that nobody waits for', (setup) => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'rejects the transaction when it fails, %i ticks after its callback',
    async (ticks) => {
      const made = await setup();
      const { storage } = made;
      await storage.customers.create(customer('taken'));
      let committed = false;
      const forgotten = async () => {
        for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
        await storage.customers.create(customer('taken'));
      };
      const outcome = await storage
        .transaction(async () => {
          await storage.customers.create(customer('a'));
          await storage.afterCommit(() => {
            committed = true;
          });
          void forgotten().catch(() => {});
        })
        .then(
          () => 'resolved',
          () => 'rejected',
        );
      const kept = (await storedIds(made)).includes('a');
      expect({ outcome, committed }).toEqual(
        kept ? { outcome: 'resolved', committed: true } : { outcome: 'rejected', committed: false },
      );
    },
  );
});
