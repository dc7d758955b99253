import type { QZPayTables } from '@qzpay/schema';
import type { SQL } from 'drizzle-orm';
import type { TableKey } from '../entities.js';

/**
 * `error`: a promise of the storage is broken. `warning`: the contract lets a host write it, and an operator should know.
 */
export type QZPayFindingSeverity = 'error' | 'warning';

/** Something that a check found. Holds ids and amounts, never personal data. */
export interface QZPayFinding {
  readonly check: string;
  readonly severity: QZPayFindingSeverity;
  /** The kind of row, for example `Invoice`. */
  readonly entity: string;
  /** The row's id; its natural key where it has none. */
  readonly id: string;
  readonly message: string;
}

/** Which rows are looked at: all of them, unless bounded by id, by instant of creation, or by both. */
export interface QZPayCheckSlice {
  readonly fromId?: string | undefined;
  /** Exclusive. */
  readonly toId?: string | undefined;
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
}

/** A part of a check that is done. */
export interface QZPayCheckStep {
  /** Rows looked at. */
  readonly checked: number;
  readonly findings: readonly QZPayFinding[];
}

/** Goes through the rows of one table in the order of a key, some thousands at a time. */
export interface Walk {
  readonly table: TableKey;
  /** The column in whose order; several rows may share a value. An index begins with it, after the mode at most. Default `id`. */
  readonly by?: string;
  /** What bounds of time are compared with. Default: when the row was created. */
  readonly instant?: (tables: QZPayTables) => SQL;
  /** Selects severity, id and message of what is wrong with the rows of the slice, which are named as their table is. */
  readonly find: (tables: QZPayTables, inSlice: SQL) => SQL;
}

export interface WalkCheck {
  readonly name: string;
  /** What holds where nothing is found. */
  readonly promise: string;
  readonly walks: (tables: QZPayTables) => readonly Walk[];
}
