// Compiles migrations/ into sql/ and src/generated/: `node scripts/compile.mjs [--check]`.
// The work is TypeScript that shares code with the runner, so it is bundled first.
import { mkdtemp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// Inside the package, so that its dependencies are found from there.
const outDir = await mkdtemp(`${root}.compile-`);
try {
  await build({
    config: false,
    entry: { main: `${root}scripts/compile/main.ts` },
    format: 'esm',
    target: 'node20',
    outDir,
    outExtension: () => ({ js: '.mjs' }),
    define: { QZPAY_MIGRATIONS_VERSION: '"0.0.0"' },
    skipNodeModulesBundle: true,
    silent: true,
  });
  const { main } = await import(`${outDir}/main.mjs`);
  process.exitCode = await main(process.argv.slice(2), root);
} finally {
  await rm(outDir, { recursive: true });
}
