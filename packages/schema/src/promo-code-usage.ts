import { foreignKey, index, integer, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { isSafeInteger } from './checks.js';
import { currency, id, instant, livemode, money } from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { QZPayPromoCodesTable } from './promo-codes.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PROMO_CODE_USAGE_CONSTRAINTS = {
  primaryKey: 'billing_promo_code_usage_pkey',
  redemptionKey: 'billing_promo_code_usage_redemption_key',
  promoCodeForeignKey: 'billing_promo_code_usage_promo_code_fkey',
  customerForeignKey: 'billing_promo_code_usage_customer_fkey',
  discountAmountCheck: 'billing_promo_code_usage_discount_amount_check',
  byCustomerIndex: 'billing_promo_code_usage_by_customer_idx',
  byPromoCodeIndex: 'billing_promo_code_usage_by_promo_code_idx',
} as const;

/** Redemptions of promo codes, numbered per code and customer so that a cap per customer holds under concurrency. */
export function defineQZPayPromoCodeUsage(
  ns: QZPayNamespace,
  parents: { readonly promoCodes: QZPayPromoCodesTable; readonly customers: QZPayCustomersTable },
) {
  const names = QZPAY_PROMO_CODE_USAGE_CONSTRAINTS;
  const { promoCodes, customers } = parents;
  return ns.table(
    'billing_promo_code_usage',
    {
      id: id(),
      promoCodeId: text('promo_code_id').notNull(),
      customerId: text('customer_id').notNull(),
      subscriptionId: text('subscription_id'),
      paymentId: text('payment_id'),
      /** Counted from 1. */
      redemptionNo: integer('redemption_no').notNull(),
      /** Minor units granted; 0 where the code grants something else, such as days. */
      discountAmount: money('discount_amount').notNull().default(0),
      currency: currency(),
      usedAt: instant('used_at').notNull().defaultNow(),
      livemode: livemode(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      unique(names.redemptionKey).on(t.livemode, t.promoCodeId, t.customerId, t.redemptionNo),
      foreignKey({
        name: names.promoCodeForeignKey,
        columns: [t.promoCodeId, t.livemode],
        foreignColumns: [promoCodes.id, promoCodes.livemode],
      }).onDelete('restrict'),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isSafeInteger(names.discountAmountCheck, t.discountAmount),
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.usedAt, t.id),
      index(names.byPromoCodeIndex).on(t.livemode, t.promoCodeId, t.usedAt, t.id),
    ],
  );
}

export type QZPayPromoCodeUsageTable = ReturnType<typeof defineQZPayPromoCodeUsage>;
export type QZPayPromoCodeUsageRow = RowOf<QZPayPromoCodeUsageTable>;
export type QZPayPromoCodeUsageInsert = InsertOf<QZPayPromoCodeUsageTable>;
