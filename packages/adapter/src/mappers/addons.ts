import type {
  QZPayAddOn,
  QZPayAttachAddOnInput,
  QZPayCreateAddOnInput,
  QZPayMetadata,
  QZPaySubscriptionAddOn,
  QZPayUpdateAddOnInput,
} from '@qzpay/core';
import type {
  QZPayAddOnPatch,
  QZPayNewAddOn,
  QZPayNewSubscriptionAddOn,
  QZPaySubscriptionAddOnPatch,
} from '@qzpay/repositories';
import type { QZPayAddonRow, QZPaySubscriptionAddonRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toAddOn(row: QZPayAddonRow): QZPayVersioned<QZPayAddOn> {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    active: row.active,
    unitAmount: row.unitAmount,
    currency: row.currency,
    billingInterval: row.billingInterval,
    billingIntervalCount: row.billingIntervalCount,
    compatiblePlanIds: row.compatiblePlanIds,
    allowMultiple: row.allowMultiple,
    maxQuantity: row.maxQuantity,
    entitlements: row.entitlements,
    limits: row.limits,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

export function fromCreateAddOn(input: QZPayCreateAddOnInput): QZPayNewAddOn {
  return {
    id: input.id,
    name: input.name,
    description: input.description,
    unitAmount: input.unitAmount,
    currency: input.currency,
    billingInterval: input.billingInterval,
    billingIntervalCount: input.billingIntervalCount,
    compatiblePlanIds: input.compatiblePlanIds,
    allowMultiple: input.allowMultiple,
    maxQuantity: input.maxQuantity,
    entitlements: input.entitlements,
    limits: input.limits,
    metadata: input.metadata,
  };
}

/** What is charged and how often is fixed once the add-on exists, apart from the amount. */
export function fromUpdateAddOn(input: QZPayUpdateAddOnInput): QZPayAddOnPatch {
  return {
    name: input.name,
    description: input.description,
    active: input.active,
    unitAmount: input.unitAmount,
    compatiblePlanIds: input.compatiblePlanIds,
    allowMultiple: input.allowMultiple,
    maxQuantity: input.maxQuantity,
    entitlements: input.entitlements,
    limits: input.limits,
    metadata: input.metadata,
  };
}

export function toSubscriptionAddOn(row: QZPaySubscriptionAddonRow): QZPayVersioned<QZPaySubscriptionAddOn> {
  return {
    id: row.id,
    subscriptionId: row.subscriptionId,
    addOnId: row.addOnId,
    quantity: row.quantity,
    unitAmount: row.unitAmount,
    currency: row.currency,
    status: row.status,
    addedAt: row.addedAt,
    canceledAt: row.canceledAt,
    expiresAt: row.expiresAt,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

/** The contract's input is wider than metadata; the column keeps any JSON. */
export function fromAttachAddOn(input: QZPayAttachAddOnInput): QZPayNewSubscriptionAddOn {
  return {
    id: input.id,
    subscriptionId: input.subscriptionId,
    addOnId: input.addOnId,
    quantity: input.quantity,
    unitAmount: input.unitAmount,
    currency: input.currency,
    metadata: input.metadata as QZPayMetadata | undefined,
  };
}

export function fromUpdateSubscriptionAddOn(patch: Partial<QZPaySubscriptionAddOn>): QZPaySubscriptionAddOnPatch {
  return {
    quantity: patch.quantity,
    unitAmount: patch.unitAmount,
    currency: patch.currency,
    status: patch.status,
    addedAt: patch.addedAt,
    canceledAt: patch.canceledAt,
    expiresAt: patch.expiresAt,
    metadata: patch.metadata,
  };
}
