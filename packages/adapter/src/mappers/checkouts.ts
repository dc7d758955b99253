import { type QZPayCheckoutSession, QZPayValidationError } from '@qzpay/core';
import type { QZPayCheckoutPatch, QZPayNewCheckout } from '@qzpay/repositories';
import type { QZPayCheckoutRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toCheckout(row: QZPayCheckoutRow): QZPayVersioned<QZPayCheckoutSession> {
  return {
    id: row.id,
    customerId: row.customerId,
    customerEmail: row.customerEmail,
    mode: row.mode,
    status: row.status,
    currency: row.currency,
    lineItems: row.lineItems,
    successUrl: row.successUrl,
    cancelUrl: row.cancelUrl,
    expiresAt: row.expiresAt,
    paymentId: row.paymentId,
    subscriptionId: row.subscriptionId,
    providerSessionIds: row.providerSessionIds,
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    completedAt: row.completedAt,
    version: row.version,
  };
}

/** @throws QZPayValidationError for a session of the other mode: it would be stored where nobody looks for it. */
export function fromCreateCheckout(session: QZPayCheckoutSession, livemode: boolean): QZPayNewCheckout {
  if (session.livemode !== livemode) {
    throw new QZPayValidationError('Checkout livemode must be the mode of the storage', 'livemode');
  }
  return {
    id: session.id,
    customerId: session.customerId,
    customerEmail: session.customerEmail,
    mode: session.mode,
    status: session.status,
    currency: session.currency,
    lineItems: session.lineItems,
    successUrl: session.successUrl,
    cancelUrl: session.cancelUrl,
    expiresAt: session.expiresAt,
    paymentId: session.paymentId,
    subscriptionId: session.subscriptionId,
    providerSessionIds: session.providerSessionIds,
    metadata: session.metadata,
    createdAt: session.createdAt,
    completedAt: session.completedAt,
  };
}

export function fromUpdateCheckout(patch: Partial<QZPayCheckoutSession>): QZPayCheckoutPatch {
  return {
    customerId: patch.customerId,
    customerEmail: patch.customerEmail,
    mode: patch.mode,
    status: patch.status,
    currency: patch.currency,
    lineItems: patch.lineItems,
    successUrl: patch.successUrl,
    cancelUrl: patch.cancelUrl,
    expiresAt: patch.expiresAt,
    paymentId: patch.paymentId,
    subscriptionId: patch.subscriptionId,
    providerSessionIds: patch.providerSessionIds,
    metadata: patch.metadata,
    completedAt: patch.completedAt,
  };
}
