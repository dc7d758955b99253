import type { QZPayBillingAddress, QZPayCustomer, QZPaySavedCard } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import { index, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { isJsonArray, isJsonObject, providerIdsIndex } from './checks.js';
import {
  type ColumnsOf,
  createdAt,
  deletedAt,
  id,
  instant,
  livemode,
  metadata,
  providerIds,
  updatedAt,
  version,
} from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_CUSTOMERS_CONSTRAINTS = {
  primaryKey: 'billing_customers_pkey',
  externalIdLiveKey: 'billing_customers_external_id_live_key',
  providerCustomerIdsCheck: 'billing_customers_provider_customer_ids_check',
  savedCardsCheck: 'billing_customers_saved_cards_check',
  billingAddressCheck: 'billing_customers_billing_address_check',
  shippingAddressCheck: 'billing_customers_shipping_address_check',
  metadataCheck: 'billing_customers_metadata_check',
  emailIndex: 'billing_customers_email_idx',
  listIndex: 'billing_customers_list_idx',
  countIndex: 'billing_customers_count_idx',
  providerIdsIndex: 'billing_customers_provider_ids_idx',
  taxIdIndex: 'billing_customers_tax_id_idx',
  eraseDueIndex: 'billing_customers_erase_due_idx',
} as const;

/** A saved card as JSON keeps it: its instant is ISO 8601 text. */
export type QZPayStoredSavedCard = Omit<QZPaySavedCard, 'createdAt'> & { createdAt: string };

/** A postal address as the host gives it. */
export type QZPayPostalAddress = Partial<QZPayBillingAddress> & {
  companyName?: string | null;
  attention?: string | null;
  phone?: string | null;
};

/** Paying entities of the host application; one live row per external id and mode. */
export function defineQZPayCustomers(ns: QZPayNamespace) {
  const names = QZPAY_CUSTOMERS_CONSTRAINTS;
  return ns.table(
    'billing_customers',
    {
      id: id(),
      externalId: text('external_id').notNull(),
      email: text('email').notNull(),
      /** The e-mail in lower case: what look-ups compare. */
      emailKey: text('email_key').notNull(),
      name: text('name'),
      phone: text('phone'),
      providerCustomerIds: providerIds('provider_customer_ids'),
      /** Null where the customer never had a list of cards, which is not the same as an empty list. */
      savedCards: jsonb('saved_cards').$type<QZPayStoredSavedCard[]>(),
      preferredLanguage: text('preferred_language'),
      segment: text('segment'),
      tier: text('tier'),
      billingAddress: jsonb('billing_address').$type<QZPayPostalAddress>(),
      shippingAddress: jsonb('shipping_address').$type<QZPayPostalAddress>(),
      taxId: text('tax_id'),
      taxIdType: text('tax_id_type'),
      /** When personal data was erased from the row. */
      anonymizedAt: instant('anonymized_at'),
      livemode: livemode(),
      metadata: metadata(),
      version: version(),
      createdAt: createdAt(),
      updatedAt: updatedAt(),
      deletedAt: deletedAt(),
    } satisfies ColumnsOf<QZPayCustomer>,
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.id, t.livemode] }),
      // Partial: deleting a customer frees its external id.
      uniqueIndex(names.externalIdLiveKey).on(t.livemode, t.externalId).where(sql`deleted_at is null`),
      isJsonObject(names.providerCustomerIdsCheck, t.providerCustomerIds),
      isJsonArray(names.savedCardsCheck, t.savedCards),
      isJsonObject(names.billingAddressCheck, t.billingAddress),
      isJsonObject(names.shippingAddressCheck, t.shippingAddress),
      isJsonObject(names.metadataCheck, t.metadata),
      index(names.emailIndex).on(t.livemode, t.emailKey).where(sql`deleted_at is null`),
      index(names.listIndex).on(t.livemode, t.createdAt, t.id).where(sql`deleted_at is null`),
      // One value per mode, so its entries collapse: a tenth of the list index to read for an exact total.
      index(names.countIndex).on(t.livemode).where(sql`deleted_at is null`),
      providerIdsIndex(names.providerIdsIndex, t.providerCustomerIds),
      index(names.taxIdIndex).on(t.livemode, t.taxId).where(sql`tax_id is not null and deleted_at is null`),
      index(names.eraseDueIndex)
        .on(t.livemode, t.deletedAt)
        .where(sql`deleted_at is not null and anonymized_at is null`),
    ],
  );
}

export type QZPayCustomersTable = ReturnType<typeof defineQZPayCustomers>;
export type QZPayCustomerRow = RowOf<QZPayCustomersTable>;
export type QZPayCustomerInsert = InsertOf<QZPayCustomersTable>;
