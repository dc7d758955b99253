import type {
  QZPayCreateCustomerInput,
  QZPayCustomer,
  QZPayCustomerStorage,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayUpdateCustomerInput,
} from '@qzpay/core';
import type { QZPayCustomersRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreateCustomer, fromUpdateCustomer, toCustomer } from '../mappers/customers.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class CustomerCollection implements QZPayCustomerStorage {
  readonly #customers: QZPayCustomersRepository;

  constructor(customers: QZPayCustomersRepository) {
    this.#customers = customers;
  }

  async create(input: QZPayCreateCustomerInput): Promise<QZPayVersioned<QZPayCustomer>> {
    return toCustomer(await this.#customers.create(fromCreateCustomer(input)));
  }

  async update(
    id: string,
    input: QZPayUpdateCustomerInput,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayCustomer>> {
    return toCustomer(await this.#customers.update(id, fromUpdateCustomer(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#customers.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayCustomer> | null> {
    return mapNullable(await this.#customers.findById(id), toCustomer);
  }

  async findByExternalId(externalId: string): Promise<QZPayVersioned<QZPayCustomer> | null> {
    return mapNullable(await this.#customers.findByExternalId(externalId), toCustomer);
  }

  async findByEmail(email: string): Promise<QZPayVersioned<QZPayCustomer> | null> {
    return mapNullable(await this.#customers.findByEmail(email), toCustomer);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayCustomer>>> {
    return listPage(this.#customers, options, toCustomer);
  }
}
