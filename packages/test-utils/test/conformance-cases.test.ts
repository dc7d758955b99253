import { readdirSync, readFileSync } from 'node:fs';
import { QZPAY_CONFORMANCE_CASES } from '@qzpay/test-utils';
import { describe, expect, it } from 'vitest';

const ids = QZPAY_CONFORMANCE_CASES.map(({ id }) => id);

describe('the conformance cases', () => {
  it('have ids of their own, in words and dashes after their area', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, area } of QZPAY_CONFORMANCE_CASES) {
      expect(id.startsWith(`${area}/`)).toBe(true);
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*\/[a-z]+(-[a-z]+)*$/);
    }
  });

  it('are there where the contract names them', () => {
    const core = new URL('../../core/src/', import.meta.url);
    const named = readdirSync(core)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(new URL(file, core), 'utf8').matchAll(/@conformance (\S+)/g)])
      .map(([, id]) => id);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((id) => !ids.includes(id ?? ''))).toEqual([]);
  });
});
