import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['@qzpay/test-utils/vitest/setup', 'test/consumers/support/pack.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
