import { defineConfig } from 'vitest/config';

const shared = {
  include: ['test/**/*.test.ts'],
  globalSetup: ['@qzpay/test-utils/vitest/setup'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** What `pnpm test:full` runs the suite with beside the defaults. */
const MATRIX = [
  { name: 'default', env: {} },
  { name: 'custom schema', env: { QZPAY_TEST_SCHEMA: 'My "own" billing' } },
  { name: 'no named statements', env: { QZPAY_TEST_PREPARED: 'false' } },
];

const full = process.env['QZPAY_TEST_MATRIX'] === 'full';

export default defineConfig({
  test: full ? { projects: MATRIX.map((setting) => ({ test: { ...shared, ...setting } })) } : shared,
});
