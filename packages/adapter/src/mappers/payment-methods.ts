import type {
  QZPayBillingAddress,
  QZPayBillingDetails,
  QZPayCreatePaymentMethodInput,
  QZPayPaymentMethod,
  QZPayUpdatePaymentMethodInput,
} from '@qzpay/core';
import type { QZPayNewPaymentMethod, QZPayPaymentMethodPatch } from '@qzpay/repositories';
import type { QZPayPaymentMethodRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toPaymentMethod(row: QZPayPaymentMethodRow): QZPayVersioned<QZPayPaymentMethod> {
  return {
    id: row.id,
    customerId: row.customerId,
    type: row.type,
    status: row.status,
    isDefault: row.isDefault,
    card: row.card,
    bankAccount: row.bankAccount,
    billingDetails: row.billingDetails,
    providerPaymentMethodIds: row.providerPaymentMethodIds,
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

export function fromCreatePaymentMethod(input: QZPayCreatePaymentMethodInput & { id: string }): QZPayNewPaymentMethod {
  const { billingDetails } = input;
  return {
    id: input.id,
    customerId: input.customerId,
    type: input.type,
    isDefault: input.setAsDefault,
    billingDetails: isAbsent(billingDetails) ? null : completeDetails(billingDetails),
    provider: input.provider,
    providerPaymentMethodIds: { [input.provider]: input.providerPaymentMethodId },
    metadata: input.metadata,
  };
}

export function fromUpdatePaymentMethod(input: QZPayUpdatePaymentMethodInput): QZPayPaymentMethodPatch {
  const { billingDetails, metadata } = input;
  if (isAbsent(billingDetails)) return { billingDetails, metadata };
  const { name, email, phone, address } = billingDetails;
  return {
    billingDetails: { name, email, phone, address: isAbsent(address) ? address : completeAddress(address) },
    metadata,
  };
}

/** Null is no value of the typed input; plain JavaScript callers give it nevertheless. */
function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function completeDetails(details: Partial<QZPayBillingDetails>): QZPayBillingDetails {
  const { name = null, email = null, phone = null, address } = details;
  return { name, email, phone, address: isAbsent(address) ? null : completeAddress(address) };
}

function completeAddress(address: Partial<QZPayBillingAddress>): QZPayBillingAddress {
  const { line1 = null, line2 = null, city = null, state = null, postalCode = null, country = null } = address;
  return { line1, line2, city, state, postalCode, country };
}
