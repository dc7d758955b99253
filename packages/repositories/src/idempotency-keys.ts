import { QZPayConflictError, QZPayStorageError } from '@qzpay/core';
import type { QZPayIdempotencyKeyRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { checkedLimit } from './pages.js';
import { argument, typedArgument, type Values } from './statements.js';
import { tableProjection } from './table-model.js';
import { QZPayTableRepository } from './table-repository.js';

/** A request that must be carried out once. */
export interface QZPayIdempotentRequest {
  readonly key: string;
  /** Hash of the request: the same key with another one is refused. */
  readonly requestHash: string;
  /** What is being done; part of the request's identity. */
  readonly operation?: string | undefined;
  /** Whose data the response will hold. */
  readonly customerId?: string | undefined;
  /**
   * Milliseconds that the work may take until another caller may take it over. Default one minute. `null`: no lease, for
   * work whose transaction also holds the key.
   */
  readonly leaseMs?: number | null | undefined;
  /** Milliseconds for which the key is kept after its completion, or its start where that never comes. Default 24 hours. */
  readonly ttlMs?: number | undefined;
}

/** The right to carry the request out, until `lockedUntil` where it is a lease. */
export interface QZPayIdempotencyLease {
  readonly key: string;
  readonly leaseToken: string;
  readonly lockedUntil: Date | null;
  readonly ttlMs: number;
}

/** What a caller finds: the work is its own, somebody else's right now, or done. */
export type QZPayIdempotencyClaim =
  | ({ readonly state: 'started' } & QZPayIdempotencyLease)
  | { readonly state: 'in_progress'; readonly lockedUntil: Date | null }
  | { readonly state: 'completed'; readonly response: unknown };

const DEFAULT_LEASE_MS = 60_000;
const DEFAULT_TTL_MS = 86_400_000;
const DEFAULT_PURGE = 5000;

/** Operations that run once per key, and their results. */
export class QZPayIdempotencyKeysRepository extends QZPayTableRepository<QZPayIdempotencyKeyRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, 'idempotencyKeys');
  }

  /** Returns the key's row, expired or not, or `null`. */
  async find(key: string): Promise<QZPayIdempotencyKeyRow | null> {
    if (!this.holds({ key })) return null;
    const statement = this.fixed('find', () => this.select(this.where('key')));
    const [row] = await this.run(statement, { key });
    return row ?? null;
  }

  /**
   * Starts the work of a key, or says what has become of it. Of many callers at once one starts; where that one is in a
   * transaction, the others wait for its end. The key is free when it is new, when it has expired, and for the same
   * request when the lease of the caller before ran out; never during a lease. A key that is not free is read and not
   * locked.
   *
   * @throws QZPayConflictError `idempotency_key_reused` for a key that belongs to another request or operation.
   */
  async begin(request: QZPayIdempotentRequest): Promise<QZPayIdempotencyClaim> {
    const { key, requestHash, operation, customerId, leaseMs = DEFAULT_LEASE_MS, ttlMs = DEFAULT_TTL_MS } = request;
    const now = this.context.clock();
    const leaseToken = crypto.randomUUID();
    const lockedUntil = leaseMs === null ? null : new Date(now.getTime() + leaseMs);
    const values = {
      key,
      operation,
      requestHash,
      status: 'pending',
      leaseToken,
      lockedUntil,
      expiresAt: new Date(now.getTime() + ttlMs),
      customerId,
      createdAt: now,
    };
    for (;;) {
      const [found] = await this.#begin(values);
      // The row that was in the way had come or gone since the statement began: what it read was of before.
      if (found === undefined) continue;
      if (found.leaseToken === leaseToken) return { state: 'started', key, leaseToken, lockedUntil, ttlMs };
      if (found.requestHash !== requestHash || found.operation !== (operation ?? null)) {
        throw new QZPayConflictError('IdempotencyKey belongs to another request', 'idempotency_key_reused');
      }
      if (found.status === 'completed') return { state: 'completed', response: found.response };
      return { state: 'in_progress', lockedUntil: found.lockedUntil };
    }
  }

  /**
   * Keeps the response for those who come later and ends the lease. The response is an object, a list or null, and is
   * replayed as JSON keeps it.
   *
   * @throws QZPayStorageError `lease_lost` when the work has passed to another caller.
   */
  async complete({ key, leaseToken, ttlMs }: QZPayIdempotencyLease, response: unknown): Promise<void> {
    const completedAt = this.context.clock();
    await this.#update(
      'complete',
      () => sql`status = 'completed', response = ${argument(this.codec('response'))},
        completed_at = ${argument(this.codec('completedAt'))}, expires_at = ${argument(this.codec('expiresAt'))},
        lease_token = null, locked_until = null`,
      { key, leaseToken, response, completedAt, expiresAt: new Date(completedAt.getTime() + ttlMs) },
    );
  }

  /**
   * Gives the caller more time, from now on, and returns the lease as it is now.
   *
   * @throws QZPayStorageError `lease_lost` when the work has passed to another caller.
   */
  async extend(lease: QZPayIdempotencyLease, leaseMs = DEFAULT_LEASE_MS): Promise<QZPayIdempotencyLease> {
    const { key, leaseToken } = lease;
    const lockedUntil = new Date(this.context.clock().getTime() + leaseMs);
    await this.#update('extend', () => sql`locked_until = ${argument(this.codec('lockedUntil'))}`, {
      key,
      leaseToken,
      lockedUntil,
    });
    return { ...lease, lockedUntil };
  }

  /** Frees the key of work that failed, also for another request. Silent when the lease was lost. */
  async release({ key, leaseToken }: QZPayIdempotencyLease): Promise<void> {
    await this.#run('release', () => sql`delete from ${this.model.table} where ${this.#isLeased()}`, {
      key,
      leaseToken,
    });
  }

  /**
   * Removes keys that have expired and that nobody holds, oldest first, at most `limit` of them (default 5000); returns
   * how many, so that the caller goes on until it is fewer.
   *
   * @throws QZPayValidationError for a limit outside 0…10 000.
   */
  async purgeExpired(limit?: number): Promise<number> {
    // An array, so that the plan stays at one probe per id whatever the limit: as a join it may read the whole table.
    const { key, expiresAt, lockedUntil } = this.context.tables.idempotencyKeys;
    const now = argument(this.codec('expiresAt'), 'now');
    const purged = await this.#run(
      'purge_expired',
      () => sql`delete from ${this.model.table} where ${this.visible()} and ${key} = any(array(
          select ${key} from ${this.model.table}
          where ${this.visible()} and ${expiresAt} <= ${now} and coalesce(${lockedUntil} <= ${now}, true)
          order by ${expiresAt} limit ${typedArgument('bigint', 'limit')} for update skip locked
        )) returning 1`,
      { now: this.context.clock(), limit: checkedLimit(limit, 'limit', DEFAULT_PURGE) },
    );
    return purged.length;
  }

  /**
   * The row of the key, with our lease if we took it; nothing where the row that is in the way changed meanwhile. A row
   * that is free in what the statement read is never an answer: somebody has taken it since.
   *
   * Looks before it inserts: an insert locks the row in its way, which in a long transaction would stop all who only want
   * to read its result.
   */
  #begin(values: Values): Promise<QZPayIdempotencyKeyRow[]> {
    const { table, codecs } = this.model;
    const begun = tableProjection<QZPayIdempotencyKeyRow>(this.model, 'begun');
    return this.#run(
      'begin',
      () => {
        const taken = [...codecs.values()]
          .filter(({ key }) => key !== 'livemode' && key !== 'key')
          .map(({ column: { name } }) => sql`${sql.identifier(name)} = excluded.${sql.identifier(name)}`);
        return sql`with known as materialized (
            select ${this.columnNames()} from ${table} held where held.livemode = ${argument(this.codec('livemode'))}
            and held.key = ${argument(this.codec('key'))} and not ${this.#isFree()}
          ), begun as (
            insert into ${table} as held (${this.columnNames()})
            select ${this.allArguments()} where not exists (select 1 from known)
            on conflict (livemode, key) do update set ${sql.join(taken, sql`, `)} where ${this.#isFree()} returning *
          )
          select ${begun.select} from begun union all select ${tableProjection(this.model, 'known').select} from known`;
      },
      values,
      begun.decode,
    );
  }

  /** Whether the request may take the row `held`. Only a row in work is locked until some instant. */
  #isFree(): SQL {
    const now = argument(this.codec('createdAt'));
    const sameRequest = sql`held.request_hash = ${argument(this.codec('requestHash'))} and held.operation is not distinct from ${argument(this.codec('operation'))}`;
    return sql`(coalesce(held.locked_until <= ${now}, true)
      and (held.expires_at <= ${now} or (held.locked_until is not null and ${sameRequest})))`;
  }

  /** Changes the row of a lease that still holds. */
  async #update(name: string, set: () => SQL, values: Values): Promise<void> {
    const updated = await this.#run(
      name,
      () => sql`update ${this.model.table} set ${set()} where ${this.#isLeased()} returning 1`,
      values,
    );
    if (updated.length === 0) throw new QZPayStorageError('The operation has passed to another caller', 'lease_lost');
  }

  #isLeased(): SQL {
    const { status, leaseToken } = this.context.tables.idempotencyKeys;
    return sql`${this.where('key')} and ${status} = 'pending' and ${leaseToken} = ${argument(this.codec('leaseToken'))}`;
  }

  #run<Result = undefined>(
    name: string,
    source: () => SQL,
    values: Values,
    decode: (row: readonly unknown[]) => Result = () => undefined as Result,
  ): Promise<Result[]> {
    return this.run(
      this.fixed(name, () => ({ source: source(), decode })),
      values,
    );
  }
}
