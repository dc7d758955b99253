import type {
  QZPayCreateRefundInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPayment,
  QZPayPaymentStorage,
} from '@qzpay/core';
import type { QZPayPaymentsRepository, QZPayRefundsRepository, QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreatePayment, fromCreateRefund, fromUpdatePayment, toPayment } from '../mappers/payments.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class PaymentCollection implements QZPayPaymentStorage {
  readonly #payments: QZPayPaymentsRepository;
  readonly #refunds: QZPayRefundsRepository;
  readonly #livemode: boolean;

  constructor(payments: QZPayPaymentsRepository, refunds: QZPayRefundsRepository, livemode: boolean) {
    this.#payments = payments;
    this.#refunds = refunds;
    this.#livemode = livemode;
  }

  async create(payment: QZPayPayment): Promise<QZPayVersioned<QZPayPayment>> {
    return toPayment(await this.#payments.create(fromCreatePayment(payment, this.#livemode)));
  }

  async update(
    id: string,
    patch: Partial<QZPayPayment>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayPayment>> {
    return toPayment(await this.#payments.update(id, fromUpdatePayment(patch), options));
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayPayment> | null> {
    return mapNullable(await this.#payments.findById(id), toPayment);
  }

  async findByCustomerId(customerId: string): Promise<QZPayVersioned<QZPayPayment>[]> {
    return (await this.#payments.findByCustomerId(customerId)).map(toPayment);
  }

  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayPayment>>> {
    return listPage(this.#payments, options, toPayment);
  }

  async createRefund(input: QZPayCreateRefundInput): Promise<void> {
    await this.#refunds.append(fromCreateRefund(input));
  }

  getTotalRefundedAmount(paymentId: string): Promise<number> {
    return this.#refunds.totalSucceeded(paymentId);
  }

  hasRefundForProviderRefundId(providerRefundId: string): Promise<boolean> {
    return this.#refunds.hasSucceeded(providerRefundId);
  }
}
