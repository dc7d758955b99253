import { type QZPayStorage, withQZPayActor } from '@qzpay/adapter';
import { createQZPayTables, QZPAY_PII_COLUMNS } from '@qzpay/schema';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type StorageSetup } from '../support/drivers.js';
import { everyMethod, seedEveryCollection } from '../support/every-method.js';

const tables = createQZPayTables();

/** The tables whose changes are told of, by what an entry calls their rows. */
const AUDITED = {
  add_on: 'billing_addons',
  checkout: 'billing_checkouts',
  customer: 'billing_customers',
  customer_entitlement: 'billing_customer_entitlements',
  customer_limit: 'billing_customer_limits',
  entitlement: 'billing_entitlements',
  invoice: 'billing_invoices',
  invoice_line: 'billing_invoice_lines',
  limit: 'billing_limits',
  payment: 'billing_payments',
  payment_method: 'billing_payment_methods',
  plan: 'billing_plans',
  price: 'billing_prices',
  promo_code: 'billing_promo_codes',
  refund: 'billing_refunds',
  subscription: 'billing_subscriptions',
  subscription_add_on: 'billing_subscription_addons',
  subscription_polling_job: 'billing_subscription_polling_jobs',
  usage_record: 'billing_usage_records',
  vendor: 'billing_vendors',
  vendor_payout: 'billing_vendor_payouts',
} as const;

/** Every row of the audited tables by its type and id. */
async function rowsOf({ query }: StorageSetup): Promise<Map<string, string>> {
  const selects = Object.entries(AUDITED).map(([type, table]) => {
    const id = type === 'customer_limit' ? "customer_id || ':' || limit_key" : 'id';
    return `select '${type} ' || ${id} as key, to_jsonb(t)::text as content from ${table} t`;
  });
  const rows = await query(selects.join(' union all '));
  return new Map(rows.map(({ key, content }) => [key as string, content as string]));
}

async function entriesOf({ query }: StorageSetup): Promise<Record<string, unknown>[]> {
  return query('select * from billing_audit_logs order by id');
}

const keysOf = (entries: readonly Record<string, unknown>[]) =>
  entries.map((entry) => `${String(entry['entity_type'])} ${String(entry['entity_id'])}`).toSorted();

function changedKeys(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).toSorted();
}

const customer = (externalId: string) => ({ externalId, email: 'a@b.c' });

describeOnEveryDriver('with option audit, the storage', (setup) => {
  it('writes one entry for each row that a method of a collection changes, and none otherwise', async () => {
    const bundle = await setup({ audit: true });
    const { storage, clock } = bundle;
    const seeded = await seedEveryCollection(storage, false);
    expect(keysOf(await entriesOf(bundle))).toEqual([...(await rowsOf(bundle)).keys()].toSorted());
    const told = new Set<string>();
    let entries = (await entriesOf(bundle)).length;
    for (const [method, [, call]] of Object.entries(everyMethod(storage, seeded))) {
      const before = await rowsOf(bundle);
      clock.advance(1);
      await call();
      const added = (await entriesOf(bundle)).slice(entries);
      entries += added.length;
      const expected = changedKeys(before, await rowsOf(bundle));
      // The default is taken away and given again, by two statements.
      if (method === 'paymentMethods.setDefault') expected.push(...expected);
      // Of the queue of events only what an operator does is told.
      if (method === 'webhooks.replay') expected.push(`webhook_event ${seeded.eventId}`);
      expect(keysOf(added), method).toEqual(expected);
      if (added.length > 0) told.add(method);
    }
    expect(told.size).toBeGreaterThan(45);
  });

  it('tells what was written and what was there before, by field', async () => {
    const { storage } = await setup({ audit: true });
    const plan = await storage.plans.create({ id: 'p', name: 'Old' });
    await storage.plans.update('p', { name: 'New', active: false });
    await storage.plans.delete('p');
    await storage.repositories.plans.restore('p');
    await storage.plans.delete('p');
    await storage.repositories.plans.purge(new Date('9999-01-01T00:00:00.000Z'));
    const { data } = await storage.audit.list({ entityType: 'plan', entityId: 'p', orderDirection: 'asc' });
    expect(data.map(({ action, changes, previousValues }) => ({ action, changes, previousValues }))).toMatchObject([
      { action: 'create', changes: { name: 'Old', active: true }, previousValues: null },
      { action: 'update', changes: { name: 'New', active: false }, previousValues: { name: 'Old', active: true } },
      { action: 'delete', changes: { deletedAt: plan.createdAt.toISOString() }, previousValues: { deletedAt: null } },
      { action: 'restore', changes: { deletedAt: null } },
      { action: 'delete' },
      { action: 'purge', changes: null, previousValues: { name: 'New', active: false } },
    ]);
    expect(Object.keys(data[1]?.changes ?? {})).toEqual(['name', 'active']);
  });

  it('tells whether an upsert has created or updated', async () => {
    const { storage } = await setup({ audit: true });
    const { customers } = storage.repositories;
    const { id } = await customers.upsertByExternalId(customer('u'));
    await customers.upsertByExternalId(customer('u'));
    await storage.limits.set({ customerId: id, limitKey: 'seats', maxValue: 1 });
    await storage.limits.set({ customerId: id, limitKey: 'seats', maxValue: 2 });
    const { data } = await storage.audit.list({ orderDirection: 'asc' });
    expect(data.map(({ entityType, action }) => `${action} ${entityType}`)).toEqual([
      'create customer',
      'update customer',
      'create customer_limit',
      'update customer_limit',
    ]);
  });

  it('tells of each row of a statement that changes many, and of each table', async () => {
    const bundle = await setup({ audit: true });
    const { storage } = bundle;
    const made = await storage.repositories.customers.createMany(['a', 'b', 'c'].map(customer));
    const entries = await entriesOf(bundle);
    expect(keysOf(entries)).toEqual(made.map(({ id }) => `customer ${id}`).toSorted());
    expect(new Set(entries.map((entry) => entry['salt'])).size).toBe(3);
    const customerId = made[0]?.id ?? '';
    const money = { customerId, currency: 'USD' } as const;
    await storage.invoices.create({ ...money, id: 'inv', lines: [{ description: 'x', quantity: 1, unitAmount: 5 }] });
    await storage.repositories.payments.create({ ...money, id: 'pay', amount: 5, status: 'succeeded' });
    const application = { invoiceId: 'inv', paymentId: 'pay', amountApplied: 5, currency: 'USD' } as const;
    await storage.repositories.invoicePayments.record(application);
    const { data } = await storage.audit.list({ first: 2 });
    const told = data.map(({ entityType, action, changes }) => ({ entityType, action, changes }));
    expect(told).toEqual(
      expect.arrayContaining([
        { entityType: 'invoice', action: 'update', changes: { amountPaid: 5, amountDue: 0 } },
        { entityType: 'invoice_payment', action: 'create', changes: expect.objectContaining({ amountApplied: 5 }) },
      ]),
    );
  });

  it('says nothing of what fails, rolls back or changes nothing', async () => {
    const bundle = await setup({ audit: true });
    const { storage } = bundle;
    const { id } = await storage.customers.create(customer('u'));
    const before = await entriesOf(bundle);
    const version = crypto.randomUUID();
    const failing: (() => Promise<unknown>)[] = [
      () => storage.customers.create(customer('u')),
      () => storage.customers.update('unknown', { name: 'x' }),
      () => storage.customers.update(id, { name: 'x' }, { expectedVersion: version }),
      () => storage.invoices.create({ id: 'inv', customerId: 'unknown', lines: [] }),
      () => storage.limits.increment({ customerId: id, limitKey: 'none' }),
      () =>
        storage.transaction(async () => {
          await storage.customers.update(id, { name: 'x' });
          throw new Error('rolled back');
        }),
    ];
    for (const fail of failing) await expect(fail()).rejects.toThrow();
    await storage.customers.delete('unknown');
    await storage.entitlements.revoke(id, 'none');
    await storage.transaction(async () => {
      const savepoint = storage.transaction(async () => {
        await storage.customers.update(id, { name: 'x' });
        throw new Error('rolled back');
      });
      await expect(savepoint).rejects.toThrow('rolled back');
    });
    expect(await entriesOf(bundle)).toEqual(before);
  });

  it('masks every column that may hold personal data, whatever changes it', async () => {
    const bundle = await setup({ audit: true });
    await plantSecrets(bundle.storage);
    const unaudited = new Set(['auditLogs', 'idempotencyKeys', 'webhookEvents']);
    for (const { table, column } of QZPAY_PII_COLUMNS.filter((column) => !unaudited.has(column.table))) {
      const [row] = await bundle.query(
        `select count(*)::int as planted from ${getTableName(tables[table])} where ${sqlNameOf(table, column)}::text ilike '%secret%'`,
      );
      expect(row?.['planted'], `${table}.${column}`).toBeGreaterThan(0);
    }
    const leaks = await bundle.query(
      "select entity_type, action, changes, previous_values from billing_audit_logs log where log::text ilike '%secret%'",
    );
    expect(leaks).toEqual([]);
    expect(
      (await bundle.query("select from billing_audit_logs where changes::text like '%[masked]%'")).length,
    ).toBeGreaterThan(15);
  });

  it('writes nothing without the option, and keeps what the host appends', async () => {
    const { storage } = await setup();
    await storage.customers.create(customer('u'));
    expect((await storage.audit.list()).data).toEqual([]);
    const entry = await storage.audit.append({ entityType: 'login', entityId: 'u', action: 'fail', success: false });
    expect((await storage.audit.list()).data).toStrictEqual([entry]);
    expect(entry).toMatchObject({ actorType: 'system', actorId: null, success: false, erased: false, blockSeq: null });
  });

  it('pages by entity, actor, action, request and time', async () => {
    const { storage, clock } = await setup({ audit: true });
    const start = clock();
    await withQZPayActor({ type: 'user', id: 'ada', requestId: 'r1' }, async () => {
      for (const id of ['a', 'b', 'c']) await storage.plans.create({ id, name: id });
    });
    clock.advance(1000);
    await withQZPayActor({ type: 'user', id: 'bob' }, () => storage.plans.update('a', { name: 'x' }));
    const idsOf = async (query: Parameters<QZPayStorage['audit']['list']>[0]) =>
      (await storage.audit.list(query)).data.map(({ entityId, action }) => `${action} ${entityId}`);
    expect(await idsOf({ entityType: 'plan', entityId: 'a' })).toEqual(['update a', 'create a']);
    expect(await idsOf({ actorType: 'user', actorId: 'ada' })).toEqual(['create c', 'create b', 'create a']);
    expect(await idsOf({ action: 'update' })).toEqual(['update a']);
    expect(await idsOf({ requestId: 'r1', orderDirection: 'asc' })).toEqual(['create a', 'create b', 'create c']);
    expect(await idsOf({ from: new Date(start.getTime() + 1) })).toEqual(['update a']);
    expect(await idsOf({ to: start, first: 1 })).toEqual(['create c']);
    const { endCursor, hasNextPage } = await storage.audit.list({ first: 2 });
    expect(hasNextPage).toBe(true);
    expect(await idsOf({ first: 2, after: endCursor ?? '' })).toEqual(['create b', 'create a']);
    await expect(storage.audit.list({ first: -1 })).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('names the ambient actor, also in transactions and beside others, and nobody else after it', async () => {
    const { storage } = await setup({ audit: true });
    const ada = { type: 'user', id: 'ada', reason: 'asked', requestId: 'r', ipAddress: '192.0.2.1', userAgent: 'curl' };
    const later = storage.plans.create({ id: 'before', name: 'x' });
    await Promise.all([
      later,
      withQZPayActor(ada, () =>
        storage.transaction(async (tx) => {
          await storage.plans.create({ id: 'outer', name: 'x' });
          await withQZPayActor({ type: 'job' }, () =>
            tx.transaction(() => tx.plans.create({ id: 'inner', name: 'x' })),
          );
          await tx.plans.create({ id: 'outer again', name: 'x' });
        }),
      ),
    ]);
    await storage.plans.create({ id: 'after', name: 'x' });
    const { data } = await storage.audit.list();
    const actors = new Map(
      data.map(({ entityId, actorType: type, actorId: id, reason, requestId, ipAddress, userAgent }) => [
        entityId,
        { type, id, reason, requestId, ipAddress, userAgent },
      ]),
    );
    const nobody = { id: null, reason: null, requestId: null, ipAddress: null, userAgent: null };
    expect(Object.fromEntries(actors)).toEqual({
      before: { type: 'system', ...nobody },
      outer: ada,
      inner: { type: 'job', ...nobody },
      'outer again': ada,
      after: { type: 'system', ...nobody },
    });
  });

  it('refuses an actor that the database could not hold, and the change with it', async () => {
    const { storage } = await setup({ audit: true });
    const change = withQZPayActor({ type: 'user', id: '\0' }, () => storage.plans.create({ id: 'p', name: 'x' }));
    await expect(change).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'actorId' });
    expect(await storage.plans.findById('p')).toBeNull();
  });
});

describeOnServers('audit entries of writers at once', (setup) => {
  it('form one history: each has found what another one left', async () => {
    const { storage } = await setup({ audit: true });
    const { id } = await storage.customers.create(customer('u'));
    await storage.limits.set({ customerId: id, limitKey: 'seats', maxValue: 1 });
    const writers = Array.from({ length: 10 }, (_, index) => index);
    await Promise.all(writers.map(() => storage.limits.increment({ customerId: id, limitKey: 'seats' })));
    const { data } = await storage.audit.list({ action: 'update' });
    const steps = data.map(({ changes, previousValues }) => [
      previousValues?.['currentValue'],
      changes?.['currentValue'],
    ]);
    expect(steps.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(writers.map((value) => [value, value + 1]));
  });

  it('are one for the winner, where a version decides', async () => {
    const { storage } = await setup({ audit: true });
    const { id, version } = await storage.customers.create(customer('u'));
    const attempts = Array.from({ length: 10 }, (_, index) =>
      storage.customers.update(id, { name: `name ${index}` }, { expectedVersion: version }),
    );
    const won = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect((await storage.audit.list({ entityId: id, entityType: 'customer' })).data).toHaveLength(2);
  });
});

function sqlNameOf(table: (typeof QZPAY_PII_COLUMNS)[number]['table'], column: string): string {
  const found = Object.entries(getTableColumns(tables[table])).find(([key]) => key === column);
  return found?.[1].name ?? column;
}

/** Writes personal data into every column that may hold some, by creating and by changing. */
async function plantSecrets({ repositories }: QZPayStorage): Promise<void> {
  const secret = 'SECRET';
  const metadata = { note: secret };
  const address = { line1: secret, city: secret, postalCode: secret, country: 'ES' };
  const person = {
    externalId: secret,
    email: `${secret}@example.org`,
    name: secret,
    phone: secret,
    savedCards: [{ id: secret, brand: 'visa', last4: secret, expMonth: 1, expYear: 2030 }] as never,
    billingAddress: address,
    shippingAddress: address,
    taxId: secret,
    metadata,
  };
  const { id: customerId } = await repositories.customers.create(person);
  await repositories.customers.update(customerId, { ...person, email: `other.${secret}@example.org` });
  const method = await repositories.paymentMethods.create({
    customerId,
    type: 'card',
    card: { brand: secret, last4: secret, expMonth: 1, expYear: 2030 } as never,
    bankAccount: { bankName: secret, last4: secret } as never,
    billingDetails: { name: secret, email: secret, phone: secret, address: null } as never,
    metadata,
  });
  await repositories.paymentMethods.update(method.id, { billingDetails: { phone: `${secret} 2` } });
  const at = new Date('2026-01-01T00:00:00.000Z');
  const subscription = await repositories.subscriptions.create({
    customerId,
    planId: 'plan',
    status: 'active',
    interval: 'month',
    currentPeriodStart: at,
    currentPeriodEnd: at,
    metadata,
  });
  const price = { currency: 'EUR', unitAmount: 1 } as const;
  const addOn = await repositories.addons.create({ ...price, name: 'x', billingInterval: 'month' });
  await repositories.subscriptionAddons.attach({
    ...price,
    subscriptionId: subscription.id,
    addOnId: addOn.id,
    metadata,
  });
  const job = await repositories.subscriptionPollingJobs.create({
    subscriptionId: subscription.id,
    provider: 'stripe',
    providerResourceId: 'r',
    nextPollAt: at,
    metadata,
  });
  await repositories.subscriptionPollingJobs.update(job?.id ?? '', job?.version ?? '', { lastError: secret });
  const zero = { subtotal: 0, tax: 0, discount: 0, total: 0, amountPaid: 0, amountDue: 0 };
  const texts = { memo: secret, footer: secret, pdfUrl: secret, hostedUrl: secret, sentTo: [secret] };
  const lines = [{ description: 'x', quantity: 1, unitAmount: 1, amount: 1, metadata }];
  const invoice = { ...zero, ...texts, customerId, status: 'draft', billingAddress: address, metadata } as const;
  const { id: invoiceId } = await repositories.invoices.create(invoice, lines);
  await repositories.invoices.updateWithLines(invoiceId, texts, lines);
  const money = { amount: 1, currency: 'EUR' } as const;
  const payment = await repositories.payments.create({
    ...money,
    customerId,
    status: 'failed',
    failureMessage: secret,
    metadata,
  });
  await repositories.refunds.append({ ...money, paymentId: payment.id, status: 'succeeded', reason: secret, metadata });
  await repositories.checkouts.create({
    customerEmail: secret,
    mode: 'payment',
    status: 'open',
    currency: 'EUR',
    successUrl: 'https://example.org',
    cancelUrl: 'https://example.org',
    expiresAt: at,
    metadata,
  });
  await repositories.usageRecords.record({ customerId, limitKey: 'calls', quantity: 1, metadata });
  const vendor = await repositories.vendors.create({ externalId: secret, name: secret, email: secret, metadata });
  await repositories.vendors.update(vendor.id, { name: `${secret} 2` });
  const payout = { ...money, vendorId: vendor.id, periodStart: at, periodEnd: at, metadata };
  await repositories.vendorPayouts.create({ ...payout, failureMessage: secret });
  const { webhookEvents, webhookDeadLetter } = repositories;
  await webhookEvents.receive({ provider: 'stripe', providerEventId: 'e', type: 'x', payload: { secret } });
  const [claim] = await webhookEvents.claim('worker');
  if (claim === undefined) throw new Error('The event was not claimed');
  const letter = await webhookEvents.moveToDeadLetter(claim, secret);
  await webhookDeadLetter.resolve(letter.id, { resolutionNotes: secret });
}
