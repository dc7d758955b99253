import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNHOLDABLE = ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

const definition = {
  id: 'feature-1',
  key: 'exports',
  name: 'Exports',
  description: null,
  createdAt: new Date('2020-01-02T03:04:05.678Z'),
  updatedAt: new Date('2021-01-02T03:04:05.678Z'),
};

async function withCustomer(setup: Setup) {
  const bundle = await setup();
  const { id: customerId } = await bundle.storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
  return { ...bundle, customerId, entitlements: bundle.storage.entitlements };
}

describeOnEveryDriver('entitlement definitions', (setup) => {
  it('A-50 keeps a definition as given, its instants included', async () => {
    const { storage } = await setup();
    expect(await storage.entitlements.createDefinition(definition)).toStrictEqual(definition);
    expect(await storage.entitlements.findDefinitionByKey('exports')).toStrictEqual(definition);
  });

  it('A-50 refuses a second definition of a key or of an id, and leaves the first as it is', async () => {
    const { storage, reopen } = await setup();
    await storage.entitlements.createDefinition(definition);
    for (const twice of [
      { ...definition, id: 'feature-2', name: 'Other' },
      { ...definition, key: 'other' },
    ]) {
      await expect(storage.entitlements.createDefinition(twice)).rejects.toMatchObject({
        name: 'QZPayConflictError',
        conflictType: 'already_exists',
      });
    }
    expect(await storage.entitlements.listDefinitions()).toStrictEqual([definition]);
    await reopen({ livemode: true }).entitlements.createDefinition(definition);
  });

  it('lists definitions by key, in the order of their code points', async () => {
    const { storage } = await setup();
    for (const key of ['b', 'a', 'Z', 'é', '10', '9']) {
      await storage.entitlements.createDefinition({ ...definition, id: `id-${key}`, key });
    }
    const keys = (await storage.entitlements.listDefinitions()).map(({ key }) => key);
    expect(keys).toEqual(['10', '9', 'Z', 'a', 'b', 'é']);
  });

  it('A-01 answers null for a key that no definition could have', async () => {
    const { storage } = await setup();
    for (const key of UNHOLDABLE) expect(await storage.entitlements.findDefinitionByKey(key)).toBeNull();
  });
});

describeOnEveryDriver('entitlements of customers', (setup) => {
  it('grants for ever and by hand unless told otherwise, without a definition', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const grant = await entitlements.grant({ customerId, entitlementKey: 'exports' });
    expect(grant).toStrictEqual({
      customerId,
      entitlementKey: 'exports',
      grantedAt: clock(),
      expiresAt: null,
      source: 'manual',
      sourceId: null,
    });
    expect(await entitlements.findByCustomerId(customerId)).toStrictEqual([grant]);
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
  });

  it('A-51 keeps the access that one source owes when another one ends', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const of = { customerId, entitlementKey: 'exports' };
    await entitlements.grant({ ...of, source: 'subscription', sourceId: 'sub_1' });
    const expiresAt = new Date(clock().getTime() + 1000);
    await entitlements.grant({ ...of, source: 'addon', sourceId: 'addon_1', expiresAt });
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([
      { source: 'subscription', expiresAt: null },
    ]);

    expect(await entitlements.revokeBySource('addon', 'addon_1')).toBe(1);
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
    expect(await entitlements.revokeBySource('subscription', 'sub_1')).toBe(1);
    expect(await entitlements.check(customerId, 'exports')).toBe(false);
    expect(await entitlements.findByCustomerId(customerId)).toEqual([]);
    expect(await entitlements.revokeBySource('subscription', 'sub_1')).toBe(0);
  });

  it('A-51 shows one entry for a grant given twice, also without a source id', async () => {
    const { entitlements, customerId, query } = await withCustomer(setup);
    for (const source of [{}, { source: 'purchase' as const, sourceId: 'p-1' }]) {
      const first = await entitlements.grant({ customerId, entitlementKey: 'exports', ...source });
      expect(await entitlements.grant({ customerId, entitlementKey: 'exports', ...source })).toStrictEqual(first);
    }
    expect(await entitlements.findByCustomerId(customerId)).toHaveLength(1);
    expect(await query('select source from billing_customer_entitlements')).toHaveLength(2);
  });

  it('extends a repeated grant: the later expiry stays, never is the latest, and grantedAt is that of the first', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const grantedAt = clock();
    const at = (seconds: number) => new Date(grantedAt.getTime() + seconds * 1000);
    const expiry = async (expiresAt?: Date) => {
      clock.advance(1);
      const grant = { customerId, entitlementKey: 'exports', ...(expiresAt === undefined ? {} : { expiresAt }) };
      const extended = await entitlements.grant({ ...grant, source: 'purchase', sourceId: 'p-1' });
      return { expiresAt: extended.expiresAt, grantedAt: extended.grantedAt.getTime() - grantedAt.getTime() };
    };
    expect(await expiry(at(10))).toEqual({ expiresAt: at(10), grantedAt: 1 });
    expect(await expiry(at(5))).toEqual({ expiresAt: at(10), grantedAt: 1 });
    expect(await expiry(at(20))).toEqual({ expiresAt: at(20), grantedAt: 1 });
    expect(await expiry()).toEqual({ expiresAt: null, grantedAt: 1 });
    expect(await expiry(at(30))).toEqual({ expiresAt: null, grantedAt: 1 });
  });

  it('revives an expired grant of the same source', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const of = { customerId, entitlementKey: 'exports' };
    await entitlements.grant({ ...of, expiresAt: new Date(clock().getTime() + 1) });
    clock.advance(10);
    expect(await entitlements.check(customerId, 'exports')).toBe(false);
    const expiresAt = new Date(clock().getTime() + 1);
    expect(await entitlements.grant({ ...of, expiresAt })).toMatchObject({ expiresAt });
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
  });

  it('A-52 knows nothing of a grant from the instant of its expiry on', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const expiresAt = new Date(clock().getTime() + 1000);
    await entitlements.grant({ customerId, entitlementKey: 'exports', expiresAt });
    clock.advance(999);
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([{ expiresAt }]);
    clock.advance(1);
    expect(await entitlements.check(customerId, 'exports')).toBe(false);
    expect(await entitlements.findByCustomerId(customerId)).toEqual([]);
  });

  it('shows one entry per key, by key: of several grants the one that lasts longest', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const in1 = new Date(clock().getTime() + 1000);
    const in2 = new Date(clock().getTime() + 2000);
    for (const entitlementKey of ['b', 'a']) {
      await entitlements.grant({ customerId, entitlementKey, source: 'purchase', sourceId: 'p-1', expiresAt: in1 });
      await entitlements.grant({ customerId, entitlementKey, source: 'purchase', sourceId: 'p-2', expiresAt: in2 });
    }
    await entitlements.grant({ customerId, entitlementKey: 'a', source: 'subscription', sourceId: 'sub_1' });
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([
      { entitlementKey: 'a', sourceId: 'sub_1', expiresAt: null },
      { entitlementKey: 'b', sourceId: 'p-2', expiresAt: in2 },
    ]);
  });

  it('A-55 takes any text for a source id and as a key', async () => {
    const { entitlements, customerId } = await withCustomer(setup);
    for (const sourceId of ['sub_1', 'po_abc', '01890a5d-ac96-774b-bcce-b302099a8057', '👩‍🚀 „x“']) {
      const grant = { customerId, entitlementKey: ` Key ${sourceId} `, source: 'purchase' as const, sourceId };
      expect(await entitlements.grant(grant)).toMatchObject(grant);
      expect(await entitlements.check(customerId, grant.entitlementKey)).toBe(true);
    }
    expect(await entitlements.findByCustomerId(customerId)).toHaveLength(4);
  });

  it('revokes a key whatever its sources, and no other key or customer', async () => {
    const { storage, entitlements, customerId } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    await entitlements.grant({ customerId, entitlementKey: 'exports' });
    await entitlements.grant({ customerId, entitlementKey: 'exports', source: 'addon', sourceId: 'addon_1' });
    await entitlements.grant({ customerId, entitlementKey: 'imports' });
    await entitlements.grant({ customerId: other.id, entitlementKey: 'exports' });
    await expect(entitlements.revoke(customerId, 'exports')).resolves.toBeUndefined();
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([{ entitlementKey: 'imports' }]);
    expect(await entitlements.check(other.id, 'exports')).toBe(true);
  });

  it('counts the grants of a source across customers when it revokes them', async () => {
    const { storage, entitlements, customerId } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    for (const id of [customerId, other.id]) {
      await entitlements.grant({ customerId: id, entitlementKey: 'a', source: 'subscription', sourceId: 'sub_1' });
      await entitlements.grant({ customerId: id, entitlementKey: 'b', source: 'subscription', sourceId: 'sub_1' });
      await entitlements.grant({ customerId: id, entitlementKey: 'b', source: 'purchase', sourceId: 'sub_1' });
    }
    expect(await entitlements.revokeBySource('subscription', 'sub_1')).toBe(4);
    expect(await entitlements.check(customerId, 'a')).toBe(false);
    expect(await entitlements.check(customerId, 'b')).toBe(true);
  });

  it('A-01 A-65 answers garbage with false, nothing and silence', async () => {
    const { entitlements, customerId } = await withCustomer(setup);
    await entitlements.grant({ customerId, entitlementKey: 'exports', source: 'manual' });
    for (const id of UNHOLDABLE) {
      expect(await entitlements.check(id, 'exports')).toBe(false);
      expect(await entitlements.check(customerId, id)).toBe(false);
      expect(await entitlements.findByCustomerId(id)).toEqual([]);
      await expect(entitlements.revoke(id, 'exports')).resolves.toBeUndefined();
      await expect(entitlements.revoke(customerId, id)).resolves.toBeUndefined();
      expect(await entitlements.revokeBySource('manual', id)).toBe(0);
      expect(await entitlements.revokeBySource(untyped(id), 'sub_1')).toBe(0);
    }
    expect(await entitlements.revokeBySource('manual', untyped(undefined))).toBe(0);
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
  });

  it('refuses to grant to an unknown customer, and what the database could not hold', async () => {
    const { entitlements, customerId } = await withCustomer(setup);
    const unknown = entitlements.grant({ customerId: 'unknown', entitlementKey: 'exports' });
    await expect(unknown).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(unknown).rejects.toMatchObject({ entityType: 'Customer', entityId: 'unknown' });
    for (const invalid of [
      { entitlementKey: '\0' },
      { entitlementKey: 'k', source: untyped<'manual'>('promotion') },
      { entitlementKey: 'k', sourceId: '\ud800' },
      { entitlementKey: 'k', expiresAt: new Date(Number.NaN) },
    ]) {
      await expect(entitlements.grant({ customerId, ...invalid })).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
    expect(await entitlements.findByCustomerId(customerId)).toEqual([]);
  });

  it('keeps the modes apart', async () => {
    const { entitlements, customerId, reopen } = await withCustomer(setup);
    await entitlements.grant({ customerId, entitlementKey: 'exports', source: 'purchase', sourceId: 'p-1' });
    const live = reopen({ livemode: true }).entitlements;
    expect(await live.check(customerId, 'exports')).toBe(false);
    expect(await live.findByCustomerId(customerId)).toEqual([]);
    expect(await live.revokeBySource('purchase', 'p-1')).toBe(0);
    await live.revoke(customerId, 'exports');
    await expect(live.grant({ customerId, entitlementKey: 'exports' })).rejects.toBeInstanceOf(QZPayNotFoundError);
    expect(await entitlements.check(customerId, 'exports')).toBe(true);
  });
});

describeOnServers('simultaneous grants', (setup) => {
  it('A-51 leave one row per source with the latest expiry, however many callers grant at once', async () => {
    const { entitlements, customerId, clock, query } = await withCustomer(setup);
    const latest = new Date(clock().getTime() + 20_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        entitlements.grant({
          customerId,
          entitlementKey: 'exports',
          expiresAt: new Date(latest.getTime() - ((index * 7) % 20) * 1000),
        }),
      ),
    );
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([{ expiresAt: latest }]);
    expect(await query('select id from billing_customer_entitlements')).toHaveLength(1);
  });

  it('never lose to a shorter one what a perpetual one gives', async () => {
    const { entitlements, customerId, clock } = await withCustomer(setup);
    const of = { customerId, entitlementKey: 'exports', source: 'purchase' as const, sourceId: 'p-1' };
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        entitlements.grant(index === 10 ? of : { ...of, expiresAt: new Date(clock().getTime() + index) }),
      ),
    );
    expect(await entitlements.findByCustomerId(customerId)).toMatchObject([{ expiresAt: null }]);
  });

  it('let one definition of a key win', async () => {
    const { storage } = await setup();
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        storage.entitlements.createDefinition({ ...definition, id: `feature-${index}` }),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await storage.entitlements.listDefinitions()).toHaveLength(1);
  });

  it('are counted once when a source is revoked by several callers at once', async () => {
    const { entitlements, customerId } = await withCustomer(setup);
    for (let index = 0; index < 10; index += 1) {
      await entitlements.grant({ customerId, entitlementKey: `k${index}`, source: 'addon', sourceId: 'addon_1' });
    }
    const counts = await Promise.all(Array.from({ length: 5 }, () => entitlements.revokeBySource('addon', 'addon_1')));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
  });
});
