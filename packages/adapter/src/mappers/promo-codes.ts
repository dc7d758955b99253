import type { QZPayCreatePromoCodeInput, QZPayPromoCode } from '@qzpay/core';
import type { QZPayNewPromoCode, QZPayPromoCodePatch } from '@qzpay/repositories';
import type { QZPayPromoCodeRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toPromoCode(row: QZPayPromoCodeRow): QZPayVersioned<QZPayPromoCode> {
  return {
    id: row.id,
    code: row.code,
    discountType: row.discountType,
    discountValue: row.discountValue,
    currency: row.currency,
    stackingMode: row.stackingMode,
    conditions: row.conditions,
    maxRedemptions: row.maxRedemptions,
    currentRedemptions: row.currentRedemptions,
    maxRedemptionsPerCustomer: row.maxRedemptionsPerCustomer,
    validFrom: row.validFrom,
    validUntil: row.validUntil,
    applicablePlanIds: row.applicablePlanIds,
    applicableProductIds: row.applicableProductIds,
    active: row.active,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    version: row.version,
  };
}

export function fromCreatePromoCode(input: QZPayCreatePromoCodeInput & { id: string }): QZPayNewPromoCode {
  return {
    id: input.id,
    code: input.code,
    discountType: input.discountType,
    discountValue: input.discountValue,
    currency: input.currency,
    stackingMode: input.stackingMode,
    conditions: input.conditions,
    maxRedemptions: input.maxRedemptions,
    maxRedemptionsPerCustomer: input.maxRedemptionsPerCustomer,
    validFrom: input.validFrom,
    validUntil: input.validUntil,
    applicablePlanIds: input.applicablePlanIds,
    applicableProductIds: input.applicableProductIds,
    metadata: input.metadata,
  };
}

export function fromUpdatePromoCode(input: Partial<QZPayPromoCode>): QZPayPromoCodePatch {
  return {
    code: input.code,
    discountType: input.discountType,
    discountValue: input.discountValue,
    currency: input.currency,
    stackingMode: input.stackingMode,
    conditions: input.conditions,
    maxRedemptions: input.maxRedemptions,
    currentRedemptions: input.currentRedemptions,
    maxRedemptionsPerCustomer: input.maxRedemptionsPerCustomer,
    validFrom: input.validFrom,
    validUntil: input.validUntil,
    applicablePlanIds: input.applicablePlanIds,
    applicableProductIds: input.applicableProductIds,
    active: input.active,
    metadata: input.metadata,
    deletedAt: input.deletedAt,
  };
}
