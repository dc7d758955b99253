import { QZPayConflictError, QZPayNotFoundError } from '@qzpay/core';
import type { QZPayVendorInsert, QZPayVendorRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument } from './statements.js';

export type QZPayNewVendor = NewRow<
  QZPayVendorInsert,
  'externalId' | 'name' | 'email',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'name',
  'email',
  'status',
  'onboardingStatus',
  'commissionRate',
  'payoutSchedule',
  'paymentMode',
  'canReceivePayments',
  'pendingBalance',
  'balanceCurrency',
  'providerAccountIds',
  'metadata',
] as const;

export type QZPayVendorPatch = RowPatch<QZPayVendorRow, (typeof updatable)[number]>;

/** Marketplace vendors; one live row per external id and mode. */
export class QZPayVendorsRepository extends QZPaySoftDeleteRepository<QZPayVendorRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'vendors',
      updatable,
      filters: equalityFilters(
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
      providerIds: 'providerAccountIds',
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
    });
  }

  /** @throws QZPayConflictError `already_exists` when a live vendor of this mode has the external id. */
  create(vendor: QZPayNewVendor): Promise<QZPayVendorRow> {
    return this.insert(vendor);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayVendorPatch, options?: QZPayUpdateOptions): Promise<QZPayVendorRow> {
    return this.patch(id, patch, options);
  }

  /** The live vendor with this id at the host, or `null`. */
  findByExternalId(externalId: string): Promise<QZPayVendorRow | null> {
    return this.findOneBy({ externalId });
  }

  /** The oldest vendor that has this account at this provider. */
  findByProviderId(provider: string, providerAccountId: string): Promise<QZPayVendorRow | null> {
    return this.findByProvider(provider, providerAccountId);
  }

  /** All vendors that can receive payments, by name. */
  findPayable(): Promise<QZPayVendorRow[]> {
    const { name, id, canReceivePayments } = this.context.tables.vendors;
    // A literal condition: an index on payable vendors serves no parameter.
    const statement = this.fixed('find_payable', () =>
      this.select(sql`${this.visible()} and ${canReceivePayments}`, sql`order by ${name} collate "C", ${id}`),
    );
    return this.run(statement, {});
  }

  /**
   * Adds minor units to what the vendor is owed, takes them off where negative, and returns the vendor. Exact however
   * many ask at once. A balance is in one currency; an empty one takes the currency of what is added.
   *
   * @throws QZPayNotFoundError when there is no such vendor.
   * @throws QZPayConflictError `incompatible` when the balance is in another currency.
   */
  async addToPendingBalance(id: string, amount: number, currency: string): Promise<QZPayVendorRow> {
    if (!this.codec('id').holds(id)) throw new QZPayNotFoundError(this.model.entity, id);
    const statement = this.fixed('add_to_pending_balance', () => {
      const balance = this.codec('pendingBalance').column;
      const kept = this.codec('balanceCurrency').column;
      const set = sql`${sql.identifier(balance.name)} = ${balance} + ${argument(this.codec('pendingBalance'), 'amount')}, ${this.assignments(['balanceCurrency'])}`;
      const where = sql`${this.where('id')} and (${balance} = 0 or ${kept} = ${argument(this.codec('balanceCurrency'), 'new_balanceCurrency')})`;
      return this.changing(this.modification(['pendingBalance', 'balanceCurrency'], set, where));
    });
    const [row] = await this.run(statement, { id, amount, new_balanceCurrency: currency, ...this.stamps() });
    if (row !== undefined) return row;
    if ((await this.findById(id)) === null) throw new QZPayNotFoundError(this.model.entity, id);
    throw new QZPayConflictError('Vendor balance conflicts with the amount: it is in another currency', 'incompatible');
  }
}
