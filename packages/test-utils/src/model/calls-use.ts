import {
  QZPAY_CHECKOUT_MODE_VALUES,
  QZPAY_CHECKOUT_STATUS_VALUES,
  QZPAY_POLLING_JOB_STATUS_VALUES,
  QZPAY_POLLING_RESOURCE_TYPE_VALUES,
  QZPAY_USAGE_ACTION_VALUES,
  QZPAY_VENDOR_PAYOUT_STATUS_VALUES,
} from '@qzpay/core';
import fc from 'fast-check';
import type { Calls } from './command.js';
import {
  count,
  currency,
  customerId,
  date,
  email,
  idOf,
  jobId,
  jobVersion,
  key,
  listOptions,
  metadata,
  money,
  orNull,
  patchOf,
  provider,
  providerIds,
  quantity,
  recordOf,
  source,
  storedProviderIds,
  text,
} from './values.js';

const vendorId = idOf('vendor');
const checkoutId = idOf('cs');
const sourceId = fc.constantFrom('sub_1', 'sub_2');
const resource = fc.constantFrom('resource_1', 'resource_2');

const payoutSchedule = fc.constantFrom(
  { interval: 'daily' as const },
  { interval: 'weekly' as const, dayOfWeek: 1 },
  { interval: 'monthly' as const, dayOfMonth: 31 },
);
const vendorFields = { commissionRate: fc.constantFrom(0, 10, 12.5), payoutSchedule, metadata };

export const vendors: Calls<'vendors'> = {
  create: fc.tuple(
    recordOf({ id: vendorId, externalId: fc.constantFrom('v_1', 'v_2'), name: text, email }, vendorFields),
  ),
  update: fc.tuple(vendorId, patchOf({ ...vendorFields, name: text, email })),
  delete: fc.tuple(vendorId),
  findById: fc.tuple(vendorId),
  findByExternalId: fc.tuple(fc.constantFrom('v_1', 'v_2')),
  list: fc.tuple(listOptions),
  createPayout: fc.tuple(
    fc.record({
      id: idOf('payout'),
      vendorId,
      amount: money,
      currency,
      status: fc.constantFrom(...QZPAY_VENDOR_PAYOUT_STATUS_VALUES),
      periodStart: date,
      periodEnd: date,
      providerPayoutIds: storedProviderIds,
      paidAt: orNull(date),
      createdAt: date,
    }),
  ),
  findPayoutsByVendorId: fc.tuple(vendorId),
};

const definition = (prefix: string) => ({
  id: idOf(prefix),
  key,
  name: text,
  description: orNull(text),
  createdAt: date,
  updatedAt: date,
});

export const entitlements: Calls<'entitlements'> = {
  createDefinition: fc.tuple(fc.record(definition('ent'))),
  findDefinitionByKey: fc.tuple(key),
  listDefinitions: fc.constant([]),
  grant: fc.tuple(recordOf({ customerId, entitlementKey: key }, { expiresAt: date, source, sourceId })),
  revoke: fc.tuple(customerId, key),
  revokeBySource: fc.tuple(source, sourceId),
  findByCustomerId: fc.tuple(customerId),
  check: fc.tuple(customerId, key),
};

export const limits: Calls<'limits'> = {
  createDefinition: fc.tuple(fc.record({ ...definition('limit'), defaultValue: quantity })),
  findDefinitionByKey: fc.tuple(key),
  listDefinitions: fc.constant([]),
  set: fc.tuple(recordOf({ customerId, limitKey: key, maxValue: quantity }, { resetAt: date, source, sourceId })),
  delete: fc.tuple(customerId, key),
  deleteBySource: fc.tuple(source, sourceId),
  increment: fc.tuple(recordOf({ customerId, limitKey: key }, { incrementBy: quantity })),
  findByCustomerId: fc.tuple(customerId),
  check: fc.tuple(customerId, key),
  recordUsage: fc.tuple(
    fc.record({
      id: idOf('usage'),
      customerId,
      limitKey: key,
      quantity,
      action: fc.constantFrom(...QZPAY_USAGE_ACTION_VALUES),
      timestamp: date,
      metadata,
    }),
  ),
};

export const checkouts: Calls<'checkouts'> = {
  create: fc.tuple(
    fc.record({
      id: checkoutId,
      customerId: orNull(customerId),
      customerEmail: orNull(email),
      mode: fc.constantFrom(...QZPAY_CHECKOUT_MODE_VALUES),
      status: fc.constantFrom(...QZPAY_CHECKOUT_STATUS_VALUES),
      currency,
      lineItems: fc.constantFrom(
        [],
        [
          { priceId: 'price_1', quantity: 1 },
          { quantity: 2, unitAmount: 5, title: 'x' },
        ],
      ),
      successUrl: fc.constant('https://example.org/yes'),
      cancelUrl: fc.constant('https://example.org/no'),
      expiresAt: date,
      paymentId: orNull(idOf('pay')),
      subscriptionId: orNull(idOf('sub')),
      providerSessionIds: storedProviderIds,
      metadata,
      livemode: fc.constant(false),
      createdAt: date,
      completedAt: orNull(date),
    }),
  ),
  update: fc.tuple(
    checkoutId,
    patchOf({
      status: fc.constantFrom(...QZPAY_CHECKOUT_STATUS_VALUES),
      paymentId: orNull(idOf('pay')),
      completedAt: orNull(date),
      providerSessionIds: providerIds,
      metadata,
    }),
  ),
  findById: fc.tuple(checkoutId),
  findByCustomerId: fc.tuple(customerId),
  list: fc.tuple(listOptions),
};

export const subscriptionPollingJobs: Calls<'subscriptionPollingJobs'> = {
  create: fc.tuple(
    recordOf(
      { subscriptionId: idOf('sub'), providerResourceId: resource, provider },
      {
        resourceType: fc.constantFrom(...QZPAY_POLLING_RESOURCE_TYPE_VALUES),
        initialDelayMs: fc.constantFrom(0, 60_000),
        maxAttempts: count,
        metadata,
      },
    ),
  ),
  update: fc.tuple(
    recordOf(
      { id: jobId, expectedVersion: jobVersion },
      {
        status: fc.constantFrom(...QZPAY_POLLING_JOB_STATUS_VALUES),
        incrementAttemptsBy: fc.constantFrom(0, 1),
        lastPolledAt: date,
        lastProviderStatus: orNull(text),
        lastError: orNull(text),
        nextPollAt: date,
        completedAt: orNull(date),
      },
    ),
  ),
  findById: fc.tuple(jobId),
  findActiveByProviderResourceId: fc.tuple(provider, resource),
  findActiveBySubscriptionId: fc.tuple(idOf('sub')),
  findDuePending: fc.tuple(date, fc.constantFrom(0, 1, 10)),
};
