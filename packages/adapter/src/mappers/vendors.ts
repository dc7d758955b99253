import type {
  QZPayCreateVendorInput,
  QZPayUpdateVendorInput,
  QZPayVendor,
  QZPayVendorPayout,
  QZPayVendorStatus,
} from '@qzpay/core';
import type { QZPayNewVendor, QZPayNewVendorPayout, QZPayVendorPatch } from '@qzpay/repositories';
import type { QZPayVendorPayoutRow, QZPayVendorRow } from '@qzpay/schema';
import type { QZPayVersioned } from './values.js';

export function toVendor(row: QZPayVendorRow): QZPayVersioned<QZPayVendor> {
  return {
    id: row.id,
    externalId: row.externalId,
    name: row.name,
    email: row.email,
    status: row.status,
    commissionRate: row.commissionRate,
    payoutSchedule: row.payoutSchedule,
    providerAccountIds: row.providerAccountIds,
    metadata: row.metadata,
    livemode: row.livemode,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    version: row.version,
  };
}

export function fromCreateVendor(input: QZPayCreateVendorInput & { id: string }): QZPayNewVendor {
  return {
    id: input.id,
    externalId: input.externalId,
    name: input.name,
    email: input.email,
    commissionRate: input.commissionRate,
    payoutSchedule: input.payoutSchedule,
    metadata: input.metadata,
  };
}

/** What hosts may pass beyond the typed input: without it no vendor is ever approved or linked to its accounts. */
export type QZPayUpdateVendorFields = QZPayUpdateVendorInput & {
  status?: QZPayVendorStatus;
  providerAccountIds?: Record<string, string>;
};

export function fromUpdateVendor(input: QZPayUpdateVendorFields): QZPayVendorPatch {
  return {
    name: input.name,
    email: input.email,
    status: input.status,
    commissionRate: input.commissionRate,
    payoutSchedule: input.payoutSchedule,
    providerAccountIds: input.providerAccountIds,
    metadata: input.metadata,
  };
}

export function toVendorPayout(row: QZPayVendorPayoutRow): QZPayVersioned<QZPayVendorPayout> {
  return {
    id: row.id,
    vendorId: row.vendorId,
    amount: row.amount,
    currency: row.currency,
    status: row.status,
    periodStart: row.periodStart,
    periodEnd: row.periodEnd,
    providerPayoutIds: row.providerPayoutIds,
    paidAt: row.paidAt,
    createdAt: row.createdAt,
    version: row.version,
  };
}

export function fromVendorPayout(payout: QZPayVendorPayout): QZPayNewVendorPayout {
  return {
    id: payout.id,
    vendorId: payout.vendorId,
    amount: payout.amount,
    currency: payout.currency,
    status: payout.status,
    periodStart: payout.periodStart,
    periodEnd: payout.periodEnd,
    providerPayoutIds: payout.providerPayoutIds,
    paidAt: payout.paidAt,
    createdAt: payout.createdAt,
  };
}
