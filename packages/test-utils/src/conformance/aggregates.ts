import type { QZPayListOptions, QZPayPaginatedResult, QZPayStorageAdapter } from '@qzpay/core';
import { buildQZPayAddOn } from '../fixtures/addons.js';
import { buildQZPayCheckout } from '../fixtures/checkouts.js';
import { buildQZPayCustomer, insertQZPayCustomer } from '../fixtures/customers.js';
import { buildQZPayInvoice } from '../fixtures/invoices.js';
import { buildQZPayPaymentMethod } from '../fixtures/payment-methods.js';
import { buildQZPayPayment } from '../fixtures/payments.js';
import { buildQZPayPlan, insertQZPayPlan } from '../fixtures/plans.js';
import { buildQZPayPrice } from '../fixtures/prices.js';
import { buildQZPayPromoCode } from '../fixtures/promo-codes.js';
import { buildQZPaySubscription } from '../fixtures/subscriptions.js';
import { buildQZPayVendor } from '../fixtures/vendors.js';
import type { QZPayConformanceContext } from './case.js';

/** What the entities of all listed collections have in common. */
export interface Entity {
  readonly id: string;
  readonly metadata: Record<string, unknown>;
  readonly createdAt: Date;
  readonly [field: string]: unknown;
}

/** The methods that all listed collections have in common. */
export interface Collection {
  create(input: object): Promise<Entity>;
  update(id: string, patch: object): Promise<Entity>;
  findById(id: string): Promise<Entity | null>;
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<Entity>>;
  delete?(id: string): Promise<void>;
}

/** What rows refer to. */
interface Parents {
  readonly customerId: string;
  readonly otherCustomerId: string;
  readonly now: Date;
}

/** A listed collection as data, for what holds for all of them. */
export interface Aggregate {
  readonly collection: keyof QZPayStorageAdapter;
  readonly parent?: 'customer' | 'plan';
  /** What `create` takes; `key` is the id or, where the storage makes that, what is unique instead. */
  input(key: string, parents: Parents): object;
  /** A change of something else than of metadata. */
  readonly patch: object;
  /** The map of provider ids that an update merges into. */
  readonly providerIds?: string;
  /** The filters that the contract names, as fields that an input or else an update can give a row. */
  filters(parents: Parents): { readonly input?: readonly object[]; readonly patch?: readonly object[] };
}

export const AGGREGATES: readonly Aggregate[] = [
  {
    collection: 'addons',
    input: (id) => buildQZPayAddOn({ id }),
    patch: { name: 'changed' },
    filters: () => ({ patch: [{ active: false }] }),
  },
  {
    collection: 'checkouts',
    parent: 'customer',
    input: (id, { now }) => buildQZPayCheckout({ id, createdAt: now }),
    patch: { status: 'complete' },
    providerIds: 'providerSessionIds',
    filters: ({ customerId }) => ({ input: [{ customerId }, { status: 'expired' }] }),
  },
  {
    collection: 'customers',
    input: (externalId) => buildQZPayCustomer({ externalId }),
    patch: { name: 'changed' },
    providerIds: 'providerCustomerIds',
    filters: () => ({ input: [{ email: 'grace@example.org' }] }),
  },
  {
    collection: 'invoices',
    parent: 'customer',
    input: (id, { customerId }) => buildQZPayInvoice({ id, customerId }),
    patch: { amountPaid: 7 },
    providerIds: 'providerInvoiceIds',
    filters: ({ otherCustomerId }) => ({ input: [{ customerId: otherCustomerId }], patch: [{ status: 'open' }] }),
  },
  {
    collection: 'paymentMethods',
    parent: 'customer',
    input: (id, { customerId }) => buildQZPayPaymentMethod({ id, customerId }),
    patch: { billingDetails: { name: 'changed' } },
    filters: ({ otherCustomerId }) => ({ input: [{ customerId: otherCustomerId }] }),
  },
  {
    collection: 'payments',
    parent: 'customer',
    input: (id, { customerId, now }) => buildQZPayPayment({ id, customerId, createdAt: now, updatedAt: now }),
    patch: { failureCode: 'changed' },
    providerIds: 'providerPaymentIds',
    filters: ({ otherCustomerId }) => ({ input: [{ customerId: otherCustomerId }, { status: 'failed' }] }),
  },
  {
    collection: 'plans',
    input: (id) => buildQZPayPlan({ id }),
    patch: { name: 'changed' },
    filters: () => ({ patch: [{ active: false }] }),
  },
  {
    collection: 'prices',
    parent: 'plan',
    input: (id) => buildQZPayPrice({ id }),
    patch: { nickname: 'changed' },
    providerIds: 'providerPriceIds',
    filters: () => ({ input: [{ planId: 'plan_other' }], patch: [{ active: false }] }),
  },
  {
    collection: 'promoCodes',
    input: (id) => buildQZPayPromoCode({ id, code: id }),
    patch: { maxRedemptions: 7 },
    filters: () => ({ patch: [{ active: false }] }),
  },
  {
    collection: 'subscriptions',
    parent: 'customer',
    input: (id, { customerId }) => buildQZPaySubscription({ id, customerId }),
    patch: { quantity: 7 },
    providerIds: 'providerSubscriptionIds',
    filters: ({ otherCustomerId }) => ({
      input: [{ customerId: otherCustomerId }, { planId: 'plan_other' }],
      patch: [{ status: 'past_due' }],
    }),
  },
  {
    collection: 'vendors',
    input: (id) => buildQZPayVendor({ id, externalId: id }),
    patch: { name: 'changed' },
    providerIds: 'providerAccountIds',
    filters: () => ({ patch: [{ status: 'active' }] }),
  },
];

/** One listed collection in a case's storage, with what its rows refer to. */
export interface Listed<Methods = Collection> {
  readonly rows: Methods;
  readonly parents: Parents;
  /** Creates a row under this key, at the clock's instant. */
  insert(this: void, key: string, overrides?: object): Promise<Entity>;
}

export async function prepare<Methods extends Collection = Collection>(
  aggregate: Aggregate,
  { storage, clock }: Pick<QZPayConformanceContext, 'storage' | 'clock'>,
): Promise<Listed<Methods>> {
  const { collection, parent } = aggregate;
  const customer = (externalId: string) => insertQZPayCustomer(storage, { externalId });
  const [customerId, otherCustomerId] =
    parent === 'customer' ? [(await customer('owner')).id, (await customer('neighbour')).id] : ['', ''];
  if (parent === 'plan') {
    for (const id of ['plan_test', 'plan_other']) await insertQZPayPlan(storage, { id });
  }
  const rows = storage[collection] as unknown as Methods;
  const parents = { customerId, otherCustomerId, now: clock.now() };
  return {
    rows,
    parents,
    insert: (key, overrides = {}) =>
      rows.create({ ...aggregate.input(key, { ...parents, now: clock.now() }), ...overrides }),
  };
}

/** The collection's name as it stands in an id: `payment-methods`. */
export function dashed(collection: string): string {
  return collection.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
