import type { QZPayCustomerLimit, QZPayLimit, QZPaySetLimitInput, QZPayUsageRecord } from '@qzpay/core';
import type { QZPayNewCustomerLimit, QZPayNewLimit, QZPayNewUsageRecord } from '@qzpay/repositories';
import type { QZPayCustomerLimitRow, QZPayLimitRow, QZPayUsageRecordRow } from '@qzpay/schema';

export function toLimit(row: QZPayLimitRow): QZPayLimit {
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    description: row.description,
    defaultValue: row.defaultValue,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export function fromCreateLimit(limit: QZPayLimit): QZPayNewLimit {
  return {
    id: limit.id,
    key: limit.key,
    name: limit.name,
    description: limit.description,
    defaultValue: limit.defaultValue,
    createdAt: limit.createdAt,
    updatedAt: limit.updatedAt,
  };
}

export function toCustomerLimit(row: QZPayCustomerLimitRow): QZPayCustomerLimit {
  return {
    customerId: row.customerId,
    limitKey: row.limitKey,
    maxValue: row.maxValue,
    currentValue: row.currentValue,
    resetAt: row.resetAt,
    source: row.source,
    sourceId: row.sourceId,
  };
}

export function fromSetLimit(input: QZPaySetLimitInput): QZPayNewCustomerLimit {
  return {
    customerId: input.customerId,
    limitKey: input.limitKey,
    maxValue: input.maxValue,
    resetAt: input.resetAt,
    source: input.source,
    sourceId: input.sourceId,
  };
}

export function toUsageRecord(row: QZPayUsageRecordRow): QZPayUsageRecord {
  return {
    id: row.id,
    customerId: row.customerId,
    limitKey: row.limitKey,
    quantity: row.quantity,
    action: row.action,
    timestamp: row.timestamp,
    metadata: row.metadata,
  };
}

export function fromUsageRecord(record: QZPayUsageRecord): QZPayNewUsageRecord {
  return {
    id: record.id,
    customerId: record.customerId,
    limitKey: record.limitKey,
    quantity: record.quantity,
    action: record.action,
    timestamp: record.timestamp,
    metadata: record.metadata,
  };
}
