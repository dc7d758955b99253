import type { QZPayVendorPayoutStatus } from '@qzpay/core';
import type { QZPayVendorPayoutInsert, QZPayVendorPayoutRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit } from './pages.js';
import { QZPayRepository, type QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { typedArgument } from './statements.js';

export type QZPayNewVendorPayout = NewRow<
  QZPayVendorPayoutInsert,
  'vendorId' | 'amount' | 'currency' | 'periodStart' | 'periodEnd',
  'livemode' | 'version'
>;

const updatable = [
  'status',
  'provider',
  'providerPayoutIds',
  'failureCode',
  'failureMessage',
  'paidAt',
  'metadata',
] as const;

export type QZPayVendorPayoutPatch = RowPatch<QZPayVendorPayoutRow, (typeof updatable)[number]>;

/** What a vendor's payouts of one currency and status come to, in minor units. */
export interface QZPayVendorPayoutTotal {
  readonly currency: string;
  readonly status: QZPayVendorPayoutStatus;
  readonly amount: number;
  readonly payouts: number;
}

/** Transfers to vendors. They are never deleted and outlast their vendor. */
export class QZPayVendorPayoutsRepository extends QZPayRepository<QZPayVendorPayoutRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'vendorPayouts',
      updatable,
      filters: equalityFilters(
        'id',
        'vendorId',
        'amount',
        'currency',
        'status',
        'periodStart',
        'periodEnd',
        'provider',
        'failureCode',
        'paidAt',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerPayoutIds',
      defaults: { status: 'pending', providerPayoutIds: {}, metadata: {} },
    });
  }

  /**
   * Stores the payout as given, its instants included.
   *
   * @throws QZPayNotFoundError when the vendor does not exist in this mode.
   */
  create(payout: QZPayNewVendorPayout): Promise<QZPayVendorPayoutRow> {
    return this.insert(payout);
  }

  /**
   * Moves the payout on: status, failure, the instant it was paid. Workers that share a queue pass `expectedVersion`:
   * of those who take the same payout one wins.
   */
  update(id: string, patch: QZPayVendorPayoutPatch, options?: QZPayUpdateOptions): Promise<QZPayVendorPayoutRow> {
    return this.patch(id, patch, options);
  }

  /** All payouts of the vendor, newest first. */
  findByVendorId(vendorId: string): Promise<QZPayVendorPayoutRow[]> {
    return this.findAllBy({ vendorId });
  }

  /** The oldest payout that carries this id at this provider. */
  findByProviderId(provider: string, providerPayoutId: string): Promise<QZPayVendorPayoutRow | null> {
    return this.findByProvider(provider, providerPayoutId);
  }

  /**
   * Payouts that are pending or processing, oldest first, at most `limit` of them (default 100).
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async findOpen(limit?: number): Promise<QZPayVendorPayoutRow[]> {
    const statement = this.fixed('find_open', () =>
      this.select(
        // Written as in the index.
        sql`${this.visible()} and ${this.codec('status').column} in ('pending', 'processing')`,
        sql`order by ${this.oldestFirst().by} limit ${typedArgument('bigint', 'limit')}`,
      ),
    );
    return this.run(statement, { limit: checkedLimit(limit, 'limit') });
  }

  /** The vendor's payouts summed per currency and status, in this order. Empty when there is none. */
  async totals(vendorId: string): Promise<QZPayVendorPayoutTotal[]> {
    if (!this.codec('vendorId').holds(vendorId)) return [];
    const { currency, status, amount } = this.context.tables.vendorPayouts;
    const statement = this.fixed('totals', () => ({
      source: sql`select ${currency}, ${status}, sum(${amount}), count(*) from ${this.model.table} where ${this.visible()} and ${this.equals('vendorId')} group by ${currency}, ${status} order by ${currency}, ${status}`,
      decode: (row): QZPayVendorPayoutTotal => ({
        currency: row[0] as string,
        status: row[1] as QZPayVendorPayoutStatus,
        amount: Number(row[2]),
        payouts: Number(row[3]),
      }),
    }));
    return this.run(statement, { vendorId });
  }
}
