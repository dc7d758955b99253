import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..', '..', '..');
const PUBLISHED = ['core', 'schema', 'migrations', 'repositories', 'adapter', 'test-utils'];

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'qzpay-consumer-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Packs what users install; resolves with the files. */
export async function packPackages(folder: string): Promise<string[]> {
  const { packageManager } = readJson(path.join(REPOSITORY, 'package.json')) as { packageManager: string };
  const filters = PUBLISHED.flatMap((name) => ['--filter', `@qzpay/${name}`]);
  await command(REPOSITORY, 'npx', ['-y', packageManager, ...filters, 'pack', '--pack-destination', folder]);
  return readdirSync(folder).map((name) => path.join(folder, name));
}

/** The exact version that this repository uses. */
export function pinned(name: string): string {
  const catalog = readFileSync(path.join(REPOSITORY, 'pnpm-workspace.yaml'), 'utf8');
  const version = new RegExp(`^ {2}"?${name}"?: (\\d.*)$`, 'm').exec(catalog)?.[1];
  if (version === undefined) throw new Error(`${name} is not in the catalog`);
  return `${name}@${version}`;
}

/** A project of ES modules that has these files and packages. */
export async function makeProject(files: ReadonlyMap<string, string>, packages: readonly string[]): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await command(folder, 'npm', ['install', ...quietly, ...packages]);
  return folder;
}

/** Runs a program as somebody does who has a terminal of their own; resolves with all that it said. */
export async function command(folder: string, program: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(program, args, { cwd: folder, env: ownEnvironment(), maxBuffer: 2 ** 26 });
  return stdout + stderr;
}

/** What this test run is told about itself is none of a consumer's business. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|QZPAY_TEST_)/.test(name));
  return Object.fromEntries(inherited);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
