import type {
  QZPayClock,
  QZPayCreateSubscriptionInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPaySubscription,
  QZPaySubscriptionStorage,
} from '@qzpay/core';
import type { QZPayPricesRepository, QZPaySubscriptionsRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import {
  fromCreateSubscription,
  fromUpdateSubscription,
  type QZPayBillingCycle,
  type QZPayUpdateSubscriptionFields,
  toSubscription,
} from '../mappers/subscriptions.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

const MONTHLY: QZPayBillingCycle = { interval: 'month', intervalCount: 1 };
const YEARLY: QZPayBillingCycle = { interval: 'year', intervalCount: 1 };

export class SubscriptionCollection implements QZPaySubscriptionStorage {
  readonly #subscriptions: QZPaySubscriptionsRepository;
  readonly #prices: QZPayPricesRepository;
  readonly #clock: QZPayClock;

  constructor(subscriptions: QZPaySubscriptionsRepository, prices: QZPayPricesRepository, clock: QZPayClock) {
    this.#subscriptions = subscriptions;
    this.#prices = prices;
    this.#clock = clock;
  }

  /** Reads the price first, to know how often the subscription is billed: two round trips. */
  async create(input: QZPayCreateSubscriptionInput & { id: string }): Promise<QZPayVersioned<QZPaySubscription>> {
    const cycle = await this.#cycle(input);
    return toSubscription(await this.#subscriptions.create(fromCreateSubscription(input, cycle, this.#clock())));
  }

  async update(
    id: string,
    input: QZPayUpdateSubscriptionFields,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPaySubscription>> {
    return toSubscription(await this.#subscriptions.update(id, fromUpdateSubscription(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#subscriptions.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPaySubscription> | null> {
    return mapNullable(await this.#subscriptions.findById(id), toSubscription);
  }

  async findByCustomerId(customerId: string): Promise<QZPayVersioned<QZPaySubscription>[]> {
    return (await this.#subscriptions.findByCustomerId(customerId)).map(toSubscription);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPaySubscription>>> {
    return listPage(this.#subscriptions, options, toSubscription);
  }

  /** The chosen price decides, then the label, then the plan's default price; a month where nothing is known. */
  async #cycle(input: QZPayCreateSubscriptionInput): Promise<QZPayBillingCycle> {
    const chosen = input.priceId === undefined ? null : await this.#prices.findById(input.priceId);
    if (chosen !== null) return { interval: chosen.billingInterval, intervalCount: chosen.intervalCount };
    if (input.billingInterval !== undefined) return input.billingInterval === 'annual' ? YEARLY : MONTHLY;
    const [first] = await this.#prices.findByPlanId(input.planId);
    return first === undefined ? MONTHLY : { interval: first.billingInterval, intervalCount: first.intervalCount };
  }
}
