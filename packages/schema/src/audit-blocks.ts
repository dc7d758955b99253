import { jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { isJsonObject, isSafeInteger } from './checks.js';
import { count, instant, livemode } from './columns.js';
import type { QZPayNamespace } from './namespace.js';
import type { InsertOf, RowOf } from './rows.js';

export const QZPAY_AUDIT_BLOCKS_CONSTRAINTS = {
  primaryKey: 'billing_audit_blocks_pkey',
  blockSeqCheck: 'billing_audit_blocks_block_seq_check',
  leavesCheck: 'billing_audit_blocks_leaves_check',
  entryCountCheck: 'billing_audit_blocks_entry_count_check',
} as const;

/**
 * Sealed blocks of the audit log, one chain per mode. The primary key keeps the chain from forking: of two sealers that
 * continue one block, the second is refused.
 *
 * Hashes are SHA-256 in hexadecimal digits.
 */
export function defineQZPayAuditBlocks(ns: QZPayNamespace) {
  const names = QZPAY_AUDIT_BLOCKS_CONSTRAINTS;
  return ns.table(
    'billing_audit_blocks',
    {
      livemode: livemode(),
      /** Counted without gaps. */
      blockSeq: count('block_seq').notNull(),
      /** The block hash of the block before; null for the first block. */
      previousHash: text('previous_hash'),
      /** The hash of each entry by its id, which names the one that was altered; empty once retention has removed them. */
      leaves: jsonb('leaves').$type<Record<string, string>>().notNull(),
      /** Over the leaves in the order of their ids. */
      rootHash: text('root_hash').notNull(),
      /** Over the other columns of this row but the leaves, so the chain can be checked without its entries. */
      blockHash: text('block_hash').notNull(),
      entryCount: count('entry_count').notNull(),
      sealedAt: instant('sealed_at').notNull().defaultNow(),
    },
    (t) => [
      primaryKey({ name: names.primaryKey, columns: [t.livemode, t.blockSeq] }),
      isSafeInteger(names.blockSeqCheck, t.blockSeq),
      isJsonObject(names.leavesCheck, t.leaves),
      isSafeInteger(names.entryCountCheck, t.entryCount),
    ],
  );
}

export type QZPayAuditBlocksTable = ReturnType<typeof defineQZPayAuditBlocks>;
export type QZPayAuditBlockRow = RowOf<QZPayAuditBlocksTable>;
export type QZPayAuditBlockInsert = InsertOf<QZPayAuditBlocksTable>;
