import { foreignKey, index, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isSafeInteger } from './checks.js';
import { createdAt, currency, id, instant, livemode, money } from './columns.js';
import type { QZPayInvoicesTable } from './invoices.js';
import type { QZPayNamespace } from './namespace.js';
import type { QZPayPaymentsTable } from './payments.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_INVOICE_PAYMENTS_CONSTRAINTS = {
  primaryKey: 'billing_invoice_payments_pkey',
  invoicePaymentKey: 'billing_invoice_payments_invoice_payment_key',
  invoiceForeignKey: 'billing_invoice_payments_invoice_fkey',
  paymentForeignKey: 'billing_invoice_payments_payment_fkey',
  amountAppliedCheck: 'billing_invoice_payments_amount_applied_check',
  byPaymentIndex: 'billing_invoice_payments_by_payment_idx',
} as const;

/** How much of which payment settles which invoice. */
export function defineQZPayInvoicePayments(
  ns: QZPayNamespace,
  parents: { readonly invoices: QZPayInvoicesTable; readonly payments: QZPayPaymentsTable },
) {
  const names = QZPAY_INVOICE_PAYMENTS_CONSTRAINTS;
  const { invoices, payments } = parents;
  return ns.table(
    'billing_invoice_payments',
    {
      id: id(),
      invoiceId: text('invoice_id').notNull(),
      paymentId: text('payment_id').notNull(),
      amountApplied: money('amount_applied').notNull(),
      currency: currency().notNull(),
      appliedAt: instant('applied_at').notNull().defaultNow(),
      livemode: livemode(),
      createdAt: createdAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.invoicePaymentKey).on(t.livemode, t.invoiceId, t.paymentId),
      foreignKey({
        name: names.invoiceForeignKey,
        columns: [t.invoiceId, t.livemode],
        foreignColumns: [invoices.id, invoices.livemode],
      }).onDelete('restrict'),
      foreignKey({
        name: names.paymentForeignKey,
        columns: [t.paymentId, t.livemode],
        foreignColumns: [payments.id, payments.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.amountAppliedCheck, t.amountApplied),
      index(names.byPaymentIndex).on(t.livemode, t.paymentId),
    ],
  );
}

export type QZPayInvoicePaymentsTable = ReturnType<typeof defineQZPayInvoicePayments>;
export type QZPayInvoicePaymentRow = RowOf<QZPayInvoicePaymentsTable>;
export type QZPayInvoicePaymentInsert = InsertOf<QZPayInvoicePaymentsTable>;
