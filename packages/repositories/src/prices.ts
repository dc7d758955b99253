import type { QZPayPriceInsert, QZPayPriceRow, QZPayTables } from '@qzpay/schema';
import { type SQL, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';

export type QZPayNewPrice = NewRow<
  QZPayPriceInsert,
  'planId' | 'currency' | 'unitAmount' | 'billingInterval',
  'livemode' | 'version' | 'deletedAt'
>;

const updatable = [
  'planId',
  'nickname',
  'currency',
  'unitAmount',
  'billingInterval',
  'intervalCount',
  'trialDays',
  'active',
  'providerPriceIds',
  'metadata',
] as const;

export type QZPayPricePatch = RowPatch<QZPayPriceRow, (typeof updatable)[number]>;

/** The order that decides which price of a plan is its default: an archived one is never chosen for a new subscriber. */
export function defaultPriceFirst(prices: QZPayTables['prices']): SQL {
  return sql`${prices.active} desc, ${prices.unitAmount}, ${prices.createdAt}, ${prices.id}`;
}

/** Price points of plans. */
export class QZPayPricesRepository extends QZPaySoftDeleteRepository<QZPayPriceRow> {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'prices',
      updatable,
      filters: equalityFilters(
        'id',
        'planId',
        'nickname',
        'currency',
        'unitAmount',
        'billingInterval',
        'intervalCount',
        'trialDays',
        'active',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerPriceIds',
      defaults: { intervalCount: 1, active: true, providerPriceIds: {}, metadata: {} },
    });
  }

  /** @throws QZPayNotFoundError when the plan does not exist in this mode. */
  create(price: QZPayNewPrice): Promise<QZPayPriceRow> {
    return this.insert(price);
  }

  /** Stores many in one statement, all or none, in the order given; at most 10 000. */
  createMany(prices: readonly QZPayNewPrice[]): Promise<QZPayPriceRow[]> {
    return this.insertMany(prices);
  }

  /** @throws QZPayNotFoundError also when the plan that it moves to does not exist in this mode. */
  update(id: string, patch: QZPayPricePatch, options?: QZPayUpdateOptions): Promise<QZPayPriceRow> {
    return this.patch(id, patch, options);
  }

  /** All live prices of the plan, archived ones last; the first is the default price. Empty for an unknown plan. */
  findByPlanId(planId: string): Promise<QZPayPriceRow[]> {
    return this.findAllBy({ planId }, { name: 'default_first', by: defaultPriceFirst(this.context.tables.prices) });
  }

  /** The price that a new subscriber of the plan gets, or `null` where the plan has no live price. */
  async findDefaultByPlanId(planId: string): Promise<QZPayPriceRow | null> {
    return this.findOneBy({ planId }, { name: 'default_first', by: defaultPriceFirst(this.context.tables.prices) });
  }

  /** The oldest price that carries this id at this provider. */
  findByProviderId(provider: string, providerPriceId: string): Promise<QZPayPriceRow | null> {
    return this.findByProvider(provider, providerPriceId);
  }
}
