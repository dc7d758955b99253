import {
  QZPAY_BILLING_INTERVAL_VALUES,
  type QZPayCreatePriceInput,
  type QZPayPrice,
  type QZPayPriceStorage,
} from '@qzpay/core';
import { Collection, type CollectionContext, pick, type Versioned } from '../collection.js';
import { equality, type Order } from '../list.js';
import type { Shape } from '../shape.js';
import type { QZPayMemoryUpdateOptions } from '../table.js';
import { flag, hidden, instant, integer, intervals, key, object, oneOf, optional, text } from '../values.js';

export const PRICES: Shape = {
  entity: 'Price',
  fields: {
    id: key,
    planId: key,
    nickname: optional(text),
    currency: key,
    unitAmount: integer,
    billingInterval: oneOf(QZPAY_BILLING_INTERVAL_VALUES),
    intervalCount: intervals,
    trialDays: optional(integer),
    active: flag,
    providerPriceIds: object,
    metadata: object,
    livemode: hidden(flag),
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: hidden(optional(instant)),
  },
  defaults: { intervalCount: 1, active: true, providerPriceIds: {}, metadata: {} },
  references: { planId: 'Plan' },
  updatable: [
    'planId',
    'nickname',
    'currency',
    'unitAmount',
    'billingInterval',
    'intervalCount',
    'trialDays',
    'active',
    'providerPriceIds',
    'metadata',
  ],
  providerIds: 'providerPriceIds',
  filters: equality(
    'id',
    'planId',
    'nickname',
    'currency',
    'unitAmount',
    'billingInterval',
    'intervalCount',
    'trialDays',
    'active',
    'createdAt',
    'updatedAt',
  ),
};

/** The first price of a plan is its default: an archived one is never chosen for a new subscriber. */
export const DEFAULT_PRICE_FIRST: Order = ['-active', 'unitAmount', 'createdAt', 'id'];

export class MemoryPrices extends Collection<QZPayPrice> implements QZPayPriceStorage {
  constructor(context: CollectionContext) {
    super(PRICES, context);
  }

  async create(input: QZPayCreatePriceInput & { id: string }): Promise<Versioned<QZPayPrice>> {
    return this.store(
      pick(input, [
        'id',
        'planId',
        'nickname',
        'currency',
        'unitAmount',
        'billingInterval',
        'intervalCount',
        'trialDays',
        'metadata',
      ]),
    );
  }

  async update(
    id: string,
    input: Partial<QZPayPrice>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayPrice>> {
    return this.change(id, { ...input }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByPlanId(planId: string): Promise<Versioned<QZPayPrice>[]> {
    return this.findAll(this.table.where({ planId }, DEFAULT_PRICE_FIRST));
  }
}
