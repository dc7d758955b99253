import type {
  QZPayAddOn,
  QZPayAddOnStorage,
  QZPayAttachAddOnInput,
  QZPayCreateAddOnInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPaySubscriptionAddOn,
  QZPayUpdateAddOnInput,
} from '@qzpay/core';
import type { QZPayAddOnsRepository, QZPaySubscriptionAddOnsRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import {
  fromAttachAddOn,
  fromCreateAddOn,
  fromUpdateAddOn,
  fromUpdateSubscriptionAddOn,
  toAddOn,
  toSubscriptionAddOn,
} from '../mappers/addons.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class AddOnCollection implements QZPayAddOnStorage {
  readonly #addOns: QZPayAddOnsRepository;
  readonly #attached: QZPaySubscriptionAddOnsRepository;

  constructor(addOns: QZPayAddOnsRepository, attached: QZPaySubscriptionAddOnsRepository) {
    this.#addOns = addOns;
    this.#attached = attached;
  }

  async create(input: QZPayCreateAddOnInput & { id: string }): Promise<QZPayVersioned<QZPayAddOn>> {
    return toAddOn(await this.#addOns.create(fromCreateAddOn(input)));
  }

  async update(
    id: string,
    input: QZPayUpdateAddOnInput,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayAddOn>> {
    return toAddOn(await this.#addOns.update(id, fromUpdateAddOn(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#addOns.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayAddOn> | null> {
    return mapNullable(await this.#addOns.findById(id), toAddOn);
  }

  async findByPlanId(planId: string): Promise<QZPayVersioned<QZPayAddOn>[]> {
    return (await this.#addOns.findByPlanId(planId)).map(toAddOn);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayAddOn>>> {
    return listPage(this.#addOns, options, toAddOn);
  }

  async addToSubscription(input: QZPayAttachAddOnInput): Promise<QZPayVersioned<QZPaySubscriptionAddOn>> {
    return toSubscriptionAddOn(await this.#attached.attach(fromAttachAddOn(input)));
  }

  async removeFromSubscription(subscriptionId: string, addOnId: string): Promise<void> {
    await this.#attached.cancelCurrent(subscriptionId, addOnId);
  }

  async updateSubscriptionAddOn(
    subscriptionId: string,
    addOnId: string,
    input: Partial<QZPaySubscriptionAddOn>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPaySubscriptionAddOn>> {
    const patch = fromUpdateSubscriptionAddOn(input);
    return toSubscriptionAddOn(await this.#attached.updateCurrent(subscriptionId, addOnId, patch, options));
  }

  async findBySubscriptionId(subscriptionId: string): Promise<QZPayVersioned<QZPaySubscriptionAddOn>[]> {
    return (await this.#attached.findBySubscriptionId(subscriptionId)).map(toSubscriptionAddOn);
  }

  async findSubscriptionAddOn(
    subscriptionId: string,
    addOnId: string,
  ): Promise<QZPayVersioned<QZPaySubscriptionAddOn> | null> {
    return mapNullable(await this.#attached.findCurrent(subscriptionId, addOnId), toSubscriptionAddOn);
  }
}
