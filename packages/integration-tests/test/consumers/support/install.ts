import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..', '..', '..');
/** A cold install on a slow line; and on a busy machine the whole conformance suite. */
export const CONSUMER_TIMEOUT = 600_000;

export interface ConsumerProject {
  /** File names and their text. */
  readonly files: ReadonlyMap<string, string>;
  /** Names: the packed file for one of ours, the version of this repository for others; or `name@version`. */
  readonly dependencies: readonly string[];
  /** The folder with the packed files. */
  readonly tarballs: string;
  readonly installer?: 'npm' | 'pnpm' | undefined;
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), 'qzpay-consumer-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The packed files by the names of their packages. */
export function packedFiles(tarballs: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(tarballs).flatMap((file) => {
      const name = /^qzpay-(.+)-\d+\.\d+\.\d+.*\.tgz$/.exec(file)?.[1];
      return name === undefined ? [] : [[`@qzpay/${name}`, path.join(tarballs, file)] as const];
    }),
  );
}

/** A project of ES modules that has these files and has installed these packages. */
export async function makeProject(project: ConsumerProject): Promise<string> {
  const { files, dependencies, tarballs, installer = 'npm' } = project;
  const folder = temporaryFolder();
  const ours = [...packedFiles(tarballs)].map(([name, file]) => [name, `file:${file}`] as const);
  const manifest = {
    private: true,
    type: 'module',
    dependencies: Object.fromEntries(dependencies.map((wanted) => dependency(wanted, new Map(ours)))),
    // What depends on another of our packages must not look for it at the registry.
    overrides: Object.fromEntries(ours),
  };
  const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  write('package.json', JSON.stringify(manifest));
  for (const [name, text] of files) write(name, text);
  if (installer === 'npm') {
    await command(folder, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']);
  } else {
    const { overrides } = manifest;
    write('pnpm-workspace.yaml', JSON.stringify({ overrides, pmOnFail: 'ignore', allowBuilds: { esbuild: false } }));
    const { packageManager } = readJson(path.join(REPOSITORY, 'package.json')) as { packageManager: string };
    await command(folder, ['npx', '-y', packageManager, 'install', '--prefer-offline', '--no-frozen-lockfile']);
  }
  return folder;
}

function dependency(wanted: string, ours: ReadonlyMap<string, string>): readonly [string, string] {
  const [, name = wanted, version] = /^(@?[^@]+)@(.+)$/.exec(wanted) ?? [];
  return [name, version ?? ours.get(name) ?? pinned(name)];
}

/** The exact version that this repository uses. */
function pinned(name: string): string {
  const catalog = readFileSync(path.join(REPOSITORY, 'pnpm-workspace.yaml'), 'utf8');
  const version = new RegExp(`^ {2}"?${name}"?: (\\d.*)$`, 'm').exec(catalog)?.[1];
  if (version === undefined) throw new Error(`${name} is not in the catalog`);
  return version;
}

export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the program and what it has started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a program as somebody does who has a terminal of their own; resolves with all that it said, and says it where it
 * fails.
 */
export async function command(
  folder: string,
  [program = '', ...args]: readonly string[],
  { environment, signal }: CommandOptions = {},
): Promise<string> {
  const programs = path.join(folder, 'node_modules', '.bin') + path.delimiter + process.env['PATH'];
  const env = { ...ownEnvironment(), PATH: programs, ...environment };
  // A group of its own: npx, npm and test runners are parents of what does the work.
  const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => child.pid !== undefined && process.kill(-child.pid);
  signal?.addEventListener('abort', end, { once: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  signal?.removeEventListener('abort', end);
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}\n${output}`);
  return output;
}

/** What this test run is told about itself is none of a consumer's business. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|QZPAY_TEST_)/.test(name));
  return Object.fromEntries(inherited);
}
