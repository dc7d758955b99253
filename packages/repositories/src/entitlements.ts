import type { QZPayEntitlementInsert, QZPayEntitlementRow } from '@qzpay/schema';
import type { QZPayRepositoryContext } from './context.js';
import { QZPayDefinitionsRepository } from './definitions.js';
import { equalityFilters } from './filters.js';
import type { NewRow, RowPatch } from './row-types.js';

export type QZPayNewEntitlement = NewRow<QZPayEntitlementInsert, 'key' | 'name', 'livemode'>;

const updatable = ['name', 'description'] as const;

export type QZPayEntitlementPatch = RowPatch<QZPayEntitlementRow, (typeof updatable)[number]>;

/** Definitions of entitlements, one per key and mode. Grants do not depend on them. */
export class QZPayEntitlementsRepository extends QZPayDefinitionsRepository<QZPayEntitlementRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'entitlements',
      updatable,
      filters: equalityFilters('id', 'key', 'name', 'createdAt', 'updatedAt'),
      defaults: {},
    });
  }

  /**
   * Stores the definition as given, its instants included.
   *
   * @throws QZPayConflictError `already_exists` when the key is in use in this mode.
   */
  create(entitlement: QZPayNewEntitlement): Promise<QZPayEntitlementRow> {
    return this.insert(entitlement);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays.
   *
   * @throws QZPayNotFoundError when there is no such row.
   */
  update(id: string, patch: QZPayEntitlementPatch): Promise<QZPayEntitlementRow> {
    return this.patch(id, patch);
  }
}
