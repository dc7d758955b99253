import {
  QZPAY_VENDOR_PAYOUT_STATUS_VALUES,
  QZPAY_VENDOR_STATUS_VALUES,
  type QZPayCreateVendorInput,
  type QZPayUpdateVendorInput,
  type QZPayVendor,
  type QZPayVendorPayout,
  type QZPayVendorStatus,
  type QZPayVendorStorage,
} from '@qzpay/core';
import { Collection, type CollectionContext, first, pick, type Versioned } from '../collection.js';
import { equality, NEWEST_FIRST, OLDEST_FIRST } from '../list.js';
import { isLive, type Shape } from '../shape.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import { decimal, flag, hidden, instant, integer, key, object, oneOf, optional, text } from '../values.js';

const VENDORS: Shape = {
  entity: 'Vendor',
  fields: {
    id: key,
    externalId: key,
    name: text,
    email: text,
    status: oneOf(QZPAY_VENDOR_STATUS_VALUES),
    onboardingStatus: hidden(key),
    commissionRate: decimal,
    payoutSchedule: object,
    paymentMode: hidden(text),
    canReceivePayments: hidden(flag),
    pendingBalance: hidden(integer),
    balanceCurrency: hidden(optional(text)),
    providerAccountIds: object,
    livemode: flag,
    metadata: object,
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: optional(instant),
  },
  defaults: {
    status: 'pending',
    onboardingStatus: 'pending',
    commissionRate: 10,
    payoutSchedule: { interval: 'monthly', dayOfMonth: 1 },
    paymentMode: 'automatic',
    canReceivePayments: false,
    pendingBalance: 0,
    providerAccountIds: {},
    metadata: {},
  },
  uniques: [{ fields: ['externalId'], among: isLive }],
  updatable: ['name', 'email', 'status', 'commissionRate', 'payoutSchedule', 'providerAccountIds', 'metadata'],
  providerIds: 'providerAccountIds',
  filters: equality(
    'id',
    'externalId',
    'name',
    'email',
    'status',
    'onboardingStatus',
    'commissionRate',
    'paymentMode',
    'canReceivePayments',
    'balanceCurrency',
    'createdAt',
    'updatedAt',
  ),
};

const PAYOUTS: Shape = {
  entity: 'VendorPayout',
  fields: {
    id: key,
    vendorId: key,
    amount: integer,
    currency: text,
    status: oneOf(QZPAY_VENDOR_PAYOUT_STATUS_VALUES),
    periodStart: instant,
    periodEnd: instant,
    providerPayoutIds: object,
    paidAt: optional(instant),
    livemode: hidden(flag),
    version: text,
    createdAt: instant,
  },
  defaults: { status: 'pending', providerPayoutIds: {} },
  references: { vendorId: 'Vendor' },
};

/** What hosts may pass beyond the typed input: without it no vendor is ever approved or linked to its accounts. */
export type UpdateVendorFields = QZPayUpdateVendorInput & {
  status?: QZPayVendorStatus;
  providerAccountIds?: Record<string, string>;
};

export class MemoryVendors extends Collection<QZPayVendor> implements QZPayVendorStorage {
  readonly #payouts: Table;

  constructor(context: CollectionContext) {
    super(VENDORS, context);
    this.#payouts = new Table(PAYOUTS, context);
  }

  async create(input: QZPayCreateVendorInput & { id: string }): Promise<Versioned<QZPayVendor>> {
    return this.store(
      pick(input, ['id', 'externalId', 'name', 'email', 'commissionRate', 'payoutSchedule', 'metadata']),
    );
  }

  async update(
    id: string,
    input: UpdateVendorFields,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayVendor>> {
    return this.change(id, { ...input }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  async findByExternalId(externalId: string): Promise<Versioned<QZPayVendor> | null> {
    return this.find(first(this.table.where({ externalId }, OLDEST_FIRST)));
  }

  async createPayout(payout: QZPayVendorPayout): Promise<Versioned<QZPayVendorPayout>> {
    const insert = this.#payouts.insert(
      pick(payout, [
        'id',
        'vendorId',
        'amount',
        'currency',
        'status',
        'periodStart',
        'periodEnd',
        'providerPayoutIds',
        'paidAt',
        'createdAt',
      ]),
    );
    const row = await this.context.write(insert);
    return this.#payouts.entity(row) as unknown as Versioned<QZPayVendorPayout>;
  }

  async findPayoutsByVendorId(vendorId: string): Promise<Versioned<QZPayVendorPayout>[]> {
    const rows = await this.context.read(this.#payouts.where({ vendorId }, NEWEST_FIRST));
    return rows.map((row) => this.#payouts.entity(row) as unknown as Versioned<QZPayVendorPayout>);
  }
}
