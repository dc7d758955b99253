import {
  QZPAY_BILLING_INTERVAL_VALUES,
  QZPAY_SUBSCRIPTION_STATUS_VALUES,
  type QZPayBillingInterval,
  type QZPayCreateSubscriptionInput,
  type QZPaySubscription,
  type QZPaySubscriptionStatus,
  type QZPaySubscriptionStorage,
  type QZPayUpdateSubscriptionInput,
} from '@qzpay/core';
import { addDays, addInterval } from '../billing-period.js';
import { Collection, type CollectionContext, pick, type Versioned } from '../collection.js';
import { equality, NEWEST_FIRST } from '../list.js';
import type { Shape } from '../shape.js';
import type { Data, Row } from '../store.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import { flag, hidden, instant, integer, intervals, key, object, oneOf, optional, text } from '../values.js';
import { DEFAULT_PRICE_FIRST, PRICES } from './prices.js';

const SUBSCRIPTIONS: Shape = {
  entity: 'Subscription',
  fields: {
    id: key,
    customerId: key,
    planId: key,
    priceId: hidden(optional(key)),
    status: oneOf(QZPAY_SUBSCRIPTION_STATUS_VALUES),
    interval: oneOf(QZPAY_BILLING_INTERVAL_VALUES),
    intervalCount: intervals,
    quantity: integer,
    currentPeriodStart: instant,
    currentPeriodEnd: instant,
    trialStart: optional(instant),
    trialEnd: optional(instant),
    cancelAt: optional(instant),
    canceledAt: optional(instant),
    cancelAtPeriodEnd: flag,
    promoCodeId: optional(key),
    providerSubscriptionIds: object,
    scheduledPlanChange: optional(object),
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: optional(instant),
  },
  defaults: { intervalCount: 1, quantity: 1, cancelAtPeriodEnd: false, providerSubscriptionIds: {}, metadata: {} },
  references: { customerId: 'Customer' },
  updatable: [
    'planId',
    'status',
    'interval',
    'intervalCount',
    'quantity',
    'currentPeriodStart',
    'currentPeriodEnd',
    'trialStart',
    'trialEnd',
    'cancelAt',
    'canceledAt',
    'cancelAtPeriodEnd',
    'promoCodeId',
    'providerSubscriptionIds',
    'scheduledPlanChange',
    'metadata',
  ],
  providerIds: 'providerSubscriptionIds',
  filters: equality(
    'id',
    'customerId',
    'planId',
    'priceId',
    'status',
    'interval',
    'intervalCount',
    'quantity',
    'promoCodeId',
    'cancelAtPeriodEnd',
    'cancelAt',
    'canceledAt',
    'currentPeriodStart',
    'currentPeriodEnd',
    'trialStart',
    'trialEnd',
    'createdAt',
    'updatedAt',
  ),
};

interface BillingCycle {
  readonly interval: QZPayBillingInterval;
  readonly intervalCount: number;
}

/** What hosts may pass beyond the typed input. */
export type UpdateSubscriptionFields = QZPayUpdateSubscriptionInput & {
  cancelAt?: Date | null;
  cancelAtPeriodEnd?: boolean;
  interval?: QZPayBillingInterval;
  intervalCount?: number;
  promoCodeId?: string | null;
  trialStart?: Date | null;
};

export class MemorySubscriptions extends Collection<QZPaySubscription> implements QZPaySubscriptionStorage {
  readonly #prices: Table;

  constructor(context: CollectionContext) {
    super(SUBSCRIPTIONS, context);
    this.#prices = new Table(PRICES, context);
  }

  async create(input: QZPayCreateSubscriptionInput & { id: string }): Promise<Versioned<QZPaySubscription>> {
    const given = pick(input, [
      'id',
      'customerId',
      'planId',
      'priceId',
      'quantity',
      'promoCodeId',
      'providerSubscriptionIds',
      'metadata',
    ]);
    const now = this.context.clock();
    return this.writing((data) => {
      const cycle = this.#cycle(data, input);
      return this.table.insert({ ...given, ...cycle, ...firstPeriod(now, cycle, input) })(data);
    });
  }

  async update(
    id: string,
    input: UpdateSubscriptionFields,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPaySubscription>> {
    return this.change(id, { ...input }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByCustomerId(customerId: string): Promise<Versioned<QZPaySubscription>[]> {
    return this.findAll(this.table.where({ customerId }, NEWEST_FIRST));
  }

  /** The chosen price decides, then the label, then the plan's default price; a month where nothing is known. */
  #cycle(data: Data, { priceId, planId, billingInterval }: QZPayCreateSubscriptionInput): BillingCycle {
    const chosen = priceId === undefined ? undefined : this.#prices.findById(priceId)(data);
    if (chosen !== undefined) return cycleOf(chosen);
    if (billingInterval !== undefined) {
      return { interval: billingInterval === 'annual' ? 'year' : 'month', intervalCount: 1 };
    }
    const [price] = this.#prices.where({ planId }, DEFAULT_PRICE_FIRST)(data);
    return price === undefined ? { interval: 'month', intervalCount: 1 } : cycleOf(price);
  }
}

function cycleOf(price: Row): BillingCycle {
  return {
    interval: price['billingInterval'] as QZPayBillingInterval,
    intervalCount: price['intervalCount'] as number,
  };
}

/** A paid subscription starts `incomplete`, also with a trial. The first period of a trial is the trial. */
function firstPeriod(
  now: Date,
  { interval, intervalCount }: BillingCycle,
  { mode, trialDays }: QZPayCreateSubscriptionInput,
) {
  const trialEnd = trialDays !== undefined && trialDays > 0 ? addDays(now, trialDays) : null;
  let status: QZPaySubscriptionStatus = trialEnd === null ? 'active' : 'trialing';
  if (mode === 'paid') status = 'incomplete';
  return {
    status,
    currentPeriodStart: now,
    currentPeriodEnd: status === 'trialing' && trialEnd !== null ? trialEnd : addInterval(now, interval, intervalCount),
    trialStart: trialEnd === null ? null : now,
    trialEnd,
    createdAt: now,
    updatedAt: now,
  };
}
