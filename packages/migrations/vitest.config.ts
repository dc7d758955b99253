import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

export default defineConfig({
  define: { QZPAY_MIGRATIONS_VERSION: JSON.stringify(version) },
  test: {
    include: ['test/**/*.test.ts'],
    // Starting an embedded database takes seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
