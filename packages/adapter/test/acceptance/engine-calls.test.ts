import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayPayment } from '@qzpay/core';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from '../support/drivers.js';

/** The calls that the billing engine makes, in its order and with its arguments. */
function engineOn(storage: QZPayStorage, now: () => Date) {
  return {
    async charge(id: string, externalId: string, amount: number, provider: () => string): Promise<QZPayPayment> {
      const found = await storage.customers.findByExternalId(externalId);
      const created = found ?? (await storage.customers.create({ externalId, email: 'a@b.c' }));
      const { providerCustomerIds } = created;
      const customer = await storage.customers.update(created.id, {
        providerCustomerIds: { ...providerCustomerIds, stripe: 'cus_1' },
      });
      await storage.payments.create({
        id,
        customerId: customer.id,
        subscriptionId: null,
        invoiceId: null,
        amount,
        currency: 'EUR',
        status: 'pending',
        paymentMethodId: null,
        providerPaymentIds: {},
        failureCode: null,
        failureMessage: null,
        metadata: {},
        livemode: false,
        createdAt: now(),
        updatedAt: now(),
      });
      try {
        const providerPaymentIds = { stripe: provider() };
        return await storage.payments.update(id, { status: 'succeeded', providerPaymentIds });
      } catch (error) {
        const failureMessage = (error as Error).message;
        return storage.payments.update(id, { status: 'failed', failureMessage, failureCode: 'payment_failed' });
      }
    },

    async refund(id: string, amount: number, providerRefundId: string): Promise<QZPayPayment> {
      const payment = await storage.payments.findById(id);
      if (payment === null) throw new Error('The payment is gone');
      if (!(await storage.payments.hasRefundForProviderRefundId(providerRefundId))) {
        const { currency, livemode } = payment;
        await storage.payments.createRefund({
          paymentId: id,
          amount,
          currency,
          status: 'succeeded',
          livemode,
          providerRefundId,
        });
      }
      const refunded = await storage.payments.getTotalRefundedAmount(id);
      const status = refunded >= payment.amount ? 'refunded' : 'partially_refunded';
      return storage.payments.update(id, { status, metadata: { ...payment.metadata, refunded } });
    },

    async addPaymentMethod(id: string, customerId: string, input: { setAsDefault?: boolean } = {}): Promise<void> {
      const provider = { type: 'card', provider: 'stripe', providerPaymentMethodId: `pm_${id}` } as const;
      await storage.paymentMethods.create({ id, customerId, ...provider, ...input });
      const isOnly = async () => (await storage.paymentMethods.findByCustomerId(customerId)).length === 1;
      if (input.setAsDefault === true || (await isOnly())) await storage.paymentMethods.setDefault(customerId, id);
    },
  };
}

describeOnEveryDriver('what the billing engine does', (setup) => {
  it('A-24 charges a customer and gives the money back, whole or in parts', async () => {
    const { storage, clock } = await setup();
    const engine = engineOn(storage, clock);
    const charged = await engine.charge('pay-1', 'user-1', 1000, () => 'pi_1');
    expect(charged).toMatchObject({ status: 'succeeded', providerPaymentIds: { stripe: 'pi_1' } });
    expect(await engine.refund('pay-1', 1000, 're_1')).toMatchObject({
      status: 'refunded',
      metadata: { refunded: 1000 },
    });

    await engine.charge('pay-2', 'user-1', 1000, () => 'pi_2');
    expect(await engine.refund('pay-2', 400, 're_2')).toMatchObject({ status: 'partially_refunded' });
    expect(await engine.refund('pay-2', 400, 're_2')).toMatchObject({ status: 'partially_refunded' });
    expect(await engine.refund('pay-2', 600, 're_3')).toMatchObject({ status: 'refunded' });
    expect(await storage.customers.list()).toMatchObject({ total: 1 });
  });

  it('A-25 keeps why a charge failed', async () => {
    const { storage, clock } = await setup();
    const declined = 'Your card was declined: insufficient_funds';
    await engineOn(storage, clock).charge('pay-1', 'user-1', 1000, () => {
      throw new Error(declined);
    });
    expect(await storage.payments.findById('pay-1')).toMatchObject({
      status: 'failed',
      failureCode: 'payment_failed',
      failureMessage: declined,
    });
  });

  it('A-30 sees its payments in lists and metrics with the defaults of both sides', async () => {
    const { storage, clock } = await setup();
    await engineOn(storage, clock).charge('pay-1', 'user-1', 1000, () => 'pi_1');
    expect(await storage.payments.list()).toMatchObject({ total: 1, data: [{ id: 'pay-1', livemode: false }] });
    const metrics = await storage.payments.list({ limit: 10_000 });
    expect(metrics.data).toMatchObject([{ status: 'succeeded', amount: 1000, currency: 'EUR', createdAt: clock() }]);
  });

  it('A-35 makes the first method of a customer the default, and one that asks for it', async () => {
    const { storage, clock } = await setup();
    const engine = engineOn(storage, clock);
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    const defaults = async () =>
      (await storage.paymentMethods.findByCustomerId(customerId))
        .filter(({ isDefault }) => isDefault)
        .map(({ id }) => id);
    await engine.addPaymentMethod('first', customerId);
    expect(await defaults()).toEqual(['first']);
    await engine.addPaymentMethod('second', customerId, { setAsDefault: false });
    expect(await defaults()).toEqual(['first']);
    await engine.addPaymentMethod('third', customerId, { setAsDefault: true });
    expect(await defaults()).toEqual(['third']);
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toMatchObject({ id: 'third' });

    for (const id of ['first', 'second', 'third']) await storage.paymentMethods.delete(id);
    expect(await storage.paymentMethods.findDefaultByCustomerId(customerId)).toBeNull();
    await engine.addPaymentMethod('after the deleted', customerId);
    expect(await defaults()).toEqual(['after the deleted']);
  });

  it('A-35 leaves one default when the first methods of a customer arrive at once', async () => {
    const { storage, clock } = await setup();
    const engine = engineOn(storage, clock);
    const { id: customerId } = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => engine.addPaymentMethod(id, customerId)));
    const methods = await storage.paymentMethods.findByCustomerId(customerId);
    expect(methods).toHaveLength(5);
    expect(methods.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('A-03 gets dates with milliseconds, and text where the contract says text', async () => {
    const { storage, clock } = await setup();
    clock.set('2026-03-29T01:30:00.789Z');
    const customer = await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' });
    expect(customer.createdAt).toBeInstanceOf(Date);
    expect(customer.createdAt.toISOString()).toBe('2026-03-29T01:30:00.789Z');
    await storage.subscriptions.create({ id: 'sub', customerId: customer.id, planId: 'pro' });
    const applyAt = '2026-04-01T00:00:00.000Z';
    const { scheduledPlanChange } = await storage.subscriptions.update('sub', {
      scheduledPlanChange: {
        newPlanId: 'max',
        newPriceId: 'max',
        targetTransactionAmountMajor: 1.5,
        applyAt,
        requestedAt: applyAt,
        status: 'pending',
        attemptCount: 0,
      },
    });
    expect(scheduledPlanChange?.applyAt).toBe(applyAt);
  });
});
