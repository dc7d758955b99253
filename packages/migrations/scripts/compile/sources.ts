import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { QZPayMigrationSet, QZPayMigrationStep } from '../../src/steps.js';
import type { Snapshot } from './collation.js';
import { compileStatements, isBreaking, shippedFile } from './statements.js';

export interface CompiledStep extends QZPayMigrationStep {
  readonly shipped: string;
}

/** Every step, the core set before the others, each in the order of its file names. */
export async function compileSteps(folder: string): Promise<readonly CompiledStep[]> {
  const core = await compileSet(folder, 'core', '');
  return [...core, ...(await compileSet(join(folder, 'integrity'), 'integrity', 'integrity/'))];
}

async function compileSet(folder: string, set: QZPayMigrationSet, prefix: string): Promise<CompiledStep[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(files.map((file) => compileFile(folder, file.slice(0, -'.sql'.length), set, prefix)));
}

async function compileFile(
  folder: string,
  name: string,
  set: QZPayMigrationSet,
  prefix: string,
): Promise<CompiledStep> {
  const source = await readFile(join(folder, `${name}.sql`), 'utf8');
  // The snapshot of the same age and not today's tables: a later index must not change an earlier step.
  const snapshot = set === 'core' ? await readSnapshot(join(folder, 'meta'), name) : undefined;
  const statements = compileStatements(source, snapshot);
  const shipped = shippedFile(statements);
  const checksum = createHash('sha256').update(shipped).digest('hex');
  return { id: `${prefix}${name}`, set, breaking: isBreaking(source), checksum, statements, shipped };
}

async function readSnapshot(folder: string, name: string): Promise<Snapshot> {
  return JSON.parse(await readFile(join(folder, `${name.slice(0, 4)}_snapshot.json`), 'utf8')) as Snapshot;
}
