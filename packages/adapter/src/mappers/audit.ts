import type { QZPayAuditEntry } from '@qzpay/core';
import type { QZPayAuditLogRow } from '@qzpay/schema';

export function toAuditEntry({ salt, ...entry }: QZPayAuditLogRow): QZPayAuditEntry {
  return { ...entry, erased: salt === null };
}
