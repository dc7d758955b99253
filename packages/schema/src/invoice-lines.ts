import type { QZPayInvoiceLine } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isJsonObject } from './checks.js';
import { type ColumnsOf, createdAt, id, instant, livemode, metadata, quantity } from './columns.js';
import type { QZPayInvoicesTable } from './invoices.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_INVOICE_LINES_CONSTRAINTS = {
  primaryKey: 'billing_invoice_lines_pkey',
  positionKey: 'billing_invoice_lines_position_key',
  invoiceForeignKey: 'billing_invoice_lines_invoice_fkey',
  metadataCheck: 'billing_invoice_lines_metadata_check',
  priceIndex: 'billing_invoice_lines_price_idx',
} as const;

/** Lines of an invoice, in the order of their positions. The invoice's currency is theirs. */
export function defineQZPayInvoiceLines(ns: QZPayNamespace, parents: { readonly invoices: QZPayInvoicesTable }) {
  const names = QZPAY_INVOICE_LINES_CONSTRAINTS;
  const { invoices } = parents;
  return ns.table(
    'billing_invoice_lines',
    {
      id: id(),
      invoiceId: text('invoice_id').notNull(),
      /** Counted from 0. */
      position: integer('position').notNull(),
      description: text('description').notNull(),
      quantity: quantity('quantity').notNull().default(1),
      /** Minor units; negative for credits. */
      unitAmount: quantity('unit_amount').notNull(),
      /** Minor units; negative for credits. */
      amount: quantity('amount').notNull(),
      priceId: text('price_id'),
      /** What the line is for: `item`, `proration`, `usage`, `addon` or a kind of the host's. */
      type: text('type').notNull().default('item'),
      taxable: boolean('taxable').notNull().default(true),
      discountable: boolean('discountable').notNull().default(true),
      proration: boolean('proration').notNull().default(false),
      periodStart: instant('period_start'),
      periodEnd: instant('period_end'),
      livemode: livemode(),
      metadata: metadata(),
      createdAt: createdAt(),
    } satisfies ColumnsOf<QZPayInvoiceLine>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.positionKey).on(t.livemode, t.invoiceId, t.position),
      foreignKey({
        name: names.invoiceForeignKey,
        columns: [t.invoiceId, t.livemode],
        foreignColumns: [invoices.id, invoices.livemode],
      }).onDelete('restrict'),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.priceIndex).on(t.livemode, t.priceId).where(sql`price_id is not null`),
    ],
  );
}

export type QZPayInvoiceLinesTable = ReturnType<typeof defineQZPayInvoiceLines>;
export type QZPayInvoiceLineRow = RowOf<QZPayInvoiceLinesTable>;
export type QZPayInvoiceLineInsert = InsertOf<QZPayInvoiceLinesTable>;
