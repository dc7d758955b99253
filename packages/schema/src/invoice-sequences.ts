import { primaryKey, text } from 'drizzle-orm/pg-core';
import { isSafeInteger } from './checks.js';
import { count, livemode, updatedAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_INVOICE_SEQUENCES_CONSTRAINTS = {
  primaryKey: 'billing_invoice_sequences_pkey',
  lastValueCheck: 'billing_invoice_sequences_last_value_check',
} as const;

/** Counters of invoice numbers: rows, not database sequences, so that a rollback leaves no gap. */
export function defineQZPayInvoiceSequences(ns: QZPayNamespace) {
  const names = QZPAY_INVOICE_SEQUENCES_CONSTRAINTS;
  return ns.table(
    'billing_invoice_sequences',
    {
      livemode: livemode(),
      series: text('series').notNull().default('INV'),
      /** The year, or another name for the time in which the series counts on. */
      period: text('period').notNull(),
      /** The number that was handed out last. */
      lastValue: count('last_value').notNull().default(0),
      updatedAt: updatedAt(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.livemode, t.series, t.period] }),
      isSafeInteger(names.lastValueCheck, t.lastValue),
    ],
  );
}

export type QZPayInvoiceSequencesTable = ReturnType<typeof defineQZPayInvoiceSequences>;
export type QZPayInvoiceSequenceRow = RowOf<QZPayInvoiceSequencesTable>;
export type QZPayInvoiceSequenceInsert = InsertOf<QZPayInvoiceSequencesTable>;
