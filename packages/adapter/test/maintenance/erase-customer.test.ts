import { withQZPayActor } from '@qzpay/repositories';
import { createQZPayTables, QZPAY_PII_COLUMNS } from '@qzpay/schema';
import { getTableColumns, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';

const SECRET = 'Ada Lovelace';
const AT = new Date('2026-03-10T12:30:00.000Z');

/** A customer whose name is in every column that may hold it, beside another one who has the same rows. */
async function withCustomers(setup: Setup) {
  const bundle = await setup();
  for (const id of ['c1', 'c2']) await fill(bundle, id);
  return bundle;
}

async function fill({ storage, query }: Pick<StorageSetup, 'storage' | 'query'>, id: string): Promise<void> {
  const { repositories } = storage;
  const metadata = { note: SECRET };
  const own = (name: string) => `${id} ${name}`;
  await repositories.customers.create({
    id,
    externalId: own(SECRET),
    email: `${id}-${SECRET}`,
    name: SECRET,
    phone: SECRET,
    savedCards: [],
    billingAddress: { line1: SECRET },
    shippingAddress: { line1: SECRET },
    taxId: SECRET,
    metadata,
  });
  const payment = { customerId: id, amount: 5, currency: 'USD', status: 'failed' } as const;
  await repositories.payments.create({ id: own('pay'), ...payment, failureMessage: SECRET, metadata });
  await repositories.refunds.append({
    id: own('ref'),
    paymentId: own('pay'),
    amount: 1,
    currency: 'USD',
    status: 'succeeded',
    reason: SECRET,
    metadata,
  });
  await repositories.paymentMethods.create({
    id: own('pm'),
    customerId: id,
    type: 'card',
    billingDetails: { name: SECRET, email: null, phone: null, address: null },
    metadata,
  });
  const line = { description: 'Seats', quantity: 1, unitAmount: 5, amount: 5, metadata };
  const totals = { status: 'draft', subtotal: 5, tax: 0, discount: 0, total: 5, amountPaid: 0, amountDue: 5 } as const;
  await repositories.invoices.create(
    {
      id: own('inv'),
      customerId: id,
      ...totals,
      billingAddress: { line1: SECRET },
      memo: SECRET,
      sentTo: [SECRET],
      metadata,
    },
    [line],
  );
  await storage.invoices.finalize(own('inv'));
  await storage.subscriptions.create({ id: own('sub'), customerId: id, planId: 'p', metadata });
  await storage.usage.ingest([
    { customerId: id, limitKey: 'x', quantity: 1, timestamp: AT, idempotencyKey: 'k', metadata },
  ]);
  const status = { done: 'processed', wait: 'pending' };
  for (const [event, state] of Object.entries(status)) {
    await query(`insert into billing_webhook_events (id, provider, provider_event_id, type, payload, status, livemode, customer_id)
      values ('${own(event)}', 'p', '${own(event)}', 't', '{"name": "${SECRET}"}', '${state}', false, '${id}')`);
  }
  await query(`insert into billing_webhook_dead_letter (id, provider, provider_event_id, type, payload, error, livemode, customer_id)
    values ('${own('dead')}', 'p', '${own('dead')}', 't', '{"name": "${SECRET}"}', '${SECRET}', false, '${id}')`);
  await query(`insert into billing_idempotency_keys (key, request_hash, status, response, livemode, customer_id, expires_at)
    values ('${own('key')}', 'h', 'completed', '{"name": "${SECRET}"}', false, '${id}', now())`);
  await query(`insert into billing_checkouts (id, mode, status, currency, success_url, cancel_url, livemode, customer_id, customer_email, expires_at)
    values ('${own('checkout')}', 'payment', 'complete', 'USD', 'x', 'x', false, '${id}', '${SECRET}', now())`);
  const entry = { action: 'update', changes: { name: SECRET }, reason: SECRET } as const;
  for (const [entityType, entityId] of [
    ['customer', id],
    ['invoice', own('inv')],
    ['refund', own('ref')],
    ['customer_limit', `${id}:seats`],
  ] as const) {
    await repositories.auditLogs.create({ entityType, entityId, ...entry });
  }
  await repositories.auditLogs.create({
    entityType: 'plan',
    entityId: 'p',
    ...entry,
    actorType: 'customer',
    actorId: id,
  });
}

/** Where the name still is, by table and id. */
async function found({ query }: Pick<StorageSetup, 'query'>): Promise<string[]> {
  const tables = createQZPayTables();
  const places: string[] = [];
  for (const [key, table] of Object.entries(tables)) {
    const columns = key === 'ns' ? [] : Object.values(getTableColumns(table as typeof tables.customers));
    const name = nameOf(key, tables);
    if (name === undefined) continue;
    const id = columns.find((column) => column.name === 'id' || column.name === 'key')?.name;
    if (id === undefined) continue;
    const rows = await query(`select "${id}" as id from "${name}" as t where t::text like '%${SECRET}%' order by 1`);
    places.push(...rows.map((row) => `${key} ${String(row['id'])}`));
  }
  return places;
}

function nameOf(key: string, tables: ReturnType<typeof createQZPayTables>): string | undefined {
  const table = (tables as unknown as Record<string, object>)[key];
  const symbol = Object.getOwnPropertySymbols(table ?? {}).find((one) => String(one) === 'Symbol(drizzle:Name)');
  return symbol === undefined ? undefined : String((table as Record<symbol, unknown>)[symbol]);
}

const others = (places: readonly string[]) => places.filter((place) => !/ c2\b/.test(place));

describeOnEveryDriver('maintenance.eraseCustomer', (setup) => {
  it('leaves the name nowhere but in events that still wait, and touches nobody else', async () => {
    const bundle = await withCustomers(setup);
    const { storage } = bundle;
    const before = await found(bundle);
    expect(new Set(others(before).map((place) => place.split(' ')[0])).size).toBeGreaterThan(12);
    const dry = await storage.maintenance.eraseCustomer('c1', { dryRun: true });
    expect(await found(bundle)).toEqual(before);
    const report = await storage.maintenance.eraseCustomer('c1');
    expect(report).toEqual(dry);
    expect(report.waitingEvents).toBe(1);
    const after = await found(bundle);
    expect(after.filter((place) => / c1\b/.test(place))).toEqual(['webhookEvents c1 wait']);
    const entries = await storage.repositories.auditLogs.list();
    expect(entries.data.filter(({ salt }) => salt === null)).toHaveLength(5);
    expect(entries.data.filter(({ salt }) => salt !== null)).toHaveLength(5);
    expect(after.filter((place) => / c2\b/.test(place))).toEqual(before.filter((place) => / c2\b/.test(place)));
  });

  it('replaces every column of the list with what the list says', async () => {
    const bundle = await withCustomers(setup);
    const { storage, query } = bundle;
    await storage.maintenance.eraseCustomer('c1');
    const tables = createQZPayTables();
    for (const { table, column, replacement } of QZPAY_PII_COLUMNS) {
      const owner = (getTableColumns(tables[table]) as Record<string, { name: string }>)['customerId'];
      if (table !== 'customers' && owner === undefined) continue;
      const name = (getTableColumns(tables[table]) as Record<string, { name: string }>)[column]?.name;
      const waiting = table === 'webhookEvents' ? " and status = 'processed'" : '';
      const rows = await query(
        `select "${name}" as value from "${nameOf(table, tables)}" where ${table === 'customers' ? 'id' : 'customer_id'} = 'c1'${waiting}`,
      );
      const expected = typeof replacement === 'string' ? replacement.replace('{id}', 'c1') : replacement;
      expect(
        rows.map(({ value }) => value),
        `${table}.${column}`,
      ).toEqual(rows.map(() => expected));
    }
  });

  it('keeps invoices, payments, refunds and usage with their amounts', async () => {
    const { storage } = await withCustomers(setup);
    const invoice = await storage.invoices.findById('c1 inv');
    await storage.maintenance.eraseCustomer('c1');
    expect(await storage.invoices.findById('c1 inv')).toMatchObject({
      total: invoice?.total,
      status: 'open',
      lines: [{ amount: 5, description: 'Seats', metadata: {} }],
    });
    expect(await storage.payments.findById('c1 pay')).toMatchObject({ amount: 5, metadata: {} });
    expect(await storage.payments.getTotalRefundedAmount('c1 pay')).toBe(1);
    expect((await storage.verify()).findings).toEqual([]);
  });

  it('leaves a chain that still verifies, and tells the audit log once who asked', async () => {
    const bundle = await setup({ audit: true });
    const { storage } = bundle;
    for (const id of ['c1', 'c2']) await fill(bundle, id);
    await storage.audit.seal();
    const erase = () => withQZPayActor({ type: 'admin', id: 'root' }, () => storage.maintenance.eraseCustomer('c1'));
    expect((await erase()).tables).toContainEqual({ table: 'auditLogs', rows: expect.any(Number) });
    const { data } = await storage.audit.list({ entityType: 'customer', entityId: 'c1' });
    expect(data.map(({ action, erased, actorId }) => [action, erased, actorId])).toEqual([
      ['erase', false, 'root'],
      ['update', true, null],
      ['create', true, null],
    ]);
    expect(
      (await storage.audit.list({ entityType: 'invoice', entityId: 'c2 inv' })).data.every(({ erased }) => !erased),
    ).toBe(true);
    await storage.audit.seal();
    expect(await storage.audit.verify()).toMatchObject({ valid: true, findings: [] });
    expect((await storage.verify()).findings).toEqual([]);
    expect((await erase()).rows).toBe(0);
    expect((await storage.audit.list({ entityType: 'customer', entityId: 'c1' })).data).toHaveLength(3);
  });

  it("leaves the entries on limits of customers whose ids begin with this one's, whatever ids are made of", async () => {
    const { storage } = await setup({ audit: true });
    const { customers, customerLimits } = storage.repositories;
    const ids = ['org:1', 'org:1:team', 'org%3A1', 'org%3A1:team', 'org', 'org%'];
    for (const id of ids) {
      await customers.create({ id, externalId: id, email: 'x@example.org' });
      await customerLimits.set({ customerId: id, limitKey: '1:seats', maxValue: 5 });
    }
    const entries = async () => {
      const { data } = await storage.audit.list({ entityType: 'customer_limit', orderDirection: 'asc' });
      return data.map(({ entityId, erased }) => [entityId, erased]);
    };
    const names = ['org%3A1', 'org%3A1%3Ateam', 'org%253A1', 'org%253A1%3Ateam', 'org', 'org%25'];
    for (const [last, id] of ids.entries()) {
      await storage.maintenance.eraseCustomer(id);
      expect(await entries()).toEqual(names.map((name, at) => [`${name}:1%3Aseats`, at <= last]));
    }
  });

  it('stamps the customer once, and finds nothing the second time', async () => {
    const { storage, clock } = await withCustomers(setup);
    const { version } = (await storage.repositories.customers.findById('c1')) ?? {};
    const at = clock();
    expect((await storage.maintenance.eraseCustomer('c1')).rows).toBeGreaterThan(0);
    const erased = await storage.repositories.customers.findById('c1');
    expect(erased).toMatchObject({ anonymizedAt: at, email: 'erased+c1@example.invalid', externalId: 'erased:c1' });
    const stale = storage.repositories.customers.update('c1', { name: SECRET }, { expectedVersion: version ?? '' });
    await expect(stale).rejects.toMatchObject({ name: 'QZPayConflictError' });
    clock.advance(1000);
    expect((await storage.maintenance.eraseCustomer('c1')).rows).toBe(0);
    expect(await storage.repositories.customers.findById('c1')).toEqual(erased);
    await storage.customers.update('c1', { name: 'back' });
    expect(await storage.maintenance.eraseCustomer('c1', { dryRun: true })).toMatchObject({ rows: 1 });
  });

  it('keeps the append-only tables guarded, in the transaction of a caller as well', async () => {
    const { storage, query, database } = await withCustomers(setup);
    const { refunds } = createQZPayTables({ schema: process.env['QZPAY_TEST_SCHEMA'] ?? 'qzpay' });
    const careless = database.transaction(async (transaction) => {
      await storage.join(transaction, () => storage.maintenance.eraseCustomer('c1'));
      await transaction.execute(sql`update ${refunds} set amount = 2`);
    });
    await expect(careless).rejects.toMatchObject({ cause: { message: expect.stringContaining('append-only') } });
    expect((await storage.maintenance.eraseCustomer('c1')).rows).toBeGreaterThan(0);
    await expect(query("update billing_refunds set amount = 2 where id = 'c1 ref'")).rejects.toThrow(/append-only/);
  });

  it('knows no customer of the other mode, and none that never was', async () => {
    const { storage, reopen } = await withCustomers(setup);
    for (const erasure of [
      reopen({ livemode: true }).maintenance.eraseCustomer('c1'),
      storage.maintenance.eraseCustomer('?'),
    ]) {
      await expect(erasure).rejects.toMatchObject({ name: 'QZPayNotFoundError' });
    }
    await expect(storage.maintenance.eraseCustomer('c1', { batchSize: 0 })).rejects.toMatchObject({
      name: 'QZPayValidationError',
    });
    await storage.customers.delete('c1');
    expect((await storage.maintenance.eraseCustomer('c1')).rows).toBeGreaterThan(0);
  });
});

describeOnServers('maintenance.eraseCustomer beside others', (setup) => {
  it('lets others write the customer and its rows all the while, and erases what they had written by then', async () => {
    const bundle = await withCustomers(setup);
    const { storage, query } = bundle;
    await query(`insert into billing_usage_records (id, customer_id, limit_key, quantity, livemode, metadata, occurred_at)
      select 'u' || n, 'c1', 'y', 1, false, '{"note": "${SECRET}"}', now() from generate_series(1, 20000) as n`);
    await storage.repositories.usageRollups.rebuild();
    let running = true;
    let writes = 0;
    const writer = async (index: number) => {
      for (let at = 0; running; at += 1) {
        await storage.payments.update('c1 pay', { failureMessage: null });
        await storage.limits.recordUsage({
          id: `w${index} ${at}`,
          customerId: 'c1',
          limitKey: 'y',
          quantity: 1,
          action: 'increment',
          timestamp: AT,
          livemode: false,
          metadata: {},
        } as Parameters<typeof storage.limits.recordUsage>[0]);
        writes += 1;
      }
    };
    const writers = [1, 2, 3].map(writer);
    const seen: number[] = [];
    const report = await storage.maintenance.eraseCustomer('c1', { onProgress: () => seen.push(writes) });
    running = false;
    await Promise.all(writers);
    expect(report.tables).toContainEqual({ table: 'usageRecords', rows: 20_001 });
    // Writers went on between batches.
    expect(new Set(seen).size).toBeGreaterThan(5);
    expect((await found(bundle)).filter((place) => / (c1|u\d)/.test(place))).toEqual(['webhookEvents c1 wait']);
    expect((await storage.verify()).findings).toEqual([]);
  });

  it('erases once where two erase at once', async () => {
    const { storage } = await withCustomers(setup);
    const alone = await storage.maintenance.eraseCustomer('c2', { dryRun: true });
    const both = await Promise.all([1, 2].map(() => storage.maintenance.eraseCustomer('c2', { batchSize: 1 })));
    expect((both[0]?.rows ?? 0) + (both[1]?.rows ?? 0)).toBe(alone.rows);
  });
});
