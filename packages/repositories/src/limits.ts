import type { QZPayLimitInsert, QZPayLimitRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { QZPayRepository } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';

export type QZPayNewLimit = NewRow<QZPayLimitInsert, 'key' | 'name', 'livemode'>;

const updatable = ['name', 'description', 'defaultValue'] as const;

export type QZPayLimitPatch = RowPatch<QZPayLimitRow, (typeof updatable)[number]>;

/** Definitions of limits, one per key and mode. The limits of customers do not depend on them. */
export class QZPayLimitsRepository extends QZPayRepository<QZPayLimitRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'limits',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'key', 'name'],
      filters: equalityFilters('id', 'key', 'name', 'defaultValue', 'createdAt', 'updatedAt'),
      defaults: { defaultValue: 0 },
    });
  }

  /**
   * Stores the definition as given, its instants included.
   *
   * @throws QZPayConflictError `already_exists` when the key is in use in this mode.
   */
  create(limit: QZPayNewLimit): Promise<QZPayLimitRow> {
    return this.insert(limit);
  }

  update(id: string, patch: QZPayLimitPatch): Promise<QZPayLimitRow> {
    return this.patch(id, patch);
  }

  /** Removes the definition and frees its key; the limits of customers stay. Silent when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.codec('id').holds(id)) return;
    const statement = this.fixed('delete', () =>
      this.changingSilently(this.removal(sql`${this.visible()} and ${this.equals('id')}`)),
    );
    await this.run(statement, { id });
  }

  findByKey(key: string): Promise<QZPayLimitRow | null> {
    return this.findOneBy({ key });
  }

  /** All definitions of this mode by key, ascending. */
  findAll(): Promise<QZPayLimitRow[]> {
    return this.findAllBy({}, { name: 'by_key', by: sql`${this.codec('key').column}` });
  }
}
