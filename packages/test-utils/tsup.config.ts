import { defineConfig } from 'tsup';

// JavaScript only: `tsc -b` writes the declarations beside it.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    model: 'src/model/index.ts',
    vitest: 'src/vitest.ts',
    'vitest-setup': 'src/vitest-setup.ts',
  },
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  // tsc's incremental state outlives a clean, so declarations that vanish here would not be written again.
  clean: ['!**/*.d.ts'],
});
