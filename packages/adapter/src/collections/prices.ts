import type {
  QZPayCreatePriceInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPrice,
  QZPayPriceStorage,
} from '@qzpay/core';
import type { QZPayPricesRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreatePrice, fromUpdatePrice, toPrice } from '../mappers/prices.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class PriceCollection implements QZPayPriceStorage {
  readonly #prices: QZPayPricesRepository;

  constructor(prices: QZPayPricesRepository) {
    this.#prices = prices;
  }

  async create(input: QZPayCreatePriceInput & { id: string }): Promise<QZPayVersioned<QZPayPrice>> {
    return toPrice(await this.#prices.create(fromCreatePrice(input)));
  }

  async update(
    id: string,
    input: Partial<QZPayPrice>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayPrice>> {
    return toPrice(await this.#prices.update(id, fromUpdatePrice(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#prices.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayPrice> | null> {
    return mapNullable(await this.#prices.findById(id), toPrice);
  }

  async findByPlanId(planId: string): Promise<QZPayVersioned<QZPayPrice>[]> {
    return (await this.#prices.findByPlanId(planId)).map(toPrice);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayPrice>>> {
    return listPage(this.#prices, options, toPrice);
  }
}
