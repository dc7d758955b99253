import { boolean, primaryKey, smallint, text } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_CURRENCIES_CONSTRAINTS = {
  primaryKey: 'billing_currencies_pkey',
} as const;

/** ISO 4217 as reference data. Amounts may be in currencies that are not listed. */
export function defineQZPayCurrencies(ns: QZPayNamespace) {
  const names = QZPAY_CURRENCIES_CONSTRAINTS;
  return ns.table(
    'billing_currencies',
    {
      code: text('code').notNull(),
      name: text('name').notNull(),
      /** How many decimals the minor unit stands for: 2 for USD, 0 for CLP. */
      minorUnits: smallint('minor_units').notNull().default(2),
      symbol: text('symbol'),
      active: boolean('active').notNull().default(true),
      createdAt: createdAt(),
    },
    (t) => [primaryKey({ name: names.primaryKey, columns: [t.code] })],
  );
}

export type QZPayCurrenciesTable = ReturnType<typeof defineQZPayCurrencies>;
export type QZPayCurrencyRow = RowOf<QZPayCurrenciesTable>;
export type QZPayCurrencyInsert = InsertOf<QZPayCurrenciesTable>;
