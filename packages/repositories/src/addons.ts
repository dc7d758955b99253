import type { QZPayAddonInsert, QZPayAddonRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument } from './statements.js';

export type QZPayNewAddOn = NewRow<
  QZPayAddonInsert,
  'name' | 'unitAmount' | 'currency' | 'billingInterval',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'name',
  'description',
  'active',
  'unitAmount',
  'currency',
  'billingInterval',
  'billingIntervalCount',
  'compatiblePlanIds',
  'allowMultiple',
  'maxQuantity',
  'entitlements',
  'limits',
  'metadata',
] as const;

export type QZPayAddOnPatch = RowPatch<QZPayAddonRow, (typeof updatable)[number]>;

/** Add-ons on offer. */
export class QZPayAddOnsRepository extends QZPaySoftDeleteRepository<QZPayAddonRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'addons',
      updatable,
      filters: equalityFilters(
        'id',
        'name',
        'active',
        'unitAmount',
        'currency',
        'billingInterval',
        'billingIntervalCount',
        'allowMultiple',
        'maxQuantity',
        'createdAt',
        'updatedAt',
      ),
      defaults: {
        active: true,
        billingIntervalCount: 1,
        compatiblePlanIds: [],
        allowMultiple: false,
        entitlements: [],
        limits: [],
        metadata: {},
      },
    });
  }

  /**
   * Stores the add-on and returns it.
   *
   * @throws QZPayConflictError `already_exists` for an id in use.
   */
  create(addOn: QZPayNewAddOn): Promise<QZPayAddonRow> {
    return this.insert(addOn);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayAddOnPatch, options?: QZPayUpdateOptions): Promise<QZPayAddonRow> {
    return this.patch(id, patch, options);
  }

  /** Active add-ons that fit the plan, those that fit every plan included, by name, then by id. */
  async findByPlanId(planId: string): Promise<QZPayAddonRow[]> {
    const id = this.codec('id');
    if (!id.holds(planId)) return [];
    const statement = this.fixed('find_by_plan_id', () => {
      const { active, compatiblePlanIds, name } = this.context.tables.addons;
      return this.select(
        sql`${this.visible()} and ${active} and (${compatiblePlanIds} = '{}' or ${argument(id, 'planId')} = any(${compatiblePlanIds}))`,
        sql`order by ${name} collate "C", ${id.column}`,
      );
    });
    return this.run(statement, { planId });
  }
}
