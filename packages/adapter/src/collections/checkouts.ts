import type { QZPayCheckoutSession, QZPayCheckoutStorage, QZPayListOptions, QZPayPaginatedResult } from '@qzpay/core';
import type { QZPayCheckoutsRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreateCheckout, fromUpdateCheckout, toCheckout } from '../mappers/checkouts.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class CheckoutCollection implements QZPayCheckoutStorage {
  readonly #checkouts: QZPayCheckoutsRepository;
  readonly #livemode: boolean;

  constructor(checkouts: QZPayCheckoutsRepository, livemode: boolean) {
    this.#checkouts = checkouts;
    this.#livemode = livemode;
  }

  async create(session: QZPayCheckoutSession): Promise<QZPayVersioned<QZPayCheckoutSession>> {
    return toCheckout(await this.#checkouts.create(fromCreateCheckout(session, this.#livemode)));
  }

  async update(
    id: string,
    patch: Partial<QZPayCheckoutSession>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayCheckoutSession>> {
    return toCheckout(await this.#checkouts.update(id, fromUpdateCheckout(patch), options));
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayCheckoutSession> | null> {
    return mapNullable(await this.#checkouts.findById(id), toCheckout);
  }

  async findByCustomerId(customerId: string): Promise<QZPayVersioned<QZPayCheckoutSession>[]> {
    return (await this.#checkouts.findByCustomerId(customerId)).map(toCheckout);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayCheckoutSession>>> {
    return listPage(this.#checkouts, options, toCheckout);
  }
}
