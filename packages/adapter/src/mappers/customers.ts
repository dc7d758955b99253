import {
  type QZPayCreateCustomerInput,
  type QZPayCustomer,
  type QZPaySavedCard,
  type QZPayUpdateCustomerInput,
  QZPayValidationError,
} from '@qzpay/core';
import type { QZPayCustomerPatch, QZPayNewCustomer } from '@qzpay/repositories';
import type { QZPayCustomerRow, QZPayStoredSavedCard } from '@qzpay/schema';
import { checkedList, type QZPayVersioned, whenPresent } from './values.js';

export function toCustomer(row: QZPayCustomerRow): QZPayVersioned<QZPayCustomer> {
  return {
    id: row.id,
    externalId: row.externalId,
    email: row.email,
    name: row.name,
    phone: row.phone,
    providerCustomerIds: row.providerCustomerIds,
    ...whenPresent('savedCards', row.savedCards?.map(toSavedCard)),
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    version: row.version,
  };
}

// JSON has no instants: the one inside a card is kept as text.
function toSavedCard(card: QZPayStoredSavedCard): QZPaySavedCard {
  return { ...card, createdAt: new Date(card.createdAt) };
}

function fromSavedCard(card: QZPaySavedCard): QZPayStoredSavedCard {
  if (!(card?.createdAt instanceof Date) || Number.isNaN(card.createdAt.getTime())) {
    throw new QZPayValidationError('Customer savedCards is invalid: createdAt must be a Date', 'savedCards');
  }
  return { ...card, createdAt: card.createdAt.toISOString() };
}

export function fromCreateCustomer(input: QZPayCreateCustomerInput): QZPayNewCustomer {
  return {
    externalId: input.externalId,
    email: input.email,
    name: input.name,
    phone: input.phone,
    metadata: input.metadata,
  };
}

/** The engine sends `externalId` along when it synchronises a user; it is the stored one and is not part of the patch. */
export function fromUpdateCustomer(input: QZPayUpdateCustomerInput): QZPayCustomerPatch {
  return {
    email: input.email,
    name: input.name,
    phone: input.phone,
    metadata: input.metadata,
    providerCustomerIds: input.providerCustomerIds,
    savedCards: input.savedCards && checkedList(input.savedCards, 'Customer', 'savedCards').map(fromSavedCard),
  };
}
