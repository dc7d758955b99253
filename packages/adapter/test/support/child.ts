import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Runs module code in a Node process of its own, with the packages of this one at hand. */
export async function runChild(
  code: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = text(child.stdout);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { code: exitCode, output: await output };
}
