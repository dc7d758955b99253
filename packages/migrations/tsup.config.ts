import { readFileSync } from 'node:fs';
import { defineConfig } from 'tsup';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };

// JavaScript only: `tsc -b` writes the declarations beside it.
export default defineConfig({
  entry: ['src/index.ts', 'src/cli.ts', 'src/command-line.ts'],
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  // tsc's incremental state outlives a clean, so declarations that vanish here would not be written again.
  clean: ['!**/*.d.ts'],
  external: ['postgres', 'pg'],
  define: { QZPAY_MIGRATIONS_VERSION: JSON.stringify(version) },
});
