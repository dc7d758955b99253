import { describe, expect, it } from 'vitest';
import {
  checkedFirst,
  checkedLimit,
  checkedOffset,
  decodeCursor,
  encodeCursor,
  QZPAY_MAX_LIMIT,
} from '../src/pages.js';

describe('a cursor', () => {
  const position = { instant: new Date('2026-01-02T03:04:05.678Z'), id: 'ünïcode "id"' };

  it('comes back as the place it was made of', () => {
    expect(decodeCursor('customers desc', encodeCursor('customers desc', position))).toEqual(position);
  });

  it('is refused by every other list, and so is anything else', () => {
    const foreign = encodeCursor('plans desc', position);
    const forged = Buffer.from(JSON.stringify([1, 'customers desc', 1e20, 'x'])).toString('base64url');
    const older = Buffer.from(JSON.stringify([0, 'customers desc', 1, 'x'])).toString('base64url');
    for (const cursor of [foreign, forged, older, '', 'nonsense', 'bnVsbA']) {
      expect(() => decodeCursor('customers desc', cursor)).toThrow(
        expect.objectContaining({ name: 'QZPayValidationError', field: 'after' }),
      );
    }
  });
});

describe('limits and offsets', () => {
  it('have a default and bounds', () => {
    expect(checkedLimit(undefined, 'limit')).toBe(100);
    expect(checkedLimit(0, 'limit')).toBe(0);
    expect(checkedLimit(QZPAY_MAX_LIMIT, 'limit')).toBe(QZPAY_MAX_LIMIT);
    expect(checkedOffset(undefined)).toBe(0);
    for (const limit of [-1, 0.5, QZPAY_MAX_LIMIT + 1, Number.NaN]) {
      expect(() => checkedLimit(limit, 'first')).toThrow(expect.objectContaining({ field: 'first' }));
    }
    expect(checkedFirst(1)).toBe(1);
    expect(() => checkedFirst(0)).toThrow(expect.objectContaining({ field: 'first' }));
    for (const offset of [-1, 0.5, Number.POSITIVE_INFINITY]) {
      expect(() => checkedOffset(offset)).toThrow(expect.objectContaining({ field: 'offset' }));
    }
  });
});
