import type { QZPayPlanInsert, QZPayPlanRow, QZPayPriceRow } from '@qzpay/schema';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { defaultPriceFirst } from './prices.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { modelOf, type Projection, parentProjection, type TableModel } from './table-model.js';

/** A plan with its live prices: active ones first, then by amount, age and id; the first is the default price. */
export type QZPayPlanWithPrices = QZPayPlanRow & { prices: QZPayPriceRow[] };

export type QZPayNewPlan = NewRow<QZPayPlanInsert, 'name', 'livemode' | 'version' | 'deletedAt'>;

const updatable = [
  'name',
  'description',
  'active',
  'features',
  'entitlements',
  'limits',
  'metadata',
  'deletedAt',
] as const;

export type QZPayPlanPatch = RowPatch<QZPayPlanRow, (typeof updatable)[number]>;

/** Subscription plans, always read together with their prices. */
export class QZPayPlansRepository extends QZPaySoftDeleteRepository<QZPayPlanWithPrices> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'plans',
      updatable,
      filters: equalityFilters('id', 'name', 'active', 'createdAt', 'updatedAt'),
      defaults: { active: true, features: [], entitlements: [], limits: {}, metadata: {} },
    });
  }

  protected override projectionOf(model: TableModel): Projection<QZPayPlanWithPrices> {
    const { plans, prices } = this.context.tables;
    return parentProjection(model, 'prices', {
      model: modelOf(this.context, 'prices'),
      from: sql`${prices} where ${prices.livemode} = ${plans.livemode} and ${prices.planId} = ${plans.id} and ${prices.deletedAt} is null`,
      orderBy: defaultPriceFirst(prices),
    });
  }

  /**
   * Stores the plan and returns it, with no prices yet.
   *
   * @throws QZPayConflictError `already_exists` for an id in use.
   */
  create(plan: QZPayNewPlan): Promise<QZPayPlanWithPrices> {
    return this.insert(plan);
  }

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayPlanPatch, options?: QZPayUpdateOptions): Promise<QZPayPlanWithPrices> {
    return this.patch(id, patch, options);
  }
}
