import type { QZPayEntitlementInsert, QZPayEntitlementRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { QZPayRepository } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';

export type QZPayNewEntitlement = NewRow<QZPayEntitlementInsert, 'key' | 'name', 'livemode'>;

const updatable = ['name', 'description'] as const;

export type QZPayEntitlementPatch = RowPatch<QZPayEntitlementRow, (typeof updatable)[number]>;

/** Definitions of entitlements, one per key and mode. Grants do not depend on them. */
export class QZPayEntitlementsRepository extends QZPayRepository<QZPayEntitlementRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'entitlements',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'key', 'name'],
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

  update(id: string, patch: QZPayEntitlementPatch): Promise<QZPayEntitlementRow> {
    return this.patch(id, patch);
  }

  /** Removes the definition and frees its key; grants of the key stay. Silent when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.codec('id').holds(id)) return;
    const statement = this.fixed('delete', () =>
      this.changingSilently(this.removal(sql`${this.visible()} and ${this.equals('id')}`)),
    );
    await this.run(statement, { id });
  }

  findByKey(key: string): Promise<QZPayEntitlementRow | null> {
    return this.findOneBy({ key });
  }

  /** All definitions of this mode by key, ascending. */
  findAll(): Promise<QZPayEntitlementRow[]> {
    return this.findAllBy({}, { name: 'by_key', by: sql`${this.codec('key').column}` });
  }
}
