import type { QZPayClock, QZPayGenerateId } from '@qzpay/core';
import type { Filters } from './list.js';
import type { Row } from './store.js';
import type { Fields } from './values.js';

export type Values = Readonly<Record<string, unknown>>;

/** No two rows of a mode may agree in all these fields, null apart. */
export interface Unique {
  readonly fields: readonly string[];
  /** The rows that count. Default: all. */
  readonly among?: (row: Row) => boolean;
}

/** Everything that is particular about the rows of one entity. */
export interface Shape {
  /** The name under which errors speak of it. */
  readonly entity: string;
  readonly fields: Fields;
  /** Values of a new row where the caller gives none. Fields that may be null need no entry. */
  readonly defaults?: Values;
  /** Fields that identify a row within its mode. Default: `id`. */
  readonly primaryKey?: readonly string[];
  readonly uniques?: readonly Unique[];
  /** Entities whose ids the fields hold. Deleted ones still count: their rows are there. */
  readonly references?: Readonly<Record<string, string>>;
  /** Fields that an update may change; it ignores all others. */
  readonly updatable?: readonly string[];
  /** The field that maps provider names to ids, if any: updates merge into it. */
  readonly providerIds?: string;
  readonly filters?: Filters;
}

/** What the tables of one storage share. */
export interface TableContext {
  readonly livemode: boolean;
  readonly clock: QZPayClock;
  readonly generateId: QZPayGenerateId;
  readonly mergesMetadata: boolean;
}

export const isLive = (row: Row): boolean => (row['deletedAt'] ?? null) === null;
