import { QZPayNotFoundError, type QZPaySubscriptionStatus } from '@qzpay/core';
import type { QZPaySubscriptionInsert, QZPaySubscriptionRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument, parameter } from './statements.js';
import { modelOf } from './table-model.js';

export type QZPayNewSubscription = NewRow<
  QZPaySubscriptionInsert,
  'customerId' | 'planId' | 'status' | 'interval' | 'currentPeriodStart' | 'currentPeriodEnd',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'planId',
  'priceId',
  'status',
  'interval',
  'intervalCount',
  'quantity',
  'currentPeriodStart',
  'currentPeriodEnd',
  'trialStart',
  'trialEnd',
  'trialConverted',
  'trialConvertedAt',
  'cancelAt',
  'canceledAt',
  'cancelAtPeriodEnd',
  'endedAt',
  'promoCodeId',
  'defaultPaymentMethodId',
  'gracePeriodEndsAt',
  'retryCount',
  'lastRetryAt',
  'nextRetryAt',
  'providerSubscriptionIds',
  'providerSyncedAt',
  'scheduledPlanChange',
  'promoEffectRemainingCycles',
  'metadata',
] as const;

export type QZPaySubscriptionPatch = RowPatch<QZPaySubscriptionRow, (typeof updatable)[number]>;

/** Statuses that give access. */
const ACCESS = ['active', 'trialing'] as const;
/** Statuses of a subscription that has not ended. */
const RUNNING = ['active', 'trialing', 'past_due', 'paused'] as const;

/** Subscriptions of customers to plans. A plan need not be stored: hosts may keep plans in their configuration. */
export class QZPaySubscriptionsRepository extends QZPaySoftDeleteRepository<QZPaySubscriptionRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'subscriptions',
      updatable,
      filters: equalityFilters(
        'id',
        'customerId',
        'planId',
        'priceId',
        'status',
        'interval',
        'intervalCount',
        'quantity',
        'promoCodeId',
        'cancelAtPeriodEnd',
        'cancelAt',
        'canceledAt',
        'currentPeriodStart',
        'currentPeriodEnd',
        'trialStart',
        'trialEnd',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerSubscriptionIds',
      defaults: {
        intervalCount: 1,
        quantity: 1,
        cancelAtPeriodEnd: false,
        trialConverted: false,
        retryCount: 0,
        providerSubscriptionIds: {},
        metadata: {},
      },
    });
  }

  /** @throws QZPayNotFoundError when the customer does not exist in this mode. */
  create(subscription: QZPayNewSubscription): Promise<QZPaySubscriptionRow> {
    return this.insert(subscription);
  }

  /** Stores many in one statement, all or none, in the order given; at most 10 000. */
  createMany(subscriptions: readonly QZPayNewSubscription[]): Promise<QZPaySubscriptionRow[]> {
    return this.insertMany(subscriptions);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPaySubscriptionPatch, options?: QZPayUpdateOptions): Promise<QZPaySubscriptionRow> {
    return this.patch(id, patch, options);
  }

  /** All subscriptions of the customer, whatever their status, newest first. */
  findByCustomerId(customerId: string): Promise<QZPaySubscriptionRow[]> {
    return this.findAllBy({ customerId });
  }

  /** Those of the customer's subscriptions that give access: active or trialing, newest first. */
  findActiveByCustomerId(customerId: string): Promise<QZPaySubscriptionRow[]> {
    if (!this.codec('customerId').holds(customerId)) return Promise.resolve([]);
    const { createdAt, id } = this.context.tables.subscriptions;
    const statement = this.fixed('find_active_by_customer_id', () =>
      this.select(
        sql`${this.visible()} and ${this.equals('customerId')} and ${this.#gives(ACCESS)}`,
        sql`order by ${createdAt} desc, ${id} desc`,
      ),
    );
    return this.run(statement, { customerId });
  }

  /** Like {@link findActiveByCustomerId}, for the host's id of the customer. */
  findActiveByCustomerExternalId(externalId: string): Promise<QZPaySubscriptionRow[]> {
    const { customers, subscriptions } = this.context.tables;
    const external = modelOf(this.context, 'customers');
    if (!external.codec('externalId').holds(externalId)) return Promise.resolve([]);
    const statement = this.fixed('find_active_by_customer_external_id', () => {
      const customer = sql`select ${customers.id} from ${customers} where ${customers.livemode} = ${argument(this.codec('livemode'))}
        and ${customers.externalId} = ${argument(external.codec('externalId'))} and ${customers.deletedAt} is null`;
      return this.select(
        sql`${this.visible()} and ${subscriptions.customerId} = (${customer}) and ${this.#gives(ACCESS)}`,
        sql`order by ${subscriptions.createdAt} desc, ${subscriptions.id} desc`,
      );
    });
    return this.run(statement, { externalId });
  }

  /** Subscriptions that a promo code is attached to, newest first. */
  findByPromoCodeId(promoCodeId: string): Promise<QZPaySubscriptionRow[]> {
    return this.findAllBy({ promoCodeId });
  }

  /** Subscriptions that are charged to this method, newest first: while there are any, it should not be removed. */
  findByDefaultPaymentMethodId(defaultPaymentMethodId: string): Promise<QZPaySubscriptionRow[]> {
    return this.findAllBy({ defaultPaymentMethodId });
  }

  // Work for jobs. Each list has what is due at an instant, longest due first, at most `limit` rows (default 100).

  /** Active subscriptions whose period is over and that go on. */
  findRenewalsDue(at: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_renewals_due',
      () => ({
        where: sql`${this.#status} = 'active' and ${this.#gives(ACCESS)} and not ${this.codec('cancelAtPeriodEnd').column} and ${this.compares('currentPeriodEnd', '<=', 'at')}`,
        orderBy: sql`${this.codec('currentPeriodEnd').column}`,
      }),
      { at },
      limit,
    );
  }

  /** Subscriptions whose period is over and that were to end with it. */
  findPeriodEndCancellationsDue(at: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_period_end_cancellations_due',
      () => ({
        where: sql`${this.#gives(ACCESS)} and ${this.codec('cancelAtPeriodEnd').column} and ${this.compares('currentPeriodEnd', '<=', 'at')}`,
        orderBy: sql`${this.codec('currentPeriodEnd').column}`,
      }),
      { at },
      limit,
    );
  }

  /** Subscriptions that were to end at an instant of their own, which has come. */
  findScheduledCancellationsDue(at: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_scheduled_cancellations_due',
      () => ({
        where: sql`${this.#gives(RUNNING)} and ${this.compares('cancelAt', '<=', 'at')}`,
        orderBy: sql`${this.codec('cancelAt').column}`,
      }),
      { at },
      limit,
    );
  }

  /** Subscriptions with access whose period ends in [from, until): whom to remind. */
  findPeriodsEnding(from: Date, until: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_periods_ending',
      () => ({
        where: sql`${this.#gives(ACCESS)} and ${this.compares('currentPeriodEnd', '>=', 'from')} and ${this.compares('currentPeriodEnd', '<', 'until')}`,
        orderBy: sql`${this.codec('currentPeriodEnd').column}`,
      }),
      { from, until },
      limit,
    );
  }

  /** Trials that end in [from, until): whom to remind. With the epoch as `from`: trials that are over. */
  findTrialsEnding(from: Date, until: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_trials_ending',
      () => ({
        where: sql`${this.#status} = 'trialing' and ${this.compares('trialEnd', '>=', 'from')} and ${this.compares('trialEnd', '<', 'until')}`,
        orderBy: sql`${this.codec('trialEnd').column}`,
      }),
      { from, until },
      limit,
    );
  }

  /** Past-due subscriptions whose next attempt has come: still in grace, and tried fewer than `maxRetries` times. */
  findRetriesDue(at: Date, maxRetries: number, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_retries_due',
      () => {
        const { gracePeriodEndsAt } = this.context.tables.subscriptions;
        return {
          where: sql`${this.#status} = 'past_due' and ${this.compares('nextRetryAt', '<=', 'at')}
            and ${this.compares('retryCount', '<', 'maxRetries')}
            and (${gracePeriodEndsAt} is null or ${this.compares('gracePeriodEndsAt', '>', 'at')})`,
          orderBy: sql`${this.codec('nextRetryAt').column}`,
        };
      },
      { at, maxRetries },
      limit,
    );
  }

  /** Past-due subscriptions whose grace is over. */
  findGraceExpired(at: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_grace_expired',
      () => ({
        where: sql`${this.#status} = 'past_due' and ${this.compares('gracePeriodEndsAt', '<=', 'at')}`,
        orderBy: sql`${this.codec('gracePeriodEndsAt').column}`,
      }),
      { at },
      limit,
    );
  }

  /** Subscriptions with a pending change of plan whose instant has come. */
  findPlanChangesDue(at: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_plan_changes_due',
      () => {
        const change = this.codec('scheduledPlanChange').column;
        // ISO 8601 text in UTC sorts by time, and is what the index holds.
        const applyAt = sql`(${change} ->> 'applyAt')`;
        return {
          where: sql`${change} ->> 'status' = 'pending' and ${applyAt} <= ${parameter('at', (at: Date) => at.toISOString())}::text`,
          orderBy: applyAt,
        };
      },
      { at },
      limit,
    );
  }

  /** Running subscriptions that were last compared with their provider before the instant, or never. */
  findSyncsDue(before: Date, limit?: number): Promise<QZPaySubscriptionRow[]> {
    return this.findWhere(
      'find_syncs_due',
      () => {
        const syncedAt = this.codec('providerSyncedAt').column;
        return {
          where: sql`${this.#gives(RUNNING)} and (${syncedAt} is null or ${this.compares('providerSyncedAt', '<', 'before')})`,
          orderBy: sql`${syncedAt} nulls first`,
        };
      },
      { before },
      limit,
    );
  }

  /**
   * Counts a failed attempt to charge: adds one, atomically, and sets when it was and when to try again.
   *
   * @throws QZPayNotFoundError when there is no such subscription.
   */
  async recordRetry(id: string, lastRetryAt: Date, nextRetryAt: Date | null): Promise<QZPaySubscriptionRow> {
    const statement = this.fixed('record_retry', () => {
      const { retryCount } = this.context.tables.subscriptions;
      const set = sql`${sql.identifier(retryCount.name)} = ${retryCount} + 1, ${this.assignments(['lastRetryAt', 'nextRetryAt'])}`;
      return this.changing(this.modification(['retryCount', 'lastRetryAt', 'nextRetryAt'], set, this.where('id')));
    });
    const changes = { new_lastRetryAt: lastRetryAt, new_nextRetryAt: nextRetryAt, ...this.stamps() };
    const [row] = this.codec('id').holds(id) ? await this.run(statement, { id, ...changes }) : [];
    if (row === undefined) throw new QZPayNotFoundError(this.model.entity, id);
    return row;
  }

  /** How many subscriptions there are in each status. Reads the whole mode: for reports, not for requests. */
  async countByStatus(): Promise<Partial<Record<QZPaySubscriptionStatus, number>>> {
    const statement = this.fixed('count_by_status', () => ({
      source: sql`select ${this.#status}, count(*) from ${this.model.table} where ${this.visible()} group by ${this.#status}`,
      decode: (row) => [String(row[0]), Number(row[1])] as const,
    }));
    return Object.fromEntries(await this.run(statement, {}));
  }

  get #status(): SQL {
    return sql`${this.codec('status').column}`;
  }

  /** Written as in the partial indexes, so that the planner recognises them. */
  #gives(statuses: readonly QZPaySubscriptionStatus[]): SQL {
    return sql`${this.#status} in (${sql.raw(statuses.map((status) => `'${status}'`).join(', '))})`;
  }

  /** The oldest subscription that carries this id at this provider. */
  findByProviderId(provider: string, providerSubscriptionId: string): Promise<QZPaySubscriptionRow | null> {
    return this.findByProvider(provider, providerSubscriptionId);
  }
}
