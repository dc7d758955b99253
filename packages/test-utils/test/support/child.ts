import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface ChildOptions {
  /** Folder whose `node_modules` the code imports from. */
  readonly cwd: string;
  /** Folder for temporary files. */
  readonly temporary: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** What the code printed as its first line, as JSON. */
  readonly firstLine: Promise<unknown>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>;
}

/** Runs module code in a Node process of its own, away from this one's test settings. */
export function runChild(code: string, options: ChildOptions): Child {
  const { cwd, temporary, environment, node = process.execPath, ...user } = options;
  const child = spawn(node, ['--input-type=module', '--eval', code], {
    ...user,
    cwd,
    env: { PATH: process.env['PATH'], TMPDIR: temporary, HOME: temporary, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = text(child.stderr);
  const ended = once(child, 'close').then(async ([exitCode, signal]) => ({
    code: exitCode as number | null,
    signal: signal as NodeJS.Signals | null,
    errors: await errors,
  }));
  const firstLine = (async () => {
    for await (const line of createInterface(child.stdout)) return JSON.parse(line) as unknown;
    throw new Error(`The child printed nothing: ${(await ended).errors}`);
  })();
  return { process: child, firstLine, ended };
}
