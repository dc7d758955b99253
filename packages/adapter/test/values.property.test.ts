import {
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_INVOICE_STATUS_VALUES,
  QZPAY_PAYMENT_STATUS_VALUES,
  QZPAY_SUBSCRIPTION_STATUS_VALUES,
} from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  currency,
  finite,
  idMap,
  instant,
  key,
  longText,
  mapOf,
  metadata,
  minorUnits,
  NUM_RUNS,
  nullable,
  texts,
  unique,
} from './support/arbitraries.js';
import { describeOnEveryDriver } from './support/drivers.js';
import { untyped } from './support/untyped.js';

describeOnEveryDriver('whatever the type allows comes back as it was', (setup) => {
  it('customers', async () => {
    const { storage } = await setup();
    const card = fc.record(
      {
        id: longText,
        provider: longText,
        lastFourDigits: longText,
        firstSixDigits: longText,
        expirationMonth: fc.integer({ min: 1, max: 12 }),
        expirationYear: fc.integer({ min: 2000, max: 9999 }),
        cardholderName: longText,
        isDefault: fc.boolean(),
        createdAt: instant,
      },
      { requiredKeys: ['id', 'provider', 'lastFourDigits', 'expirationMonth', 'expirationYear', 'createdAt'] },
    );
    const customer = fc.record({
      email: key,
      name: nullable(longText),
      phone: nullable(longText),
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(customer, idMap, fc.array(card, { maxLength: 4 }), async (given, providers, savedCards) => {
        const created = await storage.customers.create({ ...given, externalId: unique() });
        expect(created).toMatchObject(given);
        const patch = { providerCustomerIds: providers, savedCards: untyped<never[]>(savedCards) };
        await storage.customers.update(created.id, patch);
        const found = await storage.customers.findById(created.id);
        expect(found).toMatchObject({ ...given, ...patch });
        expect(found?.metadata).toEqual(given.metadata);
        expect(found?.savedCards).toEqual(savedCards);
      }),
      NUM_RUNS,
    );
  });

  it('payments', async () => {
    const { storage } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const payment = fc.record({
      subscriptionId: nullable(key),
      invoiceId: nullable(key),
      amount: minorUnits,
      currency,
      status: fc.constantFrom(...QZPAY_PAYMENT_STATUS_VALUES),
      paymentMethodId: nullable(key),
      providerPaymentIds: idMap,
      failureCode: nullable(longText),
      failureMessage: nullable(longText),
      metadata,
      createdAt: instant,
      updatedAt: instant,
    });
    await fc.assert(
      fc.asyncProperty(payment, payment, async (given, patch) => {
        const id = unique();
        const stored = await storage.payments.create({ ...given, id, customerId, livemode: false });
        expect(stored).toEqual({ ...given, id, customerId, livemode: false, version: stored.version });
        expect(await storage.payments.findById(id)).toEqual(stored);
        const { createdAt: _, updatedAt: __, providerPaymentIds, ...changes } = patch;
        await storage.payments.update(id, { ...changes, providerPaymentIds });
        expect(await storage.payments.findById(id)).toMatchObject({
          ...changes,
          providerPaymentIds: { ...given.providerPaymentIds, ...providerPaymentIds },
          createdAt: given.createdAt,
        });
      }),
      NUM_RUNS,
    );
  });

  it('subscriptions', async () => {
    const { storage } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const period = fc
      .tuple(instant, instant)
      .filter(([from, until]) => from.getTime() !== until.getTime())
      .map((pair) => pair.toSorted((a, b) => a.getTime() - b.getTime()) as [Date, Date]);
    const patch = fc.record({
      planId: key,
      status: fc.constantFrom(...QZPAY_SUBSCRIPTION_STATUS_VALUES),
      interval: fc.constantFrom(...QZPAY_BILLING_INTERVAL_VALUES),
      quantity: fc.integer({ min: 1, max: 1_000_000 }),
      trialEnd: nullable(instant),
      cancelAt: nullable(instant),
      canceledAt: nullable(instant),
      cancelAtPeriodEnd: fc.boolean(),
      promoCodeId: nullable(key),
      providerSubscriptionIds: idMap,
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(patch, period, async (given, [currentPeriodStart, currentPeriodEnd]) => {
        const id = unique();
        await storage.subscriptions.create({ id, customerId, planId: 'pro' });
        const changes = { ...given, currentPeriodStart, currentPeriodEnd };
        const updated = await storage.subscriptions.update(id, untyped(changes));
        expect(updated).toMatchObject(changes);
        expect(updated.metadata).toEqual(given.metadata);
        expect(await storage.subscriptions.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('invoices with lines', async () => {
    const { storage } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const amount = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value + 0);
    const line = fc.record({ description: longText, quantity: amount, unitAmount: amount, priceId: key });
    const patch = fc.record({
      status: fc.constantFrom(...QZPAY_INVOICE_STATUS_VALUES),
      currency,
      tax: finite,
      discount: finite,
      total: finite,
      amountPaid: finite,
      dueDate: nullable(instant),
      paidAt: nullable(instant),
      providerInvoiceIds: idMap,
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), patch, async (lines, changes) => {
        const id = unique();
        const created = await storage.invoices.create({ id, customerId, lines });
        expect(created.lines).toMatchObject(
          lines.map((given) => ({ ...given, amount: given.quantity * given.unitAmount + 0 })),
        );
        const updated = await storage.invoices.update(id, changes);
        expect(updated).toMatchObject(changes);
        expect(await storage.invoices.findById(id)).toEqual({ ...updated, lines: created.lines });
      }),
      NUM_RUNS,
    );
  });

  it('plans', async () => {
    const { storage } = await setup();
    const plan = fc.record({
      name: longText,
      description: longText,
      entitlements: texts,
      limits: mapOf(finite),
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const id = unique();
        const created = await storage.plans.create({ ...given, id });
        expect(created).toMatchObject(given);
        expect(await storage.plans.findById(id)).toEqual(created);
      }),
      NUM_RUNS,
    );
  });
});
