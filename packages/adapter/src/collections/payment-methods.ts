import type {
  QZPayCreatePaymentMethodInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPaymentMethod,
  QZPayPaymentMethodStorage,
  QZPayUpdatePaymentMethodInput,
} from '@qzpay/core';
import type { QZPayPaymentMethodsRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreatePaymentMethod, fromUpdatePaymentMethod, toPaymentMethod } from '../mappers/payment-methods.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class PaymentMethodCollection implements QZPayPaymentMethodStorage {
  readonly #paymentMethods: QZPayPaymentMethodsRepository;

  constructor(paymentMethods: QZPayPaymentMethodsRepository) {
    this.#paymentMethods = paymentMethods;
  }

  async create(input: QZPayCreatePaymentMethodInput & { id: string }): Promise<QZPayVersioned<QZPayPaymentMethod>> {
    return toPaymentMethod(await this.#paymentMethods.create(fromCreatePaymentMethod(input)));
  }

  async update(
    id: string,
    input: QZPayUpdatePaymentMethodInput,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayPaymentMethod>> {
    return toPaymentMethod(await this.#paymentMethods.update(id, fromUpdatePaymentMethod(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#paymentMethods.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayPaymentMethod> | null> {
    return mapNullable(await this.#paymentMethods.findById(id), toPaymentMethod);
  }

  async findByCustomerId(customerId: string): Promise<QZPayVersioned<QZPayPaymentMethod>[]> {
    return (await this.#paymentMethods.findByCustomerId(customerId)).map(toPaymentMethod);
  }

  async findDefaultByCustomerId(customerId: string): Promise<QZPayVersioned<QZPayPaymentMethod> | null> {
    return mapNullable(await this.#paymentMethods.findDefaultByCustomerId(customerId), toPaymentMethod);
  }

  async setDefault(customerId: string, paymentMethodId: string): Promise<void> {
    await this.#paymentMethods.setDefault(customerId, paymentMethodId);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayPaymentMethod>>> {
    return listPage(this.#paymentMethods, options, toPaymentMethod);
  }
}
