import { generateQZPayMerchant, insertQZPayMerchant } from '@qzpay/test-utils';
import { expect, it } from 'vitest';
import { describeOnEveryDriver } from './support/drivers.js';

const MERCHANT = { seed: 11, customers: 25, months: 6 };

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

describeOnEveryDriver('a generated merchant', (setup) => {
  it('reads back what was generated, money and all', async () => {
    const { storage } = await setup();
    const stored = await insertQZPayMerchant(storage, MERCHANT);
    const customers = [...generateQZPayMerchant(MERCHANT)].filter((step) => step.kind === 'customer');
    const all = { limit: 10_000 };
    const [invoices, payments, subscriptions] = await Promise.all([
      storage.invoices.list(all),
      storage.payments.list(all),
      storage.subscriptions.list(all),
    ]);
    expect((await storage.customers.list()).total).toBe(stored.customers);
    expect([invoices.total, payments.total, subscriptions.total]).toEqual([
      stored.invoices,
      stored.payments,
      stored.subscriptions,
    ]);
    for (const { lines, subtotal, discount, tax, total, amountPaid, amountDue } of invoices.data) {
      expect(sum(lines.map(({ amount }) => amount))).toBe(subtotal);
      expect([subtotal - discount + tax, amountPaid + amountDue]).toEqual([total, total]);
    }
    const generated = customers.flatMap((one) => one.payments);
    const byId = <T extends { id: string }>(items: readonly T[]) => items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(payments.data)).toMatchObject(byId(generated));
    const refunds = customers.flatMap((one) => one.refunds);
    expect(refunds.length).toBeGreaterThan(0);
    for (const { paymentId, amount } of refunds) {
      expect(await storage.payments.getTotalRefundedAmount(paymentId)).toBe(amount);
    }
  });

  it('reads back customers with their subscriptions, limits, methods and redemptions', async () => {
    const { storage, query } = await setup();
    const { usageRecords } = await insertQZPayMerchant(storage, MERCHANT);
    const customers = [...generateQZPayMerchant(MERCHANT)].filter((step) => step.kind === 'customer');
    for (const one of customers) {
      const { customer, subscriptions, limits, paymentMethods } = one;
      const found = await storage.customers.findByExternalId(customer.externalId);
      expect(found).toMatchObject({ ...customer, providerCustomerIds: one.providerCustomerIds });
      const id = found?.id ?? '';
      const kept = await storage.subscriptions.findByCustomerId(id);
      expect(kept).toMatchObject(subscriptions.map(({ input, state }) => ({ planId: input.planId, ...state })));
      expect(await storage.limits.findByCustomerId(id)).toMatchObject(
        limits.map(({ used, ...limit }) => ({ ...limit, currentValue: used })),
      );
      expect(await storage.paymentMethods.findByCustomerId(id)).toHaveLength(paymentMethods.length);
    }
    const redemptions = customers.flatMap((one) => one.redemptions).length;
    expect(await storage.promoCodes.findByCode('welcome20')).toMatchObject({ currentRedemptions: redemptions });
    expect(await query('select count(*)::int as count from billing_usage_records')).toEqual([{ count: usageRecords }]);
  });
});
