import type { QZPayPaymentInsert, QZPayPaymentRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
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

/** Sums over payments of one currency, in minor units. */
export interface QZPayPaymentTotal {
  readonly currency: string;
  readonly count: number;
  readonly amount: number;
  /** The part of `amount` that settled refunds have given back. */
  readonly refunded: number;
}

export type QZPayPaymentPatch = RowPatch<QZPayPaymentRow, (typeof updatable)[number]>;

/** Payment attempts and their results. Ids of subscriptions, invoices and methods are the host's and not checked. */
export class QZPayPaymentsRepository extends QZPaySoftDeleteRepository<QZPayPaymentRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'payments',
      updatable,
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

  /** Stores many in one statement, all or none, in the order given; at most 10 000. */
  createMany(payments: readonly QZPayNewPayment[]): Promise<QZPayPaymentRow[]> {
    return this.insertMany(payments);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayPaymentPatch, options?: QZPayUpdateOptions): Promise<QZPayPaymentRow> {
    return this.patch(id, patch, options);
  }

  /** All payments of the customer, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayPaymentRow[]> {
    return this.findAllBy({ customerId });
  }

  /** All payments for the subscription, newest first. */
  findBySubscriptionId(subscriptionId: string): Promise<QZPayPaymentRow[]> {
    return this.findAllBy({ subscriptionId });
  }

  /** All payments for the invoice, newest first. */
  findByInvoiceId(invoiceId: string): Promise<QZPayPaymentRow[]> {
    return this.findAllBy({ invoiceId });
  }

  /** Payments created before the instant that are still pending or processing, oldest first: ask their provider. */
  findUnsettled(before: Date, limit?: number): Promise<QZPayPaymentRow[]> {
    return this.findWhere(
      'find_unsettled',
      () => ({
        where: sql`${this.codec('status').column} in ('pending', 'processing') and ${this.compares('createdAt', '<', 'before')}`,
        orderBy: sql`${this.codec('createdAt').column}`,
      }),
      { before },
      limit,
    );
  }

  /**
   * What was taken by payments created in [from, until), per currency: amounts in minor units, of payments whose money
   * has moved. Reads every payment of the period: for reports, not for requests.
   */
  async totals(from: Date, until: Date): Promise<QZPayPaymentTotal[]> {
    const statement = this.fixed('totals', () => {
      const { amount, currency, id, livemode, status } = this.context.tables.payments;
      const { refunds } = this.context.tables;
      const refunded = sql`select sum(${refunds.amount}) as amount from ${refunds} where ${refunds.livemode} = ${livemode} and ${refunds.paymentId} = ${id} and ${refunds.status} = 'succeeded'`;
      return {
        source: sql`select ${currency}, count(*), sum(${amount}), coalesce(sum(refunded.amount), 0) from ${this.model.table}
          left join lateral (${refunded}) refunded on true
          where ${this.visible()} and ${status} in ('succeeded', 'refunded', 'partially_refunded', 'disputed')
          and ${this.compares('createdAt', '>=', 'from')} and ${this.compares('createdAt', '<', 'until')}
          group by ${currency} order by ${currency}`,
        decode: ([of, count, taken, returned]) => ({
          currency: String(of),
          count: Number(count),
          amount: Number(taken),
          refunded: Number(returned),
        }),
      };
    });
    return this.run(statement, { from, until });
  }

  /** The oldest payment that carries this id at this provider. */
  findByProviderId(provider: string, providerPaymentId: string): Promise<QZPayPaymentRow | null> {
    return this.findByProvider(provider, providerPaymentId);
  }
}
