import type {
  QZPayCreatePromoCodeInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPromoCode,
  QZPayPromoCodeStorage,
} from '@qzpay/core';
import type { QZPayPromoCodesRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreatePromoCode, fromUpdatePromoCode, toPromoCode } from '../mappers/promo-codes.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class PromoCodeCollection implements QZPayPromoCodeStorage {
  readonly #promoCodes: QZPayPromoCodesRepository;

  constructor(promoCodes: QZPayPromoCodesRepository) {
    this.#promoCodes = promoCodes;
  }

  async create(input: QZPayCreatePromoCodeInput & { id: string }): Promise<QZPayVersioned<QZPayPromoCode>> {
    return toPromoCode(await this.#promoCodes.create(fromCreatePromoCode(input)));
  }

  async update(
    id: string,
    input: Partial<QZPayPromoCode>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayPromoCode>> {
    return toPromoCode(await this.#promoCodes.update(id, fromUpdatePromoCode(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#promoCodes.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayPromoCode> | null> {
    return mapNullable(await this.#promoCodes.findById(id), toPromoCode);
  }

  async findByCode(code: string): Promise<QZPayVersioned<QZPayPromoCode> | null> {
    return mapNullable(await this.#promoCodes.findByCode(code), toPromoCode);
  }

  async incrementRedemptions(id: string): Promise<void> {
    await this.#promoCodes.incrementRedemptions(id);
  }

  async atomicIncrementRedemptions(id: string): Promise<QZPayVersioned<QZPayPromoCode> | null> {
    return mapNullable(await this.#promoCodes.claimRedemption(id), toPromoCode);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayPromoCode>>> {
    return listPage(this.#promoCodes, options, toPromoCode);
  }
}
