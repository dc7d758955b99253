import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const shared = {
  include: ['test/**/*.test.ts'],
  globalSetup: ['@qzpay/test-utils/vitest/setup'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** What `pnpm test:full` runs the suite with beside the defaults. */
const MATRIX = [
  { name: 'default', env: { QZPAY_TEST_CONFORMANCE: 'all' } },
  { name: 'custom schema', env: { QZPAY_TEST_SCHEMA: 'My "own" billing' } },
  { name: 'no named statements', env: { QZPAY_TEST_PREPARED: 'false' } },
];

/** With `--coverage` the sources stand in for the built packages, those of the layer below included. */
const covers = process.argv.includes('--coverage');
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const alias = [
  { find: /^@qzpay\/adapter$/, replacement: source('src/index.ts') },
  { find: /^@qzpay\/adapter\/(.*)$/, replacement: source('src/$1.ts') },
  { find: /^@qzpay\/repositories$/, replacement: source('../repositories/src/index.ts') },
];
const coverage = {
  include: ['src/**', '../repositories/src/**'],
  exclude: ['**/*.test.ts'],
  allowExternal: true,
  reporter: ['text'],
};

const full = process.env['QZPAY_TEST_MATRIX'] === 'full';

export default defineConfig({
  resolve: { alias: covers ? alias : [] },
  test: full ? { projects: MATRIX.map((setting) => ({ test: { ...shared, ...setting } })) } : { ...shared, coverage },
});
