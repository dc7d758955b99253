import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Starts module code in a Node process of its own, with the packages of this one at hand. */
export function startChild(
  code: string,
  environment: Readonly<Record<string, string>>,
): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Runs module code like {@link startChild}, to its end. */
export async function runChild(
  code: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = startChild(code, environment);
  const output = text(child.stdout);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { code: exitCode, output: await output };
}
