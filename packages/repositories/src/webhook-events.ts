import {
  QZPAY_WEBHOOK_EVENT_STATUS_VALUES,
  QZPayStorageError,
  type QZPayWebhookClaim,
  type QZPayWebhookEventStatus,
  type QZPayWebhookStatistics,
} from '@qzpay/core';
import type { QZPayWebhookDeadLetterRow, QZPayWebhookEventInsert, QZPayWebhookEventRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { checkedLimit, type QZPayKeysetPage } from './pages.js';
import type { QZPayPageQuery } from './read-repository.js';
import { QZPayRepository } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, typedArgument } from './statements.js';
import { modelOf, type TableModel, tableProjection } from './table-model.js';

/** An event as it arrives; `nextRetryAt` delays its first processing. */
export type QZPayNewWebhookEvent = NewRow<
  QZPayWebhookEventInsert,
  'provider' | 'providerEventId' | 'type' | 'payload',
  'livemode' | 'status' | 'attempts' | 'lockedAt' | 'lockedBy' | 'processedAt' | 'durationMs' | 'error'
>;

const DEFAULT_CLAIM = 20;
const DEFAULT_LEASE_MS = 300_000;
/** What the column holds, some 24 days; who takes longer is told as that. */
const LONGEST_DURATION_MS = 2 ** 31 - 1;
const DEFAULT_PURGE = 5000;
const LEASE_OVER = 'The worker did not finish in time';

/**
 * Incoming provider events: deduplication, queue and log in one.
 *
 * An event goes pending → processing → processed; a failed one is due again at an instant that the caller chooses, or
 * moves to the dead letters. Lists take the filters `createdFrom` and `createdTo` (both inclusive) beside the fields.
 */
export class QZPayWebhookEventsRepository extends QZPayRepository<QZPayWebhookEventRow> {
  readonly #letters: TableModel;

  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'webhookEvents',
      updatable: [],
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
    this.#letters = modelOf(context, 'webhookDeadLetter');
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
   * Claims due events, pending and failed ones, for `leaseMs` milliseconds (default five minutes): the longest due first,
   * at most `limit` of them (default 20). They become `processing` and count one more attempt; `nextRetryAt` is the end of
   * the lease. `worker` has to differ from claim to claim where a replay starts the attempts anew.
   *
   * No event goes to two workers, and none waits for another. The claim of a worker that vanished ends with
   * {@link recoverExpired}.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async claim(worker: string, limit?: number, leaseMs = DEFAULT_LEASE_MS): Promise<QZPayWebhookEventRow[]> {
    const statement = this.fixed('claim', () => {
      // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
      const { id, status, nextRetryAt, attempts } = this.context.tables.webhookEvents;
      const { select, decode } = tableProjection<QZPayWebhookEventRow>(this.model, 'claimed');
      return {
        source: sql`with due as materialized (
            select array(
              select ${id} from ${this.model.table}
              where ${this.visible()} and ${status} in ('pending', 'failed') and ${this.compares('nextRetryAt', '<=', 'now')}
              order by ${nextRetryAt}, ${id} limit ${typedArgument('bigint', 'limit')} for update skip locked
            ) as ids
          ), claimed as (
            update ${this.model.table} set attempts = ${attempts} + 1, ${this.assignments(['status', 'nextRetryAt', 'lockedAt', 'lockedBy'])}
            where ${this.equals('livemode')} and ${id} = any((select ids from due)::text[])
            returning ${this.projection.select}
          )
          select ${select} from claimed
          join unnest((select ids from due)) with ordinality as turn(id, place) on turn.id = claimed.id order by turn.place`,
        decode,
      };
    });
    const now = this.context.clock();
    return this.run(statement, {
      now,
      limit: checkedLimit(limit, 'limit', DEFAULT_CLAIM),
      new_status: 'processing',
      new_nextRetryAt: new Date(now.getTime() + leaseMs),
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
    const durationMs =
      claim.lockedAt === null ? null : Math.min(now.getTime() - claim.lockedAt.getTime(), LONGEST_DURATION_MS);
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
   * Ends a claim of an event that nobody has looked at: due as before, and the attempt does not count.
   *
   * @throws QZPayStorageError `lease_lost` when the claim has ended already.
   */
  release(claim: QZPayWebhookClaim): Promise<QZPayWebhookEventRow> {
    return this.#end(claim, {
      status: claim.attempts > 1 ? 'failed' : 'pending',
      attempts: claim.attempts - 1,
      // It was due when it was claimed; since when exactly, the claim has overwritten.
      nextRetryAt: claim.lockedAt ?? this.context.clock(),
    });
  }

  /**
   * Ends a claim: the event is given up and becomes a dead letter, which is returned; both or neither. A letter that the
   * event has from earlier is opened again.
   *
   * @throws QZPayStorageError `lease_lost` when the claim has ended already.
   */
  async moveToDeadLetter(claim: QZPayWebhookClaim, error: string): Promise<QZPayWebhookDeadLetterRow> {
    const statement = this.fixed('move_to_dead_letter', () => {
      const { select, decode } = tableProjection<QZPayWebhookDeadLetterRow>(this.#letters, 'letter');
      return {
        source: sql`with event as (${this.#ending(['status', 'error'])} returning ${this.projection.select}),
          letter as (${this.#insertLetters()} returning *)
          select ${select} from letter`,
        decode,
      };
    });
    const [letter] = await this.run(statement, this.#endingValues(claim, { status: 'dead_letter', error }));
    if (letter === undefined) throw leaseLost();
    return letter;
  }

  /**
   * Ends leases that have run out; returns how many. The events are due again at once, or dead letters where they have
   * been claimed `maxAttempts` times: their handler may be what ends the workers. A worker that comes back finds its
   * claim ended.
   */
  async recoverExpired(maxAttempts: number): Promise<number> {
    const statement = this.fixed('recover_expired', () => {
      const { id, status, attempts } = this.context.tables.webhookEvents;
      const maximum = typedArgument('bigint', 'maxAttempts');
      return {
        // One that is ending its claim at this moment is passed over, not waited for.
        source: sql`with event as (
            update ${this.model.table} set ${this.assignments(['nextRetryAt', 'error', 'lockedAt', 'lockedBy'])},
              status = case when ${attempts} < ${maximum} then 'failed' else 'dead_letter' end
            where ${this.equals('livemode')} and ${id} = any(array(
              select ${id} from ${this.model.table}
              where ${this.visible()} and ${status} = 'processing' and ${this.compares('nextRetryAt', '<=', 'now')}
              for update skip locked
            )) returning ${this.projection.select}
          ), letter as (${this.#insertLetters()})
          select 1 from event`,
        decode: () => undefined,
      };
    });
    const now = this.context.clock();
    const recovered = await this.run(statement, {
      now,
      maxAttempts,
      new_nextRetryAt: now,
      new_error: LEASE_OVER,
      new_lockedAt: null,
      new_lockedBy: null,
      new_updatedAt: now,
    });
    return recovered.length;
  }

  /**
   * Makes a dead letter, or a failed event before its time, pending and due now with no attempts, and resolves its open
   * letter, both or neither; `null` for an unknown id, for any other state, and for an event whose content was erased.
   *
   * One transaction of two statements: the first one may wait for whoever gives the event up at this moment, and only a
   * later one sees the letter that this leaves.
   */
  async replay(id: string): Promise<QZPayWebhookEventRow | null> {
    if (!this.codec('id').holds(id)) return null;
    const { runner, scope, clock } = this.context;
    const now = clock();
    const values = { id, new_status: 'pending', new_attempts: 0, new_nextRetryAt: now, new_updatedAt: now };
    return runner.transactions.transaction(
      async (bound) => {
        const events = new QZPayWebhookEventsRepository({ ...this.context, scope: bound });
        const [row] = await events.run(this.#replay(), values);
        if (row === undefined) return null;
        const { provider, providerEventId } = row;
        await events.run(this.#resolveLetter(), { provider, providerEventId, resolvedAt: now });
        return row;
      },
      {},
      scope,
    );
  }

  #replay() {
    return this.fixed('replay', () => {
      const fields = ['status', 'attempts', 'nextRetryAt'];
      const { status, error } = this.context.tables.webhookEvents;
      // Who failed says why, until an erasure takes that away with the payload.
      const replayable = sql`${this.where('id')} and ${status} in ('failed', 'dead_letter') and ${error} is not null`;
      return this.changing(this.modification(fields, this.assignments(fields), replayable, 'replay'));
    });
  }

  #resolveLetter() {
    return this.fixed('resolve_letter', () => {
      const { livemode, provider, providerEventId, resolvedAt } = this.context.tables.webhookDeadLetter;
      return {
        source: sql`update ${this.#letters.table} set resolved_at = ${argument(this.#letters.codec('resolvedAt'))}, resolution_notes = 'replayed'
          where ${livemode} = ${argument(this.codec('livemode'))} and ${provider} = ${argument(this.codec('provider'))}
          and ${providerEventId} = ${argument(this.codec('providerEventId'))} and ${resolvedAt} is null`,
        decode: () => undefined,
      };
    });
  }

  /**
   * How many events there are in each state, and when the first of those that wait and of those in work is due; with a
   * period, of those received from `from` up to but without `to`. Reads them all: made for reports, not for requests.
   */
  async statistics(period?: { readonly from: Date; readonly to: Date }): Promise<QZPayWebhookStatistics> {
    const statement = this.fixed(`statistics${period === undefined ? '' : '(period)'}`, () => {
      const { status, nextRetryAt } = this.context.tables.webhookEvents;
      const inPeriod =
        period === undefined
          ? sql``
          : sql` and ${this.compares('createdAt', '>=', 'from')} and ${this.compares('createdAt', '<', 'to')}`;
      return {
        source: sql`select ${status}, count(*), min(${nextRetryAt}) from ${this.model.table} where ${this.visible()}${inPeriod} group by ${status}`,
        decode: ([state, count, first]: readonly unknown[]) => ({
          status: state as QZPayWebhookEventStatus,
          count: Number(count),
          first: this.codec('nextRetryAt').decode(first) as Date,
        }),
      };
    });
    const states = new Map((await this.run(statement, { ...period })).map((state) => [state.status, state]));
    const counts = QZPAY_WEBHOOK_EVENT_STATUS_VALUES.map((status) => [status, states.get(status)?.count ?? 0]);
    const waiting = [states.get('pending'), states.get('failed')].flatMap((state) => state?.first.getTime() ?? []);
    return {
      counts: Object.fromEntries(counts) as Record<QZPayWebhookEventStatus, number>,
      oldestDueAt: waiting.length === 0 ? null : new Date(Math.min(...waiting)),
      firstLeaseEndsAt: states.get('processing')?.first ?? null,
    };
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
            where ${this.visible()} and ${status} = 'processed' and ${this.compares('processedAt', '<', 'before')}
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

  /** Writes a letter for each row of `event` that is a dead one now. A letter takes the id of its event. */
  #insertLetters(): SQL {
    return sql`insert into ${this.#letters.table} (id, webhook_event_id, provider, provider_event_id, type, payload, error,
        attempts, last_attempt_at, customer_id, livemode, created_at)
      select id, id, provider, provider_event_id, type, payload, error, attempts, updated_at, customer_id, livemode,
        updated_at from event where status = 'dead_letter'
      on conflict (livemode, provider, provider_event_id) do update
      set webhook_event_id = excluded.webhook_event_id, type = excluded.type, payload = excluded.payload,
        error = excluded.error, attempts = excluded.attempts, last_attempt_at = excluded.last_attempt_at,
        customer_id = excluded.customer_id, created_at = excluded.created_at,
        resolved_at = null, resolved_by = null, resolution_notes = null`;
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
