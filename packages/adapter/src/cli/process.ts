import type { CommandEnvironment } from './command.js';
import { openWithInstalledDriver } from './open.js';

/** Runs a command with the process's own arguments and streams. */
export async function runInProcess(run: (environment: CommandEnvironment) => Promise<number>): Promise<void> {
  // A reader that has seen enough, such as `head`, closes the pipe.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    open: openWithInstalledDriver,
  });
}
