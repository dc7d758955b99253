import type { QZPayRefundInsert, QZPayRefundRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { QZPayRepository } from './repository.js';
import type { NewRow } from './row-types.js';

export type QZPayNewRefund = NewRow<QZPayRefundInsert, 'paymentId' | 'amount' | 'currency' | 'status', 'livemode'>;

/** The ledger of refunds. Append-only: a row is never changed, and a total is a sum over the ledger. */
export class QZPayRefundsRepository extends QZPayRepository<QZPayRefundRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'refunds',
      updatable: [],
      filters: equalityFilters('id', 'paymentId', 'currency', 'status', 'providerRefundId', 'createdAt'),
      defaults: { providerRefundIds: {}, metadata: {} },
    });
  }

  /**
   * Appends one event and returns it. A succeeded event whose provider refund id has already succeeded is not stored
   * again: the answer is `null`, however many callers ask at once, and also where it names another payment, which
   * {@link findByProviderRefundId} tells. Events without that id, and pending or failed ones,
   * are always appended.
   *
   * @throws QZPayNotFoundError when the payment does not exist in this mode.
   */
  async append(refund: QZPayNewRefund): Promise<QZPayRefundRow | null> {
    const { livemode, providerRefundId, status } = this.context.tables.refunds;
    const statement = this.fixed('append', () =>
      this.changing(
        this.insertion({
          onConflict: sql`(${sql.identifier(livemode.name)}, ${sql.identifier(providerRefundId.name)})
            where ${sql.identifier(status.name)} = 'succeeded' and ${sql.identifier(providerRefundId.name)} is not null
            do nothing`,
        }),
      ),
    );
    const [row] = await this.run(statement, this.complete(refund));
    return row ?? null;
  }

  /** The refunds of the payment, newest first. */
  findByPaymentId(paymentId: string): Promise<QZPayRefundRow[]> {
    return this.findAllBy({ paymentId });
  }

  /** The settled refund with this id at the provider, or `null`. */
  async findByProviderRefundId(providerRefundId: string): Promise<QZPayRefundRow | null> {
    if (!this.codec('providerRefundId').holds(providerRefundId)) return null;
    const { status } = this.context.tables.refunds;
    const statement = this.fixed('find_by_provider_refund_id', () =>
      this.select(sql`${this.visible()} and ${this.equals('providerRefundId')} and ${status} = 'succeeded'`),
    );
    const [row] = await this.run(statement, { providerRefundId });
    return row ?? null;
  }

  /** Refunds recorded as pending before the instant, oldest first: ask their provider whether they have settled. */
  findPending(before: Date, limit?: number): Promise<QZPayRefundRow[]> {
    return this.findWhere(
      'find_pending',
      () => ({
        where: sql`${this.codec('status').column} = 'pending' and ${this.compares('createdAt', '<', 'before')}`,
        orderBy: sql`${this.codec('createdAt').column}`,
      }),
      { before },
      limit,
    );
  }

  /** The sum of what has settled, in minor units; 0 for an unknown payment. */
  async totalSucceeded(paymentId: string): Promise<number> {
    if (!this.codec('paymentId').holds(paymentId)) return 0;
    const { amount, status } = this.context.tables.refunds;
    const statement = this.fixed('total_succeeded', () => ({
      source: sql`select coalesce(sum(${amount}), 0) from ${this.model.table} where ${this.visible()} and ${this.equals('paymentId')} and ${status} = 'succeeded'`,
      decode: (row) => Number(row[0]),
    }));
    const [total] = await this.run(statement, { paymentId });
    return total ?? 0;
  }

  /** Whether a refund with this id at the provider has succeeded. */
  async hasSucceeded(providerRefundId: string): Promise<boolean> {
    return (await this.findByProviderRefundId(providerRefundId)) !== null;
  }
}
