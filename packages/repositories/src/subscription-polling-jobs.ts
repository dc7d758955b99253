import { QZPAY_POLLING_DEFAULTS } from '@qzpay/core';
import type { QZPaySubscriptionPollingJobInsert, QZPaySubscriptionPollingJobRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import { isUuid } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit } from './pages.js';
import { QZPayRepository } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, typedArgument } from './statements.js';

export type QZPayNewSubscriptionPollingJob = NewRow<
  QZPaySubscriptionPollingJobInsert,
  'subscriptionId' | 'provider' | 'providerResourceId' | 'nextPollAt',
  'livemode' | 'version' | 'status' | 'attempts'
>;

const updatable = [
  'status',
  'nextPollAt',
  'lastPolledAt',
  'lastProviderStatus',
  'lastError',
  'metadata',
  'completedAt',
] as const;

export type QZPaySubscriptionPollingJobPatch = RowPatch<QZPaySubscriptionPollingJobRow, (typeof updatable)[number]> & {
  /** Added to the attempts. */
  readonly incrementAttemptsBy?: number | undefined;
};

/**
 * Polls of providers whose webhooks cannot be relied upon; one pending job per provider and resource.
 *
 * Jobs are not claimed: several workers may read the same due job, and its version decides whose update counts.
 */
export class QZPaySubscriptionPollingJobsRepository extends QZPayRepository<QZPaySubscriptionPollingJobRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'subscriptionPollingJobs',
      updatable,
      filters: equalityFilters(
        'id',
        'subscriptionId',
        'provider',
        'providerResourceId',
        'resourceType',
        'status',
        'attempts',
        'lastProviderStatus',
        'nextPollAt',
        'lastPolledAt',
        'completedAt',
        'createdAt',
        'updatedAt',
      ),
      defaults: {
        resourceType: 'subscription',
        status: 'pending',
        attempts: 0,
        maxAttempts: QZPAY_POLLING_DEFAULTS.MAX_ATTEMPTS,
        metadata: {},
      },
    });
  }

  /**
   * Stores a pending job, or answers `null` when one is pending for its provider and resource; of many callers at once
   * one wins.
   *
   * @throws QZPayNotFoundError when the subscription does not exist in this mode.
   */
  async create(job: QZPayNewSubscriptionPollingJob): Promise<QZPaySubscriptionPollingJobRow | null> {
    const statement = this.fixed('create', () =>
      this.changing(
        this.insertion({
          onConflict: sql`(livemode, provider, provider_resource_id) where status = 'pending' do nothing`,
        }),
      ),
    );
    const [row] = await this.run(statement, this.complete(job));
    return row ?? null;
  }

  /**
   * Changes the given fields of the job when it is in the expected version, and returns it; `null` when it has moved on,
   * for an unknown id, and for text that is no version.
   *
   * @throws QZPayConflictError `already_exists` for a job that returns to `pending` beside another one of its resource.
   */
  async update(
    id: string,
    expectedVersion: string,
    patch: QZPaySubscriptionPollingJobPatch,
  ): Promise<QZPaySubscriptionPollingJobRow | null> {
    if (!this.codec('id').holds(id) || !isUuid(expectedVersion)) return null;
    const { keys, values } = this.changes(patch);
    const statement = this.shaped('update', `update(${keys.join(',')})`, () => {
      const attempts = this.codec('attempts');
      const version = this.codec('version');
      const set = sql`attempts = ${attempts.column} + ${argument(attempts, 'incrementAttemptsBy')}, ${this.assignments(keys)}`;
      const where = sql`${this.where('id')} and ${version.column} = ${argument(version, 'expectedVersion')}`;
      return this.changing(this.modification(['attempts', ...keys], set, where));
    });
    const [row] = await this.run(statement, {
      ...values,
      id,
      expectedVersion,
      incrementAttemptsBy: patch.incrementAttemptsBy ?? 0,
    });
    return row ?? null;
  }

  /** The pending job of exactly this provider and resource, or `null`. */
  async findActiveByProviderResourceId(
    provider: string,
    providerResourceId: string,
  ): Promise<QZPaySubscriptionPollingJobRow | null> {
    if (!this.codec('provider').holds(provider) || !this.codec('providerResourceId').holds(providerResourceId)) {
      return null;
    }
    const statement = this.fixed('find_active_by_resource', () =>
      this.select(sql`${this.#pending()} and ${this.equals('provider')} and ${this.equals('providerResourceId')}`),
    );
    const [row] = await this.run(statement, { provider, providerResourceId });
    return row ?? null;
  }

  /** The oldest pending job of the subscription, or `null`. */
  async findActiveBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionPollingJobRow | null> {
    if (!this.codec('subscriptionId').holds(subscriptionId)) return null;
    const statement = this.fixed('find_active_by_subscription', () =>
      this.select(
        sql`${this.#pending()} and ${this.equals('subscriptionId')}`,
        sql`order by ${this.oldestFirst().by} limit 1`,
      ),
    );
    const [row] = await this.run(statement, { subscriptionId });
    return row ?? null;
  }

  /**
   * Pending jobs that were due at `now`, earliest first, then by id; at most `limit` of them.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async findDuePending(now: Date, limit: number): Promise<QZPaySubscriptionPollingJobRow[]> {
    const { nextPollAt, id } = this.context.tables.subscriptionPollingJobs;
    const statement = this.fixed('find_due_pending', () =>
      this.select(
        sql`${this.#pending()} and ${nextPollAt} <= ${argument(this.codec('nextPollAt'), 'now')}`,
        sql`order by ${nextPollAt}, ${id} limit ${typedArgument('bigint', 'limit')}`,
      ),
    );
    return this.run(statement, { now, limit: checkedLimit(limit, 'limit') });
  }

  /** The state is a literal: an index on pending jobs serves no parameter. */
  #pending() {
    return sql`${this.visible()} and ${this.codec('status').column} = 'pending'`;
  }
}
