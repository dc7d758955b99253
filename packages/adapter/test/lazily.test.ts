import { describe, expect, it, vi } from 'vitest';
import { lazily } from '../src/lazily.js';

describe('an object that is put together when it is first used', () => {
  it('is put together once, and not before', () => {
    const build = vi.fn(() => ({ a: 1, b: () => 2 }));
    const object = lazily(build);
    expect(build).not.toHaveBeenCalled();
    expect(object.a + object.b()).toBe(3);
    expect(build).toHaveBeenCalledTimes(1);
  });

  it('has the keys of the one that was put together', () => {
    const object = lazily(() => ({ a: 1, b: 2 }));
    expect('a' in object).toBe(true);
    expect('c' in object).toBe(false);
    expect({ ...object }).toEqual({ a: 1, b: 2 });
  });
});
