import { type QZPayCreateRefundInput, type QZPayPayment, QZPayValidationError } from '@qzpay/core';
import type { QZPayNewPayment, QZPayNewRefund, QZPayPaymentPatch } from '@qzpay/repositories';
import type { QZPayPaymentRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toPayment(row: QZPayPaymentRow): QZPayVersioned<QZPayPayment> {
  return {
    id: row.id,
    customerId: row.customerId,
    subscriptionId: row.subscriptionId,
    invoiceId: row.invoiceId,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    paymentMethodId: row.paymentMethodId,
    providerPaymentIds: row.providerPaymentIds,
    failureCode: row.failureCode,
    failureMessage: row.failureMessage,
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

/** @throws QZPayValidationError for a payment of the other mode: it would be stored where nobody looks for it. */
export function fromCreatePayment(payment: QZPayPayment, livemode: boolean): QZPayNewPayment {
  if (payment.livemode !== livemode) {
    throw new QZPayValidationError('Payment livemode must be the mode of the storage', 'livemode');
  }
  return {
    id: payment.id,
    customerId: payment.customerId,
    subscriptionId: payment.subscriptionId,
    invoiceId: payment.invoiceId,
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    paymentMethodId: payment.paymentMethodId,
    providerPaymentIds: payment.providerPaymentIds,
    failureCode: payment.failureCode,
    failureMessage: payment.failureMessage,
    metadata: payment.metadata,
    createdAt: payment.createdAt,
    updatedAt: payment.updatedAt,
  };
}

export function fromUpdatePayment(patch: Partial<QZPayPayment>): QZPayPaymentPatch {
  return {
    subscriptionId: patch.subscriptionId,
    invoiceId: patch.invoiceId,
    amount: patch.amount,
    currency: patch.currency,
    status: patch.status,
    paymentMethodId: patch.paymentMethodId,
    providerPaymentIds: patch.providerPaymentIds,
    failureCode: patch.failureCode,
    failureMessage: patch.failureMessage,
    metadata: patch.metadata,
  };
}

/** The mode is the storage's: money has moved, so the event is kept whatever the input says. Empty text is no id. */
export function fromCreateRefund(input: QZPayCreateRefundInput): QZPayNewRefund {
  return {
    paymentId: input.paymentId,
    amount: input.amount,
    currency: input.currency,
    status: input.status,
    reason: input.reason,
    providerRefundId: input.providerRefundId === '' ? null : input.providerRefundId,
    metadata: input.metadata,
  };
}
