import { describe, expect, it } from 'vitest';
import { createQZPayTestClock } from '../src/index.js';

describe('createQZPayTestClock', () => {
  it('stands still at the start of 2026', () => {
    const clock = createQZPayTestClock();
    expect([clock(), clock.now()].map((date) => date.toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
    ]);
  });

  it('moves forth and back by milliseconds', () => {
    const clock = createQZPayTestClock('2026-03-01T00:00:00.000Z');
    expect(clock.advance(1500).toISOString()).toBe('2026-03-01T00:00:01.500Z');
    expect(clock.advance(-2000).toISOString()).toBe('2026-02-28T23:59:59.500Z');
    expect(clock().toISOString()).toBe('2026-02-28T23:59:59.500Z');
  });

  it('jumps to an instant', () => {
    const clock = createQZPayTestClock();
    clock.set(new Date('2030-06-15T12:00:00.000Z'));
    expect(clock.now().toISOString()).toBe('2030-06-15T12:00:00.000Z');
  });

  it('is not moved by a change to a date that it gave out', () => {
    const start = new Date('2026-01-01T00:00:00.000Z');
    const clock = createQZPayTestClock(start);
    start.setFullYear(1999);
    clock().setFullYear(1999);
    expect(clock().getUTCFullYear()).toBe(2026);
  });

  it('refuses what makes no date', () => {
    expect(() => createQZPayTestClock('soon')).toThrow(RangeError);
    const clock = createQZPayTestClock();
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
    expect(clock().toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });
});
