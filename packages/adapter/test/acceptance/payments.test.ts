import type { QZPayCreateRefundInput, QZPayPayment } from '@qzpay/core';
import { buildQZPayPayment } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver, type StorageSetup } from '../support/drivers.js';
import { untyped } from '../support/untyped.js';

async function pay({ storage }: StorageSetup, input: Partial<QZPayPayment> = {}) {
  const customer =
    (await storage.customers.findByExternalId('user-1')) ??
    (await storage.customers.create({ externalId: 'user-1', email: 'a@b.c' }));
  const payment = buildQZPayPayment({
    id: 'pay-1',
    customerId: customer.id,
    status: 'pending',
    createdAt: new Date('2025-05-06T07:08:09.123Z'),
    updatedAt: new Date('2025-05-07T07:08:09.456Z'),
    ...input,
  });
  return { payment, stored: await storage.payments.create(payment) };
}

function refund(input: Partial<QZPayCreateRefundInput> = {}): QZPayCreateRefundInput {
  return { paymentId: 'pay-1', amount: 100, currency: 'EUR', status: 'succeeded', livemode: false, ...input };
}

describeOnEveryDriver('payments', (setup) => {
  it('A-02 A-22 stores a payment as given, its instants included', async () => {
    const made = await setup();
    const { payment, stored } = await pay(made, {
      subscriptionId: 'sub-1',
      invoiceId: 'inv-1',
      paymentMethodId: 'pm-1',
      providerPaymentIds: { stripe: 'pi_1', other: 'x' },
      metadata: { a: 1 },
    });
    expect(stored).toStrictEqual({ ...payment, version: expect.any(String) });
    expect(await made.storage.payments.findById('pay-1')).toStrictEqual(stored);
    expect(await made.storage.payments.findByCustomerId(payment.customerId)).toStrictEqual([stored]);
  });

  it('A-23 changes any field and leaves the rest alone', async () => {
    const made = await setup();
    const { stored } = await pay(made, { metadata: { a: 1 } });
    const patch = {
      status: 'failed',
      providerPaymentIds: { stripe: 'pi_1' },
      failureCode: 'payment_failed',
      failureMessage: 'The provider said: "no" — 拒否',
    } as const;
    const updated = await made.storage.payments.update('pay-1', patch);
    const now = { updatedAt: made.clock(), version: expect.any(String) };
    expect(updated).toStrictEqual({ ...stored, ...patch, ...now });
    const rest = {
      amount: 5,
      currency: 'USD',
      paymentMethodId: 'pm-2',
      subscriptionId: 's',
      invoiceId: 'i',
      metadata: {},
    };
    expect(await made.storage.payments.update('pay-1', untyped(rest))).toStrictEqual({ ...updated, ...rest, ...now });
  });

  it('A-26 counts a refund once, however often and however simultaneously it is delivered', async () => {
    const made = await setup();
    await pay(made);
    await Promise.all(
      Array.from({ length: 8 }, () => made.storage.payments.createRefund(refund({ providerRefundId: 're_1' }))),
    );
    expect(await made.storage.payments.getTotalRefundedAmount('pay-1')).toBe(100);
    expect(await made.storage.repositories.refunds.findByPaymentId('pay-1')).toHaveLength(1);
    expect(await made.storage.payments.hasRefundForProviderRefundId('re_1')).toBe(true);
    expect(await made.storage.payments.hasRefundForProviderRefundId('re_2')).toBe(false);
  });

  it('A-27 does not count what is pending or failed, and counts it when it settles later', async () => {
    const made = await setup();
    await pay(made);
    for (const status of ['pending', 'failed', 'pending'] as const) {
      await made.storage.payments.createRefund(refund({ status, providerRefundId: 're_1' }));
    }
    expect(await made.storage.payments.getTotalRefundedAmount('pay-1')).toBe(0);
    expect(await made.storage.payments.hasRefundForProviderRefundId('re_1')).toBe(false);
    await made.storage.payments.createRefund(refund({ providerRefundId: 're_1' }));
    expect(await made.storage.payments.getTotalRefundedAmount('pay-1')).toBe(100);
  });

  it('A-28 appends every refund that has no provider id', async () => {
    const made = await setup();
    await pay(made);
    for (const providerRefundId of [undefined, '', '', undefined]) {
      await made.storage.payments.createRefund(untyped(refund(untyped({ providerRefundId }))));
    }
    expect(await made.storage.payments.getTotalRefundedAmount('pay-1')).toBe(400);
    expect(await made.storage.payments.hasRefundForProviderRefundId('')).toBe(false);
  });

  it('A-29 keeps a long reason', async () => {
    const made = await setup();
    await pay(made);
    await made.storage.payments.createRefund(refund({ reason: 'r'.repeat(500) }));
    expect((await made.storage.repositories.refunds.findByPaymentId('pay-1'))[0]?.reason).toHaveLength(500);
  });

  it('A-04 sums beyond 32 bits', async () => {
    const made = await setup();
    const { stored } = await pay(made, { amount: 9_000_000_000 });
    expect(stored.amount).toBe(9_000_000_000);
    for (let index = 0; index < 3; index += 1) {
      await made.storage.payments.createRefund(refund({ amount: 2_000_000_000 }));
    }
    expect(await made.storage.payments.getTotalRefundedAmount('pay-1')).toBe(6_000_000_000);
    expect(await made.storage.payments.getTotalRefundedAmount('unknown')).toBe(0);
  });

  it('A-31 refuses a taken id and leaves the stored payment as it was', async () => {
    const made = await setup();
    const { stored } = await pay(made);
    await expect(pay(made, { amount: 1 })).rejects.toMatchObject({
      name: 'QZPayConflictError',
      conflictType: 'already_exists',
    });
    expect(await made.storage.payments.findById('pay-1')).toStrictEqual(stored);
  });

  it('refuses a payment of the other mode, which nobody would find again', async () => {
    const made = await setup();
    await expect(pay(made, { livemode: true })).rejects.toMatchObject({
      name: 'QZPayValidationError',
      field: 'livemode',
    });
  });

  it('refuses a refund of an unknown payment, naming it', async () => {
    const { storage } = await setup();
    await expect(storage.payments.createRefund(refund())).rejects.toMatchObject({
      name: 'QZPayNotFoundError',
      entityType: 'Payment',
      entityId: 'pay-1',
    });
  });
});
