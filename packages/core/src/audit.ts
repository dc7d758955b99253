import { anything, type OptionRules } from './check-options.js';
import type { QZPayMetadata } from './metadata.js';

/** On whose behalf the code that runs now changes things. */
export interface QZPayActor {
  /** For example `user`, `admin`, `api`, `webhook`, `job` or `system`. */
  readonly type: string;
  readonly id?: string | undefined;
  /** Why, in the actor's words. */
  readonly reason?: string | undefined;
  /** Correlates the entry with the host's own logs. */
  readonly requestId?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** One change in the audit trail. */
export interface QZPayAuditEntry {
  readonly id: string;
  /** `customer`, `payment_method`, …, or a name of the host's own. */
  readonly entityType: string;
  /** The row's id; of a customer's limit `customerId:limitKey`, each with its `%` written as `%25` and its `:` as `%3A`. */
  readonly entityId: string;
  /** `create`, `update`, `delete`, `restore`, `purge`, or a verb of the domain. */
  readonly action: string;
  readonly category: string | null;
  readonly actorType: string;
  readonly actorId: string | null;
  /** What was written, by field; personal data is masked. */
  readonly changes: Readonly<Record<string, unknown>> | null;
  /** What was there before, of the same fields; `null` where it is not known. */
  readonly previousValues: Readonly<Record<string, unknown>> | null;
  readonly reason: string | null;
  readonly success: boolean;
  readonly errorMessage: string | null;
  readonly requestId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly metadata: QZPayMetadata;
  readonly livemode: boolean;
  /** The block that seals the entry; `null` until then. */
  readonly blockSeq: number | null;
  readonly payloadHash: string;
  /** Whether what identifies a person was erased from the entry. */
  readonly erased: boolean;
  readonly createdAt: Date;
}

/** An entry of the host's own. Actor, reason and origin are those of the ambient actor unless given. */
export interface QZPayNewAuditEntry {
  readonly entityType: string;
  readonly entityId: string;
  readonly action: string;
  readonly category?: string | undefined;
  /** Stored as given: mask personal data yourself. */
  readonly changes?: Readonly<Record<string, unknown>> | undefined;
  /** Stored as given: mask personal data yourself. */
  readonly previousValues?: Readonly<Record<string, unknown>> | undefined;
  readonly actor?: QZPayActor | undefined;
  /** Default `true`. */
  readonly success?: boolean | undefined;
  readonly errorMessage?: string | undefined;
  readonly metadata?: QZPayMetadata | undefined;
}

export interface QZPayAuditQuery {
  /** With the entity's id, for its history. */
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  /** With the actor's id: no index leads to all actors of a type. */
  readonly actorType?: string | undefined;
  readonly actorId?: string | undefined;
  /** No index leads to a rare action: give a period with it. */
  readonly action?: string | undefined;
  readonly requestId?: string | undefined;
  /** Only entries made at this instant or later. */
  readonly from?: Date | undefined;
  /** Only entries made at this instant or earlier. */
  readonly to?: Date | undefined;
  /** How many entries. Default 100, at least 1, at most 10 000. */
  readonly first?: number | undefined;
  /** The `endCursor` of the page before. */
  readonly after?: string | undefined;
  /** Default `desc`: newest first. */
  readonly orderDirection?: 'asc' | 'desc' | undefined;
}

export interface QZPayAuditPage {
  readonly data: QZPayAuditEntry[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** A sealed block; kept outside the database, it proves later that the chain up to it is the same. */
export interface QZPayAuditBlockReference {
  readonly blockSeq: number;
  /** SHA-256 in hexadecimal digits. */
  readonly blockHash: string;
}

export interface QZPaySealedAudit {
  /** The new block; `null` when no entry waited. */
  readonly block: QZPayAuditBlockReference | null;
  readonly entries: number;
}

/**
 * Something that is not as it was sealed.
 *
 * - `entry_altered`: an entry says something else, or is erased only in part.
 * - `entry_missing`: the block has sealed an entry that is gone, or that claims another block.
 * - `entry_added`: an entry claims a block that has not sealed it.
 * - `block_altered`: the block does not agree with its own hashes, or is emptied as by retention, but not from the first on.
 * - `block_missing`: there is no such block, although later blocks or entries need it.
 * - `chain_broken`: the block does not continue the one before it.
 */
export interface QZPayAuditFinding {
  readonly kind: 'entry_altered' | 'entry_missing' | 'entry_added' | 'block_altered' | 'block_missing' | 'chain_broken';
  readonly blockSeq: number;
  readonly entryId?: string;
}

export interface QZPayAuditVerification {
  readonly valid: boolean;
  /** By block; at most 1000, and what comes after the last of them is then not checked. */
  readonly findings: readonly QZPayAuditFinding[];
  /** How many blocks were checked. */
  readonly blocks: number;
  /** How many entries those blocks have sealed. */
  readonly entries: number;
  /** How many of them retention has removed, with the first blocks of the chain: no hash says what they were. */
  readonly removed: number;
  /** The last block that was checked. Whoever removes the end of the chain leaves no trace in it: keep this elsewhere. */
  readonly head: QZPayAuditBlockReference | null;
}

/** Which blocks to check, both ends included. Default: all. */
export interface QZPayAuditVerificationScope {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export const AUDIT_VERIFICATION_SCOPE = {
  from: anything,
  to: anything,
} satisfies OptionRules<QZPayAuditVerificationScope>;

/** Who changed what, why, and the proof that nobody has rewritten it since. Everything is bound to the storage's mode. */
export interface QZPayAuditTrail {
  /**
   * Appends an entry and returns it. In a transaction it is kept or lost together with the change it speaks of.
   *
   * Rejects with `validation` for a value that the database could not hold.
   */
  append(entry: QZPayNewAuditEntry): Promise<QZPayAuditEntry>;

  /** A page of entries, newest first. Rejects with `validation` for a limit outside its range or a foreign cursor. */
  list(query?: QZPayAuditQuery): Promise<QZPayAuditPage>;

  /**
   * Seals at most `limit` entries (default 1000, at most 10 000) that wait into one block: call it again until it seals
   * fewer, for example every few seconds from any number of processes. Callers wait for each other, writers do not. An
   * entry that commits late goes into a later block, whatever its instant.
   */
  seal(options?: { readonly limit?: number | undefined }): Promise<QZPaySealedAudit>;

  /**
   * Compares the chain of blocks and the sealed entries with their hashes, in batches, also while others write and seal.
   * Entries whose personal data was erased still agree. Entries that wait for a block are not protected yet.
   *
   * Rejects with `validation` for a block number that is not a whole number from 1.
   */
  verify(scope?: QZPayAuditVerificationScope): Promise<QZPayAuditVerification>;
}
