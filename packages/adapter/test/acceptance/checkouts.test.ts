import type { QZPayCheckoutSession } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

function sessionOf(changes: Partial<QZPayCheckoutSession> = {}): QZPayCheckoutSession {
  return {
    id: 'cs_1',
    customerId: null,
    customerEmail: null,
    mode: 'payment',
    status: 'open',
    currency: 'USD',
    lineItems: [{ priceId: 'price-1', quantity: 1 }],
    successUrl: 'https://example.org/success',
    cancelUrl: 'https://example.org/cancel',
    expiresAt: new Date('2026-01-01T00:30:00.000Z'),
    paymentId: null,
    subscriptionId: null,
    providerSessionIds: {},
    metadata: {},
    livemode: false,
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    completedAt: null,
    ...changes,
  };
}

/** Every field filled, with values that a narrower store would refuse or change. */
const full = sessionOf({
  customerId: 'somebody who is not stored',
  customerEmail: 'Ada@Example.org',
  mode: 'subscription',
  status: 'complete',
  currency: untyped('usd'),
  lineItems: [
    {
      priceId: 'price-1',
      quantity: 1.5,
      unitAmount: 3_000_000_000,
      currency: 'USD',
      title: 'Pro — „Łódź“',
      description: 'd'.repeat(1000),
      categoryId: 'services',
    },
    { quantity: 2 },
  ],
  successUrl: `https://example.org/success?${'x'.repeat(3000)}`,
  expiresAt: new Date('2026-01-01T00:30:00.123Z'),
  paymentId: 'po_abc',
  subscriptionId: 'sub_1',
  providerSessionIds: { stripe: 'cs_test_1', 'another one': 'session-2' },
  metadata: { note: 'n'.repeat(1000), zero: 0, no: false, nothing: null },
  createdAt: new Date('2020-02-29T23:59:59.999Z'),
  completedAt: new Date('2026-01-01T00:10:00.456Z'),
});

describeOnEveryDriver('checkouts', (setup) => {
  it.each([
    ['with every field', full],
    ['with nulls', sessionOf()],
  ])('A-59 A-02 stores a session verbatim, its instants included: %s', async (_, session) => {
    const { storage } = await setup();
    const given = structuredClone(session);
    const created = await storage.checkouts.create(given);
    expect(created).toStrictEqual({ ...session, version: expect.any(String) });
    expect(given).toStrictEqual(session);
    expect(await storage.checkouts.findById(session.id)).toStrictEqual(created);
  });

  it('A-59 creates a session for a customer, a payment and a subscription that are not stored', async () => {
    const { storage } = await setup();
    const unknown = { customerId: 'nobody', paymentId: 'nothing', subscriptionId: 'none' };
    await storage.checkouts.create(sessionOf(unknown));
    expect(await storage.checkouts.findByCustomerId('nobody')).toMatchObject([unknown]);
  });

  it('A-59 merges session ids of providers, also of updates at once; empty text and null remove one', async () => {
    const { storage } = await setup();
    const { id } = await storage.checkouts.create(sessionOf({ providerSessionIds: { stripe: 'cs_1' } }));
    await Promise.all(
      ['paypal', 'mercadopago', 'another one'].map((provider) =>
        storage.checkouts.update(id, { providerSessionIds: { [provider]: `${provider}-id` } }),
      ),
    );
    expect((await storage.checkouts.findById(id))?.providerSessionIds).toEqual({
      stripe: 'cs_1',
      paypal: 'paypal-id',
      mercadopago: 'mercadopago-id',
      'another one': 'another one-id',
    });
    const removed = await storage.checkouts.update(id, {
      providerSessionIds: untyped({ stripe: undefined, paypal: null }),
    });
    expect(Object.keys(removed.providerSessionIds).sort()).toEqual(['another one', 'mercadopago']);
  });

  it('updates every field that a session may change, and leaves the others alone', async () => {
    const { storage } = await setup();
    const created = await storage.checkouts.create(sessionOf());
    const { id, createdAt, livemode } = created;
    const expected = { ...full, id, createdAt, livemode };
    const updated = await storage.checkouts.update(id, full);
    expect(updated).toStrictEqual({ ...expected, version: expect.not.stringMatching(created.version) });
    const ignored = {
      id: 'other',
      createdAt: new Date(0),
      livemode: true,
      version: 'v',
      other: 1,
    };
    expect(await storage.checkouts.update(created.id, untyped(ignored))).toMatchObject(expected);
    const cleared = { customerId: null, customerEmail: null, paymentId: null, subscriptionId: null, completedAt: null };
    expect(await storage.checkouts.update(created.id, cleared)).toMatchObject({ ...expected, ...cleared });
  });

  it('A-05 accepts an empty patch and one of undefined values', async () => {
    const { storage } = await setup();
    const created = await storage.checkouts.create(full);
    const unchanged = { ...created, version: expect.any(String) };
    expect(await storage.checkouts.update(full.id, {})).toStrictEqual(unchanged);
    const nothing = untyped<Partial<QZPayCheckoutSession>>({ status: undefined, providerSessionIds: undefined });
    expect(await storage.checkouts.update(full.id, nothing)).toStrictEqual(unchanged);
  });

  it('replaces line items and metadata; an undefined value leaves its key out', async () => {
    const { storage } = await setup();
    await storage.checkouts.create(full);
    const updated = await storage.checkouts.update(full.id, {
      lineItems: [untyped({ quantity: 1, title: undefined })],
      metadata: { a: 1, b: undefined },
    });
    expect(updated).toMatchObject({ lineItems: [{ quantity: 1 }], metadata: { a: 1 } });
    expect(Object.keys(updated.lineItems[0] ?? {})).toEqual(['quantity']);
    expect(Object.keys(updated.metadata)).toEqual(['a']);
  });

  it('refuses an id in use and keeps the stored session', async () => {
    const { storage } = await setup();
    const created = await storage.checkouts.create(sessionOf());
    await expect(storage.checkouts.create({ ...full, id: created.id })).rejects.toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'already_exists',
    });
    expect(await storage.checkouts.findById(created.id)).toStrictEqual(created);
  });

  it('refuses a session of the other mode, and sees none of it', async () => {
    const { storage, reopen } = await setup();
    await expect(storage.checkouts.create(sessionOf({ livemode: true }))).rejects.toMatchObject({
      name: 'QZPayValidationError',
      field: 'livemode',
    });
    const live = await reopen({ livemode: true }).checkouts.create(sessionOf({ livemode: true, customerId: 'c-1' }));
    expect(live.livemode).toBe(true);
    expect(await storage.checkouts.findById(live.id)).toBeNull();
    expect(await storage.checkouts.findByCustomerId('c-1')).toEqual([]);
    expect((await storage.checkouts.list()).total).toBe(0);
    await expect(storage.checkouts.update(live.id, { status: 'expired' })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Checkout',
      entityId: live.id,
    });
  });

  it('makes an id where none is given at run time', async () => {
    const { storage } = await setup();
    const created = await storage.checkouts.create(sessionOf(untyped({ id: undefined })));
    expect(await storage.checkouts.findById(created.id)).toStrictEqual(created);
  });

  it('A-01 answers with nothing for ids that no session could have, and refuses to update them', async () => {
    const { storage } = await setup();
    for (const id of ['', 'unknown', '\0', '\ud800', 'x'.repeat(10_000)]) {
      expect(await storage.checkouts.findById(id)).toBeNull();
      expect(await storage.checkouts.findByCustomerId(id)).toEqual([]);
      await expect(storage.checkouts.update(id, {})).rejects.toMatchObject({ name: 'QZPayNotFoundError' });
    }
  });

  it('returns all sessions of a customer, newest first, then by id', async () => {
    const { storage } = await setup();
    const instant = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    for (let index = 0; index < 150; index += 1) {
      const id = `cs_${String(index).padStart(3, '0')}`;
      await storage.checkouts.create(sessionOf({ id, customerId: 'c-1', createdAt: instant(Math.floor(index / 2)) }));
    }
    await storage.checkouts.create(sessionOf({ id: 'other', customerId: 'c-2' }));
    const ids = (await storage.checkouts.findByCustomerId('c-1')).map(({ id }) => id);
    expect(ids).toHaveLength(150);
    expect(ids).toEqual([...ids].sort().reverse());
  });

  it('A-62 lists by status, customer, mode and their combination; an unknown filter is refused', async () => {
    const { storage } = await setup();
    await storage.checkouts.create(sessionOf({ id: '1', customerId: 'c-1' }));
    await storage.checkouts.create(sessionOf({ id: '2', customerId: 'c-1', status: 'expired' }));
    await storage.checkouts.create(sessionOf({ id: '3', customerId: 'c-2', status: 'complete', mode: 'setup' }));
    const idsOf = async (filters: Record<string, unknown>) =>
      (await storage.checkouts.list({ filters })).data.map(({ id }) => id).sort();
    expect(await idsOf({ status: 'open' })).toEqual(['1']);
    expect(await idsOf({ status: ['open', 'expired'], customerId: 'c-1' })).toEqual(['1', '2']);
    expect(await idsOf({ mode: 'setup' })).toEqual(['3']);
    expect(await idsOf({ completedAt: null })).toEqual(['1', '2', '3']);
    expect(await idsOf({ customerId: 'unknown' })).toEqual([]);
    const refusal = { name: 'QZPayValidationError' };
    await expect(storage.checkouts.list({ filters: { successUrl: 'x' } })).rejects.toMatchObject(refusal);
    await expect(storage.checkouts.list({ orderBy: 'lineItems' })).rejects.toMatchObject(refusal);
  });

  it('A-63 pages without losing or repeating a session when all were created at one instant', async () => {
    const { storage } = await setup();
    for (let index = 0; index < 7; index += 1) await storage.checkouts.create(sessionOf({ id: `cs_${index}` }));
    const seen: string[] = [];
    for (let offset = 0; offset < 7; offset += 2) {
      const page = await storage.checkouts.list({ limit: 2, offset });
      expect(page).toMatchObject({ total: 7, limit: 2, offset, hasMore: offset + 2 < 7 });
      seen.push(...page.data.map(({ id }) => id));
    }
    expect(seen).toEqual(['cs_6', 'cs_5', 'cs_4', 'cs_3', 'cs_2', 'cs_1', 'cs_0']);
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage } = await setup();
    const created = await storage.checkouts.create(full);
    created.lineItems.push({ quantity: 9 });
    created.providerSessionIds['stripe'] = 'changed';
    created.expiresAt.setFullYear(1999);
    expect(await storage.checkouts.findById(full.id)).toMatchObject({
      lineItems: full.lineItems,
      providerSessionIds: full.providerSessionIds,
      expiresAt: full.expiresAt,
    });
  });
});

describeOnServers('checkouts of many callers at once', (setup) => {
  it('A-59 loses no provider of many that are set at once', async () => {
    const { storage } = await setup();
    const { id } = await storage.checkouts.create(sessionOf());
    const providers = Array.from({ length: 30 }, (_, index) => `provider-${index}`);
    await Promise.all(
      providers.map((provider) => storage.checkouts.update(id, { providerSessionIds: { [provider]: provider } })),
    );
    const stored = await storage.checkouts.findById(id);
    expect(Object.keys(stored?.providerSessionIds ?? {}).sort()).toEqual([...providers].sort());
  });

  it('lets one of ten creations of one id win', async () => {
    const { storage } = await setup();
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => storage.checkouts.create(sessionOf({ metadata: { index } }))),
    );
    const [winner, ...others] = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(others).toEqual([]);
    expect(await storage.checkouts.findById('cs_1')).toStrictEqual(winner);
  });
});
