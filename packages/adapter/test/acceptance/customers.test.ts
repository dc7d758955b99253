import { QZPayConflictError, QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

describeOnEveryDriver('customers', (setup) => {
  it('A-02 returns from create what findById returns afterwards, with nulls where nothing was given', async () => {
    const { storage, clock } = await setup();
    const created = await storage.customers.create({ externalId: 'user-1', email: 'Ada@Example.org' });
    expect(created).toStrictEqual({
      id: expect.any(String),
      externalId: 'user-1',
      email: 'Ada@Example.org',
      name: null,
      phone: null,
      providerCustomerIds: {},
      metadata: {},
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
      deletedAt: null,
      version: expect.any(String),
    });
    expect(await storage.customers.findById(created.id)).toStrictEqual(created);
  });

  it('A-01 answers null for ids that no row could have', async () => {
    const { storage } = await setup();
    for (const id of ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"]) {
      expect(await storage.customers.findById(id)).toBeNull();
      expect(await storage.customers.findByExternalId(id)).toBeNull();
      expect(await storage.customers.findByEmail(id)).toBeNull();
    }
  });

  it('A-05 accepts an empty patch and one of undefined values, which change updatedAt only', async () => {
    const { storage, clock } = await setup();
    const created = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c', name: 'Ada' });
    clock.advance(5);
    const unchanged = { ...created, updatedAt: clock(), version: expect.any(String) };
    expect(await storage.customers.update(created.id, {})).toStrictEqual(unchanged);
    expect(await storage.customers.update(created.id, untyped({ name: undefined, email: undefined }))).toStrictEqual(
      unchanged,
    );
  });

  it('A-06 merges provider ids, also when both updates run at once', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await Promise.all(
      ['stripe', 'paypal', 'mercadopago', 'another one'].map((provider) =>
        storage.customers.update(id, { providerCustomerIds: { [provider]: `${provider}-id` } }),
      ),
    );
    expect((await storage.customers.findById(id))?.providerCustomerIds).toEqual({
      stripe: 'stripe-id',
      paypal: 'paypal-id',
      mercadopago: 'mercadopago-id',
      'another one': 'another one-id',
    });
    const removed = await storage.customers.update(id, { providerCustomerIds: untyped({ stripe: null }) });
    expect(removed.providerCustomerIds).not.toHaveProperty('stripe');
  });

  it('A-07 keeps saved cards: their dates are dates, their absent fields stay absent', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    const card = {
      id: 'card-1',
      provider: 'stripe',
      lastFourDigits: '4242',
      expirationMonth: 12,
      expirationYear: 2030,
      createdAt: new Date('2026-02-03T04:05:06.789Z'),
    };
    const updated = await storage.customers.update(id, { savedCards: [card] });
    expect(updated.savedCards).toStrictEqual([card]);
    expect((await storage.customers.findById(id))?.savedCards).toStrictEqual([card]);
    const named = await storage.customers.update(id, { name: 'Ada' });
    expect(named.savedCards).toStrictEqual([card]);
  });

  it('A-08 refuses a second live customer of an external id; deletion and the other mode free it', async () => {
    const { storage, reopen } = await setup();
    const first = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    const again = storage.customers.create({ externalId: 'user-1', email: 'x@y.z' });
    await expect(again).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'already_exists' });
    await expect(again).rejects.toBeInstanceOf(QZPayConflictError);
    await reopen({ livemode: true }).customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await storage.customers.delete(first.id);
    expect((await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' })).id).not.toBe(first.id);
  });

  it('A-08 lets one of many simultaneous creations win', async () => {
    const { storage } = await setup();
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () => storage.customers.create({ externalId: 'user-1', email: 'a@b.c' })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await storage.customers.list()).total).toBe(1);
  });

  it('A-09 finds an e-mail whatever its case, the oldest customer first, and returns it as given', async () => {
    const { storage, clock } = await setup();
    const first = await storage.customers.create({ externalId: 'user-1', email: 'Ada@Example.ORG' });
    clock.advance(1);
    await storage.customers.create({ externalId: 'user-2', email: 'ada@example.org' });
    for (const email of ['Ada@Example.ORG', 'ada@example.org', 'ADA@EXAMPLE.ORG']) {
      expect((await storage.customers.findByEmail(email))?.id).toBe(first.id);
    }
    expect(first.email).toBe('Ada@Example.ORG');
  });

  it('A-10 keeps long and unusual texts', async () => {
    const { storage } = await setup();
    const input = {
      externalId: 'user-1',
      email: 'a@b.c',
      name: '👩‍🚀 Ada — „Łódź“',
      phone: '0'.repeat(30),
      metadata: { note: 'n'.repeat(1000), emoji: '🧾', zero: 0, no: false, nothing: null },
    };
    const created = await storage.customers.create(input);
    expect(created).toMatchObject(input);
    expect(await storage.customers.findById(created.id)).toMatchObject(input);
  });

  it('A-11 ignores an external id in an update', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    const updated = await storage.customers.update(id, untyped({ name: 'Ada', externalId: 'somebody else' }));
    expect(updated).toMatchObject({ name: 'Ada', externalId: 'user-1' });
  });

  it('A-18 replaces metadata; an undefined value leaves its key out', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c', metadata: { a: 1, b: 2 } });
    const updated = await storage.customers.update(id, { metadata: { b: 3, c: undefined } });
    expect(updated.metadata).toStrictEqual({ b: 3 });
  });

  it('names the field of a list in the place of an object, and spares the transaction', async () => {
    const { storage } = await setup();
    const metadata = untyped<Record<string, string>>([1]);
    await storage.transaction(async () => {
      await expect(storage.customers.create({ externalId: 'u', email: 'a@b.c', metadata })).rejects.toMatchObject({
        field: 'metadata',
        message: 'Customer metadata is invalid: expected an object',
      });
      await storage.customers.create({ externalId: 'u', email: 'a@b.c' });
    });
    expect(await storage.customers.findByExternalId('u')).not.toBeNull();
  });

  it('clears what is set to null', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c', name: 'Ada', phone: '1' });
    expect(await storage.customers.update(id, { name: null, phone: null })).toMatchObject({ name: null, phone: null });
  });

  it('hides a deleted customer everywhere and refuses to update it', async () => {
    const { storage } = await setup();
    const { id } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await storage.customers.delete(id);
    expect(await storage.customers.findById(id)).toBeNull();
    expect(await storage.customers.findByExternalId('user-1')).toBeNull();
    expect(await storage.customers.findByEmail('a@b.c')).toBeNull();
    expect(await storage.customers.list()).toMatchObject({ data: [], total: 0 });
    const update = storage.customers.update(id, { name: 'Ada' });
    await expect(update).rejects.toBeInstanceOf(QZPayNotFoundError);
    await expect(update).rejects.toMatchObject({ entityType: 'Customer', entityId: id });
  });

  it('A-65 deletes an unknown customer without a word', async () => {
    const { storage } = await setup();
    await expect(storage.customers.delete('unknown')).resolves.toBeUndefined();
    await expect(storage.customers.delete('\0')).resolves.toBeUndefined();
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage } = await setup();
    const created = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c', metadata: { a: 1 } });
    created.metadata['a'] = 2;
    created.createdAt.setFullYear(1999);
    expect((await storage.customers.findById(created.id))?.metadata).toEqual({ a: 1 });
    expect((await storage.customers.findById(created.id))?.createdAt.getFullYear()).not.toBe(1999);
  });
});
