import { expect, it } from 'vitest';
import type { QZPayNewCheckout } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, tenAtOnce } from './support/repositories.js';

const HALF_AN_HOUR = 1_800_000;

function checkoutOf(now: Date, changes: Partial<QZPayNewCheckout> = {}): QZPayNewCheckout {
  return {
    mode: 'payment',
    status: 'open',
    currency: 'USD',
    successUrl: 'https://example.org/success',
    cancelUrl: 'https://example.org/cancel',
    expiresAt: new Date(now.getTime() + HALF_AN_HOUR),
    ...changes,
  };
}

const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

describeOnEveryDriver('checkouts', (setup) => {
  it('finds a session by its id at a provider, the oldest first, and none by a part of it', async () => {
    const { repositories, clock } = await setup();
    const sessions = { providerSessionIds: { stripe: 'cs_1' } };
    await repositories.checkouts.create(checkoutOf(clock(), { id: 'first', ...sessions }));
    clock.advance(1);
    await repositories.checkouts.create(checkoutOf(clock(), { id: 'second', ...sessions }));
    expect(await repositories.checkouts.findByProviderId('stripe', 'cs_1')).toMatchObject({ id: 'first' });
    for (const [provider, id] of [
      ['paypal', 'cs_1'],
      ['stripe', 'cs'],
      ['stripe', '\0'],
    ] as const) {
      expect(await repositories.checkouts.findByProviderId(provider, id)).toBeNull();
    }
  });

  it('finds the open sessions whose time is over, the longest overdue first', async () => {
    const { repositories, clock, reopen } = await setup();
    const now = clock();
    const overdue = (id: string, milliseconds: number, changes: Partial<QZPayNewCheckout> = {}) =>
      checkoutOf(now, { id, expiresAt: new Date(now.getTime() - milliseconds), ...changes });
    await repositories.checkouts.create(overdue('now', 0));
    await repositories.checkouts.create(overdue('long', 1000));
    await repositories.checkouts.create(overdue('later', -1));
    await repositories.checkouts.create(overdue('complete', 1000, { status: 'complete' }));
    await reopen({ livemode: true }).checkouts.create(overdue('live', 1000));
    expect(idsOf(await repositories.checkouts.findOverdue(now))).toEqual(['long', 'now']);
    expect(idsOf(await repositories.checkouts.findOverdue(now, 1))).toEqual(['long']);
    expect(await repositories.checkouts.findOverdue(now, 0)).toEqual([]);
    const refusal = { name: 'QZPayValidationError', field: 'limit' };
    await expect(repositories.checkouts.findOverdue(now, -1)).rejects.toMatchObject(refusal);
  });

  it('expires them, a batch at a time, each with a new version', async () => {
    const { repositories, clock } = await setup();
    const created = await repositories.checkouts.create(checkoutOf(clock(), { id: 'first' }));
    await repositories.checkouts.create(checkoutOf(clock(), { id: 'second' }));
    clock.advance(HALF_AN_HOUR);
    const [expired] = await repositories.checkouts.expireOverdue(clock(), 1);
    expect(expired).toStrictEqual({
      ...created,
      status: 'expired',
      updatedAt: clock(),
      version: expect.not.stringMatching(created.version),
    });
    expect(idsOf(await repositories.checkouts.expireOverdue(clock()))).toEqual(['second']);
    expect(await repositories.checkouts.expireOverdue(clock())).toEqual([]);
    expect(await repositories.checkouts.count({ status: 'expired' })).toBe(2);
  });

  it('refuses an update that expects another version', async () => {
    const { repositories, clock } = await setup();
    const { id, version } = await repositories.checkouts.create(checkoutOf(clock()));
    await repositories.checkouts.update(id, { status: 'complete' }, { expectedVersion: version });
    const stale = repositories.checkouts.update(id, { status: 'expired' }, { expectedVersion: version });
    await expect(stale).rejects.toMatchObject({ conflictType: 'version_mismatch' });
    expect(await repositories.checkouts.findById(id)).toMatchObject({ status: 'complete' });
  });
});

describeOnServers('checkouts of many callers at once', (setup) => {
  it('expires each session once', async () => {
    const { repositories, clock } = await setup();
    for (let index = 0; index < 30; index += 1) await repositories.checkouts.create(checkoutOf(clock()));
    clock.advance(HALF_AN_HOUR);
    const results = await tenAtOnce(() => repositories.checkouts.expireOverdue(clock(), 10));
    const expired = results.flatMap((result) => (result.status === 'fulfilled' ? idsOf(result.value) : ['failed']));
    expect(new Set(expired).size).toBe(expired.length);
    expect(await repositories.checkouts.count({ status: 'expired' })).toBe(expired.length);
  });

  it('leaves a session complete that is completed while it is being expired', async () => {
    const { repositories, clock } = await setup();
    for (let round = 0; round < 20; round += 1) {
      const { id, version } = await repositories.checkouts.create(checkoutOf(clock()));
      clock.advance(HALF_AN_HOUR);
      const [completed, expired] = await Promise.allSettled([
        repositories.checkouts.update(id, { status: 'complete' }, { expectedVersion: version }),
        repositories.checkouts.expireOverdue(clock()),
      ]);
      const wasExpired = expired.status === 'fulfilled' && idsOf(expired.value).includes(id);
      expect(wasExpired).toBe(completed.status === 'rejected');
      expect((await repositories.checkouts.findById(id))?.status).toBe(wasExpired ? 'expired' : 'complete');
    }
  });
});
