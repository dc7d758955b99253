import {
  QZPAY_INVOICE_STATUS_VALUES,
  QZPAY_PAYMENT_METHOD_TYPE_VALUES,
  QZPAY_PAYMENT_STATUS_VALUES,
  QZPAY_REFUND_STATUS_VALUES,
  QZPAY_SUBSCRIPTION_STATUS_VALUES,
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
  listOptions,
  metadata,
  money,
  orNull,
  patchOf,
  provider,
  providerIds,
  quantity,
  recordOf,
  storedProviderIds,
  text,
} from './values.js';

const externalId = fc.constantFrom('user_1', 'user_2', 'user_3');
const subscriptionId = idOf('sub');
const paymentId = idOf('pay');
const invoiceId = idOf('inv');
const methodId = idOf('pm');

const savedCard = recordOf(
  {
    id: fc.constant('card_1'),
    provider,
    lastFourDigits: fc.constant('4242'),
    expirationMonth: fc.constantFrom(1, 12),
    expirationYear: fc.constant(2030),
    createdAt: date,
  },
  { cardholderName: text, isDefault: fc.boolean() },
);

const billingDetails = patchOf({
  name: orNull(text),
  email: orNull(email),
  phone: orNull(text),
  address: fc.constantFrom(null, { line1: 'a', line2: null, city: null, state: null, postalCode: '1', country: 'UY' }),
});

const scheduledPlanChange = fc.constantFrom(null, {
  newPlanId: 'plan_2',
  newPriceId: 'price_2',
  targetTransactionAmountMajor: 12.5,
  applyAt: '2026-02-01T00:00:00.000Z',
  requestedAt: '2026-01-01T00:00:00.000Z',
  status: 'pending' as const,
  attemptCount: 0,
});

const invoiceLine = recordOf(
  { description: text, quantity: fc.constantFrom(1, 2, 0.5), unitAmount: fc.constantFrom(0, 1000, 0.25) },
  { priceId: fc.constantFrom('price_1', 'unknown') },
);

const storedLine = fc.record({
  id: fc.constantFrom('line_1', 'line_2'),
  invoiceId,
  description: text,
  quantity: count,
  unitAmount: fc.constantFrom(0, 1000),
  amount: fc.constantFrom(0, 1000),
  priceId: fc.constant(null),
  periodStart: orNull(date),
  periodEnd: orNull(date),
  metadata,
});

export const customers: Calls<'customers'> = {
  create: fc.tuple(recordOf({ externalId, email }, { name: orNull(text), phone: orNull(text), metadata })),
  update: fc.tuple(
    customerId,
    patchOf({
      email,
      name: orNull(text),
      phone: orNull(text),
      metadata,
      providerCustomerIds: providerIds,
      savedCards: fc.array(savedCard, { maxLength: 2 }),
    }),
  ),
  delete: fc.tuple(customerId),
  findById: fc.tuple(customerId),
  findByExternalId: fc.tuple(externalId),
  findByEmail: fc.tuple(email),
  list: fc.tuple(listOptions),
};

export const subscriptions: Calls<'subscriptions'> = {
  create: fc.tuple(
    recordOf(
      { id: subscriptionId, customerId, planId: fc.constantFrom('plan_1', 'plan_2', 'unknown') },
      {
        priceId: fc.constantFrom('price_1', 'price_2'),
        quantity: count,
        trialDays: fc.constantFrom(0, 14),
        metadata,
        promoCodeId: fc.constantFrom('promo_1', 'unknown'),
        mode: fc.constantFrom('trial', 'paid'),
        billingInterval: fc.constantFrom('monthly', 'annual'),
        freeTrialDays: fc.constantFrom(0, 30),
        providerSubscriptionIds: storedProviderIds,
      },
    ),
  ),
  update: fc.tuple(
    subscriptionId,
    patchOf({
      planId: fc.constantFrom('plan_1', 'plan_2'),
      quantity: count,
      metadata,
      status: fc.constantFrom(...QZPAY_SUBSCRIPTION_STATUS_VALUES),
      canceledAt: orNull(date),
      cancelAt: date,
      currentPeriodStart: date,
      currentPeriodEnd: date,
      trialEnd: orNull(date),
      cancelAtPeriodEnd: fc.boolean(),
      interval: fc.constantFrom('month', 'year'),
      providerSubscriptionIds: providerIds,
      scheduledPlanChange,
    }),
  ),
  delete: fc.tuple(subscriptionId),
  findById: fc.tuple(subscriptionId),
  findByCustomerId: fc.tuple(customerId),
  list: fc.tuple(listOptions),
};

const paymentFields = {
  subscriptionId: orNull(subscriptionId),
  invoiceId: orNull(invoiceId),
  amount: money,
  currency,
  status: fc.constantFrom(...QZPAY_PAYMENT_STATUS_VALUES),
  paymentMethodId: orNull(methodId),
  failureCode: orNull(text),
  failureMessage: orNull(text),
  metadata,
};

export const payments: Calls<'payments'> = {
  create: fc.tuple(
    fc.record({
      ...paymentFields,
      id: paymentId,
      customerId,
      providerPaymentIds: storedProviderIds,
      livemode: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      createdAt: date,
      updatedAt: date,
    }),
  ),
  update: fc.tuple(paymentId, patchOf({ ...paymentFields, providerPaymentIds: providerIds, id: paymentId })),
  findById: fc.tuple(paymentId),
  findByCustomerId: fc.tuple(customerId),
  list: fc.tuple(listOptions),
  createRefund: fc.tuple(
    recordOf(
      {
        paymentId,
        amount: money,
        currency,
        status: fc.constantFrom(...QZPAY_REFUND_STATUS_VALUES),
        livemode: fc.boolean(),
      },
      { reason: text, providerRefundId: fc.constantFrom('re_1', 're_2', ''), metadata },
    ),
  ),
  getTotalRefundedAmount: fc.tuple(paymentId),
  hasRefundForProviderRefundId: fc.tuple(fc.constantFrom('re_1', 're_2', '', 'unknown')),
};

export const invoices: Calls<'invoices'> = {
  create: fc.tuple(
    recordOf(
      { id: invoiceId, customerId, lines: fc.array(invoiceLine, { maxLength: 3 }) },
      { subscriptionId, dueDate: date, metadata },
    ),
  ),
  update: fc.tuple(
    invoiceId,
    patchOf({
      status: fc.constantFrom(...QZPAY_INVOICE_STATUS_VALUES),
      tax: quantity,
      total: quantity,
      amountPaid: quantity,
      amountDue: quantity,
      dueDate: orNull(date),
      paidAt: orNull(date),
      voidedAt: orNull(date),
      periodStart: orNull(date),
      periodEnd: orNull(date),
      providerInvoiceIds: providerIds,
      metadata,
      lines: fc.uniqueArray(storedLine, { maxLength: 2, selector: ({ id }) => id }),
    }),
  ),
  findById: fc.tuple(invoiceId),
  findByCustomerId: fc.tuple(customerId),
  list: fc.tuple(listOptions),
};

export const paymentMethods: Calls<'paymentMethods'> = {
  create: fc.tuple(
    recordOf(
      {
        id: methodId,
        customerId,
        type: fc.constantFrom(...QZPAY_PAYMENT_METHOD_TYPE_VALUES),
        providerPaymentMethodId: fc.constantFrom('pm_a', 'pm_b'),
        provider,
      },
      { setAsDefault: fc.boolean(), billingDetails, metadata },
    ),
  ),
  update: fc.tuple(methodId, patchOf({ billingDetails, metadata })),
  delete: fc.tuple(methodId),
  findById: fc.tuple(methodId),
  findByCustomerId: fc.tuple(customerId),
  findDefaultByCustomerId: fc.tuple(customerId),
  setDefault: fc.tuple(customerId, methodId),
  list: fc.tuple(listOptions),
};
