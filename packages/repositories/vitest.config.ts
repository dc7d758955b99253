import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    coverage: { include: ['src/**'], reporter: ['text'] },
    globalSetup: ['@qzpay/test-utils/vitest/setup'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
