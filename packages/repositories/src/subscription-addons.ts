import { QZPayNotFoundError } from '@qzpay/core';
import type { QZPaySubscriptionAddonInsert, QZPaySubscriptionAddonRow } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import { isUuid } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { RowOrder } from './read-repository.js';
import { QZPayRepository, type QZPayUpdateOptions, versionMismatch } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, type StatementSource } from './statements.js';

/** An add-on for a subscription. Without `addedAt` it is attached now, without `status` it is active. */
export type QZPayNewSubscriptionAddOn = NewRow<
  QZPaySubscriptionAddonInsert,
  'subscriptionId' | 'addOnId' | 'unitAmount' | 'currency',
  'livemode' | 'version'
>;

const updatable = [
  'quantity',
  'unitAmount',
  'currency',
  'status',
  'addedAt',
  'canceledAt',
  'expiresAt',
  'metadata',
] as const;

export type QZPaySubscriptionAddOnPatch = RowPatch<QZPaySubscriptionAddonRow, (typeof updatable)[number]>;

/** What the add-ons of a subscription cost in one currency. */
export interface QZPayAddOnTotal {
  readonly currency: string;
  /** Minor units. */
  readonly amount: number;
}

/**
 * Add-ons attached to subscriptions. Detaching keeps the row as history, and attaching again makes a new one.
 *
 * Of the rows of one subscription and one add-on, the current one is the oldest `active` one by `addedAt` and id, without
 * such the oldest `pending` one, and never a `canceled` one.
 */
export class QZPaySubscriptionAddOnsRepository extends QZPayRepository<QZPaySubscriptionAddonRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'subscriptionAddons',
      updatable,
      filters: equalityFilters(
        'id',
        'subscriptionId',
        'addOnId',
        'quantity',
        'unitAmount',
        'currency',
        'status',
        'addedAt',
        'canceledAt',
        'expiresAt',
        'createdAt',
        'updatedAt',
      ),
      defaults: { quantity: 1, status: 'active', metadata: {} },
    });
  }

  /**
   * Attaches the add-on and returns the new row, whatever others the pair has.
   *
   * @throws QZPayNotFoundError when the subscription or the add-on does not exist in this mode.
   */
  attach(addOn: QZPayNewSubscriptionAddOn): Promise<QZPaySubscriptionAddonRow> {
    return this.insert({ ...addOn, addedAt: addOn.addedAt ?? this.context.clock() });
  }

  /** Changes any row, canceled ones included. */
  update(
    id: string,
    patch: QZPaySubscriptionAddOnPatch,
    options?: QZPayUpdateOptions,
  ): Promise<QZPaySubscriptionAddonRow> {
    return this.patch(id, patch, options);
  }

  /** The current row of the pair, or `null`. */
  async findCurrent(subscriptionId: string, addOnId: string): Promise<QZPaySubscriptionAddonRow | null> {
    if (!this.holds({ subscriptionId, addOnId })) return null;
    const statement = this.fixed('find_current', () =>
      this.select(this.#ofPair(), sql`order by ${this.#currentFirst()} limit 1`),
    );
    const [row] = await this.run(statement, { subscriptionId, addOnId });
    return row ?? null;
  }

  /**
   * Changes the current row of the pair like {@link update}. Where it is being detached meanwhile, the next one is
   * changed.
   *
   * @throws QZPayNotFoundError when the pair has no current row.
   * @throws QZPayConflictError `version_mismatch` when `expectedVersion` is given and is not that row's version.
   */
  async updateCurrent(
    subscriptionId: string,
    addOnId: string,
    patch: QZPaySubscriptionAddOnPatch,
    { expectedVersion }: QZPayUpdateOptions = {},
  ): Promise<QZPaySubscriptionAddonRow> {
    if (this.holds({ subscriptionId, addOnId }) && (expectedVersion === undefined || isUuid(expectedVersion))) {
      const { keys, values } = this.changes(patch);
      const checksVersion = expectedVersion !== undefined;
      const name = `update_current(${keys.join(',')})${checksVersion ? '(version)' : ''}`;
      const statement = this.shaped('update', name, () => this.#updateCurrent(keys, checksVersion));
      const [row] = await this.run(statement, { ...values, subscriptionId, addOnId, expectedVersion });
      if (row !== undefined) return row;
    }
    if (expectedVersion !== undefined && (await this.findCurrent(subscriptionId, addOnId)) !== null) {
      throw versionMismatch(this.model.entity);
    }
    throw new QZPayNotFoundError(this.model.entity, `${subscriptionId}:${addOnId}`);
  }

  /** Detaches the current row of the pair: it is canceled as of now. Returns it, or `null` when there is none. */
  async cancelCurrent(subscriptionId: string, addOnId: string): Promise<QZPaySubscriptionAddonRow | null> {
    if (!this.holds({ subscriptionId, addOnId })) return null;
    const statement = this.fixed('cancel_current', () => this.#updateCurrent(['status', 'canceledAt'], false));
    const values = { new_status: 'canceled', new_canceledAt: this.context.clock(), ...this.stamps() };
    const [row] = await this.run(statement, { ...values, subscriptionId, addOnId });
    return row ?? null;
  }

  /** All rows of the subscription in any state, earliest `addedAt` first, then by id. */
  findBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionAddonRow[]> {
    return this.findAllBy({ subscriptionId }, this.#earliestFirst());
  }

  /** The rows of the subscription that are active, earliest `addedAt` first, then by id. */
  findActiveBySubscriptionId(subscriptionId: string): Promise<QZPaySubscriptionAddonRow[]> {
    return this.findAllBy({ subscriptionId, status: 'active' }, this.#earliestFirst());
  }

  /** Active rows that expire from `start` up to but without `end`, those that expire first before others. */
  findExpiring({ start, end }: { readonly start: Date; readonly end: Date }): Promise<QZPaySubscriptionAddonRow[]> {
    const { column } = this.codec('expiresAt');
    // A literal state: the index on what expires serves no parameter.
    const statement = this.fixed('find_expiring', () =>
      this.select(
        sql`${this.visible()} and status = 'active' and ${this.compares('expiresAt', '>=', 'start')} and ${this.compares('expiresAt', '<', 'end')}`,
        sql`order by ${column}, ${this.codec('id').column}`,
      ),
    );
    return this.run(statement, { start, end });
  }

  /** What the active add-ons of the subscription cost together: one total per currency, by its name. */
  async totalActive(subscriptionId: string): Promise<QZPayAddOnTotal[]> {
    if (!this.codec('subscriptionId').holds(subscriptionId)) return [];
    const statement = this.fixed('total_active', () => ({
      source: sql`select currency, sum(quantity::numeric * unit_amount) from ${this.model.table}
        where ${this.visible()} and ${this.equals('subscriptionId')} and status = 'active' group by currency order by currency`,
      decode: ([currency, amount]): QZPayAddOnTotal => ({ currency: currency as string, amount: Number(amount) }),
    }));
    return this.run(statement, { subscriptionId });
  }

  /**
   * The current row is locked before it is changed: where somebody has canceled it meanwhile, the lock passes on to the
   * next one.
   */
  #updateCurrent(keys: readonly string[], checksVersion: boolean): StatementSource<QZPaySubscriptionAddonRow> {
    const version = this.codec('version');
    const expected = checksVersion ? sql` and ${version.column} = ${argument(version, 'expectedVersion')}` : sql``;
    const where = sql`${this.visible()} and ${this.codec('id').column} = (
          select id from ${this.model.table} where ${this.#ofPair()} order by ${this.#currentFirst()} limit 1 for update
        )${expected}`;
    return this.changing(this.modification(keys, this.assignments(keys), where));
  }

  #ofPair(): SQL {
    return sql`${this.visible()} and ${this.equals('subscriptionId')} and ${this.equals('addOnId')} and status <> 'canceled'`;
  }

  #currentFirst(): SQL {
    return sql`(status = 'active') desc, ${this.#earliestFirst().by}`;
  }

  #earliestFirst(): RowOrder {
    return { name: 'earliest_first', by: sql`added_at, id` };
  }
}
