import type { QZPayPurgeOptions, QZPayStorage } from '@qzpay/adapter';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';

const DAY = 86_400_000;

async function withRows(setup: Setup) {
  const bundle = await setup();
  const { clock } = bundle;
  const ago = (days: number) => new Date(clock().getTime() - days * DAY);
  await bundle.storage.repositories.customers.create({ id: 'c1', externalId: 'u', email: 'a@b.c' });
  return { ...bundle, ago, sql: (days: number) => `'${ago(days).toISOString()}'` };
}

const removed = async (storage: QZPayStorage, options?: QZPayPurgeOptions) =>
  Object.fromEntries(
    (await storage.maintenance.purge(options)).filter(({ rows }) => rows > 0).map(({ rule, rows }) => [rule, rows]),
  );

const ids = async ({ query }: Pick<StorageSetup, 'query'>, table: string, key = 'id') =>
  (await query(`select ${key} as id from ${table} order by 1`)).map(({ id }) => id);

/** One row that is old enough and one that is not, of everything that retention removes. */
async function seed({ query, sql }: { query: StorageSetup['query']; sql: (days: number) => string }): Promise<void> {
  const event = (id: string, status: string, days: number) =>
    `insert into billing_webhook_events (id, provider, provider_event_id, type, payload, status, livemode, created_at, updated_at, processed_at)
     values ('${id}', 'p', '${id}', 't', '{}', '${status}', false, ${sql(days)}, ${sql(days)}, ${status === 'processed' ? sql(days) : 'null'})`;
  const letter = (id: string, resolved: string) =>
    `insert into billing_webhook_dead_letter (id, provider, provider_event_id, type, payload, error, livemode, resolved_at)
     values ('${id}', 'p', '${id}', 't', '{}', 'x', false, ${resolved})`;
  const key = (id: string, status: string, days: number) =>
    `insert into billing_idempotency_keys (key, request_hash, status, livemode, expires_at) values ('${id}', 'h', '${status}', false, ${sql(days)})`;
  const checkout = (id: string, status: string, days: number) =>
    `insert into billing_checkouts (id, mode, status, currency, success_url, cancel_url, livemode, expires_at)
     values ('${id}', 'payment', '${status}', 'USD', 'x', 'x', false, ${sql(days)})`;
  for (const statement of [
    event('done old', 'processed', 91),
    event('done new', 'processed', 89),
    event('waiting', 'pending', 500),
    event('letter old', 'dead_letter', 91),
    event('letter open', 'dead_letter', 91),
    letter('letter old', sql(31)),
    letter('letter new', sql(29)),
    letter('letter open', 'null'),
    key('expired', 'completed', 1),
    key('valid', 'completed', -1),
    key('vanished', 'pending', 8),
    key('pending', 'pending', 6),
    checkout('left', 'open', 2),
    checkout('visiting', 'open', 0.5),
    checkout('expired', 'expired', 2),
    checkout('complete', 'complete', 500),
  ]) {
    await query(statement);
  }
}

async function incomplete(
  { query, sql }: { query: StorageSetup['query']; sql: (days: number) => string },
  id: string,
  days = 31,
) {
  await query(`insert into billing_subscriptions (id, customer_id, plan_id, status, billing_interval, current_period_start,
      current_period_end, livemode, created_at, updated_at)
    values ('${id}', 'c1', 'p', 'incomplete_expired', 'month', ${sql(days)}, ${sql(days)}, false, ${sql(100)}, ${sql(days)})`);
}

describeOnEveryDriver('maintenance.purge', (setup) => {
  it('removes what has been kept long enough, and nothing else', async () => {
    const bundle = await withRows(setup);
    const { storage } = bundle;
    await seed(bundle);
    const expected = {
      idempotencyKeys: 1,
      pendingIdempotencyKeys: 1,
      webhookEvents: 1,
      deadLetters: 1,
      deadWebhookEvents: 1,
      openCheckouts: 1,
      expiredCheckouts: 1,
    };
    const dry = await removed(storage, { dryRun: true });
    // The letter of the event is still there when nothing is removed.
    expect(dry).toEqual({ ...expected, deadWebhookEvents: undefined });
    expect(await ids(bundle, 'billing_webhook_events')).toHaveLength(5);
    expect(await removed(storage)).toEqual(expected);
    expect(await ids(bundle, 'billing_webhook_events')).toEqual(['done new', 'letter open', 'waiting']);
    expect(await ids(bundle, 'billing_webhook_dead_letter')).toEqual(['letter new', 'letter open']);
    expect(await ids(bundle, 'billing_idempotency_keys', 'key')).toEqual(['pending', 'valid']);
    expect(await ids(bundle, 'billing_checkouts')).toEqual(['complete', 'visiting']);
    expect(await removed(storage)).toEqual({});
  });

  it('removes a subscription whose first payment never came with its parts, and keeps one that money speaks of', async () => {
    const bundle = await withRows(setup);
    const { storage, query } = bundle;
    for (const id of ['bare', 'paid', 'billed']) await incomplete(bundle, id);
    await incomplete(bundle, 'young', 29);
    await storage.repositories.payments.create({
      id: 'p1',
      customerId: 'c1',
      subscriptionId: 'paid',
      amount: 1,
      currency: 'USD',
      status: 'failed',
    });
    await storage.invoices.create({ id: 'i1', customerId: 'c1', subscriptionId: 'billed', lines: [] });
    await query(`insert into billing_subscription_polling_jobs (id, subscription_id, provider, provider_resource_id, livemode)
      values ('j1', 'bare', 'p', 'r1', false), ('j2', 'paid', 'p', 'r2', false)`);
    expect(await removed(storage, { dryRun: true })).toEqual({ incompleteSubscriptions: 1 });
    expect(await removed(storage)).toEqual({ incompleteSubscriptions: 1 });
    expect(await ids(bundle, 'billing_subscriptions')).toEqual(['billed', 'paid', 'young']);
    expect(await ids(bundle, 'billing_subscription_polling_jobs')).toEqual(['j2']);
  });

  it('tells the audit log what it removes, where the storage keeps one by itself', async () => {
    const bundle = await withRows(setup);
    const audited = bundle.reopen({ audit: true });
    await seed(bundle);
    await incomplete(bundle, 'bare');
    await bundle.query(`insert into billing_subscription_polling_jobs (id, subscription_id, provider, provider_resource_id, livemode)
      values ('j1', 'bare', 'p', 'r1', false)`);
    await audited.maintenance.purge();
    const { data } = await audited.audit.list({ action: 'purge' });
    expect(data.map(({ entityType, entityId }) => `${entityType} ${entityId}`).toSorted()).toEqual([
      'checkout expired',
      'checkout left',
      'subscription bare',
      'subscription_polling_job j1',
    ]);
  });

  it('removes usage with its sums', async () => {
    const { storage, ago } = await withRows(setup);
    const event = { customerId: 'c1', limitKey: 'x', quantity: 1 };
    await storage.usage.ingest([
      { ...event, timestamp: ago(731), idempotencyKey: 'old' },
      { ...event, timestamp: ago(729), idempotencyKey: 'new' },
    ]);
    expect(await removed(storage, { dryRun: true })).toEqual({ usageRecords: 1 });
    expect(await removed(storage)).toEqual({ usageRecords: 1 });
    expect((await storage.verify()).findings).toEqual([]);
    expect(await storage.usage.verify()).toMatchObject({ agrees: true, records: 1 });
  });

  it('keeps deleted rows unless days are given for them, and those that others refer to', async () => {
    const { storage, clock } = await withRows(setup);
    for (const id of ['free', 'priced']) await storage.repositories.plans.create({ id, name: id });
    const price = { planId: 'priced', currency: 'USD', unitAmount: 1, billingInterval: 'month' } as const;
    await storage.repositories.prices.create({ id: 'price', ...price });
    for (const id of ['free', 'priced']) await storage.plans.delete(id);
    clock.advance(2 * DAY);
    expect(await removed(storage)).toEqual({});
    expect(await removed(storage, { retention: { deletedPlans: 1, deletedPrices: 1 } })).toEqual({ deletedPlans: 1 });
    await storage.prices.delete('price');
    clock.advance(2 * DAY);
    expect(await removed(storage, { retention: { deletedPlans: 1, deletedPrices: 1 } })).toEqual({
      deletedPrices: 1,
      deletedPlans: 1,
    });
  });

  it('takes other days, names and batches, and tells how far it is', async () => {
    const bundle = await withRows(setup);
    const { storage } = bundle;
    for (let index = 0; index < 5; index += 1) await incomplete(bundle, `s${index}`);
    expect(await removed(storage, { retention: { incompleteSubscriptions: null } })).toEqual({});
    expect(await removed(storage, { retention: { incompleteSubscriptions: 60 } })).toEqual({});
    const progress: string[] = [];
    const only = ['incompleteSubscriptions'] as const;
    const onProgress: QZPayPurgeOptions['onProgress'] = ({ rule, rows, done }) =>
      progress.push(`${rule} ${rows} ${done}`);
    const [result] = await storage.maintenance.purge({ only, batchSize: 2, onProgress });
    expect(result).toEqual({ rule: 'incompleteSubscriptions', days: 30, before: bundle.ago(30), rows: 5 });
    expect(progress).toEqual([
      'incompleteSubscriptions 2 false',
      'incompleteSubscriptions 4 false',
      'incompleteSubscriptions 5 false',
      'incompleteSubscriptions 5 true',
    ]);
  });

  it('refuses rules, days and batches that are none', async () => {
    const { storage } = await withRows(setup);
    const refused: object[] = [
      { retention: { payments: 1 } },
      { only: ['invoices'] },
      { retention: { webhookEvents: -1 } },
      { retention: { webhookEvents: Number.NaN } },
      { batchSize: 0 },
    ];
    for (const options of refused) {
      await expect(storage.maintenance.purge(options), JSON.stringify(options)).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
  });

  it('touches only its own mode', async () => {
    const bundle = await withRows(setup);
    await seed(bundle);
    expect(await removed(bundle.reopen({ livemode: true }))).toEqual({});
  });
});

describeOnEveryDriver('purging invoices', (setup) => {
  it('keeps every invoice that has a number', async () => {
    const { storage, clock } = await withRows(setup);
    for (const id of ['numbered', 'draft'])
      await storage.repositories.invoices.create({ id, customerId: 'c1', ...NOTHING }, []);
    await storage.invoices.finalize('numbered');
    for (const id of ['numbered', 'draft']) await storage.repositories.invoices.delete(id);
    expect(await storage.repositories.invoices.purge(clock.advance(DAY))).toBe(1);
    expect(await storage.invoices.verifyNumbers()).toMatchObject({ valid: true, invoices: 1 });
  });
});

const NOTHING = { status: 'draft', subtotal: 0, tax: 0, discount: 0, total: 0, amountPaid: 0, amountDue: 0 } as const;

describeOnServers('maintenance.purge beside others', (setup) => {
  it('shares the work with another purge and passes over rows that are held', async () => {
    const bundle = await withRows(setup);
    const { storage, reopen } = bundle;
    for (let index = 0; index < 40; index += 1) await incomplete(bundle, `s${String(index).padStart(2, '0')}`);
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let held = () => {};
    const holding = new Promise<void>((resolve) => {
      held = resolve;
    });
    const holder = storage.transaction(async () => {
      await storage.repositories.subscriptions.update('s00', { metadata: {} });
      held();
      await released;
    });
    await holding;
    const purges = [storage, reopen()].map((one) => removed(one, { batchSize: 3 }));
    const rows = (await Promise.all(purges)).map((result) => result['incompleteSubscriptions'] ?? 0);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(39);
    release();
    await holder;
    expect(await ids(bundle, 'billing_subscriptions')).toEqual(['s00']);
  });
});
