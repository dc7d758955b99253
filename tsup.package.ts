import type { Options } from 'tsup';

/** How every package is bundled. JavaScript only: `tsc -b` writes the declarations beside it. */
export function packageOf(entry: NonNullable<Options['entry']>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    splitting: true,
    sourcemap: true,
    // A quarter off the time that importing a storage adds. Names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    // tsc's incremental state outlives a clean, so declarations that vanish here would not be written again.
    clean: ['!**/*.d.ts'],
  };
}
