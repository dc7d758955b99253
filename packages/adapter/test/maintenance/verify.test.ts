import type { QZPayStorage } from '@qzpay/adapter';
import { insertQZPayMerchant } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, describeOnServers, type Setup, type StorageSetup } from '../support/drivers.js';

const AT = new Date('2026-03-10T12:30:00.000Z');

/** A customer with an issued invoice of two lines, a refunded payment, a redemption, a payment method and usage. */
async function withBilling(setup: Setup) {
  const bundle = await setup();
  await fill(bundle.storage);
  return { ...bundle, plant: planting(bundle), findings: async () => (await bundle.storage.verify()).findings };
}

async function fill(storage: QZPayStorage): Promise<void> {
  const { repositories } = storage;
  await repositories.customers.create({ id: 'cus_1', externalId: 'user 1', email: 'a@b.c' });
  for (const id of ['inv_1', 'inv_2', 'inv_3']) {
    const lines = [
      { description: 'Seats', quantity: 3, unitAmount: 0.1 },
      { description: 'Base', quantity: 1, unitAmount: 900 },
    ];
    await storage.invoices.create({ id, customerId: 'cus_1', lines });
    await storage.invoices.finalize(id);
  }
  await repositories.payments.create({
    id: 'pay_1',
    customerId: 'cus_1',
    invoiceId: 'inv_1',
    amount: 900,
    currency: 'USD',
    status: 'succeeded',
  });
  await repositories.refunds.append({
    id: 'ref_1',
    paymentId: 'pay_1',
    amount: 400,
    currency: 'USD',
    status: 'succeeded',
    providerRefundId: 're_1',
  });
  await repositories.paymentMethods.create({ id: 'pm_1', customerId: 'cus_1', type: 'card', isDefault: true });
  await repositories.promoCodes.create({
    id: 'promo_1',
    code: 'SPRING',
    discountType: 'percentage',
    discountValue: 10,
    maxRedemptions: 2,
    maxRedemptionsPerCustomer: 1,
  });
  await repositories.promoCodeUsage.redeem({ promoCodeId: 'promo_1', customerId: 'cus_1' });
  await storage.usage.ingest([
    { customerId: 'cus_1', limitKey: 'calls', quantity: 5, timestamp: AT, idempotencyKey: 'a' },
    { customerId: 'cus_1', limitKey: 'calls', quantity: 2, timestamp: AT, idempotencyKey: 'b', action: 'decrement' },
  ]);
}

/** Writes what the storage would not: as a superuser for whom no foreign key and no trigger fires. */
function planting({ query }: Pick<StorageSetup, 'query'>) {
  return async (...statements: string[]) => {
    await query("set session_replication_role = 'replica'");
    try {
      for (const statement of statements) await query(statement);
    } finally {
      await query("set session_replication_role = 'origin'");
    }
  };
}

const columns = async ({ query }: Pick<StorageSetup, 'query'>, table: string, except: readonly string[]) => {
  const rows = await query(`select column_name from information_schema.columns
    where table_schema = current_schema() and table_name = '${table}'`);
  return rows.map((row) => `"${String(row['column_name'])}"`).filter((name) => !except.includes(name.slice(1, -1)));
};

/** SQL that copies a row with other values in some of its columns. */
async function copyOf(bundle: Pick<StorageSetup, 'query'>, table: string, id: string, changes: Record<string, string>) {
  const same = await columns(bundle, table, Object.keys(changes));
  const names = Object.keys(changes).map((name) => `"${name}"`);
  return `insert into ${table} (${[...names, ...same].join(', ')})
    select ${[...Object.values(changes), ...same].join(', ')} from ${table} where id = '${id}'`;
}

describeOnEveryDriver('storage.verify', (setup) => {
  it('finds nothing in what the storage itself has written, and says what it has looked at', async () => {
    const { storage } = await setup();
    const merchant = await insertQZPayMerchant(storage, { seed: 3, customers: 8, months: 4 });
    const report = await storage.verify();
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, errors: 0, warnings: 0 });
    const checked = Object.fromEntries(report.checks.map((check) => [check.name, check.checked]));
    expect(checked['invoice-totals']).toBe(merchant.invoices);
    expect(checked['default-payment-methods']).toBeGreaterThan(0);
    expect(checked['links']).toBeGreaterThan(merchant.invoices + merchant.payments);
    for (const { promise } of report.checks) expect(promise).not.toBe('');
  });

  it('names each kind of damage', async () => {
    const bundle = await withBilling(setup);
    const { plant, findings } = bundle;
    expect(await findings()).toEqual([]);
    await plant(
      "update billing_invoices set total = 1 where id = 'inv_1'",
      "update billing_invoice_lines set amount = 1000 where invoice_id = 'inv_2' and position = 1",
      "update billing_invoices set number = 'lost' where id = 'inv_2'",
      "update billing_refunds set currency = 'EUR' where id = 'ref_1'",
      await copyOf(bundle, 'billing_refunds', 'ref_1', { id: "'ref_2'", provider_refund_id: "'re_2'", amount: '501' }),
      'update billing_usage_rollups set quantity = 4',
      "update billing_promo_codes set max_redemptions = 0 where id = 'promo_1'",
      await copyOf(bundle, 'billing_promo_code_usage', (await idOf(bundle, 'billing_promo_code_usage')) as string, {
        id: "'again'",
        redemption_no: '2',
      }),
    );
    const found = (await findings()).map(({ check, severity, entity, id, message }) => [
      `${check} ${severity} ${entity} ${id}`,
      message,
    ]);
    expect(found).toEqual([
      ['invoice-totals error Invoice inv_1', 'total is 1, subtotal 900.3 + tax 0 - discount 0 is 900.3'],
      ['invoice-totals warning Invoice inv_1', 'amount due is 900.3, total 1 - paid 0 is 1'],
      ['invoice-totals error Invoice inv_2', 'subtotal is 900.3, the lines add up to 1000.3'],
      [
        expect.stringMatching(/^invoice-lines warning InvoiceLine ./),
        'amount is 1000, quantity 1 × unit amount 900 is 900',
      ],
      ['refund-ledger error Refund ref_1', "currency is EUR, its payment's is USD"],
      ['refund-ledger error Refund ref_2', "currency is EUR, its payment's is USD"],
      ['refund-ledger warning Payment pay_1', 'refunds of 901 exceed the payment of 900'],
      [
        'usage-rollups error UsageRecord cus_1/calls/2026-03-10T12:00Z',
        'the sum is 4 of 2 records, they add up to 3 of 2',
      ],
      ['promo-code-caps error PromoCode promo_1', 'redeemed 1 times, the cap is 0'],
      ['promo-code-caps error PromoCode promo_1', 'a customer redeemed it 2 times, the cap is 1'],
      ['promo-code-caps warning PromoCode promo_1', 'the counter is 1, there are 2 redemptions'],
      ['invoice-numbers error InvoiceSequence INV/2026', 'number 2 is missing'],
    ]);
  });

  it('finds links to rows of the other mode, with a foreign key and without', async () => {
    const bundle = await withBilling(setup);
    const { plant, storage, reopen } = bundle;
    const live = reopen({ livemode: true });
    await live.repositories.customers.create({ id: 'cus_live', externalId: 'live', email: 'a@b.c' });
    await live.invoices.create({ id: 'inv_live', customerId: 'cus_live', lines: [] });
    await plant(
      "update billing_invoices set customer_id = 'cus_live' where id = 'inv_1'",
      "update billing_payments set invoice_id = 'inv_live', subscription_id = 'sub_of_nobody'",
      "update billing_payment_methods set customer_id = 'gone'",
    );
    const report = await storage.verify({ only: ['links'] });
    expect(report.findings.map(({ entity, id, message }) => `${entity} ${id}: ${message}`).toSorted()).toEqual([
      'Invoice inv_1: customer_id refers to Customer cus_live, which is in the other mode',
      'Payment pay_1: invoice_id refers to Invoice inv_live, which is in the other mode',
      'PaymentMethod pm_1: customer_id refers to Customer gone, which is not there',
    ]);
    expect((await live.verify()).findings).toEqual([]);
  });

  it('lets pass what the contract allows, or warns', async () => {
    const { storage, findings } = await withBilling(setup);
    await storage.invoices.update('inv_1', { status: 'paid', paidAt: AT });
    await storage.invoices.update('inv_2', { status: 'void' });
    await storage.invoices.create({ id: 'draft', customerId: 'cus_1', lines: [] });
    await storage.subscriptions.create({ id: 'sub_1', customerId: 'cus_1', planId: 'of the configuration' });
    expect(await findings()).toEqual([]);
    await storage.invoices.update('draft', { subtotal: 7 });
    expect((await findings()).map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'subtotal is 7, the lines add up to 0'],
      ['warning', 'total is 0, subtotal 7 + tax 0 - discount 0 is 7'],
    ]);
    expect(await storage.verify()).toMatchObject({ ok: true, warnings: 2 });
  });

  it('forgives the last digits of sums in floating point, not a millionth', async () => {
    const { storage } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'u', email: 'a@b.c' });
    const lines = Array.from({ length: 40 }, (_, at) => ({
      description: 'x',
      quantity: 0.1 + at / 7,
      unitAmount: 1e9 / 3,
    }));
    await storage.invoices.create({ id: 'odd', customerId, lines });
    expect((await storage.verify()).findings).toEqual([]);
    await storage.invoices.create({
      id: 'even',
      customerId,
      lines: [{ description: 'x', quantity: 1, unitAmount: 10 }],
    });
    await storage.invoices.update('even', { status: 'open', subtotal: 10.000002 });
    expect((await storage.verify({ fromId: 'even', toId: 'odd' })).errors).toBe(2);
  });

  it('looks at a part of the rows, and at the checks that were named', async () => {
    const { storage, plant } = await withBilling(setup);
    await plant('update billing_invoices set total = 1');
    const ids = async (options: Parameters<QZPayStorage['verify']>[0]) =>
      (await storage.verify({ only: ['invoice-totals'], ...options })).findings
        .filter(({ severity }) => severity === 'error')
        .map(({ id }) => id);
    expect(await ids({})).toEqual(['inv_1', 'inv_2', 'inv_3']);
    expect(await ids({ fromId: 'inv_2' })).toEqual(['inv_2', 'inv_3']);
    expect(await ids({ fromId: 'inv_2', toId: 'inv_3' })).toEqual(['inv_2']);
    expect(await ids({ to: new Date('2020-01-01T00:00:00.000Z') })).toEqual([]);
    const { checks } = await storage.verify({ fromId: 'inv_2' });
    expect(checks.map(({ name }) => name)).not.toContain('invoice-numbers');
    await expect(storage.verify({ only: ['no such check'] })).rejects.toMatchObject({ name: 'QZPayValidationError' });
  });

  it('holds as many findings as it is told to, and counts and tells all', async () => {
    const { storage, plant } = await withBilling(setup);
    await plant('update billing_invoices set total = 1, amount_due = 1');
    const told: string[] = [];
    const progress: string[] = [];
    const report = await storage.verify({
      only: ['invoice-totals'],
      maxFindings: 1,
      onFinding: ({ id }) => told.push(id),
      onProgress: ({ check, checked, done }) => progress.push(`${check} ${checked} ${done}`),
    });
    expect(report).toMatchObject({ ok: false, errors: 3, findings: [{ id: 'inv_1' }] });
    expect(told).toEqual(['inv_1', 'inv_2', 'inv_3']);
    expect(progress).toEqual(['invoice-totals 0 false', 'invoice-totals 3 false', 'invoice-totals 3 true']);
  });

  it('knows the numbers of a series by its prefix', async () => {
    const { storage } = await withBilling(setup);
    await storage.invoices.create({ id: 'inv_4', customerId: 'cus_1', lines: [] });
    await storage.invoices.finalize('inv_4', { series: 'EU', prefix: 'Europe' });
    const only = ['invoice-numbers'];
    expect((await storage.verify({ only })).findings).toMatchObject([
      { id: 'EU/2026', message: expect.stringContaining('no invoice carries one that begins with EU-2026-') },
    ]);
    expect((await storage.verify({ only, prefixes: { EU: 'Europe' } })).findings).toEqual([]);
  });

  it('finds usage without its sum, and a sum without usage', async () => {
    const { storage, plant } = await withBilling(setup);
    await plant(
      "update billing_usage_rollups set customer_id = 'zed'",
      "insert into billing_usage_rollups (customer_id, limit_key, hour, quantity, events, livemode) values ('abe', 'x', '2026-03-10T12:00Z', 0, 0, false)",
    );
    expect(
      (await storage.verify({ only: ['usage-rollups'] })).findings.map(({ id, message }) => [id, message]),
    ).toEqual([
      ['cus_1/calls/2026-03-10T12:00Z', 'the sum is 0 of 0 records, they add up to 3 of 2'],
      ['zed/calls/2026-03-10T12:00Z', 'the sum is 3 of 2 records, there are none'],
    ]);
    const before = { only: ['usage-rollups'], to: new Date('2026-03-10T12:00:00.000Z') };
    expect((await storage.verify(before)).errors).toBe(0);
    expect((await storage.verify({ ...before, from: before.to, to: undefined })).errors).toBe(2);
  });

  it('writes nothing, also in a transaction, which may go on', async () => {
    const { storage, query } = await withBilling(setup);
    // A transaction that writes takes a number.
    const next = async () => (await query('select pg_snapshot_xmax(pg_current_snapshot())::text as next'))[0]?.['next'];
    const before = await next();
    await storage.verify();
    expect(await next()).toBe(before);
    await storage.transaction(async () => {
      await storage.verify();
      await storage.invoices.update('inv_1', { status: 'void' });
    });
    expect(await storage.invoices.findById('inv_1')).toMatchObject({ status: 'void' });
  });
});

describeOnEveryDriver('storage.verify of the audit log', (setup) => {
  it('names a tampered entry, one that is gone, one that was slipped in, and a missing block', async () => {
    const { storage, plant } = await withBilling(setup);
    const append = (entityId: string) =>
      storage.audit.append({ entityType: 'x', entityId, action: 'y', changes: { n: 1 } });
    const blocks: string[][] = [];
    for (let block = 1; block <= 4; block += 1) {
      const entries = [await append('a'), await append('b')];
      blocks.push(entries.map(({ id }) => id));
      await storage.audit.seal();
    }
    expect(await storage.verify()).toMatchObject({ ok: true, findings: [] });
    const late = await append('late');
    await plant(
      `update billing_audit_logs set changes = '{"n": 2}' where id = '${blocks[0]?.[0]}'`,
      `delete from billing_audit_logs where id = '${blocks[0]?.[1]}'`,
      `update billing_audit_logs set block_seq = 2 where id = '${late.id}'`,
      'delete from billing_audit_blocks where block_seq = 3',
      "update billing_audit_blocks set root_hash = 'x' where block_seq = 4",
    );
    const { findings } = await storage.verify({ only: ['audit-chain'] });
    const found = findings.map(({ severity, entity, id, message }) => `${severity} ${entity} ${id}: ${message}`);
    expect(found).toEqual(
      expect.arrayContaining([
        `error AuditLog ${blocks[0]?.[0]}: the entry is not as it was sealed, in block 1`,
        `error AuditLog ${blocks[0]?.[1]}: the entry was sealed and is gone, in block 1`,
        `error AuditLog ${late.id}: the entry claims a block that has not sealed it, in block 2`,
        'error AuditBlock 3: the block is missing',
        'error AuditBlock 4: the block does not agree with its own hashes',
      ]),
    );
  });
});

describeOnServers('storage.verify', (setup) => {
  it('finds two defaults and one refund twice, where an index was lost', async () => {
    const bundle = await withBilling(setup);
    const { plant, query, findings } = bundle;
    const lost = await query(`select indexname, indexdef from pg_indexes where schemaname = current_schema()
      and indexname in ('billing_payment_methods_one_default_key', 'billing_refunds_succeeded_provider_refund_key')`);
    expect(lost).toHaveLength(2);
    for (const { indexname } of lost) await query(`drop index "${String(indexname)}"`);
    try {
      await plant(
        await copyOf(bundle, 'billing_payment_methods', 'pm_1', { id: "'pm_2'" }),
        await copyOf(bundle, 'billing_refunds', 'ref_1', { id: "'ref_2'", amount: '1' }),
      );
      expect((await findings()).map(({ id, message }) => [id, message])).toEqual([
        ['ref_2', 'the refund at the provider has succeeded in another row already'],
        ['pm_2', 'customer cus_1 has another default payment method'],
      ]);
    } finally {
      await plant(
        "delete from billing_payment_methods where id = 'pm_2'",
        "delete from billing_refunds where id = 'ref_2'",
      );
      for (const { indexdef } of lost) await query(String(indexdef));
    }
  });

  it('goes through more rows than one step holds', async () => {
    const { storage, query, plant } = await withBilling(setup);
    await query(`insert into billing_invoices (id, customer_id, currency, livemode)
      select 'many ' || n, 'cus_1', 'USD', false from generate_series(1, 12000) as n`);
    await plant(
      "update billing_invoices set status = 'open', total = 1, amount_due = 1 where id in ('many 1', 'many 9999')",
    );
    const report = await storage.verify({ only: ['invoice-totals'] });
    expect(report.findings.map(({ id }) => id)).toEqual(['many 1', 'many 9999']);
    expect(report.checks[0]?.checked).toBe(12_003);
  });

  it('does not take writers at work for damage', async () => {
    const { storage } = await withBilling(setup);
    let running = true;
    const write = async (writer: number) => {
      for (let index = 0; running; index += 1) {
        const id = `w${writer} ${index}`;
        await storage.invoices.create({
          id,
          customerId: 'cus_1',
          lines: [{ description: 'x', quantity: 2, unitAmount: 3 }],
        });
        await storage.usage.ingest([
          { customerId: 'cus_1', limitKey: 'calls', quantity: 1, timestamp: AT, idempotencyKey: id },
        ]);
        await storage.invoices.finalize(id);
      }
    };
    const writers = [1, 2, 3].map(write);
    for (let round = 0; round < 3; round += 1) expect((await storage.verify()).findings).toEqual([]);
    running = false;
    await Promise.all(writers);
  });
});

async function idOf({ query }: Pick<StorageSetup, 'query'>, table: string): Promise<unknown> {
  return (await query(`select id from ${table}`))[0]?.['id'];
}
