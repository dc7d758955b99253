import { createHash } from 'node:crypto';
import type { QZPayStorage } from '@qzpay/adapter';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';

const REUSED = { name: 'QZPayConflictError', conflictType: 'idempotency_key_reused' };
const IN_PROGRESS = { name: 'QZPayStorageError', code: 'idempotency_in_progress', retryable: true };
const LOST = { name: 'QZPayStorageError', code: 'lease_lost' };

/** Work that leaves a trace in the database, and counts how often it ran. */
function planMaker(storage: QZPayStorage) {
  const made = { count: 0 };
  const make = async () => {
    made.count += 1;
    return storage.plans.create({ id: `plan-${crypto.randomUUID()}`, name: 'x' });
  };
  return { made, make, stored: async () => (await storage.plans.list()).total };
}

type Gate = ReturnType<typeof gate>;

function gate() {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

describeOnEveryDriver('idempotent', (setup) => {
  it('runs the work once and gives every later caller the same result, dates included', async () => {
    const { storage } = await setup();
    const { made, make, stored } = planMaker(storage);
    const first = await storage.idempotent('key', { plan: 1 }, make);
    expect(first.createdAt).toBeInstanceOf(Date);
    expect(await storage.idempotent('key', { plan: 1 }, make)).toStrictEqual(first);
    expect(await storage.plans.findById(first.id)).toStrictEqual(first);
    expect(made.count).toBe(1);
    expect(await stored()).toBe(1);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', -0.5],
    ['a text', 'ü"\\ '],
    ['a list', [1, [new Date(0)], 'x']],
    ['an object', { b: { at: new Date(0) }, a: [] }],
  ])('keeps %s as a result', async (_, value) => {
    const { storage } = await setup();
    const results = [1, 2].map(() => () => storage.idempotent<unknown>('key', null, () => Promise.resolve(value)));
    for (const result of results) expect(await result()).toStrictEqual(value);
  });

  it('gives the first caller what the others will get: plain objects without undefined keys', async () => {
    class Point {
      x = 1;
      y = undefined;
      get sum() {
        return 2;
      }
    }
    const { storage } = await setup();
    const call = () =>
      storage.idempotent<unknown>('key', null, async () => ({
        point: new Point(),
        list: [undefined],
        holes: new Array(1),
        zero: -0,
      }));
    const result = { point: { x: 1 }, list: [null], holes: [null], zero: 0 };
    expect(await call()).toStrictEqual(result);
    expect(await call()).toStrictEqual(result);
  });

  it.each([
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['a function', { call: () => 1 }],
    ['a Map', { map: new Map([[1, 2]]) }],
    ['an invalid Date', new Date(Number.NaN)],
    ['the key of dates', { $date: 'x' }],
    ['a text with NUL', '\0'],
  ])('refuses %s as a result, and nothing has happened', async (_, value) => {
    const { storage } = await setup();
    const { make, stored } = planMaker(storage);
    const call = storage.idempotent<unknown>('key', null, async () => {
      await make();
      return value;
    });
    await expect(call).rejects.toMatchObject({ name: 'QZPayValidationError' });
    expect(await stored()).toBe(0);
    await storage.idempotent('key', 'another request', make);
  });

  it('refuses a request that is no JSON, and one without an end, before anything is sent', async () => {
    const { storage } = await setup();
    const endless: { self?: unknown } = {};
    endless.self = endless;
    for (const request of [1n, new Map([[1, 2]]), { at: new Date(Number.NaN) }, endless]) {
      const call = storage.idempotent('key', request, () => Promise.resolve(1));
      await expect(call).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'request' });
    }
    expect(await storage.repositories.idempotencyKeys.find('key')).toBeNull();
  });

  it('knows the same request in any order of its keys, and refuses another one or another operation', async () => {
    const { storage } = await setup();
    const work = () => Promise.resolve(1);
    await storage.idempotent('key', { a: 1, b: { c: new Date(0), d: [1] }, e: undefined }, work);
    const same = { b: { d: [1], c: '1970-01-01T00:00:00.000Z' }, a: 1 };
    expect(await storage.idempotent('key', same, work)).toBe(1);
    const others = [{ ...same, a: '1' }, { ...same, a: 2 }, { ...same, b: { ...same.b, d: [1, 1] } }, undefined, null];
    for (const other of others) await expect(storage.idempotent('key', other, work)).rejects.toMatchObject(REUSED);
    const operation = storage.idempotent('key', same, work, { operation: 'other' });
    await expect(operation).rejects.toMatchObject(REUSED);
  });

  it('stores a fingerprint, and nothing of the request', async () => {
    const { storage } = await setup();
    await storage.idempotent('key', { card: '4242' }, () => Promise.resolve(1), { customerId: 'customer-1' });
    const row = await storage.repositories.idempotencyKeys.find('key');
    expect(row).toMatchObject({
      requestHash: createHash('sha256').update('{"card":"4242"}').digest('hex'),
      customerId: 'customer-1',
      leaseToken: null,
    });
    expect(JSON.stringify(row)).not.toContain('4242');
  });

  it('says of a request whose result was erased that it was carried out, and does not run it again', async () => {
    const { storage } = await setup();
    const { made, make, stored } = planMaker(storage);
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'ada@example.org' });
    const call = () => storage.idempotent('key', 1, make, { customerId });
    await call();
    await storage.maintenance.eraseCustomer(customerId);
    const carriedOut = { name: 'QZPayConflictError', conflictType: 'already_exists' };
    await expect(call()).rejects.toMatchObject(carriedOut);
    await expect(storage.transaction(call)).rejects.toMatchObject(carriedOut);
    expect([made.count, await stored()]).toEqual([1, 1]);
  });

  it('frees the key when the work throws, undoes the work, and passes the error on', async () => {
    const { storage } = await setup();
    const { make, stored } = planMaker(storage);
    const failure = new Error('declined');
    const call = storage.idempotent('key', 1, async () => {
      await make();
      throw failure;
    });
    await expect(call).rejects.toBe(failure);
    expect(await stored()).toBe(0);
    expect(await storage.repositories.idempotencyKeys.find('key')).toBeNull();
    await storage.idempotent('key', 2, make);
  });

  it('is taken over after the lease of a caller that crashed, and not before', async () => {
    const { storage, clock } = await setup({ idempotency: { waitMs: 0, leaseMs: 1000 } });
    const requestHash = await fingerprintOf(storage, 1);
    await storage.repositories.idempotencyKeys.begin({ key: 'crashed', requestHash, leaseMs: 1000 });
    const call = () => storage.idempotent('crashed', 1, () => Promise.resolve('mended'));
    clock.advance(999);
    await expect(call()).rejects.toMatchObject(IN_PROGRESS);
    clock.advance(1);
    expect(await call()).toBe('mended');
  });

  it('polls with growing pauses, as long as it may, and then says that it is in progress', async () => {
    const pauses: number[] = [];
    const sleep = async (milliseconds: number) => pauses.push(milliseconds);
    const { storage } = await setup({ idempotency: { sleep, waitMs: 4000 } });
    const requestHash = await fingerprintOf(storage, 1);
    await storage.repositories.idempotencyKeys.begin({ key: 'held', requestHash });
    const call = storage.idempotent('held', 1, () => Promise.resolve(1));
    await expect(call).rejects.toMatchObject(IN_PROGRESS);
    expect(pauses).toEqual([20, 40, 80, 160, 320, 640, 1000, 1000, 740]);
  });

  it('joins the transaction around it: key, work and result go with its rollback', async () => {
    const { storage } = await setup();
    const { made, make, stored } = planMaker(storage);
    const rolledBack = storage.transaction(async () => {
      const first = await storage.idempotent('key', 1, make);
      expect(await storage.idempotent('key', 1, make)).toStrictEqual(first);
      expect(await storage.repositories.idempotencyKeys.find('key')).toMatchObject({ status: 'completed' });
      throw new Error('undo');
    });
    await expect(rolledBack).rejects.toThrow('undo');
    expect([made.count, await stored()]).toEqual([1, 0]);
    await storage.transaction((bound) => bound.idempotent('key', 2, make));
    expect(await stored()).toBe(1);
  });

  it('loses inside a transaction only its own part when the work throws and the caller goes on', async () => {
    const { storage } = await setup();
    const { make, stored } = planMaker(storage);
    await storage.transaction(async () => {
      await make();
      const failing = storage.idempotent('key', 1, async () => {
        await make();
        throw new Error('declined');
      });
      await expect(failing).rejects.toThrow('declined');
    });
    expect(await stored()).toBe(1);
    expect(await storage.repositories.idempotencyKeys.find('key')).toBeNull();
  });

  it('refuses a call of its own key from within the work instead of waiting for itself', async () => {
    const { storage } = await setup();
    const inner = () => storage.idempotent('key', 1, () => Promise.resolve('inner'));
    await expect(storage.idempotent('key', 1, inner)).rejects.toMatchObject(IN_PROGRESS);
    expect(await storage.idempotent('key', 1, () => storage.idempotent('other', 1, async () => 'inner'))).toBe('inner');
  });

  it('keeps the modes apart', async () => {
    const { storage, reopen } = await setup();
    expect(await storage.idempotent('key', 1, () => Promise.resolve('test'))).toBe('test');
    expect(await reopen({ livemode: true }).idempotent('key', 2, () => Promise.resolve('live'))).toBe('live');
  });

  it('forgets a result after its time; expired keys are removed in batches', async () => {
    const { storage, clock } = await setup();
    for (const key of ['a', 'b', 'c']) await storage.idempotent(key, 1, () => Promise.resolve(1), { ttlMs: 1000 });
    clock.advance(999);
    expect(await storage.idempotent('a', 1, () => Promise.resolve(2))).toBe(1);
    clock.advance(1);
    expect(await storage.idempotent('a', 'another request', () => Promise.resolve(2))).toBe(2);
    expect(await storage.repositories.idempotencyKeys.purgeExpired(1)).toBe(1);
    expect(await storage.repositories.idempotencyKeys.purgeExpired()).toBe(1);
    expect(await storage.repositories.idempotencyKeys.purgeExpired()).toBe(0);
  });

  it('keeps a result for its time, also when the work took longer than that', async () => {
    const { storage, clock } = await setup();
    const { made, make } = planMaker(storage);
    const slow = async () => {
      clock.advance(2000);
      return make();
    };
    const first = await storage.idempotent('key', 1, slow, { ttlMs: 1000 });
    clock.advance(999);
    expect(await storage.idempotent('key', 1, slow)).toStrictEqual(first);
    expect(made.count).toBe(1);
  });

  it('takes the times of the storage where a call leaves them undefined', async () => {
    const { storage, clock } = await setup({ idempotency: { leaseMs: 1000, ttlMs: 2000 } });
    const keys = storage.repositories.idempotencyKeys;
    const inWork = await storage.idempotent('key', 1, () => keys.find('key'), { leaseMs: undefined, ttlMs: undefined });
    expect(inWork?.lockedUntil).toEqual(new Date(clock().getTime() + 1000));
    expect(inWork?.expiresAt).toEqual(new Date(clock().getTime() + 2000));
  });

  it('refuses times that are none', async () => {
    const { storage } = await setup();
    for (const options of [{ leaseMs: 0 }, { ttlMs: 0.5 }, { waitMs: -1 }]) {
      const call = storage.idempotent('key', 1, () => Promise.resolve(1), options);
      await expect(call).rejects.toMatchObject({ name: 'QZPayValidationError', field: Object.keys(options)[0] });
    }
  });
});

/** The fingerprint under which a storage knows a request. */
async function fingerprintOf(storage: QZPayStorage, request: unknown): Promise<string> {
  await storage.idempotent('fingerprint', request, () => Promise.resolve(1));
  return (await storage.repositories.idempotencyKeys.find('fingerprint'))?.requestHash ?? '';
}

describeOnServers('idempotent, asked by many at once', (setup) => {
  it('runs the work once for sixteen callers, and all of them get its result', async () => {
    const { storage } = await setup();
    for (let round = 0; round < 5; round += 1) {
      const { made, make } = planMaker(storage);
      const results = await Promise.all(Array.from({ length: 16 }, () => storage.idempotent(`key-${round}`, 1, make)));
      expect(made.count).toBe(1);
      for (const result of results) expect(result).toStrictEqual(results[0]);
    }
    expect((await storage.plans.list()).total).toBe(5);
  });

  it('waits without a transaction of its own: ten callers leave a pool of ten to the one that works', async () => {
    const { storage } = await setup();
    const { make } = planMaker(storage);
    const slow = async () => {
      for (let step = 0; step < 20; step += 1) await storage.plans.list();
      return make();
    };
    const results = await Promise.all(Array.from({ length: 30 }, () => storage.idempotent('key', 1, slow)));
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });

  it('refuses fifteen of sixteen different requests for one key', async () => {
    const { storage } = await setup();
    const { make, stored } = planMaker(storage);
    const calls = Array.from({ length: 16 }, (_, index) => storage.idempotent('key', index, make));
    const refusals = (await Promise.allSettled(calls)).flatMap((call) =>
      call.status === 'rejected' ? [call.reason] : [],
    );
    expect(refusals).toHaveLength(15);
    for (const refusal of refusals) expect(refusal).toMatchObject(REUSED);
    expect(await stored()).toBe(1);
  });

  it('rolls the work back when its lease was lost, and the successor has the result', async () => {
    const { storage, clock, reopen } = await setup();
    const { make, stored } = planMaker(storage);
    const [started, taken] = [gate(), gate()];
    const slow = storage.idempotent(
      'key',
      1,
      async () => {
        started.open();
        await make();
        await taken.passed;
        return 'slow';
      },
      { leaseMs: 1000 },
    );
    await started.passed;
    clock.advance(1000);
    expect(await reopen().idempotent('key', 1, () => Promise.resolve('fast'))).toBe('fast');
    taken.open();
    await expect(slow).rejects.toMatchObject(LOST);
    expect(await stored()).toBe(0);
    expect(await storage.idempotent('key', 1, () => Promise.resolve('third'))).toBe('fast');
  });

  it('is taken over by one of ten when the lease of a crashed caller ends', async () => {
    const { storage, clock } = await setup();
    const requestHash = await fingerprintOf(storage, 1);
    for (let round = 0; round < 5; round += 1) {
      const key = `key-${round}`;
      await storage.repositories.idempotencyKeys.begin({ key, requestHash, leaseMs: 1000 });
      clock.advance(1000);
      const { made, make } = planMaker(storage);
      await Promise.all(Array.from({ length: 10 }, () => storage.idempotent(key, 1, make)));
      expect(made.count).toBe(1);
    }
  });

  it('makes others wait for a transaction that holds the key, and gives them its result', async () => {
    const { storage, reopen } = await setup();
    const elsewhere = reopen();
    const { made, make } = planMaker(storage);
    const [held, ending] = [gate(), gate()];
    const owner = storage.transaction(async () => {
      const result = await storage.idempotent('key', 1, make);
      held.open();
      await ending.passed;
      return result;
    });
    await held.passed;
    const others = [1, 2, 3].map(() => elsewhere.idempotent('key', 1, make));
    ending.open();
    const result = await owner;
    for (const other of await Promise.all(others)) expect(other).toStrictEqual(result);
    expect(made.count).toBe(1);
  });

  it('lets another run the work when the transaction that held the key rolls back', async () => {
    const { storage, reopen } = await setup();
    const elsewhere = reopen();
    const { make, stored } = planMaker(elsewhere);
    const [held, ending] = [gate(), gate()];
    const owner = storage.transaction(async () => {
      await storage.idempotent('key', 1, () => Promise.resolve('gone'));
      held.open();
      await ending.passed;
      throw new Error('undo');
    });
    const undone = expect(owner).rejects.toThrow('undo');
    await held.passed;
    const other = elsewhere.idempotent('key', 1, make);
    ending.open();
    await undone;
    expect(await other).toMatchObject({ name: 'x' });
    expect(await stored()).toBe(1);
  });

  it('says inside a transaction at once that somebody else is at it', async () => {
    const { storage, reopen } = await setup();
    const requestHash = await fingerprintOf(storage, 1);
    await reopen().repositories.idempotencyKeys.begin({ key: 'held', requestHash });
    const joined = storage.transaction(() => storage.idempotent('held', 1, () => Promise.resolve(1)));
    await expect(joined).rejects.toMatchObject(IN_PROGRESS);
  });

  it('locks nothing for a result that is there: transactions read two of them in either order', async () => {
    const { storage, reopen } = await setup();
    for (const key of ['a', 'b']) await storage.idempotent(key, 1, () => Promise.resolve(key));
    const read = async (client: QZPayStorage, keys: readonly string[], mine: Gate, other: Gate) => {
      const [first = '', second = ''] = keys;
      const again = () => Promise.reject(new Error('it is done'));
      return client.transaction(async () => {
        await client.idempotent(first, 1, again);
        mine.open();
        await other.passed;
        return client.idempotent(second, 1, again);
      });
    };
    const [one, two] = [gate(), gate()];
    const results = [read(storage, ['a', 'b'], one, two), read(reopen(), ['b', 'a'], two, one)];
    expect(await Promise.all(results)).toEqual(['b', 'a']);
  });
});
