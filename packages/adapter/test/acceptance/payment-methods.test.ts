import type { QZPayCreatePaymentMethodInput } from '@qzpay/core';
import { QZPayNotFoundError } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

const UNKNOWN_IDS = ['', 'unknown', 'not-a-uuid', '\0', '\ud800', 'x'.repeat(10_000), "'; select 1"];

/** A storage with one customer. */
async function withCustomer(setup: Setup) {
  const bundle = await setup();
  const { storage } = bundle;
  const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
  const input = (id: string, given: Partial<QZPayCreatePaymentMethodInput> = {}) => ({
    id,
    customerId,
    type: 'card' as const,
    provider: 'stripe',
    providerPaymentMethodId: `${id} at stripe`,
    ...given,
  });
  const defaults = async (ofCustomer = customerId) =>
    (await storage.paymentMethods.findByCustomerId(ofCustomer)).flatMap(({ id, isDefault }) => (isDefault ? [id] : []));
  return { ...bundle, customerId, input, defaults };
}

describeOnEveryDriver('payment methods', (setup) => {
  it('A-02 returns from create what findById returns afterwards, with nulls where nothing was given', async () => {
    const { storage, clock, customerId, input } = await withCustomer(setup);
    const created = await storage.paymentMethods.create(input('pm_1'));
    expect(created).toStrictEqual({
      id: 'pm_1',
      customerId,
      type: 'card',
      status: 'active',
      isDefault: true,
      card: null,
      bankAccount: null,
      billingDetails: null,
      providerPaymentMethodIds: { stripe: 'pm_1 at stripe' },
      metadata: {},
      livemode: false,
      createdAt: clock(),
      updatedAt: clock(),
      version: expect.any(String),
    });
    expect(await storage.paymentMethods.findById('pm_1')).toStrictEqual(created);
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toStrictEqual([created]);
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toStrictEqual(created);
    expect((await storage.paymentMethods.list()).data).toStrictEqual([created]);
  });

  it('A-01 answers null, nothing or not found for ids that no row could have', async () => {
    const { storage, customerId } = await withCustomer(setup);
    for (const id of UNKNOWN_IDS) {
      expect(await storage.paymentMethods.findById(id)).toBeNull();
      expect(await storage.paymentMethods.findByCustomerId(id)).toEqual([]);
      expect(await storage.paymentMethods.findDefaultByCustomerId(id)).toBeNull();
      await expect(storage.paymentMethods.update(id, {})).rejects.toBeInstanceOf(QZPayNotFoundError);
      await expect(storage.paymentMethods.setDefault(customerId, id)).rejects.toBeInstanceOf(QZPayNotFoundError);
      await expect(storage.paymentMethods.setDefault(id, 'pm_1')).rejects.toBeInstanceOf(QZPayNotFoundError);
    }
  });

  it('A-01 keeps ids of any shape and providers of any name', async () => {
    const { storage, input } = await withCustomer(setup);
    for (const id of ['pm_abc', 'ext-1', '0190f5f0-0000-7000-8000-000000000000', 'naïve id']) {
      const { providerPaymentMethodIds } = await storage.paymentMethods.create(input(id, { provider: 'Any & all' }));
      expect(providerPaymentMethodIds).toEqual({ 'Any & all': `${id} at stripe` });
      expect((await storage.paymentMethods.findById(id))?.id).toBe(id);
    }
  });

  it('A-05 accepts an empty patch and one of undefined values, which change updatedAt only', async () => {
    const { storage, clock, input } = await withCustomer(setup);
    const created = await storage.paymentMethods.create(
      input('pm_1', { billingDetails: { name: 'Ada' }, metadata: { a: 1 } }),
    );
    clock.advance(5);
    const unchanged = { ...created, updatedAt: clock(), version: expect.any(String) };
    for (const patch of [{}, { billingDetails: undefined, metadata: undefined }, { billingDetails: {} }]) {
      expect(await storage.paymentMethods.update('pm_1', untyped(patch))).toStrictEqual(unchanged);
    }
  });

  it('A-32 completes partial billing details with nulls, merges a patch into them and lets null clear one', async () => {
    const { storage, input } = await withCustomer(setup);
    const { update } = storage.paymentMethods;
    const patch = (billingDetails: object) =>
      update.call(storage.paymentMethods, 'pm_1', untyped({ billingDetails })).then((method) => method.billingDetails);

    const created = await storage.paymentMethods.create(input('pm_1', { billingDetails: { name: 'Ada' } }));
    expect(created.billingDetails).toStrictEqual({ name: 'Ada', email: null, phone: null, address: null });
    expect(await patch({ email: 'a@b.c' })).toStrictEqual({ name: 'Ada', email: 'a@b.c', phone: null, address: null });
    expect(await patch({ name: null })).toStrictEqual({ name: null, email: 'a@b.c', phone: null, address: null });
    expect(await patch({ address: { city: 'Łódź' } })).toStrictEqual({
      name: null,
      email: 'a@b.c',
      phone: null,
      address: { line1: null, line2: null, city: 'Łódź', state: null, postalCode: null, country: null },
    });
    expect((await storage.paymentMethods.findById('pm_1'))?.billingDetails?.address?.city).toBe('Łódź');
    expect(await patch({ address: null, phone: undefined })).toMatchObject({ email: 'a@b.c', address: null });
  });

  it('A-32 completes the details of a method that had none, and of one created with an empty object', async () => {
    const { storage, input } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    const patched = await storage.paymentMethods.update('pm_1', { billingDetails: { phone: '1' } });
    expect(patched.billingDetails).toStrictEqual({ name: null, email: null, phone: '1', address: null });
    const empty = await storage.paymentMethods.create(input('pm_2', { billingDetails: {} }));
    expect(empty.billingDetails).toStrictEqual({ name: null, email: null, phone: null, address: null });
  });

  it('A-33 leaves one default when methods are created with setAsDefault, and when one is chosen', async () => {
    const { storage, clock, customerId, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1', { setAsDefault: true }));
    await storage.paymentMethods.create(input('pm_2', { setAsDefault: true }));
    expect(await defaults()).toEqual(['pm_2']);
    clock.advance(1);
    await expect(storage.paymentMethods.setDefault(customerId, 'pm_1')).resolves.toBeUndefined();
    expect(await defaults()).toEqual(['pm_1']);
    expect((await storage.paymentMethods.findDefaultByCustomerId(customerId))?.updatedAt).toEqual(clock());
    await storage.paymentMethods.setDefault(customerId, 'pm_1');
    expect(await defaults()).toEqual(['pm_1']);
  });

  it('A-33 keeps the default when a later method does not ask for its place', async () => {
    const { storage, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    const second = await storage.paymentMethods.create(input('pm_2', { setAsDefault: false }));
    expect(second.isDefault).toBe(false);
    expect(await defaults()).toEqual(['pm_1']);
  });

  it('A-34 refuses an unknown, a deleted and a foreign method as default and changes nothing', async () => {
    const { storage, clock, customerId, input, defaults } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    const first = await storage.paymentMethods.create(input('pm_1'));
    const foreign = await storage.paymentMethods.create(input('pm_2', { customerId: other.id }));
    await storage.paymentMethods.create(input('pm_3'));
    await storage.paymentMethods.delete('pm_3');
    clock.advance(5);
    for (const id of ['unknown', foreign.id, 'pm_3']) {
      const chosen = storage.paymentMethods.setDefault(customerId, id);
      await expect(chosen).rejects.toBeInstanceOf(QZPayNotFoundError);
      await expect(chosen).rejects.toMatchObject({ entityType: 'PaymentMethod', entityId: id });
    }
    await expect(storage.paymentMethods.setDefault('unknown', 'pm_1')).rejects.toBeInstanceOf(QZPayNotFoundError);
    expect(await storage.paymentMethods.findById('pm_1')).toStrictEqual(first);
    expect(await storage.paymentMethods.findById(foreign.id)).toStrictEqual(foreign);
    expect(await defaults(other.id)).toEqual([foreign.id]);
  });

  it('A-34 leaves a transaction around a refused choice usable', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    await storage.transaction(async () => {
      await expect(storage.paymentMethods.setDefault(customerId, 'unknown')).rejects.toThrow('not found');
      await storage.paymentMethods.create(input('pm_2'));
    });
    expect(await defaults()).toEqual(['pm_1']);
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toHaveLength(2);
  });

  it('A-35 makes the first method the default, not counting deleted ones', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    await storage.paymentMethods.delete('pm_1');
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toEqual([]);
    const next = await storage.paymentMethods.create(input('pm_2'));
    expect(next.isDefault).toBe(true);
    expect(await defaults()).toEqual(['pm_2']);
  });

  it('leaves a customer whose default is deleted without one', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    await storage.paymentMethods.create(input('pm_2'));
    await storage.paymentMethods.delete('pm_1');
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toBeNull();
    expect(await defaults()).toEqual([]);
    expect((await storage.paymentMethods.create(input('pm_3'))).isDefault).toBe(false);
  });

  it('A-36 moves updatedAt and the version on update, and refuses a stale version', async () => {
    const { storage, clock, input } = await withCustomer(setup);
    const created = await storage.paymentMethods.create(input('pm_1', { metadata: { a: 1, b: 2 } }));
    clock.advance(5);
    const updated = await storage.paymentMethods.update('pm_1', { metadata: untyped({ b: 3, c: undefined }) });
    expect(updated).toStrictEqual({
      ...created,
      metadata: { b: 3 },
      updatedAt: clock(),
      version: expect.not.stringMatching(created.version),
    });
    await expect(
      storage.paymentMethods.update('pm_1', { metadata: {} }, { expectedVersion: created.version }),
    ).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'version_mismatch' });
  });

  it('changes by update neither owner, kind, default nor provider ids', async () => {
    const { storage, clock, input } = await withCustomer(setup);
    const created = await storage.paymentMethods.create(input('pm_1'));
    clock.advance(1);
    const patch = { id: 'x', customerId: 'x', type: 'ideal', isDefault: false, livemode: true, createdAt: new Date(0) };
    expect(await storage.paymentMethods.update('pm_1', untyped(patch))).toStrictEqual({
      ...created,
      updatedAt: clock(),
      version: expect.any(String),
    });
  });

  it('refuses an unknown customer and a taken id, which leaves the default where it was', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    const orphan = storage.paymentMethods.create(input('pm_0', { customerId: 'unknown' }));
    await expect(orphan).rejects.toMatchObject({ name: 'QZPayNotFoundError', entityType: 'Customer' });
    await storage.paymentMethods.create(input('pm_1'));
    await storage.paymentMethods.create(input('pm_2'));
    const again = storage.paymentMethods.create(input('pm_2', { setAsDefault: true }));
    await expect(again).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'already_exists' });
    expect(await defaults()).toEqual(['pm_1']);
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toHaveLength(2);
  });

  it('hides a deleted method everywhere and refuses to update it', async () => {
    const { storage, customerId, input } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    await storage.paymentMethods.delete('pm_1');
    expect(await storage.paymentMethods.findById('pm_1')).toBeNull();
    expect(await storage.paymentMethods.list()).toMatchObject({ data: [], total: 0 });
    const update = storage.paymentMethods.update('pm_1', { billingDetails: { name: 'Ada' } });
    await expect(update).rejects.toMatchObject({ entityType: 'PaymentMethod', entityId: 'pm_1' });
    await expect(storage.paymentMethods.setDefault(customerId, 'pm_1')).rejects.toBeInstanceOf(QZPayNotFoundError);
  });

  it('A-65 deletes an unknown method without a word', async () => {
    const { storage } = await withCustomer(setup);
    for (const id of UNKNOWN_IDS) await expect(storage.paymentMethods.delete(id)).resolves.toBeUndefined();
  });

  it('keeps the modes apart, the default of each included', async () => {
    const { storage, reopen, customerId, input, query, defaults } = await withCustomer(setup);
    const live = reopen({ livemode: true });
    await query(
      'insert into billing_customers select (jsonb_populate_record(c, \'{"livemode":true}\')).* from billing_customers c',
    );
    await storage.paymentMethods.create(input('pm_1'));
    const twin = await live.paymentMethods.create(input('pm_1'));
    expect(twin).toMatchObject({ livemode: true, isDefault: true });
    await live.paymentMethods.create(input('pm_2', { setAsDefault: true }));
    await expect(storage.paymentMethods.setDefault(customerId, 'pm_2')).rejects.toBeInstanceOf(QZPayNotFoundError);
    await live.paymentMethods.delete('pm_1');
    expect(await defaults()).toEqual(['pm_1']);
    expect((await storage.paymentMethods.list()).total).toBe(1);
  });

  it('A-62 filters by customer, status and default, and refuses an unknown filter or order', async () => {
    const { storage, customerId, input } = await withCustomer(setup);
    const other = await storage.customers.create({ externalId: 'user-2', email: 'x@y.z' });
    await storage.paymentMethods.create(input('pm_1'));
    await storage.paymentMethods.create(input('pm_2', { type: 'sepa_debit' }));
    await storage.paymentMethods.create(input('pm_3', { customerId: other.id }));
    const ids = async (filters: Record<string, unknown>) =>
      (await storage.paymentMethods.list({ filters })).data.map(({ id }) => id);
    expect(await ids({ customerId })).toEqual(['pm_2', 'pm_1']);
    expect(await ids({ type: ['sepa_debit', 'ideal'] })).toEqual(['pm_2']);
    expect(await ids({ isDefault: true })).toEqual(['pm_3', 'pm_1']);
    expect(await ids({ status: 'active', customerId: undefined })).toEqual(['pm_3', 'pm_2', 'pm_1']);
    await expect(ids({ nonsense: 1 })).rejects.toMatchObject({ name: 'QZPayValidationError' });
    await expect(storage.paymentMethods.list({ orderBy: 'card' })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
  });

  it('A-63 pages steadily when all methods share one instant, and finds all of a customer', async () => {
    const { storage, customerId, input } = await withCustomer(setup);
    const ids = Array.from({ length: 7 }, (_, index) => `pm_${index}`);
    for (const id of ids) await storage.paymentMethods.create(input(id));
    const seen: string[] = [];
    for (let offset = 0; ; offset += 2) {
      const page = await storage.paymentMethods.list({ limit: 2, offset });
      seen.push(...page.data.map(({ id }) => id));
      if (!page.hasMore) break;
    }
    expect(seen).toEqual(ids.toReversed());
    expect((await storage.paymentMethods.findByCustomerId(customerId)).map(({ id }) => id)).toEqual(seen);
  });

  it('A-64 keeps what is stored apart from what was returned', async () => {
    const { storage, input } = await withCustomer(setup);
    const created = await storage.paymentMethods.create(input('pm_1', { billingDetails: { name: 'Ada' } }));
    created.providerPaymentMethodIds['stripe'] = 'other';
    if (created.billingDetails) created.billingDetails.name = 'Eve';
    expect(await storage.paymentMethods.findById('pm_1')).toMatchObject({
      providerPaymentMethodIds: { stripe: 'pm_1 at stripe' },
      billingDetails: { name: 'Ada' },
    });
  });

  it('A-61 creates and chooses inside a transaction that rolls back without a trace', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    const failed = storage.transaction(async () => {
      await storage.paymentMethods.create(input('pm_2', { setAsDefault: true }));
      await storage.paymentMethods.create(input('pm_3'));
      await storage.paymentMethods.setDefault(customerId, 'pm_3');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await defaults()).toEqual(['pm_1']);
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toHaveLength(1);
  });
});

describeOnServers('payment methods of simultaneous callers', (setup) => {
  it('A-33 leaves one default when different methods are chosen at once, and shows nobody a customer without', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    const ids = Array.from({ length: 8 }, (_, index) => `pm_${index}`);
    for (const id of ids) await storage.paymentMethods.create(input(id));
    const observed: (string | undefined)[] = [];
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([
        ...ids.map((id) => storage.paymentMethods.setDefault(customerId, id)),
        ...ids.map(async () => {
          observed.push((await storage.paymentMethods.findDefaultByCustomerId(customerId))?.id);
        }),
      ]);
      expect(await defaults()).toHaveLength(1);
    }
    expect(observed).toHaveLength(40);
    expect(observed).not.toContain(undefined);
  });

  it('runs a transaction again whose snapshot is older than the default of another', async () => {
    const { storage, reopen, customerId, input, defaults } = await withCustomer(setup);
    const other = reopen();
    let runs = 0;
    const create = async () => {
      await storage.customers.findById(customerId);
      runs += 1;
      if (runs === 1) await other.paymentMethods.create(input('first'));
      return storage.paymentMethods.create(input('second'));
    };
    await storage.transaction(create, { isolationLevel: 'repeatable read', retries: 1 });
    expect(runs).toBe(2);
    expect(await defaults()).toEqual(['first']);
  });

  it('A-33 leaves one default when methods are created at once, asking for its place', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    const ids = Array.from({ length: 10 }, (_, index) => `pm_${index}`);
    await Promise.all(ids.map((id) => storage.paymentMethods.create(input(id, { setAsDefault: true }))));
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toHaveLength(10);
    expect(await defaults()).toHaveLength(1);
  });

  it('A-35 makes one of several first methods the default, and creates them all', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    const ids = Array.from({ length: 10 }, (_, index) => `pm_${index}`);
    const created = await Promise.all(ids.map((id) => storage.paymentMethods.create(input(id))));
    expect(created.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(await defaults());
    expect(await defaults()).toHaveLength(1);
    expect(await storage.paymentMethods.findByCustomerId(customerId)).toHaveLength(10);
  });

  it('A-33 leaves one default when creation, choice, update and deletion run at once', async () => {
    const { storage, customerId, input, defaults } = await withCustomer(setup);
    for (const id of ['pm_1', 'pm_2', 'pm_3']) await storage.paymentMethods.create(input(id));
    await Promise.all([
      storage.paymentMethods.create(input('pm_4', { setAsDefault: true })),
      storage.paymentMethods.setDefault(customerId, 'pm_2'),
      storage.paymentMethods.update('pm_2', { billingDetails: { name: 'Ada' } }),
      storage.paymentMethods.setDefault(customerId, 'pm_3').catch((error: unknown) => {
        expect(error).toBeInstanceOf(QZPayNotFoundError);
      }),
      storage.paymentMethods.delete('pm_3'),
      storage.paymentMethods.create(input('pm_5', { setAsDefault: true })),
    ]);
    expect((await defaults()).length).toBeLessThanOrEqual(1);
    expect((await storage.paymentMethods.findById('pm_2'))?.billingDetails?.name).toBe('Ada');
  });

  it('A-32 keeps every field when different ones are patched at once', async () => {
    const { storage, input } = await withCustomer(setup);
    await storage.paymentMethods.create(input('pm_1'));
    await Promise.all(
      [{ name: 'Ada' }, { email: 'a@b.c' }, { phone: '1' }].map((billingDetails) =>
        storage.paymentMethods.update('pm_1', { billingDetails }),
      ),
    );
    expect((await storage.paymentMethods.findById('pm_1'))?.billingDetails).toStrictEqual({
      name: 'Ada',
      email: 'a@b.c',
      phone: '1',
      address: null,
    });
  });
});
