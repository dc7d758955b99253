import type { QZPayLimitInsert, QZPayLimitRow } from '@qzpay/schema';
import type { QZPayRepositoryContext } from './context.js';
import { QZPayDefinitionsRepository } from './definitions.js';
import { equalityFilters } from './filters.js';
import type { NewRow, RowPatch } from './row-types.js';

export type QZPayNewLimit = NewRow<QZPayLimitInsert, 'key' | 'name', 'livemode'>;

const updatable = ['name', 'description', 'defaultValue'] as const;

export type QZPayLimitPatch = RowPatch<QZPayLimitRow, (typeof updatable)[number]>;

/** Definitions of limits, one per key and mode. The limits of customers do not depend on them. */
export class QZPayLimitsRepository extends QZPayDefinitionsRepository<QZPayLimitRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'limits',
      updatable,
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

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays.
   *
   * @throws QZPayNotFoundError when there is no such row.
   */
  update(id: string, patch: QZPayLimitPatch): Promise<QZPayLimitRow> {
    return this.patch(id, patch);
  }
}
