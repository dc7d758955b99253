import type {
  QZPayCreatePlanInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPlan,
  QZPayPlanStorage,
} from '@qzpay/core';
import { Collection, type CollectionContext, pick, type Versioned } from '../collection.js';
import { equality, MAX_LIMIT } from '../list.js';
import type { Shape } from '../shape.js';
import type { Data, Row } from '../store.js';
import { type QZPayMemoryUpdateOptions, Table } from '../table.js';
import { flag, hidden, instant, key, list, object, optional, text, texts } from '../values.js';
import { DEFAULT_PRICE_FIRST, PRICES } from './prices.js';

const PLANS: Shape = {
  entity: 'Plan',
  fields: {
    id: key,
    name: text,
    description: optional(text),
    active: flag,
    features: list,
    entitlements: texts,
    limits: object,
    metadata: object,
    livemode: hidden(flag),
    version: text,
    createdAt: instant,
    updatedAt: instant,
    deletedAt: optional(instant),
  },
  defaults: { active: true, features: [], entitlements: [], limits: {}, metadata: {} },
  updatable: ['name', 'description', 'active', 'features', 'entitlements', 'limits', 'metadata', 'deletedAt'],
  filters: equality('id', 'name', 'active', 'createdAt', 'updatedAt'),
};

export class MemoryPlans extends Collection<QZPayPlan> implements QZPayPlanStorage {
  readonly #prices: Table;

  constructor(context: CollectionContext) {
    super(PLANS, context);
    this.#prices = new Table(PRICES, context);
  }

  async create(input: QZPayCreatePlanInput & { id: string }): Promise<Versioned<QZPayPlan>> {
    return this.store(pick(input, ['id', 'name', 'description', 'features', 'entitlements', 'limits', 'metadata']));
  }

  async update(
    id: string,
    input: Partial<QZPayPlan>,
    options?: QZPayMemoryUpdateOptions,
  ): Promise<Versioned<QZPayPlan>> {
    return this.change(id, { ...input }, options);
  }

  async delete(id: string): Promise<void> {
    return this.hide(id);
  }

  override async list(options: QZPayListOptions = {}): Promise<QZPayPaginatedResult<Versioned<QZPayPlan>>> {
    return super.list({ ...options, limit: options.limit ?? MAX_LIMIT });
  }

  protected override entity(row: Row, data: Data): Versioned<QZPayPlan> {
    const prices = this.#prices.where({ planId: row['id'] }, DEFAULT_PRICE_FIRST)(data);
    const plan = { ...this.table.entity(row), prices: prices.map((price) => this.#prices.entity(price)) };
    return plan as unknown as Versioned<QZPayPlan>;
  }
}
