import { defineConfig } from 'vitest/config';

export default defineConfig({
  // An embedded PostgreSQL takes its time to start on a busy machine.
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
