import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectedCatalogue } from './expectation.js';
import { findEdited, type Lock } from './lock.js';
import { renderCatalogue, renderLock, renderSteps } from './render.js';
import { compileSteps } from './sources.js';

const LOCK = 'migrations.lock.json';

/** Resolves with the exit code: 1 when a locked step has changed or, with `--check`, when an output is stale. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  if (argv.some((argument) => argument !== '--check')) {
    console.error('Usage: node scripts/compile.mjs [--check]');
    return 2;
  }
  const steps = await compileSteps(join(root, 'migrations'));
  const lock = JSON.parse((await readIfPresent(join(root, LOCK))) ?? '{}') as Lock;
  const edited = findEdited(steps, lock);
  if (edited.length > 0) {
    console.error(
      `Locked steps differ from ${LOCK}: ${edited.join(', ')}. A released step never changes: write a new one. ` +
        'To rewrite a step that was never released, take its line out of that file first.',
    );
    return 1;
  }
  const outputs = new Map(steps.map((step) => [`sql/${step.id}.sql`, step.shipped]));
  outputs.set('src/generated/migrations.ts', renderSteps(steps));
  outputs.set('src/generated/catalogue.ts', renderCatalogue(await expectedCatalogue(steps)));
  outputs.set(LOCK, renderLock(Object.fromEntries(steps.map(({ id, checksum }) => [id, checksum]))));
  return argv.includes('--check') ? check(root, outputs) : write(root, outputs);
}

async function check(root: string, outputs: ReadonlyMap<string, string>): Promise<number> {
  const stale = await findSuperfluous(root, outputs);
  for (const [file, content] of outputs) {
    if ((await readIfPresent(join(root, file))) !== content) stale.push(file);
  }
  if (stale.length === 0) return 0;
  console.error(`Stale: ${stale.join(', ')}. Run \`pnpm compile\` and commit the result.`);
  return 1;
}

async function write(root: string, outputs: ReadonlyMap<string, string>): Promise<number> {
  for (const file of await findSuperfluous(root, outputs)) await rm(join(root, file));
  for (const [file, content] of outputs) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), content);
  }
  console.log(`Compiled ${outputs.size - 3} steps.`);
  return 0;
}

async function findSuperfluous(root: string, outputs: ReadonlyMap<string, string>): Promise<string[]> {
  const shipped = await readdir(join(root, 'sql'), { recursive: true }).catch(() => []);
  return shipped.map((file) => `sql/${file}`).filter((file) => file.endsWith('.sql') && !outputs.has(file));
}

async function readIfPresent(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
