import { expect, it } from 'vitest';
import type { QZPayIdempotencyClaim, QZPayIdempotentRequest, QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, tenAtOnce } from './support/repositories.js';

const request: QZPayIdempotentRequest = { key: 'key-1', requestHash: 'hash-1', operation: 'payments.create' };
const reused = { name: 'QZPayConflictError', conflictType: 'idempotency_key_reused' };
const lost = { name: 'QZPayStorageError', code: 'lease_lost' };

async function start({ idempotencyKeys }: QZPayRepositories, changes: Partial<QZPayIdempotentRequest> = {}) {
  const claim = await idempotencyKeys.begin({ ...request, ...changes });
  if (claim.state !== 'started') throw new Error(`the key is ${claim.state}`);
  return claim;
}

function statesOf(results: readonly PromiseSettledResult<QZPayIdempotencyClaim>[]): string[] {
  return results.map((result) => (result.status === 'fulfilled' ? result.value.state : String(result.reason))).sort();
}

describeOnEveryDriver('idempotency keys', (setup) => {
  it('starts a new key once; the same request meanwhile is told that it is in progress', async () => {
    const { repositories, clock } = await setup();
    const { lockedUntil } = await start(repositories, { leaseMs: 1000, customerId: 'customer-1' });
    expect(lockedUntil).toEqual(new Date(clock().getTime() + 1000));
    expect(await repositories.idempotencyKeys.begin(request)).toEqual({ state: 'in_progress', lockedUntil });
    expect(await repositories.idempotencyKeys.find('key-1')).toStrictEqual({
      livemode: false,
      key: 'key-1',
      operation: 'payments.create',
      requestHash: 'hash-1',
      status: 'pending',
      response: null,
      leaseToken: expect.any(String),
      lockedUntil,
      completedAt: null,
      expiresAt: new Date(clock().getTime() + 86_400_000),
      customerId: 'customer-1',
      createdAt: clock(),
    });
  });

  it.each([{ response: { id: 'pay-1', list: [1, null] } }, { response: [1, 'two'] }, { response: null }])(
    'replays the response to the same request: $response',
    async ({ response }) => {
      const { repositories } = await setup();
      await repositories.idempotencyKeys.complete(await start(repositories), response);
      expect(await repositories.idempotencyKeys.begin(request)).toEqual({ state: 'completed', response });
    },
  );

  it('refuses another request or operation for the key, while it runs, after its lease and when it is done', async () => {
    const { repositories, clock } = await setup();
    const { idempotencyKeys } = repositories;
    const others = [
      { ...request, requestHash: 'hash-2' },
      { ...request, operation: 'refunds.create' },
      { ...request, operation: undefined },
    ];
    const expectRefusals = async () => {
      for (const other of others) await expect(idempotencyKeys.begin(other)).rejects.toMatchObject(reused);
    };
    const lease = await start(repositories, { leaseMs: 1000 });
    await expectRefusals();
    clock.advance(1000);
    await expectRefusals();
    await idempotencyKeys.complete(lease, {});
    await expectRefusals();
  });

  it('passes work whose lease ran out to the next caller, and refuses the late result', async () => {
    const { repositories, clock } = await setup();
    const { idempotencyKeys } = repositories;
    const first = await start(repositories, { leaseMs: 1000 });
    clock.advance(999);
    expect(await idempotencyKeys.begin(request)).toMatchObject({ state: 'in_progress' });
    clock.advance(1);
    const second = await start(repositories);
    await expect(idempotencyKeys.complete(first, { by: 'first' })).rejects.toMatchObject(lost);
    await expect(idempotencyKeys.extend(first)).rejects.toMatchObject(lost);
    await idempotencyKeys.release(first);
    await idempotencyKeys.complete(second, { by: 'second' });
    await expect(idempotencyKeys.complete(second, { by: 'nobody' })).rejects.toMatchObject(lost);
    expect(await idempotencyKeys.begin(request)).toEqual({ state: 'completed', response: { by: 'second' } });
  });

  it('gives more time to a caller that asks for it', async () => {
    const { repositories, clock } = await setup();
    const lease = await start(repositories, { leaseMs: 1000 });
    clock.advance(900);
    const extended = await repositories.idempotencyKeys.extend(lease, 1000);
    expect(extended.lockedUntil).toEqual(new Date(clock().getTime() + 1000));
    clock.advance(999);
    expect(await repositories.idempotencyKeys.begin(request)).toMatchObject({ state: 'in_progress' });
    await repositories.idempotencyKeys.complete(extended, {});
  });

  it('frees the key of failed work at once, also for another request', async () => {
    const { repositories } = await setup();
    await repositories.idempotencyKeys.release(await start(repositories));
    expect(await repositories.idempotencyKeys.find('key-1')).toBeNull();
    await start(repositories, { requestHash: 'hash-2' });
  });

  it('takes an expired key anew, whatever it was used for', async () => {
    const { repositories, clock } = await setup();
    const { idempotencyKeys } = repositories;
    await idempotencyKeys.complete(await start(repositories, { ttlMs: 1000, customerId: 'customer-1' }), { old: true });
    clock.advance(1000);
    await start(repositories, { requestHash: 'hash-2' });
    expect(await idempotencyKeys.find('key-1')).toMatchObject({
      requestHash: 'hash-2',
      status: 'pending',
      response: null,
      completedAt: null,
      customerId: null,
      createdAt: clock(),
    });
  });

  it('counts the time of a result from its completion, and leaves a key alone while its lease runs', async () => {
    const { repositories, clock } = await setup();
    const { idempotencyKeys } = repositories;
    const lease = await start(repositories, { ttlMs: 1000, leaseMs: 5000 });
    clock.advance(4999);
    expect(await idempotencyKeys.begin(request)).toMatchObject({ state: 'in_progress' });
    await expect(idempotencyKeys.begin({ ...request, requestHash: 'hash-2' })).rejects.toMatchObject(reused);
    expect(await idempotencyKeys.purgeExpired()).toBe(0);
    await idempotencyKeys.complete(lease, { id: 'pay-1' });
    clock.advance(999);
    expect(await idempotencyKeys.begin(request)).toEqual({ state: 'completed', response: { id: 'pay-1' } });
    clock.advance(1);
    expect(await idempotencyKeys.purgeExpired()).toBe(1);
  });

  it('keeps the modes apart', async () => {
    const { repositories, reopen } = await setup();
    await start(repositories);
    await start(reopen({ livemode: true }), { requestHash: 'hash-2' });
  });

  it('loses the key with the transaction that took it', async () => {
    const { repositories, transaction } = await setup();
    const failing = transaction(async () => {
      await repositories.idempotencyKeys.complete(await start(repositories), { id: 'pay-1' });
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');
    expect(await repositories.idempotencyKeys.find('key-1')).toBeNull();
  });

  it('purges expired keys in batches, the oldest first', async () => {
    const { repositories, clock } = await setup();
    for (const ttlMs of [3000, 1000, 2000, 4000]) await start(repositories, { key: `key-${ttlMs}`, ttlMs, leaseMs: 1 });
    clock.advance(3000);
    expect(await repositories.idempotencyKeys.purgeExpired(1)).toBe(1);
    expect(await repositories.idempotencyKeys.find('key-1000')).toBeNull();
    expect(await repositories.idempotencyKeys.find('key-2000')).not.toBeNull();
    expect(await repositories.idempotencyKeys.purgeExpired()).toBe(2);
    expect(await repositories.idempotencyKeys.purgeExpired()).toBe(0);
    expect(await repositories.idempotencyKeys.find('key-4000')).not.toBeNull();
  });

  it('answers for keys of any form: none is found, and one that cannot be stored is refused', async () => {
    const { repositories } = await setup();
    for (const key of ['\0', '\ud800', 'x'.repeat(600)]) {
      expect(await repositories.idempotencyKeys.find(key)).toBeNull();
      const refusal = { name: 'QZPayValidationError', field: 'key' };
      await expect(repositories.idempotencyKeys.begin({ ...request, key })).rejects.toMatchObject(refusal);
    }
  });

  it('begins in one round trip, whoever wins', async () => {
    const statements: string[] = [];
    const { repositories } = await setup({ onQuery: ({ name }) => statements.push(name) });
    await repositories.idempotencyKeys.begin(request);
    await repositories.idempotencyKeys.begin(request);
    expect(statements).toEqual(['idempotencyKeys.begin', 'idempotencyKeys.begin']);
  });
});

describeOnServers('idempotency keys of many callers at once', (setup) => {
  it('lets one of ten callers start a new key', async () => {
    const { repositories } = await setup();
    for (let round = 0; round < 20; round += 1) {
      const states = statesOf(
        await tenAtOnce(() => repositories.idempotencyKeys.begin({ ...request, key: `key-${round}` })),
      );
      expect(states).toEqual([...Array.from({ length: 9 }, () => 'in_progress'), 'started']);
    }
  });

  it('lets one of ten callers take over an expired key, and tells the others of the new request', async () => {
    const { repositories, clock } = await setup();
    for (let round = 0; round < 20; round += 1) {
      const key = `key-${round}`;
      const old = await start(repositories, { key, requestHash: 'old', ttlMs: 1000 });
      await repositories.idempotencyKeys.complete(old, { old: true });
      clock.advance(1000);
      const states = statesOf(await tenAtOnce(() => repositories.idempotencyKeys.begin({ ...request, key })));
      expect(states).toEqual([...Array.from({ length: 9 }, () => 'in_progress'), 'started']);
    }
  });

  it('lets one of ten callers take over work whose lease ran out', async () => {
    const { repositories, clock } = await setup();
    for (let round = 0; round < 20; round += 1) {
      const key = `key-${round}`;
      await start(repositories, { key, leaseMs: 1000 });
      clock.advance(1000);
      const states = statesOf(await tenAtOnce(() => repositories.idempotencyKeys.begin({ ...request, key })));
      expect(states).toEqual([...Array.from({ length: 9 }, () => 'in_progress'), 'started']);
    }
  });

  it('makes others wait for the transaction of the one that started, and replays its response to them', async () => {
    const { repositories, reopen, transaction } = await setup();
    const others = reopen();
    const waiting = await transaction(async () => {
      const lease = await start(repositories);
      const answers = [1, 2, 3].map(() => others.idempotencyKeys.begin(request));
      await repositories.idempotencyKeys.complete(lease, { id: 'pay-1' });
      return { answers };
    });
    for (const answer of await Promise.all(waiting.answers)) {
      expect(answer).toEqual({ state: 'completed', response: { id: 'pay-1' } });
    }
  });

  it('refuses nine of ten different requests for one key', async () => {
    const { repositories } = await setup();
    const results = await tenAtOnce((index) =>
      repositories.idempotencyKeys.begin({ ...request, requestHash: `hash-${index}` }),
    );
    expect(statesOf(results).filter((state) => state === 'started')).toHaveLength(1);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refusals).toHaveLength(9);
    for (const refusal of refusals) expect(refusal).toMatchObject(reused);
  });
});
