import type {
  QZPayCreatePlanInput,
  QZPayListOptions,
  QZPayPaginatedResult,
  QZPayPlan,
  QZPayPlanStorage,
} from '@qzpay/core';
import { QZPAY_MAX_LIMIT, type QZPayPlansRepository, type QZPayUpdateOptions } from '@qzpay/repositories';
import { fromCreatePlan, fromUpdatePlan, toPlan } from '../mappers/plans.js';
import type { QZPayVersioned } from '../mappers/values.js';
import { listPage, mapNullable } from './results.js';

export class PlanCollection implements QZPayPlanStorage {
  readonly #plans: QZPayPlansRepository;

  constructor(plans: QZPayPlansRepository) {
    this.#plans = plans;
  }

  async create(input: QZPayCreatePlanInput & { id: string }): Promise<QZPayVersioned<QZPayPlan>> {
    return toPlan(await this.#plans.create(fromCreatePlan(input)));
  }

  async update(
    id: string,
    input: Partial<QZPayPlan>,
    options?: QZPayUpdateOptions,
  ): Promise<QZPayVersioned<QZPayPlan>> {
    return toPlan(await this.#plans.update(id, fromUpdatePlan(input), options));
  }

  delete(id: string): Promise<void> {
    return this.#plans.delete(id);
  }

  async findById(id: string): Promise<QZPayVersioned<QZPayPlan> | null> {
    return mapNullable(await this.#plans.findById(id), toPlan);
  }

  /** Without a limit all plans come back: the engine asks for the active ones that way and must not miss one. */
  list(options?: QZPayListOptions): Promise<QZPayPaginatedResult<QZPayVersioned<QZPayPlan>>> {
    return listPage(this.#plans, options, toPlan, QZPAY_MAX_LIMIT);
  }
}
