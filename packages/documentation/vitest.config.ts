import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['@qzpay/test-utils/vitest/setup'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
