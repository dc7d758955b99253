import {
  QZPAY_PAYMENT_METHOD_STATUS_VALUES,
  QZPAY_PAYMENT_METHOD_TYPE_VALUES,
  type QZPayBankAccountDetails,
  type QZPayBillingDetails,
  type QZPayCardDetails,
  type QZPayPaymentMethod,
} from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonObject, isOneOf, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  deletedAt,
  id,
  livemode,
  metadata,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayCustomersTable } from './customers.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_PAYMENT_METHODS_CONSTRAINTS = {
  primaryKey: 'billing_payment_methods_pkey',
  oneDefaultKey: 'billing_payment_methods_one_default_key',
  customerForeignKey: 'billing_payment_methods_customer_fkey',
  typeCheck: 'billing_payment_methods_type_check',
  statusCheck: 'billing_payment_methods_status_check',
  cardCheck: 'billing_payment_methods_card_check',
  bankAccountCheck: 'billing_payment_methods_bank_account_check',
  billingDetailsCheck: 'billing_payment_methods_billing_details_check',
  providerPaymentMethodIdsCheck: 'billing_payment_methods_map_check',
  metadataCheck: 'billing_payment_methods_metadata_check',
  byCustomerIndex: 'billing_payment_methods_by_customer_idx',
  listIndex: 'billing_payment_methods_list_idx',
  deletedIndex: 'billing_payment_methods_deleted_idx',
  expiringIndex: 'billing_payment_methods_expiring_idx',
  providerIdsIndex: 'billing_payment_methods_provider_ids_idx',
} as const;

/** Payment instruments of customers, by the tokens of their providers; at most one live default per customer. */
export function defineQZPayPaymentMethods(ns: QZPayNamespace, parents: { readonly customers: QZPayCustomersTable }) {
  const names = QZPAY_PAYMENT_METHODS_CONSTRAINTS;
  const { customers } = parents;
  return ns.table(
    'billing_payment_methods',
    {
      id: id(),
      customerId: text('customer_id').notNull(),
      /** The provider that holds the token. */
      provider: text('provider'),
      providerPaymentMethodIds: providerIds('provider_payment_method_ids'),
      type: text('type', { enum: QZPAY_PAYMENT_METHOD_TYPE_VALUES }).notNull(),
      status: text('status', { enum: QZPAY_PAYMENT_METHOD_STATUS_VALUES }).notNull().default('active'),
      isDefault: boolean('is_default').notNull().default(false),
      card: jsonb('card').$type<QZPayCardDetails>(),
      bankAccount: jsonb('bank_account').$type<QZPayBankAccountDetails>(),
      billingDetails: jsonb('billing_details').$type<QZPayBillingDetails>(),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayPaymentMethod>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      uniqueIndex(names.oneDefaultKey).on(t.livemode, t.customerId).where(sql`is_default and deleted_at is null`),
      foreignKey({
        name: names.customerForeignKey,
        columns: [t.customerId, t.livemode],
        foreignColumns: [customers.id, customers.livemode],
      }).onDelete('restrict'),
      isOneOf(names.typeCheck, t.type, QZPAY_PAYMENT_METHOD_TYPE_VALUES),
      isOneOf(names.statusCheck, t.status, QZPAY_PAYMENT_METHOD_STATUS_VALUES),
      isJsonObject(names.cardCheck, t.card),
      isJsonObject(names.bankAccountCheck, t.bankAccount),
      isJsonObject(names.billingDetailsCheck, t.billingDetails),
      isJsonObject(names.providerPaymentMethodIdsCheck, t.providerPaymentMethodIds),
      isJsonObject(names.metadataCheck, t.metadata),
      // Over all rows, since the foreign key looks for deleted children too.
      index(names.byCustomerIndex).on(t.livemode, t.customerId, t.createdAt, t.id),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      // For retention.
      index(names.deletedIndex).on(t.livemode, t.deletedAt).where(sql`deleted_at is not null`),
      // Compared as JSON numbers: a cast would refuse the row of a card whose expiry is not a number.
      index(names.expiringIndex)
        .on(t.livemode, sql`(card -> 'expYear')`, sql`(card -> 'expMonth')`)
        .where(sql`card is not null and deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerPaymentMethodIds),
    ],
  );
}

export type QZPayPaymentMethodsTable = ReturnType<typeof defineQZPayPaymentMethods>;
export type QZPayPaymentMethodRow = RowOf<QZPayPaymentMethodsTable>;
export type QZPayPaymentMethodInsert = InsertOf<QZPayPaymentMethodsTable>;
