import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '..');
const PNPM = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')).packageManager;

/** A clone with all that is changed here and not committed; removed when the process ends. */
export function makeWorkingCopy() {
  const copy = mkdtempSync(path.join(tmpdir(), 'qzpay-copy-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 5 }));
  execFileSync('git', ['clone', '--quiet', '--shared', REPOSITORY, copy]);
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) {
    const [from, to] = [path.join(REPOSITORY, file), path.join(copy, file)];
    if (existsSync(from)) cpSync(from, to);
    else rmSync(to, { force: true });
  }
  return copy;
}

/** Runs a program; its output is returned, or thrown where it fails. `pnpm` is the version that this repository names. */
export function run(cwd, program, ...args) {
  const { ok, output } = attempt(cwd, program, ...args);
  if (!ok) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
  return output;
}

/** Like `run`, and a failure is told, not thrown. */
export function attempt(cwd, program, ...args) {
  const [command, ...first] = program === 'pnpm' ? ['npx', '-y', PNPM] : [program];
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', TURBO_TELEMETRY_DISABLED: '1' },
  });
  if (error !== undefined) throw error;
  return { ok: status === 0, output: stdout + stderr };
}
