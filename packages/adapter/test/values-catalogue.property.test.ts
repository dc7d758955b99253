import {
  QZPAY_ADDON_BILLING_INTERVAL_VALUES,
  QZPAY_ADDON_LIMIT_ACTION_VALUES,
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_DISCOUNT_CONDITION_VALUES,
  QZPAY_DISCOUNT_STACKING_MODE_VALUES,
  QZPAY_DISCOUNT_TYPE_VALUES,
  QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES,
} from '@qzpay/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  currency,
  finite,
  idMap,
  instant,
  intervals,
  key,
  longText,
  metadata,
  minorUnits,
  NUM_RUNS,
  nullable,
  optional,
  texts,
  unique,
} from './support/arbitraries.js';
import { describeOnEveryDriver } from './support/drivers.js';

describeOnEveryDriver('whatever the type allows comes back as it was', (setup) => {
  it('prices', async () => {
    const { storage, clock } = await setup();
    await storage.plans.create({ id: 'pro', name: 'Pro' });
    const required = fc.record({
      currency,
      unitAmount: minorUnits,
      billingInterval: fc.constantFrom(...QZPAY_BILLING_INTERVAL_VALUES),
    });
    const extra = optional({ nickname: longText, intervalCount: intervals, trialDays: minorUnits, metadata });
    const patch = fc.record({
      nickname: nullable(longText),
      currency,
      unitAmount: minorUnits,
      billingInterval: fc.constantFrom(...QZPAY_BILLING_INTERVAL_VALUES),
      intervalCount: intervals,
      trialDays: nullable(minorUnits),
      active: fc.boolean(),
      providerPriceIds: idMap,
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(required, extra, patch, async (given, others, changes) => {
        const id = unique();
        const created = await storage.prices.create({ ...given, ...others, id, planId: 'pro' });
        expect(created).toEqual({
          nickname: null,
          intervalCount: 1,
          trialDays: null,
          active: true,
          providerPriceIds: {},
          metadata: {},
          ...given,
          ...others,
          id,
          planId: 'pro',
          createdAt: clock(),
          updatedAt: clock(),
          version: created.version,
        });
        expect(await storage.prices.findById(id)).toEqual(created);
        const updated = await storage.prices.update(id, changes);
        expect(updated).toEqual({ ...created, ...changes, version: updated.version });
        expect(await storage.prices.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('promo codes', async () => {
    const { storage, clock } = await setup();
    const condition = fc.record({
      type: fc.constantFrom(...QZPAY_DISCOUNT_CONDITION_VALUES),
      value: fc.oneof(longText, finite, fc.boolean(), fc.constant(null), texts, metadata),
    });
    const required = fc.record({
      discountType: fc.constantFrom(...QZPAY_DISCOUNT_TYPE_VALUES),
      discountValue: finite,
    });
    const extra = {
      currency,
      stackingMode: fc.constantFrom(...QZPAY_DISCOUNT_STACKING_MODE_VALUES),
      conditions: fc.array(condition, { maxLength: 5 }),
      maxRedemptions: minorUnits,
      maxRedemptionsPerCustomer: minorUnits,
      validFrom: instant,
      validUntil: instant,
      applicablePlanIds: texts,
      applicableProductIds: texts,
      metadata,
    };
    const patch = fc.record({
      ...extra,
      discountType: fc.constantFrom(...QZPAY_DISCOUNT_TYPE_VALUES),
      discountValue: finite,
      currency: nullable(currency),
      maxRedemptions: nullable(minorUnits),
      currentRedemptions: minorUnits,
      maxRedemptionsPerCustomer: nullable(minorUnits),
      validFrom: nullable(instant),
      validUntil: nullable(instant),
      active: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(key, required, optional(extra), patch, async (prefix, given, others, changes) => {
        const id = unique();
        const code = `${prefix}${id}`;
        const created = await storage.promoCodes.create({ ...given, ...others, id, code });
        expect(created).toEqual({
          currency: null,
          stackingMode: 'none',
          conditions: [],
          maxRedemptions: null,
          currentRedemptions: 0,
          maxRedemptionsPerCustomer: null,
          validFrom: null,
          validUntil: null,
          applicablePlanIds: [],
          applicableProductIds: [],
          active: true,
          metadata: {},
          ...given,
          ...others,
          id,
          code,
          createdAt: clock(),
          updatedAt: clock(),
          deletedAt: null,
          version: created.version,
        });
        expect(await storage.promoCodes.findByCode(code)).toEqual(created);
        const renamed = { ...changes, code: `${code}-2` };
        const updated = await storage.promoCodes.update(id, renamed);
        expect(updated).toEqual({ ...created, ...renamed, version: updated.version });
        expect(await storage.promoCodes.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('add-ons', async () => {
    const { storage, clock } = await setup();
    const limit = fc.record({
      key: longText,
      value: finite,
      action: fc.constantFrom(...QZPAY_ADDON_LIMIT_ACTION_VALUES),
    });
    const required = fc.record({
      name: key,
      unitAmount: minorUnits,
      currency: longText,
      billingInterval: fc.constantFrom(...QZPAY_ADDON_BILLING_INTERVAL_VALUES),
    });
    const extra = {
      description: longText,
      compatiblePlanIds: texts,
      allowMultiple: fc.boolean(),
      maxQuantity: minorUnits,
      entitlements: texts,
      limits: fc.array(limit, { maxLength: 5 }),
      metadata,
    };
    const created = optional({ ...extra, billingIntervalCount: intervals });
    const patch = fc.record({ ...extra, name: key, unitAmount: minorUnits, active: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(required, created, patch, async (given, others, changes) => {
        const id = unique();
        const stored = await storage.addons.create({ ...given, ...others, id });
        expect(stored).toEqual({
          description: null,
          active: true,
          billingIntervalCount: 1,
          compatiblePlanIds: [],
          allowMultiple: false,
          maxQuantity: null,
          entitlements: [],
          limits: [],
          metadata: {},
          ...given,
          ...others,
          id,
          createdAt: clock(),
          updatedAt: clock(),
          version: stored.version,
        });
        expect(await storage.addons.findById(id)).toEqual(stored);
        const updated = await storage.addons.update(id, changes);
        expect(updated).toEqual({ ...stored, ...changes, version: updated.version });
        expect(await storage.addons.findById(id)).toEqual(updated);
      }),
      NUM_RUNS,
    );
  });

  it('add-ons of subscriptions', async () => {
    const { storage, clock } = await setup();
    const { id: customerId } = await storage.customers.create({ externalId: 'user', email: 'a@b.c' });
    const addOnId = 'seats';
    await storage.addons.create({
      id: addOnId,
      name: 'Seats',
      unitAmount: 1,
      currency: 'EUR',
      billingInterval: 'month',
    });
    const required = { quantity: minorUnits, unitAmount: minorUnits, currency: longText };
    const patch = fc.record({
      ...required,
      status: fc.constantFrom(...QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES),
      addedAt: instant,
      canceledAt: nullable(instant),
      expiresAt: nullable(instant),
      metadata,
    });
    await fc.assert(
      fc.asyncProperty(fc.record(required), optional({ metadata }), patch, async (given, others, changes) => {
        const id = unique();
        const subscriptionId = unique();
        await storage.subscriptions.create({ id: subscriptionId, customerId, planId: 'pro' });
        const attached = await storage.addons.addToSubscription({ ...given, ...others, id, subscriptionId, addOnId });
        expect(attached).toEqual({
          metadata: {},
          ...given,
          ...others,
          id,
          subscriptionId,
          addOnId,
          status: 'active',
          addedAt: clock(),
          canceledAt: null,
          expiresAt: null,
          createdAt: clock(),
          updatedAt: clock(),
          version: attached.version,
        });
        expect(await storage.addons.findSubscriptionAddOn(subscriptionId, addOnId)).toEqual(attached);
        const updated = await storage.addons.updateSubscriptionAddOn(subscriptionId, addOnId, changes);
        expect(updated).toEqual({ ...attached, ...changes, version: updated.version });
        expect(await storage.addons.findBySubscriptionId(subscriptionId)).toEqual([updated]);
      }),
      NUM_RUNS,
    );
  });
});
