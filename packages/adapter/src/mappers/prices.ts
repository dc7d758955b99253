import type { QZPayCreatePriceInput, QZPayPrice } from '@qzpay/core';
import type { QZPayNewPrice, QZPayPricePatch } from '@qzpay/repositories';
import type { QZPayPriceRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toPrice(row: QZPayPriceRow): QZPayVersioned<QZPayPrice> {
  return {
    id: row.id,
    planId: row.planId,
    nickname: row.nickname,
    currency: row.currency,
    unitAmount: row.unitAmount,
    billingInterval: row.billingInterval,
    intervalCount: row.intervalCount,
    trialDays: row.trialDays,
    active: row.active,
    providerPriceIds: row.providerPriceIds,
    metadata: row.metadata,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  };
}

export function fromCreatePrice(input: QZPayCreatePriceInput & { id: string }): QZPayNewPrice {
  return {
    id: input.id,
    planId: input.planId,
    nickname: input.nickname,
    currency: input.currency,
    unitAmount: input.unitAmount,
    billingInterval: input.billingInterval,
    intervalCount: input.intervalCount,
    trialDays: input.trialDays,
    metadata: input.metadata,
  };
}

export function fromUpdatePrice(input: Partial<QZPayPrice>): QZPayPricePatch {
  const {
    planId,
    nickname,
    currency,
    unitAmount,
    billingInterval,
    intervalCount,
    trialDays,
    active,
    providerPriceIds,
    metadata,
  } = input;
  return {
    planId,
    nickname,
    currency,
    unitAmount,
    billingInterval,
    intervalCount,
    trialDays,
    active,
    providerPriceIds,
    metadata,
  };
}
