import type { QZPayCreatePlanInput, QZPayPlan } from '@qzpay/core';
import type { QZPayNewPlan, QZPayPlanPatch, QZPayPlanWithPrices } from '@qzpay/repositories';
import { toPrice } from './prices.js';
import type { QZPayVersioned } from './values.js';

export function toPlan(row: QZPayPlanWithPrices): QZPayVersioned<QZPayPlan> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    active: row.active,
    prices: row.prices.map(toPrice),
    features: row.features,
    entitlements: row.entitlements,
    limits: row.limits,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    version: row.version,
  };
}

export function fromCreatePlan(input: QZPayCreatePlanInput & { id: string }): QZPayNewPlan {
  return {
    id: input.id,
    name: input.name,
    description: input.description,
    features: input.features,
    entitlements: input.entitlements,
    limits: input.limits,
    metadata: input.metadata,
  };
}

/** `prices` are rows of their own and never part of the patch. */
export function fromUpdatePlan(input: Partial<QZPayPlan>): QZPayPlanPatch {
  const { name, description, active, features, entitlements, limits, metadata, deletedAt } = input;
  return { name, description, active, features, entitlements, limits, metadata, deletedAt };
}
