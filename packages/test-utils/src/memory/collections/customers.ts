import {
  type QZPayCreateCustomerInput,
  type QZPayCustomer,
  type QZPayCustomerStorage,
  type QZPaySavedCard,
  type QZPayUpdateCustomerInput,
  QZPayValidationError,
} from '@qzpay/core';
import {
  Collection,
  type CollectionContext,
  caseless,
  checkedList,
  first,
  pick,
  type Versioned,
} from '../collection.js';
import { equality, OLDEST_FIRST } from '../list.js';
import { isLive, type Shape } from '../shape.js';
import type { Row } from '../store.js';
import type { QZPayMemoryUpdateOptions } from '../table.js';
import { flag, hidden, instant, key, list, object, optional, text } from '../values.js';

const CUSTOMERS: Shape = {
  entity: 'Customer',
  fields: {
    id: key,
    externalId: key,
    email: text,
    emailKey: hidden(key),
    name: optional(text),
    phone: optional(text),
    providerCustomerIds: object,
    savedCards: optional(list),
    segment: hidden(optional(text)),
    tier: hidden(optional(text)),
    taxId: hidden(optional(key)),
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: optional(instant),
  },
  defaults: { providerCustomerIds: {}, metadata: {} },
  uniques: [{ fields: ['externalId'], among: isLive }],
  updatable: ['email', 'emailKey', 'name', 'phone', 'providerCustomerIds', 'savedCards', 'metadata'],
  providerIds: 'providerCustomerIds',
  filters: {
    ...equality('id', 'externalId', 'name', 'phone', 'createdAt', 'updatedAt', 'taxId', 'segment', 'tier'),
    email: { field: 'emailKey', compare: 'equal', normalize: caseless },
  },
};

export class MemoryCustomers extends Collection<QZPayCustomer> implements QZPayCustomerStorage {
  constructor(context: CollectionContext) {
    super(CUSTOMERS, context);
  }

  async create(input: QZPayCreateCustomerInput): Promise<Versioned<QZPayCustomer>> {
    const given = pick(input, ['externalId', 'email', 'name', 'phone', 'metadata']);
    return this.store({ ...given, emailKey: caseless(input.email) });
  }

  async update(
    id: string,
    input: QZPayUpdateCustomerInput,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayCustomer>> {
    const patch = pick(input, ['email', 'name', 'phone', 'metadata', 'providerCustomerIds']);
    const savedCards = input.savedCards && checkedList(input.savedCards, 'Customer', 'savedCards').map(checkedCard);
    return this.change(id, { ...patch, emailKey: caseless(input.email), savedCards }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByExternalId(externalId: string): Promise<Versioned<QZPayCustomer> | null> {
    return this.find(first(this.table.where({ externalId }, OLDEST_FIRST)));
  }

  async findByEmail(email: string): Promise<Versioned<QZPayCustomer> | null> {
    return this.find(first(this.table.where({ emailKey: caseless(email) }, OLDEST_FIRST)));
  }

  protected override entity(row: Row): Versioned<QZPayCustomer> {
    const { savedCards, ...customer } = this.table.entity(row);
    if (savedCards === null) return customer as unknown as Versioned<QZPayCustomer>;
    const cards = (savedCards as QZPaySavedCard[]).map((card) => ({ ...card, createdAt: new Date(card.createdAt) }));
    return { ...customer, savedCards: cards } as unknown as Versioned<QZPayCustomer>;
  }
}

/** The instant inside a card is kept as text: JSON has none. */
function checkedCard(card: QZPaySavedCard): QZPaySavedCard {
  if (!(card?.createdAt instanceof Date) || Number.isNaN(card.createdAt.getTime())) {
    throw new QZPayValidationError('Customer savedCards is invalid: createdAt must be a Date', 'savedCards');
  }
  return card;
}
