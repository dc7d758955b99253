import { describe, expect, it } from 'vitest';
import { customer, setup, untyped } from './support.js';

const invalid = (field: string) => ({ name: 'QZPayValidationError', field });

describe('what the memory storage keeps', () => {
  it('is out of reach of what was given and of what was returned', async () => {
    const { storage } = setup();
    const metadata = untyped<Record<string, string>>({ nested: { deep: 'kept' } });
    const created = await storage.customers.create({ ...customer('a'), metadata });
    const expected = structuredClone(created);
    Object.assign(untyped<{ nested: object }>(metadata).nested, { deep: 'changed' });
    Object.assign(created.providerCustomerIds, { stripe: 'changed' });
    created.createdAt.setFullYear(1);
    expect(await storage.customers.findById(created.id)).toStrictEqual(expected);
    const { data } = await storage.customers.list();
    data[0]?.updatedAt.setFullYear(1);
    expect((await storage.customers.list()).data).toStrictEqual([expected]);
  });

  it('is what JSON keeps, where it is JSON', async () => {
    const { storage } = setup();
    const metadata = untyped<Record<string, string>>({ gone: undefined, none: null, when: new Date(0), zero: -0 });
    const created = await storage.customers.create({ ...customer('a'), metadata });
    expect(created.metadata).toStrictEqual({ none: null, when: '1970-01-01T00:00:00.000Z', zero: 0 });
    const [card] = [{ id: 'c', provider: 'p', lastFourDigits: '1', expirationMonth: 1, expirationYear: 2030 }];
    const savedCards = [{ ...card, createdAt: new Date(5) }];
    expect(await storage.customers.update(created.id, { savedCards: untyped(savedCards) })).toMatchObject({
      savedCards,
    });
  });

  it.each([
    ['text with NUL', { externalId: 'a\0' }, 'externalId'],
    ['half a surrogate pair', { name: '\ud800' }, 'name'],
    ['a key beyond 512 bytes', { externalId: 'é'.repeat(257) }, 'externalId'],
    ['what is no text', { name: 5 }, 'name'],
    ['null where it is required', { email: null }, 'email'],
    ['NUL inside metadata', { metadata: { 'a\0': 1 } }, 'metadata'],
    ['a list in the place of an object', { metadata: [] }, 'metadata'],
  ])('is never %s', async (_, input, field) => {
    const { storage } = setup();
    const attempt = storage.customers.create({ ...customer('a'), ...untyped<object>(input) });
    await expect(attempt).rejects.toMatchObject(invalid(field));
    expect(await storage.customers.list()).toMatchObject({ total: 0 });
  });

  it('is never money in fractions or a member of no closed set', async () => {
    const { storage } = setup();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const price = { id: 'p', planId: 'pro', currency: 'EUR', unitAmount: 1, billingInterval: 'month' } as const;
    await expect(storage.prices.create({ ...price, unitAmount: 0.5 })).rejects.toMatchObject(invalid('unitAmount'));
    await expect(storage.prices.create({ ...price, unitAmount: 2 ** 53 })).rejects.toMatchObject(invalid('unitAmount'));
    await expect(storage.prices.create({ ...price, billingInterval: untyped('fortnight') })).rejects.toMatchObject(
      invalid('billingInterval'),
    );
  });

  it('is absent for any text that cannot be stored', async () => {
    const { storage } = setup();
    for (const text of ['', 'a\0', '\udfff', 'x'.repeat(600)]) {
      expect(await storage.customers.findById(text)).toBeNull();
      expect(await storage.promoCodes.findByCode(text)).toBeNull();
      expect(await storage.subscriptions.findByCustomerId(text)).toEqual([]);
      expect(await storage.customers.list({ filters: { externalId: text } })).toMatchObject({ total: 0 });
      await expect(storage.customers.update(text, {})).rejects.toMatchObject({ name: 'QZPayNotFoundError' });
      await storage.customers.delete(text);
    }
  });

  it('merges provider ids, and metadata only where asked', async () => {
    const { storage, reopen } = setup();
    const { id } = await storage.customers.create({ ...customer('a'), metadata: { a: 1, b: 2 } });
    await storage.customers.update(id, { providerCustomerIds: { stripe: 's', mp: 'm' } });
    const updated = await storage.customers.update(id, { providerCustomerIds: untyped({ mp: null, other: 'o' }) });
    expect(updated.providerCustomerIds).toEqual({ stripe: 's', other: 'o' });
    const dated = storage.customers.update(id, { providerCustomerIds: untyped(new Date(0)) });
    await expect(dated).rejects.toMatchObject(invalid('providerCustomerIds'));
    const merging = reopen({ metadataUpdates: 'merge' });
    expect((await merging.customers.update(id, { metadata: { a: null, c: 3 } })).metadata).toEqual({ b: 2, c: 3 });
    expect((await storage.customers.update(id, { metadata: { d: undefined } })).metadata).toEqual({});
  });

  it('moves on with every update, and refuses one for another version', async () => {
    const { storage, clock } = setup();
    const created = await storage.customers.create(customer('a'));
    clock.advance(5);
    const updated = await storage.customers.update(created.id, {}, { expectedVersion: created.version.toUpperCase() });
    expect(updated).toStrictEqual({ ...created, updatedAt: clock(), version: updated.version });
    for (const expectedVersion of [created.version, 'no version']) {
      const attempt = storage.customers.update(created.id, { name: 'x' }, { expectedVersion });
      await expect(attempt).rejects.toMatchObject({ conflictType: 'version_mismatch' });
    }
  });
});

describe('a list in memory', () => {
  async function withCustomers(count: number) {
    const made = setup();
    for (let index = 0; index < count; index += 1) {
      await made.storage.customers.create({ ...customer(`u${index}`), name: index % 2 === 0 ? null : `n${index}` });
    }
    return made;
  }

  it('pages through rows of one instant without loss, newest id first', async () => {
    const { storage } = await withCustomers(7);
    const seen: string[] = [];
    for (let offset = 0; ; offset += 3) {
      const page = await storage.customers.list({ limit: 3, offset });
      expect(page).toMatchObject({ total: 7, limit: 3, offset, hasMore: offset < 6 });
      seen.push(...page.data.map(({ externalId }) => externalId));
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(['u6', 'u5', 'u4', 'u3', 'u2', 'u1', 'u0']);
  });

  it('puts null last in both directions, and orders text by its bytes', async () => {
    const { storage } = await withCustomers(3);
    await storage.customers.create({ ...customer('x'), name: '\u{1f600}' });
    await storage.customers.create({ ...customer('y'), name: '\uffee' });
    const names = async (orderDirection: 'asc' | 'desc') =>
      (await storage.customers.list({ orderBy: 'name', orderDirection })).data.map(({ name }) => name);
    expect(await names('asc')).toEqual(['n1', '\uffee', '\u{1f600}', null, null]);
    expect(await names('desc')).toEqual(['\u{1f600}', '\uffee', 'n1', null, null]);
  });

  it('matches values, lists of them and null, and nothing that was not asked for', async () => {
    const { storage } = await withCustomers(4);
    const found = async (filters: Record<string, unknown>) =>
      (await storage.customers.list({ filters, orderBy: 'externalId', orderDirection: 'asc' })).data.map(
        ({ externalId }) => externalId,
      );
    expect(await found({ email: 'U1@Example.org' })).toEqual(['u1']);
    expect(await found({ name: null })).toEqual(['u0', 'u2']);
    expect(await found({ name: ['n1', null, 'a\0'] })).toEqual(['u0', 'u1', 'u2']);
    expect(await found({ name: undefined, externalId: 'u3' })).toEqual(['u3']);
    expect(await found({ name: [] })).toEqual([]);
  });

  it('refuses what it does not know', async () => {
    const { storage } = setup();
    for (const [options, field] of [
      [{ limit: -1 }, 'limit'],
      [{ limit: 10_001 }, 'limit'],
      [{ offset: 0.5 }, 'offset'],
      [{ orderBy: 'metadata' }, 'orderBy'],
      [{ orderDirection: 'up' }, 'orderDirection'],
      [{ filters: { planet: 'x' } }, 'filters'],
      [{ filters: { name: 5 } }, 'name'],
    ] as const) {
      await expect(storage.customers.list(untyped(options))).rejects.toMatchObject(invalid(field));
    }
  });
});
