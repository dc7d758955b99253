import {
  QZPAY_CHECKOUT_MODE_VALUES,
  QZPAY_CHECKOUT_STATUS_VALUES,
  type QZPayCheckoutSession,
  type QZPayCheckoutStorage,
  QZPayValidationError,
} from '@qzpay/core';
import { Collection, type CollectionContext, pick, type Versioned } from '../collection.js';
import { equality, NEWEST_FIRST } from '../list.js';
import type { Shape } from '../shape.js';
import type { QZPayMemoryUpdateOptions } from '../table.js';
import { flag, hidden, instant, key, list, object, oneOf, optional, text } from '../values.js';

const UPDATABLE = [
  'customerId',
  'customerEmail',
  'mode',
  'status',
  'currency',
  'lineItems',
  'successUrl',
  'cancelUrl',
  'expiresAt',
  'paymentId',
  'subscriptionId',
  'providerSessionIds',
  'metadata',
  'completedAt',
] as const;

const CHECKOUTS: Shape = {
  entity: 'Checkout',
  fields: {
    id: key,
    customerId: optional(key),
    customerEmail: optional(text),
    mode: oneOf(QZPAY_CHECKOUT_MODE_VALUES),
    status: oneOf(QZPAY_CHECKOUT_STATUS_VALUES),
    currency: text,
    lineItems: list,
    successUrl: text,
    cancelUrl: text,
    expiresAt: instant,
    paymentId: optional(text),
    subscriptionId: optional(text),
    providerSessionIds: object,
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: hidden(instant),
    completedAt: optional(instant),
  },
  defaults: { lineItems: [], providerSessionIds: {}, metadata: {} },
  updatable: UPDATABLE,
  providerIds: 'providerSessionIds',
  filters: equality(
    'id',
    'customerId',
    'customerEmail',
    'mode',
    'status',
    'currency',
    'paymentId',
    'subscriptionId',
    'expiresAt',
    'completedAt',
    'createdAt',
    'updatedAt',
  ),
};

export class MemoryCheckouts extends Collection<QZPayCheckoutSession> implements QZPayCheckoutStorage {
  constructor(context: CollectionContext) {
    super(CHECKOUTS, context);
  }

  async create(session: QZPayCheckoutSession): Promise<Versioned<QZPayCheckoutSession>> {
    if (session.livemode !== this.context.livemode) {
      throw new QZPayValidationError('Checkout livemode must be the mode of the storage', 'livemode');
    }
    return this.store(pick(session, ['id', ...UPDATABLE, 'createdAt']));
  }

  async update(
    id: string,
    patch: Partial<QZPayCheckoutSession>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayCheckoutSession>> {
    return this.change(id, { ...patch }, options);
  }

  async findByCustomerId(customerId: string): Promise<Versioned<QZPayCheckoutSession>[]> {
    return this.findAll(this.table.where({ customerId }, NEWEST_FIRST));
  }
}
