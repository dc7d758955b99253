import type { QZPayCustomerEntitlement, QZPayEntitlement, QZPayGrantEntitlementInput } from '@qzpay/core';
import type { QZPayNewEntitlement, QZPayNewGrant } from '@qzpay/repositories';
import type { QZPayCustomerEntitlementRow, QZPayEntitlementRow } from '@qzpay/schema';

export function toEntitlement(row: QZPayEntitlementRow): QZPayEntitlement {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export function fromCreateEntitlement(entitlement: QZPayEntitlement): QZPayNewEntitlement {
  return {
    id: entitlement.id,
    key: entitlement.key,
    name: entitlement.name,
    description: entitlement.description,
    createdAt: entitlement.createdAt,
    updatedAt: entitlement.updatedAt,
  };
}

export function toCustomerEntitlement(row: QZPayCustomerEntitlementRow): QZPayCustomerEntitlement {
  return {
    customerId: row.customerId,
    entitlementKey: row.entitlementKey,
    grantedAt: row.grantedAt,
    expiresAt: row.expiresAt,
    source: row.source,
    sourceId: row.sourceId,
  };
}

export function fromGrant(input: QZPayGrantEntitlementInput): QZPayNewGrant {
  return {
    customerId: input.customerId,
    entitlementKey: input.entitlementKey,
    expiresAt: input.expiresAt,
    source: input.source,
    sourceId: input.sourceId,
  };
}
