import { QZPAY_INVOICE_STATUS_VALUES, type QZPayInvoice } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { foreignKey, index, jsonb, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  currency,
  deletedAt,
  id,
  instant,
  livemode,
  metadata,
  providerIds,
  quantity,
  texts,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayCustomersTable, QZPayPostalAddress } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_INVOICES_CONSTRAINTS = {
  primaryKey: 'billing_invoices_pkey',
  numberKey: 'billing_invoices_number_key',
  customerForeignKey: 'billing_invoices_customer_fkey',
  statusCheck: 'billing_invoices_status_check',
  providerInvoiceIdsCheck: 'billing_invoices_provider_invoice_ids_check',
  billingAddressCheck: 'billing_invoices_billing_address_check',
  metadataCheck: 'billing_invoices_metadata_check',
  byCustomerIndex: 'billing_invoices_by_customer_idx',
  bySubscriptionIndex: 'billing_invoices_by_subscription_idx',
  byStatusIndex: 'billing_invoices_by_status_idx',
  listIndex: 'billing_invoices_list_idx',
  countIndex: 'billing_invoices_count_idx',
  dueIndex: 'billing_invoices_due_idx',
  providerIdsIndex: 'billing_invoices_provider_ids_idx',
} as const;

/** Invoices. Amounts are minor units; they may have fractions, because lines may. */
export function defineQZPayInvoices(ns: QZPayNamespace, parents: { readonly customers: QZPayCustomersTable }) {
  const names = QZPAY_INVOICES_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_invoices',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      subscriptionId: text('subscription_id'),
      /** Given when the invoice is finalised; never changed and never reused. */
      number: text('number'),
      status: text('status', { enum: QZPAY_INVOICE_STATUS_VALUES }).notNull().default('draft'),
      currency: currency().notNull(),
      subtotal: quantity('subtotal').notNull().default(0),
      tax: quantity('tax').notNull().default(0),
      discount: quantity('discount').notNull().default(0),
      total: quantity('total').notNull().default(0),
      amountPaid: quantity('amount_paid').notNull().default(0),
      amountDue: quantity('amount_due').notNull().default(0),
      dueDate: instant('due_date'),
      finalizedAt: instant('finalized_at'),
      paidAt: instant('paid_at'),
      voidedAt: instant('voided_at'),
      periodStart: instant('period_start'),
      periodEnd: instant('period_end'),
      providerInvoiceIds: providerIds('provider_invoice_ids'),
      /** The address as it was when the invoice was finalised. */
      billingAddress: jsonb('billing_address').$type<QZPayPostalAddress>(),
      memo: text('memo'),
      footer: text('footer'),
      pdfUrl: text('pdf_url'),
      hostedUrl: text('hosted_url'),
      sentAt: instant('sent_at'),
      sentTo: texts('sent_to'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayInvoice, 'lines'>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      // Over deleted rows as well: a legal number is never free again.
      unique(names.numberKey).on(t.livemode, t.number),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isOneOf(names.statusCheck, t.status, QZPAY_INVOICE_STATUS_VALUES),
      isJsonObject(names.providerInvoiceIdsCheck, t.providerInvoiceIds),
      isJsonObject(names.billingAddressCheck, t.billingAddress),
      isJsonObject(names.metadataCheck, t.metadata),
      // Over all rows, since the foreign key looks for deleted children too.
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.createdAt, t.id),
      index(names.bySubscriptionIndex)
        .on(t.livemode, t.subscriptionId, t.createdAt, t.id)
        .where(sql`subscription_id is not null`),
      index(names.byStatusIndex).on(t.livemode, t.status, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      index(names.countIndex).on(t.livemode).where(sql`deleted_at is null`),
      index(names.dueIndex)
        .on(t.livemode, t.dueDate, t.id)
        .where(sql`status in ('draft', 'open') and deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerInvoiceIds),
    ],
  );
}

export type QZPayInvoicesTable = ReturnType<typeof defineQZPayInvoices>;
export type QZPayInvoiceRow = RowOf<QZPayInvoicesTable>;
export type QZPayInvoiceInsert = InsertOf<QZPayInvoicesTable>;
