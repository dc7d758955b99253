import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['@qzpay/test-utils/vitest/setup'],
    // Some tests start several servers, each with a process of its own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
