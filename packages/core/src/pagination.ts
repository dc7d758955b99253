import { anything, type OptionRules } from './check-options.js';
import type { QZPayOrderDirection } from './constants.js';

/** What a `list` may be asked for. */
export interface QZPayListOptions {
  /** Rows per page. Default 100. Below 0, above 10 000 or not an integer: a `validation` error. */
  limit?: number;
  /** Rows to skip. Default 0. Below 0 or not an integer: a `validation` error. */
  offset?: number;
  /**
   * Name of an entity's field to sort by: any that holds text, a number, a boolean or an instant. Default `createdAt`. Null
   * comes last, ties are ordered by id. Any other name: a `validation` error.
   */
  orderBy?: string;
  /** Default `desc`. */
  orderDirection?: QZPayOrderDirection;
  /**
   * Field name to value; all of them have to match.
   *
   * A plain value matches by equality, an array by any of its members, `null` where the field is null; `undefined`
   * is no filter, and so is an empty object. A name that the list does not know is a `validation` error: ignoring it
   * would hand out rows that were not asked for.
   */
  filters?: Record<string, unknown>;
}

export const LIST_OPTIONS = {
  limit: anything,
  offset: anything,
  orderBy: anything,
  orderDirection: anything,
  filters: anything,
} satisfies OptionRules<QZPayListOptions>;

/** One page of a list. */
export interface QZPayPaginatedResult<T> {
  data: T[];
  /** Rows that match across all pages. */
  total: number;
  /** The limit that was applied, also when it is the default. */
  limit: number;
  /** The offset that was applied. */
  offset: number;
  /** Whether rows exist beyond this page. */
  hasMore: boolean;
}
