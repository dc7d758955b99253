import type { QZPayCreateInvoiceInput, QZPayInvoice, QZPayInvoiceLine } from '@qzpay/core';
import type {
  QZPayInvoicePatch,
  QZPayInvoiceWithLines,
  QZPayNewInvoice,
  QZPayNewInvoiceLine,
} from '@qzpay/repositories';
import type { QZPayInvoiceLineRow } from '@qzpay/schema';
import { checkedList, checkedNumber, type QZPayVersioned } from './values.js';

export function toInvoice(
  row: QZPayInvoiceWithLines,
): QZPayVersioned<QZPayInvoice> & { readonly number: string | null } {
  return {
    id: row.id,
    customerId: row.customerId,
    subscriptionId: row.subscriptionId,
    number: row.number,
    status: row.status,
    currency: row.currency,
    subtotal: row.subtotal,
    tax: row.tax,
    discount: row.discount,
    total: row.total,
    amountPaid: row.amountPaid,
    amountDue: row.amountDue,
    dueDate: row.dueDate,
    paidAt: row.paidAt,
    voidedAt: row.voidedAt,
    periodStart: row.periodStart,
    periodEnd: row.periodEnd,
    lines: row.lines.map(toInvoiceLine),
    providerInvoiceIds: row.providerInvoiceIds,
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

function toInvoiceLine(row: QZPayInvoiceLineRow): QZPayInvoiceLine {
  return {
    id: row.id,
    invoiceId: row.invoiceId,
    description: row.description,
    quantity: row.quantity,
    unitAmount: row.unitAmount,
    amount: row.amount,
    priceId: row.priceId,
    periodStart: row.periodStart,
    periodEnd: row.periodEnd,
    metadata: row.metadata,
  };
}

/** Amounts are multiplied and summed here, in the engine's own arithmetic, so that both come to the same total. */
export function fromCreateInvoice(input: QZPayCreateInvoiceInput & { id: string }): {
  invoice: QZPayNewInvoice;
  lines: QZPayNewInvoiceLine[];
} {
  const lines = checkedList(input.lines, 'Invoice', 'lines').map((line) => ({
    description: line.description,
    quantity: line.quantity,
    unitAmount: line.unitAmount,
    amount: checkedNumber(
      checkedNumber(line.quantity, 'InvoiceLine', 'quantity') *
        checkedNumber(line.unitAmount, 'InvoiceLine', 'unitAmount'),
      'InvoiceLine',
      'amount',
    ),
    priceId: line.priceId,
  }));
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  return {
    invoice: {
      id: input.id,
      customerId: input.customerId,
      subscriptionId: input.subscriptionId,
      status: 'draft',
      subtotal,
      tax: 0,
      discount: 0,
      total: subtotal,
      amountPaid: 0,
      amountDue: subtotal,
      dueDate: input.dueDate,
      metadata: input.metadata,
    },
    lines,
  };
}

export function fromUpdateInvoice(patch: Partial<QZPayInvoice>): QZPayInvoicePatch {
  return {
    subscriptionId: patch.subscriptionId,
    status: patch.status,
    currency: patch.currency,
    subtotal: patch.subtotal,
    tax: patch.tax,
    discount: patch.discount,
    total: patch.total,
    amountPaid: patch.amountPaid,
    amountDue: patch.amountDue,
    dueDate: patch.dueDate,
    paidAt: patch.paidAt,
    voidedAt: patch.voidedAt,
    periodStart: patch.periodStart,
    periodEnd: patch.periodEnd,
    providerInvoiceIds: patch.providerInvoiceIds,
    metadata: patch.metadata,
  };
}

export function fromInvoiceLine(line: QZPayInvoiceLine): QZPayNewInvoiceLine {
  return {
    id: line.id,
    description: line.description,
    quantity: line.quantity,
    unitAmount: line.unitAmount,
    amount: line.amount,
    priceId: line.priceId,
    periodStart: line.periodStart,
    periodEnd: line.periodEnd,
    metadata: line.metadata,
  };
}
