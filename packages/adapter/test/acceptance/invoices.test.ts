import type { QZPayCreateInvoiceInput, QZPayCurrency } from '@qzpay/core';
import { QZPAY_CURRENCY_VALUES } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

type Input = Partial<QZPayCreateInvoiceInput> & { id?: string };

async function bill({ storage }: StorageSetup, input: Input = {}) {
  const customer =
    (await storage.customers.findByExternalId('user-1')) ??
    (await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' }));
  return storage.invoices.create({
    id: 'inv-1',
    customerId: customer.id,
    lines: [{ description: 'Pro', quantity: 2, unitAmount: 1450 }],
    ...input,
  });
}

async function priceIn(setup: StorageSetup, currency: QZPayCurrency, id = 'price', planId = 'pro') {
  const { storage } = setup;
  if ((await storage.plans.findById(planId)) === null) await storage.plans.create({ id: planId, name: 'Pro' });
  await storage.prices.create({ id, planId, currency, unitAmount: 1450, billingInterval: 'month' });
}

describeOnEveryDriver('invoices', (setup) => {
  it('A-02 returns from create what findById returns', async () => {
    const made = await setup();
    const created = await bill(made);
    const now = made.clock();
    expect(created).toStrictEqual({
      id: 'inv-1',
      customerId: created.customerId,
      subscriptionId: null,
      number: null,
      status: 'draft',
      currency: 'USD',
      subtotal: 2900,
      tax: 0,
      discount: 0,
      total: 2900,
      amountPaid: 0,
      amountDue: 2900,
      dueDate: null,
      paidAt: null,
      voidedAt: null,
      periodStart: null,
      periodEnd: null,
      lines: [
        {
          id: expect.any(String),
          invoiceId: 'inv-1',
          description: 'Pro',
          quantity: 2,
          unitAmount: 1450,
          amount: 2900,
          priceId: null,
          periodStart: null,
          periodEnd: null,
          metadata: {},
        },
      ],
      providerInvoiceIds: {},
      metadata: {},
      livemode: false,
      createdAt: now,
      updatedAt: now,
      version: expect.any(String),
    });
    expect(await made.storage.invoices.findById('inv-1')).toStrictEqual(created);
    expect(await made.storage.invoices.findByCustomerId(created.customerId)).toStrictEqual([created]);
    expect((await made.storage.invoices.list()).data).toStrictEqual([created]);
  });

  it('A-37 keeps twenty lines in their order, with exact amounts and totals', async () => {
    const made = await setup();
    const lines = Array.from({ length: 20 }, (_, index) => ({
      description: `line ${index}`,
      quantity: index % 3 === 0 ? 1.5 : index,
      unitAmount: 100 * index + 10,
    }));
    const created = await bill(made, { lines });
    const found = await made.storage.invoices.findById('inv-1');
    expect(found).toStrictEqual(created);
    expect(found?.lines.map(({ description }) => description)).toEqual(lines.map(({ description }) => description));
    const amounts = lines.map(({ quantity, unitAmount }) => quantity * unitAmount);
    expect(found?.lines.map(({ amount }) => amount)).toEqual(amounts);
    expect(found?.total).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
    expect(new Set(found?.lines.map(({ id }) => id)).size).toBe(20);
  });

  it('A-37 derives the currency: first line with a stored price, subscription, option, USD', async () => {
    const made = await setup();
    await priceIn(made, 'EUR');
    await priceIn(made, 'GBP', 'pound', 'british');
    const line = { description: 'Pro', quantity: 1, unitAmount: 1 };
    const priced = await bill(made, {
      id: 'a',
      lines: [line, { ...line, priceId: 'unknown' }, { ...line, priceId: 'pound' }, { ...line, priceId: 'price' }],
    });
    expect(priced.currency).toBe('GBP');
    const { customerId } = priced;
    await made.storage.subscriptions.create({ id: 'chosen', customerId, planId: 'x', priceId: 'pound' });
    await made.storage.subscriptions.create({ id: 'planned', customerId, planId: 'pro' });
    expect((await bill(made, { id: 'b', subscriptionId: 'chosen' })).currency).toBe('GBP');
    expect((await bill(made, { id: 'c', subscriptionId: 'planned' })).currency).toBe('EUR');
    expect((await bill(made, { id: 'd', subscriptionId: 'unknown' })).currency).toBe('USD');
    const inPesos = made.reopen({ defaultCurrency: 'ARS' });
    const invoice = await inPesos.invoices.create({ id: 'e', customerId, lines: [line] });
    expect(invoice.currency).toBe('ARS');
    expect(QZPAY_CURRENCY_VALUES).toContain(invoice.currency);
  });

  it('A-37 stores nothing when one line cannot be stored', async () => {
    const made = await setup();
    const line = { description: 'fine', quantity: 1, unitAmount: 100 };
    for (const broken of [
      { ...line, quantity: Number.NaN },
      { ...line, unitAmount: Number.POSITIVE_INFINITY },
      { ...line, description: 'nul \0' },
      { ...line, description: null },
      { ...line, priceId: 7 },
      null,
    ]) {
      await expect(bill(made, { lines: [line, untyped(broken)] })).rejects.toMatchObject({
        name: 'QZPayValidationError',
      });
    }
    expect(await made.storage.invoices.findById('inv-1')).toBeNull();
    expect(await made.query('select count(*)::int as count from billing_invoice_lines')).toEqual([{ count: 0 }]);
  });

  it('names the line and its field when a line cannot be summed', async () => {
    const made = await setup();
    const line = { description: 'Pro', quantity: 2, unitAmount: 1450 };
    for (const [field, broken] of [
      ['quantity', { quantity: Number.NaN }],
      ['unitAmount', { unitAmount: undefined }],
      ['amount', { quantity: 1e200, unitAmount: 1e200 }],
    ] as const) {
      await expect(bill(made, { lines: [line, untyped({ ...line, ...broken })] })).rejects.toMatchObject({
        name: 'QZPayValidationError',
        field,
        message: `InvoiceLine ${field} is invalid: expected a finite number`,
      });
    }
  });

  it('A-38 changes every header field', async () => {
    const made = await setup();
    await bill(made);
    const patch = {
      subscriptionId: 'sub-1',
      status: 'open',
      currency: 'EUR',
      subtotal: 100,
      tax: 20.5,
      discount: 10,
      total: 110.5,
      amountPaid: 50,
      amountDue: 60.5,
      dueDate: new Date('2026-03-01T00:00:00.001Z'),
      paidAt: new Date('2026-03-02T00:00:00.002Z'),
      voidedAt: new Date('2026-03-03T00:00:00.003Z'),
      periodStart: new Date('2026-01-01T00:00:00.004Z'),
      periodEnd: new Date('2026-02-01T00:00:00.005Z'),
      providerInvoiceIds: { stripe: 'in_1' },
      metadata: { a: 1 },
    } as const;
    expect(await made.storage.invoices.update('inv-1', patch)).toMatchObject(patch);
    await made.storage.invoices.update('inv-1', { providerInvoiceIds: { other: 'x' }, metadata: { b: 2 } });
    const found = await made.storage.invoices.findById('inv-1');
    expect(found).toMatchObject({ ...patch, providerInvoiceIds: { stripe: 'in_1', other: 'x' }, metadata: { b: 2 } });
    expect(found?.metadata).toStrictEqual({ b: 2 });
    expect(found?.lines).toHaveLength(1);
  });

  it('A-38 replaces the lines when the patch has them, and leaves them otherwise', async () => {
    const made = await setup();
    const { lines } = await bill(made);
    const replacement = [
      { ...lines[0], id: 'l-2', description: 'second', periodStart: made.clock(), metadata: { a: 1 } },
      { ...lines[0], id: 'l-1', description: 'first' },
    ] as typeof lines;
    const updated = await made.storage.invoices.update('inv-1', { lines: replacement, status: 'open' });
    expect(updated.lines).toStrictEqual(replacement);
    expect(await made.storage.invoices.findById('inv-1')).toStrictEqual(updated);
    expect((await made.storage.invoices.update('inv-1', { lines: [] })).lines).toEqual([]);
  });

  it('A-38 refuses new lines for an unknown invoice and for a stale version, and leaves the old ones', async () => {
    const made = await setup();
    const { lines, version } = await bill(made);
    await expect(made.storage.invoices.update('unknown', { lines })).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
    });
    await made.storage.invoices.update('inv-1', { status: 'open' });
    await expect(
      made.storage.invoices.update('inv-1', { lines: [] }, { expectedVersion: version }),
    ).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'version_mismatch' });
    expect((await made.storage.invoices.findById('inv-1'))?.lines).toStrictEqual(lines);
  });

  it('A-38 never mixes the lines of two replacements that run at once', async () => {
    const made = await setup();
    const { lines } = await bill(made);
    const [line] = lines;
    const list = (name: string) =>
      Array.from({ length: 5 }, (_, index) => ({ ...line, id: `${name}-${index}`, description: name })) as typeof lines;
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => made.storage.invoices.update('inv-1', { lines: list(name) })));
    const found = await made.storage.invoices.findById('inv-1');
    expect(found?.lines).toHaveLength(5);
    expect(new Set(found?.lines.map(({ description }) => description)).size).toBe(1);
  });

  it('A-39 takes what the engine writes for a paid and for a void invoice', async () => {
    const made = await setup();
    await bill(made);
    const paid = await made.storage.invoices.update('inv-1', { status: 'paid', paidAt: made.clock() });
    expect(paid).toMatchObject({ status: 'paid', amountPaid: 0, amountDue: 2900 });
    expect(await made.storage.invoices.update('inv-1', { status: 'void' })).toMatchObject({ voidedAt: null });
  });
});
