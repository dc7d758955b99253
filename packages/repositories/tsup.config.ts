import { defineConfig } from 'tsup';

// JavaScript only: `tsc -b` writes the declarations beside it.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  splitting: true,
  sourcemap: true,
  clean: true,
});
