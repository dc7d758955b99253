import { QZPayValidationError } from '@qzpay/core';

/** How many rows a page may hold, and holds unless asked otherwise. */
export const QZPAY_DEFAULT_LIMIT = 100;
export const QZPAY_MAX_LIMIT = 10_000;

/** One page by offset. */
export interface QZPayOffsetPage<Row> {
  readonly data: Row[];
  /** All rows that match, across pages; `null` when the query asked for no total. */
  readonly total: number | null;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
}

/** One page by cursor. */
export interface QZPayKeysetPage<Row> {
  readonly data: Row[];
  readonly hasNextPage: boolean;
  /** Pass it as `after` to continue; `null` on an empty page. Opaque. */
  readonly endCursor: string | null;
}

/** @throws QZPayValidationError unless the limit is an integer from `least` to {@link QZPAY_MAX_LIMIT}. */
export function checkedLimit(
  limit: number | undefined,
  field: string,
  fallback: number = QZPAY_DEFAULT_LIMIT,
  least: 0 | 1 = 0,
): number {
  if (limit === undefined) return fallback;
  if (!Number.isInteger(limit) || limit < least || limit > QZPAY_MAX_LIMIT) {
    throw new QZPayValidationError(`${field} must be an integer between ${least} and ${QZPAY_MAX_LIMIT}`, field);
  }
  return limit;
}

/** The size of a page that is continued from its end: one without rows has none, and a loop over pages would not end. */
export function checkedFirst(first: number | undefined): number {
  return checkedLimit(first, 'first', QZPAY_DEFAULT_LIMIT, 1);
}

/** @throws QZPayValidationError for more rows than one call may bring. */
export function checkedCount(count: number): void {
  if (count > QZPAY_MAX_LIMIT) throw new QZPayValidationError(`At most ${QZPAY_MAX_LIMIT} rows at once`, 'rows');
}

/** @throws QZPayValidationError unless the offset is a safe integer of at least 0. */
export function checkedOffset(offset: number | undefined): number {
  if (offset === undefined) return 0;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new QZPayValidationError('offset must be an integer of at least 0', 'offset');
  }
  return offset;
}

const CURSOR_VERSION = 1;

/** A place in a list: the instant that orders it and the id of the last row seen. */
export interface CursorPosition {
  readonly instant: Date;
  readonly id: string;
}

/** @param order tells lists apart; a cursor is good only for the list it came from. */
export function encodeCursor(order: string, position: CursorPosition): string {
  const content = JSON.stringify([CURSOR_VERSION, order, position.instant.getTime(), position.id]);
  return Buffer.from(content, 'utf8').toString('base64url');
}

/** @throws QZPayValidationError for anything that is not a cursor of this list. */
export function decodeCursor(order: string, cursor: string): CursorPosition {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(content) && content.length === 4 && content[0] === CURSOR_VERSION && content[1] === order) {
      const [, , time, id] = content as unknown[];
      const instant = new Date(typeof time === 'number' ? time : Number.NaN);
      if (typeof id === 'string' && !Number.isNaN(instant.getTime())) return { instant, id };
    }
  } catch {
    // Falls through to the one answer for every malformed cursor.
  }
  throw new QZPayValidationError('after must be a cursor of this list', 'after');
}
