import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, tenAtOnce } from './support/repositories.js';

describeOnEveryDriver('entitlement definitions', (setup) => {
  it('are found by id, by key and all at once by key', async () => {
    const { repositories, clock } = await setup();
    const { entitlements } = repositories;
    const b = await entitlements.create({ key: 'b', name: 'Beta' });
    const a = await entitlements.create({ id: 'feature-a', key: 'a', name: 'Alpha', description: 'First' });
    expect(a).toStrictEqual({
      id: 'feature-a',
      key: 'a',
      name: 'Alpha',
      description: 'First',
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
    });
    expect(await entitlements.findById(b.id)).toStrictEqual(b);
    expect(await entitlements.findByKey('a')).toStrictEqual(a);
    expect(await entitlements.findByKey('A')).toBeNull();
    expect(await entitlements.findAll()).toStrictEqual([a, b]);
    expect((await entitlements.list({ filters: { name: ['Beta', 'Gamma'] } })).data).toStrictEqual([b]);
  });

  it('change their name and description, never their key', async () => {
    const { repositories, clock } = await setup();
    const { entitlements } = repositories;
    const created = await entitlements.create({ key: 'a', name: 'Alpha', description: 'First' });
    clock.advance(1);
    const patch = { name: 'Omega', description: null, key: 'z' };
    const updated = await entitlements.update(created.id, patch);
    expect(updated).toStrictEqual({ ...created, name: 'Omega', description: null, updatedAt: clock() });
    await expect(entitlements.update('unknown', patch)).rejects.toMatchObject({ entityType: 'Entitlement' });
  });

  it('leave the grants of their key behind when they are deleted, and the key free', async () => {
    const { repositories, reopen } = await setup();
    const { entitlements, customerEntitlements, customers } = repositories;
    const { id } = await entitlements.create({ key: 'a', name: 'Alpha' });
    const customer = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await customerEntitlements.grant({ customerId: customer.id, entitlementKey: 'a' });
    await reopen({ livemode: true }).entitlements.delete(id);
    expect(await entitlements.findById(id)).not.toBeNull();
    await entitlements.delete(id);
    await entitlements.delete(id);
    await entitlements.delete('\0');
    expect(await entitlements.findById(id)).toBeNull();
    expect(await customerEntitlements.check(customer.id, 'a')).toBe(true);
    await entitlements.create({ key: 'a', name: 'Alpha' });
  });
});

async function withCustomers(setup: Setup) {
  const bundle = await setup();
  const { customers, customerEntitlements: grants } = bundle.repositories;
  for (const id of ['c1', 'c2', 'c3']) await customers.create({ id, externalId: id, email: 'a@b.c' });
  const start = bundle.clock();
  return { ...bundle, grants, in: (seconds: number) => new Date(start.getTime() + seconds * 1000) };
}

describeOnEveryDriver('grants', (setup) => {
  it('keep the instant they are given with, and what a source extends counts as changed', async () => {
    const { grants, clock, in: at } = await withCustomers(setup);
    const grant = { customerId: 'c1', entitlementKey: 'a', grantedAt: at(-100), expiresAt: at(1) };
    const first = await grants.grant(grant);
    clock.advance(5);
    const again = await grants.grant({ ...grant, grantedAt: at(0), expiresAt: at(2) });
    expect(again).toStrictEqual({ ...first, grantedAt: at(-100), expiresAt: at(2), updatedAt: clock() });
    expect(await grants.findById(first.id)).toStrictEqual(again);
  });

  it('answer with the longest of a key, or with all there are', async () => {
    const { grants, clock, in: at } = await withCustomers(setup);
    const grant = (entitlementKey: string, sourceId: string, expiresAt: Date | null) =>
      grants.grant({ customerId: 'c1', entitlementKey, source: 'purchase', sourceId, expiresAt });
    const expired = await grant('a', 'p1', at(1));
    const longest = await grant('a', 'p2', at(30));
    const shorter = await grant('a', 'p3', at(20));
    const other = await grant('b', 'p4', null);
    clock.advance(10_000);
    expect(await grants.findActive('c1', 'a')).toStrictEqual(longest);
    expect(await grants.findActive('c1', 'c')).toBeNull();
    expect(await grants.findActive('c1', '\0')).toBeNull();
    expect(await grants.findActiveByCustomerId('c1')).toStrictEqual([longest, other]);
    const all = await grants.findByCustomerId('c1');
    expect(new Set(all)).toEqual(new Set([expired, longest, shorter, other]));
    expect(all.map(({ entitlementKey }) => entitlementKey)).toEqual(['a', 'a', 'a', 'b']);
    expect(await grants.count({ customerId: 'c1', entitlementKey: 'a' })).toBe(3);
  });

  it('name the customers of a key, page by page, once each and only those who have access', async () => {
    const { grants, clock, in: at } = await withCustomers(setup);
    await grants.grant({ customerId: 'c2', entitlementKey: 'a', source: 'purchase', sourceId: 'p1' });
    await grants.grant({ customerId: 'c2', entitlementKey: 'a', source: 'purchase', sourceId: 'p2' });
    await grants.grant({ customerId: 'c1', entitlementKey: 'a' });
    await grants.grant({ customerId: 'c3', entitlementKey: 'a', expiresAt: at(1) });
    await grants.grant({ customerId: 'c3', entitlementKey: 'b' });
    expect(await grants.findCustomerIdsByKey('a')).toEqual(['c1', 'c2', 'c3']);
    clock.advance(1000);
    expect(await grants.findCustomerIdsByKey('a')).toEqual(['c1', 'c2']);
    expect(await grants.findCustomerIdsByKey('a', { first: 1 })).toEqual(['c1']);
    expect(await grants.findCustomerIdsByKey('a', { first: 1, after: 'c1' })).toEqual(['c2']);
    expect(await grants.findCustomerIdsByKey('a', { after: 'c2' })).toEqual([]);
    expect(await grants.findCustomerIdsByKey('\0')).toEqual([]);
    for (const first of [-1, 0]) {
      await expect(grants.findCustomerIdsByKey('a', { first })).rejects.toMatchObject({ field: 'first' });
    }
  });

  it('say how many of them were revoked', async () => {
    const { grants } = await withCustomers(setup);
    await grants.grant({ customerId: 'c1', entitlementKey: 'a' });
    await grants.grant({ customerId: 'c1', entitlementKey: 'a', source: 'purchase', sourceId: 'p1' });
    expect(await grants.revoke('c1', 'a')).toBe(2);
    expect(await grants.revoke('c1', 'a')).toBe(0);
    expect(await grants.revoke('\0', 'a')).toBe(0);
  });

  it('that expire in a half-open window come soonest first', async () => {
    const { grants, reopen, in: at } = await withCustomers(setup);
    for (const [entitlementKey, expiresAt] of [
      ['c', at(30)],
      ['b', at(20)],
      ['a', at(10)],
      ['never', null],
    ] as const) {
      await grants.grant({ customerId: 'c1', entitlementKey, expiresAt });
    }
    const keys = async (start: Date, end: Date, from = grants) =>
      (await from.findExpiring({ start, end })).map(({ entitlementKey }) => entitlementKey);
    expect(await keys(at(10), at(30))).toEqual(['a', 'b']);
    expect(await keys(at(30), at(31))).toEqual(['c']);
    expect(await keys(at(0), at(100), reopen({ livemode: true }).customerEntitlements)).toEqual([]);
  });

  it('are purged in batches once they have expired, the longest expired first', async () => {
    const { grants, clock, reopen, in: at } = await withCustomers(setup);
    for (const seconds of [3, 1, 2, 4]) {
      await grants.grant({ customerId: 'c1', entitlementKey: `k${seconds}`, expiresAt: at(seconds) });
    }
    await grants.grant({ customerId: 'c1', entitlementKey: 'never' });
    clock.advance(3000);
    expect(await reopen({ livemode: true }).customerEntitlements.purgeExpired()).toBe(0);
    expect(await grants.purgeExpired({ limit: 2 })).toBe(2);
    const left = async () => (await grants.findByCustomerId('c1')).map(({ entitlementKey }) => entitlementKey);
    expect(await left()).toEqual(['k3', 'k4', 'never']);
    expect(await grants.purgeExpired({ limit: 2 })).toBe(1);
    expect(await grants.purgeExpired()).toBe(0);
    expect(await left()).toEqual(['k4', 'never']);
  });
});

describeOnServers('purging grants', (setup) => {
  it('never takes one that its source extends meanwhile', async () => {
    const { grants, clock, in: at } = await withCustomers(setup);
    const keys = Array.from({ length: 10 }, (_, index) => `k${index}`);
    for (const entitlementKey of keys) await grants.grant({ customerId: 'c1', entitlementKey, expiresAt: at(1) });
    clock.advance(1000);
    const extend = () =>
      Promise.all(keys.map((entitlementKey) => grants.grant({ customerId: 'c1', entitlementKey, expiresAt: at(60) })));
    await tenAtOnce<unknown>((index) => (index % 2 === 0 ? grants.purgeExpired({ limit: 3 }) : extend()));
    expect((await grants.findActiveByCustomerId('c1')).map(({ entitlementKey }) => entitlementKey)).toEqual(keys);
  });

  it('takes each row once, however many callers purge at once', async () => {
    const { grants, clock, in: at } = await withCustomers(setup);
    for (let index = 0; index < 30; index += 1) {
      await grants.grant({ customerId: 'c1', entitlementKey: `k${index}`, expiresAt: at(1) });
    }
    clock.advance(1000);
    const purged = await tenAtOnce(() => grants.purgeExpired({ limit: 5 }));
    const removed = purged.map((result) => (result.status === 'fulfilled' ? result.value : Number.NaN));
    expect(30 - removed.reduce((sum, count) => sum + count, 0)).toBe(await grants.count());
  });
});
