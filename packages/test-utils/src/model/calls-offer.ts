import {
  QZPAY_ADDON_BILLING_INTERVAL_VALUES,
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_DISCOUNT_TYPE_VALUES,
  QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES,
} from '@qzpay/core';
import fc from 'fast-check';
import type { Calls } from './command.js';
import {
  count,
  currency,
  date,
  idOf,
  key,
  listOptions,
  metadata,
  money,
  orNull,
  patchOf,
  providerIds,
  quantity,
  recordOf,
  text,
} from './values.js';

const planId = idOf('plan');
const priceId = idOf('price');
const promoId = idOf('promo');
const addOnId = idOf('addon');
const subscriptionId = idOf('sub');
const code = fc.constantFrom('SAVE', 'save', 'OTHER');

const planFields = {
  name: text,
  description: text,
  features: fc.constantFrom(
    [],
    [
      { name: 'x', included: true },
      { name: 'y', description: 'z', included: false },
    ],
  ),
  entitlements: fc.array(key, { maxLength: 2 }),
  limits: fc.dictionary(key, quantity, { maxKeys: 2 }),
  metadata,
};

export const plans: Calls<'plans'> = {
  create: fc.tuple(recordOf({ id: planId, name: text }, planFields)),
  update: fc.tuple(planId, patchOf({ ...planFields, description: orNull(text), active: fc.boolean() })),
  delete: fc.tuple(planId),
  findById: fc.tuple(planId),
  list: fc.tuple(listOptions),
};

export const prices: Calls<'prices'> = {
  create: fc.tuple(
    recordOf(
      {
        id: priceId,
        planId,
        currency,
        unitAmount: money,
        billingInterval: fc.constantFrom(...QZPAY_BILLING_INTERVAL_VALUES),
      },
      { nickname: text, intervalCount: count, trialDays: fc.constantFrom(0, 7), metadata },
    ),
  ),
  update: fc.tuple(
    priceId,
    patchOf({
      nickname: orNull(text),
      currency,
      unitAmount: money,
      billingInterval: fc.constantFrom(...QZPAY_BILLING_INTERVAL_VALUES),
      intervalCount: count,
      trialDays: orNull(fc.constantFrom(0, 7)),
      active: fc.boolean(),
      providerPriceIds: providerIds,
      metadata,
    }),
  ),
  delete: fc.tuple(priceId),
  findById: fc.tuple(priceId),
  findByPlanId: fc.tuple(planId),
  list: fc.tuple(listOptions),
};

const promoFields = {
  currency,
  conditions: fc.constantFrom([], [{ type: 'min_amount' as const, value: { amount: 1, of: [null, 'x'] } }]),
  maxRedemptions: fc.constantFrom(0, 1, 2),
  maxRedemptionsPerCustomer: count,
  validFrom: date,
  validUntil: date,
  applicablePlanIds: fc.array(planId, { maxLength: 2 }),
  metadata,
};

export const promoCodes: Calls<'promoCodes'> = {
  create: fc.tuple(
    recordOf(
      { id: promoId, code, discountType: fc.constantFrom(...QZPAY_DISCOUNT_TYPE_VALUES), discountValue: quantity },
      promoFields,
    ),
  ),
  update: fc.tuple(
    promoId,
    patchOf({
      ...promoFields,
      code,
      maxRedemptions: orNull(count),
      validUntil: orNull(date),
      active: fc.boolean(),
    }),
  ),
  delete: fc.tuple(promoId),
  findById: fc.tuple(promoId),
  findByCode: fc.tuple(code),
  incrementRedemptions: fc.tuple(promoId),
  atomicIncrementRedemptions: fc.tuple(promoId),
  list: fc.tuple(listOptions),
};

const addOnFields = {
  description: text,
  compatiblePlanIds: fc.array(planId, { maxLength: 2 }),
  allowMultiple: fc.boolean(),
  maxQuantity: count,
  entitlements: fc.array(key, { maxLength: 2 }),
  limits: fc.constantFrom([], [{ key: 'seats', value: 5, action: 'increment' as const }]),
  metadata,
};

export const addons: Calls<'addons'> = {
  create: fc.tuple(
    recordOf(
      {
        id: addOnId,
        name: text,
        unitAmount: money,
        currency,
        billingInterval: fc.constantFrom(...QZPAY_ADDON_BILLING_INTERVAL_VALUES),
      },
      { ...addOnFields, billingIntervalCount: count },
    ),
  ),
  update: fc.tuple(addOnId, patchOf({ ...addOnFields, name: text, unitAmount: money, active: fc.boolean() })),
  delete: fc.tuple(addOnId),
  findById: fc.tuple(addOnId),
  findByPlanId: fc.tuple(planId),
  list: fc.tuple(listOptions),
  addToSubscription: fc.tuple(
    recordOf(
      { id: idOf('attached'), subscriptionId, addOnId, quantity: count, unitAmount: money, currency },
      { metadata },
    ),
  ),
  removeFromSubscription: fc.tuple(subscriptionId, addOnId),
  updateSubscriptionAddOn: fc.tuple(
    subscriptionId,
    addOnId,
    patchOf({
      quantity: count,
      unitAmount: money,
      status: fc.constantFrom(...QZPAY_SUBSCRIPTION_ADDON_STATUS_VALUES),
      canceledAt: orNull(date),
      expiresAt: orNull(date),
      metadata,
    }),
  ),
  findBySubscriptionId: fc.tuple(subscriptionId),
  findSubscriptionAddOn: fc.tuple(subscriptionId, addOnId),
};
