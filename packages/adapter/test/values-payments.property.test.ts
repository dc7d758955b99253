import {
  QZPAY_BANK_ACCOUNT_TYPE_VALUES,
  QZPAY_CARD_BRAND_VALUES,
  QZPAY_CARD_FUNDING_VALUES,
  QZPAY_CHECKOUT_MODE_VALUES,
  QZPAY_CHECKOUT_STATUS_VALUES,
  QZPAY_PAYMENT_METHOD_STATUS_VALUES,
  QZPAY_PAYMENT_METHOD_TYPE_VALUES,
  QZPAY_POLLING_JOB_STATUS_VALUES,
  QZPAY_POLLING_RESOURCE_TYPE_VALUES,
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
  metadata,
  minorUnits,
  NUM_RUNS,
  nullable,
  optional,
  unique,
} from './support/arbitraries.js';
import { describeOnEveryDriver } from './support/drivers.js';

const NO_ADDRESS = { line1: null, line2: null, city: null, state: null, postalCode: null, country: null };
const NO_DETAILS = { name: null, email: null, phone: null, address: null };

describeOnEveryDriver('whatever the type allows comes back as it was', (setup) => {
  it('payment methods', async () => {
    const { storage, clock } = await setup();
    const line = nullable(longText);
    const address = optional({ line1: line, line2: line, city: line, state: line, postalCode: line, country: line });
    const wholeAddress = address.map((given) => ({ ...NO_ADDRESS, ...given }));
    const billingDetails = optional({ name: line, email: line, phone: line, address: nullable(wholeAddress) });
    const required = fc.record({
      type: fc.constantFrom(...QZPAY_PAYMENT_METHOD_TYPE_VALUES),
      provider: longText.filter((name) => name !== '__proto__'),
      providerPaymentMethodId: longText,
    });
    const extra = optional({ setAsDefault: fc.boolean(), billingDetails, metadata });
    const patch = fc.record({ billingDetails, metadata });
    const ofProvider = fc.record({
      type: fc.constantFrom(...QZPAY_PAYMENT_METHOD_TYPE_VALUES),
      status: fc.constantFrom(...QZPAY_PAYMENT_METHOD_STATUS_VALUES),
      card: nullable(
        fc.record({
          brand: fc.constantFrom(...QZPAY_CARD_BRAND_VALUES),
          last4: longText,
          expMonth: fc.integer({ min: 1, max: 12 }),
          expYear: fc.integer({ min: 2000, max: 9999 }),
          funding: fc.constantFrom(...QZPAY_CARD_FUNDING_VALUES),
          country: line,
        }),
      ),
      bankAccount: nullable(
        fc.record({
          bankName: line,
          last4: longText,
          accountType: fc.constantFrom(...QZPAY_BANK_ACCOUNT_TYPE_VALUES),
          country: line,
        }),
      ),
      providerPaymentMethodIds: idMap,
    });
    await fc.assert(
      fc.asyncProperty(required, extra, patch, ofProvider, async (given, others, changes, instrument) => {
        const id = unique();
        const { id: customerId } = await storage.customers.create({ externalId: id, email: 'a@b.c' });
        const created = await storage.paymentMethods.create({ ...given, ...others, id, customerId });
        const details = others.billingDetails && { ...NO_DETAILS, ...others.billingDetails };
        expect(created).toEqual({
          id,
          customerId,
          type: given.type,
          status: 'active',
          isDefault: true,
          card: null,
          bankAccount: null,
          billingDetails: details ?? null,
          providerPaymentMethodIds: { [given.provider]: given.providerPaymentMethodId },
          metadata: others.metadata ?? {},
          livemode: false,
          createdAt: clock(),
          updatedAt: clock(),
          version: created.version,
        });
        expect(await storage.paymentMethods.findById(id)).toEqual(created);
        await storage.repositories.paymentMethods.update(id, instrument);
        const updated = await storage.paymentMethods.update(id, changes);
        expect(updated).toEqual({
          ...created,
          ...instrument,
          providerPaymentMethodIds: { ...created.providerPaymentMethodIds, ...instrument.providerPaymentMethodIds },
          billingDetails: { ...NO_DETAILS, ...details, ...changes.billingDetails },
          metadata: changes.metadata,
          version: updated.version,
        });
        expect(await storage.paymentMethods.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('checkouts', async () => {
    const { storage } = await setup();
    const lineItem = fc.record(
      {
        priceId: longText,
        quantity: finite,
        unitAmount: finite,
        currency,
        title: longText,
        description: longText,
        categoryId: longText,
      },
      { requiredKeys: ['quantity'] },
    );
    const changeable = fc.record({
      customerEmail: nullable(longText),
      mode: fc.constantFrom(...QZPAY_CHECKOUT_MODE_VALUES),
      status: fc.constantFrom(...QZPAY_CHECKOUT_STATUS_VALUES),
      currency,
      lineItems: fc.array(lineItem, { maxLength: 5 }),
      successUrl: longText,
      cancelUrl: longText,
      expiresAt: instant,
      paymentId: nullable(longText),
      subscriptionId: nullable(longText),
      providerSessionIds: idMap,
      metadata,
      completedAt: nullable(instant),
    });
    const fixed = fc.record({ customerId: nullable(key), createdAt: instant });
    await fc.assert(
      fc.asyncProperty(fixed, changeable, changeable, async (always, given, changes) => {
        const session = { ...always, ...given, id: unique(), livemode: false };
        const created = await storage.checkouts.create(session);
        expect(created).toEqual({ ...session, version: created.version });
        expect(await storage.checkouts.findById(session.id)).toEqual(created);
        const updated = await storage.checkouts.update(session.id, changes);
        const providerSessionIds = { ...given.providerSessionIds, ...changes.providerSessionIds };
        expect(updated).toEqual({ ...created, ...changes, providerSessionIds, version: updated.version });
        expect(await storage.checkouts.findById(session.id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('polling jobs', async () => {
    const { storage, clock } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const subscriptionId = 'sub';
    await storage.subscriptions.create({ id: subscriptionId, customerId, planId: 'pro' });
    const given = fc.record({ provider: key, providerResourceId: key });
    const extra = optional({
      resourceType: fc.constantFrom(...QZPAY_POLLING_RESOURCE_TYPE_VALUES),
      maxAttempts: minorUnits,
      metadata,
    });
    const delay = fc.integer({ min: 0, max: 1_000_000_000 });
    const patch = fc.record({
      status: fc.constantFrom(...QZPAY_POLLING_JOB_STATUS_VALUES),
      lastPolledAt: instant,
      lastProviderStatus: nullable(longText),
      lastError: nullable(longText),
      nextPollAt: instant,
      completedAt: nullable(instant),
    });
    await fc.assert(
      fc.asyncProperty(given, extra, delay, patch, minorUnits, async (resource, others, wait, changes, polls) => {
        const providerResourceId = `${resource.providerResourceId}${unique()}`;
        const job = { ...resource, ...others, subscriptionId, providerResourceId };
        const created = await storage.subscriptionPollingJobs.create({ ...job, initialDelayMs: wait });
        if (created === null) return expect.unreachable();
        expect(created).toEqual({
          resourceType: 'subscription',
          maxAttempts: 60,
          metadata: {},
          ...job,
          id: created.id,
          status: 'pending',
          attempts: 0,
          nextPollAt: new Date(clock().getTime() + wait),
          lastPolledAt: null,
          lastProviderStatus: null,
          lastError: null,
          createdAt: clock(),
          updatedAt: clock(),
          completedAt: null,
          version: created.version,
        });
        expect(await storage.subscriptionPollingJobs.findById(created.id)).toEqual(created);
        const { id, version: expectedVersion } = created;
        const updated = await storage.subscriptionPollingJobs.update({
          ...changes,
          id,
          expectedVersion,
          incrementAttemptsBy: polls,
        });
        expect(updated).toEqual({ ...created, ...changes, attempts: polls, version: updated?.version });
        expect(await storage.subscriptionPollingJobs.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });
});
