import {
  QZPAY_PAYMENT_STATUS_VALUES,
  QZPAY_REFUND_STATUS_VALUES,
  type QZPayCreateRefundInput,
  type QZPayPayment,
  type QZPayPaymentStorage,
  QZPayValidationError,
} from '@qzpay/core';
import { Collection, type CollectionContext, pick, type Versioned } from '../collection.js';
import { equality, NEWEST_FIRST, OLDEST_FIRST } from '../list.js';
import type { Shape, Unique } from '../shape.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import { flag, hidden, instant, integer, key, object, oneOf, optional, text } from '../values.js';

const UPDATABLE = [
  'subscriptionId',
  'invoiceId',
  'amount',
  'currency',
  'status',
  'paymentMethodId',
  'providerPaymentIds',
  'failureCode',
  'failureMessage',
  'metadata',
] as const;

const PAYMENTS: Shape = {
  entity: 'Payment',
  fields: {
    id: key,
    customerId: key,
    subscriptionId: optional(key),
    invoiceId: optional(key),
    amount: integer,
    currency: text,
    status: oneOf(QZPAY_PAYMENT_STATUS_VALUES),
    provider: hidden(optional(text)),
    paymentMethodId: optional(text),
    providerPaymentIds: object,
    failureCode: optional(text),
    failureMessage: optional(text),
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
  },
  defaults: { providerPaymentIds: {}, metadata: {} },
  references: { customerId: 'Customer' },
  updatable: UPDATABLE,
  providerIds: 'providerPaymentIds',
  filters: {
    ...equality(
      'id',
      'customerId',
      'subscriptionId',
      'invoiceId',
      'amount',
      'currency',
      'status',
      'provider',
      'paymentMethodId',
      'failureCode',
      'createdAt',
      'updatedAt',
    ),
    minAmount: { field: 'amount', compare: 'at least' },
    maxAmount: { field: 'amount', compare: 'at most' },
  },
};

/** Money moves once, while a failed attempt and its success may carry one id. */
const SUCCEEDED_ONCE: Unique = { fields: ['providerRefundId'], among: (row) => row['status'] === 'succeeded' };

const REFUNDS: Shape = {
  entity: 'Refund',
  fields: {
    id: key,
    paymentId: key,
    amount: integer,
    currency: text,
    status: oneOf(QZPAY_REFUND_STATUS_VALUES),
    reason: optional(text),
    providerRefundId: optional(key),
    livemode: flag,
    metadata: object,
    createdAt: instant,
  },
  defaults: { metadata: {} },
  uniques: [SUCCEEDED_ONCE],
  references: { paymentId: 'Payment' },
};

export class MemoryPayments extends Collection<QZPayPayment> implements QZPayPaymentStorage {
  readonly #refunds: Table;

  constructor(context: CollectionContext) {
    super(PAYMENTS, context);
    this.#refunds = new Table(REFUNDS, context);
  }

  async create(payment: QZPayPayment): Promise<Versioned<QZPayPayment>> {
    if (payment.livemode !== this.context.livemode) {
      throw new QZPayValidationError('Payment livemode must be the mode of the storage', 'livemode');
    }
    return this.store(pick(payment, ['id', 'customerId', ...UPDATABLE, 'createdAt', 'updatedAt']));
  }

  async update(
    id: string,
    patch: Partial<QZPayPayment>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayPayment>> {
    return this.change(id, { ...patch }, options);
  }

  async findByCustomerId(customerId: string): Promise<Versioned<QZPayPayment>[]> {
    return this.findAll(this.table.where({ customerId }, NEWEST_FIRST));
  }

  async createRefund(input: QZPayCreateRefundInput): Promise<void> {
    const refund = this.#refunds.complete({
      ...pick(input, ['paymentId', 'amount', 'currency', 'status', 'reason', 'metadata']),
      providerRefundId: input.providerRefundId === '' ? null : input.providerRefundId,
    });
    return this.context.write((data) => {
      if (!this.#refunds.isTaken(data, refund, SUCCEEDED_ONCE)) this.#refunds.add(data, refund);
    });
  }

  async getTotalRefundedAmount(paymentId: string): Promise<number> {
    const settled = this.#refunds.where({ paymentId, status: 'succeeded' }, OLDEST_FIRST);
    // Every amount is a safe integer; their sum need not be.
    return this.context.read((data) =>
      Number(settled(data).reduce((sum, row) => sum + BigInt(row['amount'] as number), 0n)),
    );
  }

  async hasRefundForProviderRefundId(providerRefundId: string): Promise<boolean> {
    const settled = this.#refunds.where({ providerRefundId, status: 'succeeded' }, OLDEST_FIRST);
    return this.context.read((data) => settled(data).length > 0);
  }
}
