import type { QZPayPaymentInsert, QZPayPaymentRow } from '@qzpay/schema';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';

export type QZPayNewPayment = NewRow<
  QZPayPaymentInsert,
  'customerId' | 'amount' | 'currency' | 'status',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'subscriptionId',
  'invoiceId',
  'amount',
  'currency',
  'baseAmount',
  'baseCurrency',
  'exchangeRate',
  'status',
  'provider',
  'paymentMethodId',
  'providerPaymentIds',
  'failureCode',
  'failureMessage',
  'metadata',
] as const;

export type QZPayPaymentPatch = RowPatch<QZPayPaymentRow, (typeof updatable)[number]>;

/** Payment attempts and their results. Ids of subscriptions, invoices and methods are the host's and not checked. */
export class QZPayPaymentsRepository extends QZPaySoftDeleteRepository<QZPayPaymentRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'payments',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'amount', 'status'],
      filters: {
        ...equalityFilters(
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
        minAmount: { column: 'amount', compare: '>=' },
        maxAmount: { column: 'amount', compare: '<=' },
      },
      providerIds: 'providerPaymentIds',
      defaults: { providerPaymentIds: {}, metadata: {} },
    });
  }

  /** Stores the payment as given, its instants included. */
  create(payment: QZPayNewPayment): Promise<QZPayPaymentRow> {
    return this.insert(payment);
  }

  update(id: string, patch: QZPayPaymentPatch, options?: QZPayUpdateOptions): Promise<QZPayPaymentRow> {
    return this.patch(id, patch, options);
  }

  /** All payments of the customer, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayPaymentRow[]> {
    return this.findAllBy({ customerId });
  }

  /** The oldest payment that carries this id at this provider. */
  findByProviderId(provider: string, providerPaymentId: string): Promise<QZPayPaymentRow | null> {
    return this.findByProvider(provider, providerPaymentId);
  }
}
