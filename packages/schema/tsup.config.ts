import { defineConfig } from 'tsup';

// JavaScript only: `tsc -b` writes the declarations beside it.
export default defineConfig({
  entry: ['src/index.ts', 'src/create-tables.ts', 'src/relations.ts', 'src/zod.ts'],
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  // tsc's incremental state outlives a clean, so declarations that vanish here would not be written again.
  clean: ['!**/*.d.ts'],
});
