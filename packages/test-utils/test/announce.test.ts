import { afterEach, expect, it, vi } from 'vitest';
import { announce } from '../src/server/announce.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('prints the same line once, and another one again', () => {
  vi.stubEnv('QZPAY_TEST_ANNOUNCED', undefined);
  const print = vi.spyOn(console, 'info').mockImplementation(() => {});
  for (const line of ['one', 'one', 'two']) announce(line, undefined);
  expect(print.mock.calls).toEqual([['one'], ['two']]);
});

it('stays silent in a child of a process that has printed the line', () => {
  vi.stubEnv('QZPAY_TEST_ANNOUNCED', 'one');
  const print = vi.spyOn(console, 'info').mockImplementation(() => {});
  announce('one', undefined);
  expect(print).not.toHaveBeenCalled();
});

it('gives every line to a log of the caller', () => {
  const lines: string[] = [];
  for (const line of ['one', 'one']) announce(line, (said) => lines.push(said));
  expect(lines).toEqual(['one', 'one']);
});
