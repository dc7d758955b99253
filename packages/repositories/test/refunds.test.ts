import { expect, it } from 'vitest';
import { describeOnEveryDriver, type Setup } from './support/repositories.js';

async function withPayment(setup: Setup) {
  const made = await setup();
  const { customers, payments } = made.repositories;
  const { id: customerId } = await customers.create({ externalId: 'user-1', email: 'a@b.c' });
  await payments.create({ id: 'pay', customerId, amount: 1000, currency: 'EUR', status: 'succeeded' });
  const { refunds } = made.repositories;
  const append = (status: 'succeeded' | 'pending' | 'failed', providerRefundId?: string) =>
    refunds.append({ paymentId: 'pay', amount: 100, currency: 'EUR', status, providerRefundId });
  return { ...made, refunds, append };
}

describeOnEveryDriver('refunds', (setup) => {
  it('count once per id of the provider, and only once they have settled', async () => {
    const { refunds, append } = await withPayment(setup);
    await append('pending', 're_1');
    await append('failed', 're_1');
    expect(await refunds.hasSucceeded('re_1')).toBe(false);
    expect(await refunds.totalSucceeded('pay')).toBe(0);
    const settled = await append('succeeded', 're_1');
    expect(await append('succeeded', 're_1')).toBeNull();
    await append('succeeded');
    await append('succeeded');
    expect(await refunds.findByProviderRefundId('re_1')).toEqual(settled);
    expect(await refunds.totalSucceeded('pay')).toBe(300);
    expect(await refunds.findByPaymentId('pay')).toHaveLength(5);
  });

  it('belong to a payment of their mode', async () => {
    const { append, reopen } = await withPayment(setup);
    await append('succeeded', 're_1');
    const live = reopen({ livemode: true }).refunds;
    expect(await live.hasSucceeded('re_1')).toBe(false);
    expect(await live.totalSucceeded('pay')).toBe(0);
    const refund = { paymentId: 'pay', amount: 100, currency: 'EUR', status: 'succeeded' } as const;
    await expect(live.append(refund)).rejects.toMatchObject({ name: 'QZPayNotFoundError', entityType: 'Payment' });
  });
});
