import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { QZPayNewInvoice, QZPayNewPayment, QZPayRepositories } from '../src/index.js';
import { describeOnEveryDriver, describeOnServers, tenAtOnce } from './support/repositories.js';

async function invoiceOf({ customers, invoices }: QZPayRepositories, changes: Partial<QZPayNewInvoice> = {}) {
  const customer =
    (await customers.findByExternalId('user-1')) ?? (await customers.create({ externalId: 'user-1', email: 'a@b.c' }));
  const amounts = { subtotal: 1000, tax: 0, discount: 0, total: 1000, amountPaid: 0, amountDue: 1000 };
  return invoices.create({ customerId: customer.id, status: 'open', currency: 'USD', ...amounts, ...changes }, []);
}

async function paymentOf({ customers, payments }: QZPayRepositories, changes: Partial<QZPayNewPayment> = {}) {
  const customer = await customers.findByExternalId('user-1');
  return payments.create({
    customerId: customer?.id ?? '',
    amount: 1000,
    currency: 'USD',
    status: 'succeeded',
    ...changes,
  });
}

describeOnEveryDriver('invoice payments', (setup) => {
  it('applies a payment to an invoice, whose amounts move with it and whose status stays', async () => {
    const { repositories, clock } = await setup();
    const invoice = await invoiceOf(repositories);
    const payment = await paymentOf(repositories);
    clock.advance(5);
    const application = { invoiceId: invoice.id, paymentId: payment.id, amountApplied: 400, currency: 'USD' } as const;
    const applied = await repositories.invoicePayments.record(application);
    expect(applied).toStrictEqual({
      ...application,
      id: expect.any(String),
      appliedAt: clock(),
      livemode: false,
      createdAt: clock(),
    });
    expect(await repositories.invoices.findById(invoice.id)).toStrictEqual({
      ...invoice,
      amountPaid: 400,
      amountDue: 600,
      updatedAt: clock(),
      version: expect.not.stringMatching(invoice.version),
    });
    expect(await repositories.invoicePayments.findById(applied.id)).toStrictEqual(applied);
  });

  it('finds applications by invoice and by payment, newest first, and sums what an invoice got', async () => {
    const { repositories, clock } = await setup();
    const invoice = await invoiceOf(repositories, { total: 6e9, amountDue: 6e9 });
    const other = await invoiceOf(repositories);
    const payments = [await paymentOf(repositories), await paymentOf(repositories)];
    const appliedAt = new Date('2025-12-24T18:00:00.000Z');
    const applications = [];
    for (const { id: paymentId } of payments) {
      const application = { invoiceId: invoice.id, paymentId, amountApplied: 3e9, currency: 'USD', appliedAt } as const;
      applications.unshift(await repositories.invoicePayments.record(application));
      clock.advance(1);
    }
    const [second, first] = applications;
    const toOther = await repositories.invoicePayments.record({
      invoiceId: other.id,
      paymentId: first?.paymentId ?? '',
      amountApplied: 1,
      currency: 'USD',
    });
    expect(first?.appliedAt).toEqual(appliedAt);
    expect(await repositories.invoicePayments.findByInvoiceId(invoice.id)).toStrictEqual([second, first]);
    expect(await repositories.invoicePayments.findByPaymentId(first?.paymentId ?? '')).toStrictEqual([toOther, first]);
    expect(await repositories.invoicePayments.totalPaid(invoice.id)).toBe(6e9);
    expect(await repositories.invoices.findById(invoice.id)).toMatchObject({ amountPaid: 6e9, amountDue: 0 });
    for (const unknown of ['unknown', '\0']) {
      expect(await repositories.invoicePayments.findByInvoiceId(unknown)).toEqual([]);
      expect(await repositories.invoicePayments.findByPaymentId(unknown)).toEqual([]);
      expect(await repositories.invoicePayments.totalPaid(unknown)).toBe(0);
    }
  });

  it('keeps an amount beyond what is due: the money has moved', async () => {
    const { repositories } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    await repositories.invoicePayments.record({ invoiceId, paymentId, amountApplied: 1500, currency: 'USD' });
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({ amountPaid: 1500, amountDue: -500 });
  });

  it('refuses to apply a payment twice; nothing moves, and a transaction goes on', async () => {
    const { repositories, transaction } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    const application = { invoiceId, paymentId, amountApplied: 400, currency: 'USD' } as const;
    await repositories.invoicePayments.record(application);
    await transaction(async () => {
      const again = repositories.invoicePayments.record(application);
      await expect(again).rejects.toMatchObject({ name: 'QZPayConflictError', conflictType: 'already_exists' });
      await repositories.invoices.update(invoiceId, { memo: 'the transaction went on' });
    });
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({
      amountPaid: 400,
      amountDue: 600,
      memo: 'the transaction went on',
    });
  });

  it('refuses an unknown, deleted or foreign invoice or payment, and moves nothing', async () => {
    const { repositories, reopen } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    const { id: deletedInvoice } = await invoiceOf(repositories);
    await repositories.invoices.delete(deletedInvoice);
    const { id: deletedPayment } = await paymentOf(repositories);
    await repositories.payments.delete(deletedPayment);
    const record = (application: { readonly invoiceId: string; readonly paymentId: string }, livemode = false) =>
      reopen({ livemode }).invoicePayments.record({ ...application, amountApplied: 400, currency: 'USD' });
    for (const unknown of ['unknown', deletedInvoice]) {
      await expect(record({ invoiceId: unknown, paymentId })).rejects.toMatchObject({
        name: 'QZPayNotFoundError',
        entityType: 'Invoice',
        entityId: unknown,
      });
    }
    for (const unknown of ['unknown', deletedPayment]) {
      await expect(record({ invoiceId, paymentId: unknown })).rejects.toMatchObject({
        name: 'QZPayNotFoundError',
        entityType: 'Payment',
        entityId: unknown,
      });
    }
    await expect(record({ invoiceId, paymentId }, true)).rejects.toMatchObject({ entityType: 'Invoice' });
    expect(await repositories.invoicePayments.count()).toBe(0);
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({ amountPaid: 0, amountDue: 1000 });
  });

  it('refuses to add amounts of different currencies, and knows a payment by both of its own', async () => {
    const { repositories } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: pesos } = await paymentOf(repositories, { currency: 'ARS', amount: 1_000_000 });
    const { id: converted } = await paymentOf(repositories, {
      currency: 'ARS',
      amount: 1_000_000,
      baseCurrency: 'usd',
      baseAmount: 900,
    });
    const refusal = { name: 'QZPayValidationError', field: 'currency' };
    const amounts = { invoiceId, amountApplied: 900 };
    const { invoicePayments } = repositories;
    await expect(invoicePayments.record({ ...amounts, paymentId: pesos, currency: 'ARS' })).rejects.toMatchObject(
      refusal,
    );
    await expect(invoicePayments.record({ ...amounts, paymentId: pesos, currency: 'USD' })).rejects.toMatchObject(
      refusal,
    );
    expect(await invoicePayments.count()).toBe(0);
    await invoicePayments.record({ ...amounts, paymentId: converted, currency: 'USD' });
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({ amountPaid: 900, amountDue: 100 });
  });

  it('refuses an amount that is not whole', async () => {
    const { repositories } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    const record = repositories.invoicePayments.record({ invoiceId, paymentId, amountApplied: 0.5, currency: 'USD' });
    await expect(record).rejects.toMatchObject({ name: 'QZPayValidationError', field: 'amountApplied' });
  });
});

describeOnServers('invoice payments of many callers at once', (setup) => {
  it('moves the invoice by exactly what was applied', async () => {
    const { repositories } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories, { total: 100_000, amountDue: 100_000 });
    const payments: string[] = [];
    for (let index = 0; index < 50; index += 1) payments.push((await paymentOf(repositories)).id);
    const results = await tenAtOnce(async (caller) => {
      for (const paymentId of payments.slice(caller * 5, caller * 5 + 5)) {
        await repositories.invoicePayments.record({
          invoiceId,
          paymentId,
          amountApplied: 100 + caller,
          currency: 'USD',
        });
      }
    });
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    const paid = 50 * 100 + 5 * 45;
    expect(await repositories.invoicePayments.totalPaid(invoiceId)).toBe(paid);
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({
      amountPaid: paid,
      amountDue: 100_000 - paid,
    });
  });

  it('applies nothing to an invoice that is deleted at the same time', async () => {
    const { repositories, reopen, transaction, database } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    const someoneWaits = async () => {
      const found: unknown = await database.execute(
        sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return (Array.isArray(found) ? found : (found as { rows: unknown[] }).rows).length > 0;
    };
    const { record } = await transaction(async () => {
      await repositories.invoices.delete(invoiceId);
      const application = { invoiceId, paymentId, amountApplied: 400, currency: 'USD' } as const;
      const record = reopen().invoicePayments.record(application);
      record.catch(() => {});
      while (!(await someoneWaits()));
      return { record };
    });
    await expect(record).rejects.toMatchObject({ name: 'QZPayNotFoundError', entityType: 'Invoice' });
    expect(await repositories.invoicePayments.count()).toBe(0);
  });

  it('applies one payment once', async () => {
    const { repositories } = await setup();
    const { id: invoiceId } = await invoiceOf(repositories);
    const { id: paymentId } = await paymentOf(repositories);
    const results = await tenAtOnce(() =>
      repositories.invoicePayments.record({ invoiceId, paymentId, amountApplied: 400, currency: 'USD' }),
    );
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refusals).toHaveLength(9);
    for (const refusal of refusals) expect(refusal).toMatchObject({ conflictType: 'already_exists' });
    expect(await repositories.invoices.findById(invoiceId)).toMatchObject({ amountPaid: 400, amountDue: 600 });
  });
});
