import { QZPayStorageError } from '@qzpay/core';
import {
  QZPAY_WEBHOOK_EVENT_STATUS_VALUES,
  type QZPayWebhookDeadLetterRow,
  type QZPayWebhookEventInsert,
  type QZPayWebhookEventRow,
  type QZPayWebhookEventStatus,
} from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit, type QZPayKeysetPage } from './pages.js';
import type { QZPayPageQuery } from './read-repository.js';
import { QZPayRepository } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, typedArgument } from './statements.js';
import { modelOf, tableProjection } from './table-model.js';

/** An event as it arrives; `nextRetryAt` delays its first processing. */
export type QZPayNewWebhookEvent = NewRow<
  QZPayWebhookEventInsert,
  'provider' | 'providerEventId' | 'type' | 'payload',
  'livemode' | 'status' | 'attempts' | 'lockedAt' | 'lockedBy' | 'processedAt' | 'durationMs' | 'error'
>;

/** A worker's hold on an event: the event as `claim` returned it. The attempt tells one hold from the next. */
export type QZPayWebhookClaim = Pick<QZPayWebhookEventRow, 'id' | 'attempts' | 'lockedAt' | 'lockedBy'>;

const DEFAULT_CLAIM = 20;
const DEFAULT_PURGE = 5000;
const LEASE_OVER = 'The worker did not finish in time';

/**
 * Incoming provider events: deduplication, queue and log in one.
 *
 * An event goes pending → processing → processed; a failed one is due again at an instant that the caller chooses, or
 * moves to the dead letters. Lists take the filters `createdFrom` and `createdTo` (both inclusive) beside the fields.
 */
export class QZPayWebhookEventsRepository extends QZPayRepository<QZPayWebhookEventRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'webhookEvents',
      updatable: [],
      sortable: ['createdAt', 'updatedAt', 'occurredAt', 'processedAt', 'nextRetryAt'],
      filters: {
        ...equalityFilters(
          'id',
          'provider',
          'providerEventId',
          'type',
          'status',
          'lockedBy',
          'customerId',
          'createdAt',
          'processedAt',
        ),
        createdFrom: { column: 'createdAt', compare: '>=' },
        createdTo: { column: 'createdAt', compare: '<=' },
      },
      defaults: { status: 'pending', attempts: 0, metadata: {} },
    });
  }

  /**
   * Stores an event that is new and returns it; `null` for one that this provider has sent before, whatever became of
   * it. Of many deliveries at once one is new.
   */
  async receive(event: QZPayNewWebhookEvent): Promise<QZPayWebhookEventRow | null> {
    const statement = this.fixed('receive', () => ({
      source: sql`insert into ${this.model.table} (${this.columnNames()}) values (${this.allArguments()})
        on conflict (livemode, provider, provider_event_id) do nothing returning ${this.projection.select}`,
      decode: this.projection.decode,
    }));
    const values = this.complete({ ...event, nextRetryAt: event.nextRetryAt ?? this.context.clock() });
    const [row] = await this.run(statement, values);
    return row ?? null;
  }

  /** The event with this id at this provider, or `null`. */
  findByProviderEventId(provider: string, providerEventId: string): Promise<QZPayWebhookEventRow | null> {
    return this.findOneBy({ provider, providerEventId });
  }

  /** Events of one type of one provider, newest first. */
  findByType(
    provider: string,
    type: string,
    query: QZPayPageQuery = {},
  ): Promise<QZPayKeysetPage<QZPayWebhookEventRow>> {
    return this.page({ ...query, filters: { ...query.filters, provider, type } });
  }

  /**
   * Claims due events, pending and failed ones, for a worker: the longest due first, at most `limit` of them (default
   * 20). They become `processing` and count one more attempt.
   *
   * No event goes to two workers, and none waits for another. The claim of a worker that vanished ends with
   * {@link recoverStale}.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async claim(worker: string, limit?: number): Promise<QZPayWebhookEventRow[]> {
    const statement = this.fixed('claim', () => {
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const { id, status, nextRetryAt, attempts } = this.context.tables.webhookEvents;
      const { select, decode } = tableProjection<QZPayWebhookEventRow>(this.model, 'claimed');
      return {
        source: sql`with claimed as (
            update ${this.model.table} set attempts = ${attempts} + 1, ${this.assignments(['status', 'lockedAt', 'lockedBy'])}
            where ${this.equals('livemode')} and ${id} = any(array(
              select ${id} from ${this.model.table}
              where ${this.visible()} and ${status} in ('pending', 'failed') and ${nextRetryAt} <= ${argument(this.codec('nextRetryAt'), 'now')}
              order by ${nextRetryAt}, ${id} limit ${typedArgument('bigint', 'limit')} for update skip locked
            )) returning ${this.projection.select}
          )
          select ${select} from claimed order by claimed.next_retry_at, claimed.id`,
        decode,
      };
    });
    const now = this.context.clock();
    return this.run(statement, {
      now,
      limit: checkedLimit(limit, 'limit', DEFAULT_CLAIM),
      new_status: 'processing',
      new_lockedAt: now,
      new_lockedBy: worker,
      new_updatedAt: now,
    });
  }

  /**
   * Ends a claim: the event is done.
   *
   * @throws QZPayStorageError `lease_lost` when the claim has ended already; in a transaction around the call, what the
   *   worker did for the event rolls back with it.
   */
  markProcessed(claim: QZPayWebhookClaim): Promise<QZPayWebhookEventRow> {
    const now = this.context.clock();
    const durationMs = claim.lockedAt === null ? null : now.getTime() - claim.lockedAt.getTime();
    return this.#end(claim, { status: 'processed', processedAt: now, durationMs, error: null });
  }

  /**
   * Ends a claim: the event is due again at `retryAt`.
   *
   * @throws QZPayStorageError `lease_lost` when the claim has ended already.
   */
  markFailed(claim: QZPayWebhookClaim, error: string, retryAt: Date): Promise<QZPayWebhookEventRow> {
    return this.#end(claim, { status: 'failed', nextRetryAt: retryAt, error });
  }

  /**
   * Ends a claim: the event is given up and becomes a dead letter, which is returned; both or neither. A letter that the
   * event has from earlier is opened again.
   *
   * @throws QZPayStorageError `lease_lost` when the claim has ended already.
   */
  async moveToDeadLetter(claim: QZPayWebhookClaim, error: string): Promise<QZPayWebhookDeadLetterRow> {
    const statement = this.fixed('move_to_dead_letter', () => {
      const letters = modelOf(this.context, 'webhookDeadLetter');
      const { select, decode } = tableProjection<QZPayWebhookDeadLetterRow>(letters, 'letter');
      return {
        source: sql`with event as (
            ${this.#ending(['status', 'error'])} returning ${this.projection.select}
          ), letter as (
            insert into ${letters.table} (id, webhook_event_id, provider, provider_event_id, type, payload, error, attempts,
              last_attempt_at, customer_id, livemode, created_at)
            select ${argument(letters.codec('id'), 'letterId')}, id, provider, provider_event_id, type, payload, error, attempts,
              updated_at, customer_id, livemode, updated_at from event
            on conflict (livemode, provider, provider_event_id) do update
            set webhook_event_id = excluded.webhook_event_id, type = excluded.type, payload = excluded.payload,
              error = excluded.error, attempts = excluded.attempts, last_attempt_at = excluded.last_attempt_at,
              customer_id = excluded.customer_id, created_at = excluded.created_at,
              resolved_at = null, resolved_by = null, resolution_notes = null
            returning *
          )
          select ${select} from letter`,
        decode,
      };
    });
    const values = {
      ...this.#endingValues(claim, { status: 'dead_letter', error }),
      letterId: this.context.generateId(),
    };
    const [letter] = await this.run(statement, values);
    if (letter === undefined) throw leaseLost();
    return letter;
  }

  /**
   * Makes events due again whose worker claimed them before `lockedBefore` and has not ended its claim; returns how many.
   * The worker, should it come back, finds its claim ended.
   */
  async recoverStale(lockedBefore: Date): Promise<number> {
    const keys = ['status', 'nextRetryAt', 'error', 'lockedAt', 'lockedBy'];
    const statement = this.fixed('recover_stale', () => {
      const lockedAt = this.codec('lockedAt');
      return {
        source: sql`update ${this.model.table} set ${this.assignments(keys)}
          where ${this.visible()} and ${this.codec('status').column} = 'processing' and ${lockedAt.column} < ${argument(lockedAt, 'lockedBefore')}
          returning 1`,
        decode: () => undefined,
      };
    });
    const now = this.context.clock();
    const recovered = await this.run(statement, {
      lockedBefore,
      new_status: 'failed',
      new_nextRetryAt: now,
      new_error: LEASE_OVER,
      new_lockedAt: null,
      new_lockedBy: null,
      new_updatedAt: now,
    });
    return recovered.length;
  }

  /**
   * How many events there are in each state; with a period, of those received from `from` up to but without `to`. Reads
   * them all: made for reports, not for requests.
   */
  async countByStatus(period?: {
    readonly from: Date;
    readonly to: Date;
  }): Promise<Record<QZPayWebhookEventStatus, number>> {
    const statement = this.fixed(`count_by_status${period === undefined ? '' : '(period)'}`, () => {
      const { status } = this.context.tables.webhookEvents;
      const createdAt = this.codec('createdAt');
      const inPeriod =
        period === undefined
          ? sql``
          : sql` and ${createdAt.column} >= ${argument(createdAt, 'from')} and ${createdAt.column} < ${argument(createdAt, 'to')}`;
      return {
        source: sql`select ${status}, count(*) from ${this.model.table} where ${this.visible()}${inPeriod} group by ${status}`,
        decode: (row: readonly unknown[]): [string, number] => [String(row[0]), Number(row[1])],
      };
    });
    const counts = new Map(await this.run(statement, { ...period }));
    const entries = QZPAY_WEBHOOK_EVENT_STATUS_VALUES.map((status) => [status, counts.get(status) ?? 0]);
    return Object.fromEntries(entries) as Record<QZPayWebhookEventStatus, number>;
  }

  /**
   * Removes events that were processed before an instant, oldest first, at most `limit` of them (default 5000); returns
   * how many, so that the caller goes on until it is fewer. The same event, delivered again later, counts as new.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async purgeProcessed(before: Date, limit?: number): Promise<number> {
    const statement = this.fixed('purge_processed', () => {
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const { id, status, processedAt } = this.context.tables.webhookEvents;
      return {
        source: sql`delete from ${this.model.table} where ${this.equals('livemode')} and ${id} = any(array(
            select ${id} from ${this.model.table}
            where ${this.visible()} and ${status} = 'processed' and ${processedAt} < ${argument(this.codec('processedAt'), 'before')}
            order by ${processedAt} limit ${typedArgument('bigint', 'limit')} for update skip locked
          )) returning 1`,
        decode: () => undefined,
      };
    });
    return (await this.run(statement, { before, limit: checkedLimit(limit, 'limit', DEFAULT_PURGE) })).length;
  }

  async #end(claim: QZPayWebhookClaim, change: RowPatch<QZPayWebhookEventRow, keyof QZPayWebhookEventRow>) {
    const keys = Object.keys(change);
    const statement = this.fixed(`end(${keys.join(',')})`, () => ({
      source: sql`${this.#ending(keys)} returning ${this.projection.select}`,
      decode: this.projection.decode,
    }));
    const [row] = await this.run(statement, this.#endingValues(claim, change));
    if (row === undefined) throw leaseLost();
    return row;
  }

  /** Changes the event and lets go of it, where the claim still holds. */
  #ending(keys: readonly string[]): SQL {
    return sql`update ${this.model.table} set ${this.assignments([...keys, 'lockedAt', 'lockedBy'])}
      where ${this.visible()} and ${this.equals('id')} and ${this.codec('status').column} = 'processing'
      and ${this.equals('attempts')} and ${this.equals('lockedBy')}`;
  }

  #endingValues({ id, attempts, lockedBy }: QZPayWebhookClaim, change: object): Record<string, unknown> {
    const values = Object.entries(change).map(([key, value]) => [`new_${key}`, value]);
    return {
      ...Object.fromEntries(values),
      new_lockedAt: null,
      new_lockedBy: null,
      new_updatedAt: this.context.clock(),
      id,
      attempts,
      lockedBy,
    };
  }
}

function leaseLost(): QZPayStorageError {
  return new QZPayStorageError('The webhook event has passed to another worker', 'lease_lost');
}
