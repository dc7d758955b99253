import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The command, as it is published. */
export const QZPAY_MIGRATE = path.join(path.dirname(fileURLToPath(import.meta.resolve('@qzpay/migrations'))), 'cli.js');

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the command. */
  readonly command?: string;
}

/** Runs `qzpay-migrate` in a process of its own, with nothing of this one's environment. */
export async function runMigrate(argv: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  const { env = {}, command = QZPAY_MIGRATE } = options;
  const child = spawn(process.execPath, [command, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}
