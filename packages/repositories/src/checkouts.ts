import type { QZPayCheckoutInsert, QZPayCheckoutRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit } from './pages.js';
import { QZPayRepository, type QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, typedArgument } from './statements.js';
import { tableProjection } from './table-model.js';

export type QZPayNewCheckout = NewRow<
  QZPayCheckoutInsert,
  'mode' | 'status' | 'currency' | 'successUrl' | 'cancelUrl' | 'expiresAt',
  'livemode' | 'version'
>;

const updatable = [
  'customerId',
  'customerEmail',
  'mode',
  'status',
  'currency',
  'lineItems',
  'successUrl',
  'cancelUrl',
  'expiresAt',
  'paymentId',
  'subscriptionId',
  'providerSessionIds',
  'metadata',
  'completedAt',
] as const;

export type QZPayCheckoutPatch = RowPatch<QZPayCheckoutRow, (typeof updatable)[number]>;

/** Visits to providers' payment pages. The ids of customers, payments and subscriptions in them are not checked. */
export class QZPayCheckoutsRepository extends QZPayRepository<QZPayCheckoutRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'checkouts',
      updatable,
      filters: equalityFilters(
        'id',
        'customerId',
        'customerEmail',
        'mode',
        'status',
        'currency',
        'paymentId',
        'subscriptionId',
        'expiresAt',
        'completedAt',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerSessionIds',
      defaults: { lineItems: [], providerSessionIds: {}, metadata: {} },
    });
  }

  /** Stores the session as given. */
  create(checkout: QZPayNewCheckout): Promise<QZPayCheckoutRow> {
    return this.insert(checkout);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayCheckoutPatch, options?: QZPayUpdateOptions): Promise<QZPayCheckoutRow> {
    return this.patch(id, patch, options);
  }

  /** All sessions of the customer, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayCheckoutRow[]> {
    return this.findAllBy({ customerId });
  }

  /** The oldest session that carries this id at this provider. */
  findByProviderId(provider: string, providerSessionId: string): Promise<QZPayCheckoutRow | null> {
    return this.findByProvider(provider, providerSessionId);
  }

  /**
   * Open sessions whose time was over at `now`, the longest overdue first, at most `limit` of them (default 100).
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async findOverdue(now: Date, limit?: number): Promise<QZPayCheckoutRow[]> {
    const { expiresAt, id } = this.context.tables.checkouts;
    // The state is a literal: an index on open sessions serves no parameter.
    const statement = this.fixed('find_overdue', () =>
      this.select(
        sql`${this.visible()} and ${this.codec('status').column} = 'open' and ${expiresAt} <= ${argument(this.codec('expiresAt'), 'now')}`,
        sql`order by ${expiresAt}, ${id} limit ${typedArgument('bigint', 'limit')}`,
      ),
    );
    return this.run(statement, { now, limit: checkedLimit(limit, 'limit') });
  }

  /**
   * Moves open sessions whose time was over at `now` to `expired` and returns them; at most `limit` of them (default
   * 100). A session that is completed at the same time stays complete, and two callers share the sessions.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async expireOverdue(now: Date, limit?: number): Promise<QZPayCheckoutRow[]> {
    const statement = this.fixed('expire_overdue', () => {
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const { id, status, expiresAt } = this.context.tables.checkouts;
      const { select, decode } = tableProjection<QZPayCheckoutRow>(this.model, 'expired');
      const overdue = sql`${this.equals('livemode')} and ${id} = any(array(
          select ${id} from ${this.model.table}
          where ${this.visible()} and ${status} = 'open' and ${expiresAt} <= ${argument(this.codec('expiresAt'), 'now')}
          order by ${expiresAt}, ${id} limit ${typedArgument('bigint', 'limit')} for update skip locked
        ))`;
      return {
        source: sql`with ${this.changed('expired', this.modification(['status'], this.assignments(['status']), overdue))}
          select ${select} from expired order by expired.expires_at, expired.id`,
        decode,
      };
    });
    return this.run(statement, {
      now,
      limit: checkedLimit(limit, 'limit'),
      new_status: 'expired',
      ...this.stamps(),
    });
  }
}
