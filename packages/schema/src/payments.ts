import { QZPAY_PAYMENT_STATUS_VALUES, type QZPayPayment } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, isSafeInteger, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  currency,
  deletedAt,
  id,
  livemode,
  metadata,
  money,
  providerIds,
  quantity,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PAYMENTS_CONSTRAINTS = {
  primaryKey: 'billing_payments_pkey',
  customerForeignKey: 'billing_payments_customer_fkey',
  amountCheck: 'billing_payments_amount_check',
  baseAmountCheck: 'billing_payments_base_amount_check',
  statusCheck: 'billing_payments_status_check',
  providerPaymentIdsCheck: 'billing_payments_provider_payment_ids_check',
  metadataCheck: 'billing_payments_metadata_check',
  byCustomerIndex: 'billing_payments_by_customer_idx',
  bySubscriptionIndex: 'billing_payments_by_subscription_idx',
  byInvoiceIndex: 'billing_payments_by_invoice_idx',
  byStatusIndex: 'billing_payments_by_status_idx',
  listIndex: 'billing_payments_list_idx',
  countIndex: 'billing_payments_count_idx',
  unsettledIndex: 'billing_payments_unsettled_idx',
  providerIdsIndex: 'billing_payments_provider_ids_idx',
} as const;

/** Payment attempts and what became of them. */
export function defineQZPayPayments(ns: QZPayNamespace, parents: { readonly customers: QZPayCustomersTable }) {
  const names = QZPAY_PAYMENTS_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_payments',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      subscriptionId: text('subscription_id'),
      invoiceId: text('invoice_id'),
      amount: money('amount').notNull(),
      currency: currency().notNull(),
      /** The amount in the host's reporting currency. */
      baseAmount: money('base_amount'),
      baseCurrency: text('base_currency'),
      /** From `currency` to `baseCurrency` when the payment was charged. */
      exchangeRate: quantity('exchange_rate'),
      status: text('status', { enum: QZPAY_PAYMENT_STATUS_VALUES }).notNull(),
      /** The executing provider; null until the payment was sent, and for money taken by hand. */
      provider: text('provider'),
      paymentMethodId: text('payment_method_id'),
      providerPaymentIds: providerIds('provider_payment_ids'),
      failureCode: text('failure_code'),
      failureMessage: text('failure_message'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayPayment>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.amountCheck, t.amount),
      isSafeInteger(names.baseAmountCheck, t.baseAmount),
      isOneOf(names.statusCheck, t.status, QZPAY_PAYMENT_STATUS_VALUES),
      isJsonObject(names.providerPaymentIdsCheck, t.providerPaymentIds),
      isJsonObject(names.metadataCheck, t.metadata),
      // Over all rows, since the foreign key looks for deleted children too.
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.createdAt, t.id),
      index(names.bySubscriptionIndex)
        .on(t.livemode, t.subscriptionId, t.createdAt, t.id)
        .where(sql`subscription_id is not null`),
      index(names.byInvoiceIndex).on(t.livemode, t.invoiceId, t.createdAt, t.id).where(sql`invoice_id is not null`),
      index(names.byStatusIndex).on(t.livemode, t.status, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.countIndex).on(t.livemode).where(sql`deleted_at is null`),
      index(names.unsettledIndex)
        .on(t.livemode, t.createdAt, t.id)
        .where(sql`status in ('pending', 'processing') and deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerPaymentIds),
    ],
  );
}

export type QZPayPaymentsTable = ReturnType<typeof defineQZPayPayments>;
export type QZPayPaymentRow = RowOf<QZPayPaymentsTable>;
export type QZPayPaymentInsert = InsertOf<QZPayPaymentsTable>;
