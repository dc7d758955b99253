import type {
  QZPayCreateVendorInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayVendor,
  QZPayVendorPayout,
  QZPayVendorStorage,
} from '@qzpay/core';
import type { QZPayUpdateOptions, QZPayVendorPayoutsRepository, QZPayVendorsRepository } from '@qzpay/repositories';
import type { QZPayVersioned } from '../mappers/values.js';
import {
  fromCreateVendor,
  fromUpdateVendor,
  fromVendorPayout,
  type QZPayUpdateVendorFields,
  toVendor,
  toVendorPayout,
} from '../mappers/vendors.js';
import { listPage, mapNullable } from './results.js';

export class VendorCollection implements QZPayVendorStorage {
  readonly #vendors: QZPayVendorsRepository;
  readonly #payouts: QZPayVendorPayoutsRepository;

  constructor(vendors: QZPayVendorsRepository, payouts: QZPayVendorPayoutsRepository) {
    this.#vendors = vendors;
    this.#payouts = payouts;
  }

  async create(input: QZPayCreateVendorInput & { id: string }): Promise<QZPayVersioned<QZPayVendor>> {
    return toVendor(await this.#vendors.create(fromCreateVendor(input)));
  }

  async update(
    id: string,
    input: QZPayUpdateVendorFields,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayVendor>> {
    return toVendor(await this.#vendors.update(id, fromUpdateVendor(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#vendors.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayVendor> | null> {
    return mapNullable(await this.#vendors.findById(id), toVendor);
  }

  async findByExternalId(externalId: string): Promise<QZPayVersioned<QZPayVendor> | null> {
    return mapNullable(await this.#vendors.findByExternalId(externalId), toVendor);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayVendor>>> {
    return listPage(this.#vendors, options, toVendor);
  }

  async createPayout(payout: QZPayVendorPayout): Promise<QZPayVersioned<QZPayVendorPayout>> {
    return toVendorPayout(await this.#payouts.create(fromVendorPayout(payout)));
  }

  async findPayoutsByVendorId(vendorId: string): Promise<QZPayVersioned<QZPayVendorPayout>[]> {
    return (await this.#payouts.findByVendorId(vendorId)).map(toVendorPayout);
  }
}
