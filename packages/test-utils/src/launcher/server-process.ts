import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { executable } from './executable.js';
import type { ServerHome } from './launch.js';

const START_LIMIT = 60_000;
const STOP_LIMIT = 10_000;
const TAIL_LENGTH = 4000;

export type ServerProcess = ChildProcessByStdio<null, null, Readable>;

export function startProcess(home: ServerHome, settings: readonly string[]): ServerProcess {
  return spawn(executable(home.binDirectory, 'postgres'), ['-D', home.data, ...settings], {
    ...home.spawnOptions,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Resolves with null once the server takes connections, or with what it said before it gave up. */
export async function untilReady(server: ServerProcess): Promise<string | null> {
  const problem = await new Promise<string | null>((resolve) => {
    let log = '';
    const limit = setTimeout(() => {
      server.kill('SIGQUIT');
      resolve(`no answer for ${START_LIMIT} ms. ${log}`);
    }, START_LIMIT);
    const settle = (outcome: string | null) => {
      clearTimeout(limit);
      resolve(outcome);
    };
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-TAIL_LENGTH);
      if (log.includes('ready to accept connections')) settle(null);
    });
    server.once('error', (error) => settle(error.message));
    server.once('close', () => settle(log.trim()));
  });
  if (problem === null) letGo(server);
  return problem;
}

/** A server that somebody forgot to stop must not keep the process alive; the process takes it along at its end. */
function letGo(server: ServerProcess): void {
  // Read on, or the server would block on a full pipe.
  server.stderr.removeAllListeners('data').resume();
  (server.stderr as Socket).unref();
  server.unref();
}

export async function stopProcess(server: ServerProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.ref();
  const exit = once(server, 'exit');
  const limit = setTimeout(() => server.kill('SIGQUIT'), STOP_LIMIT);
  server.kill('SIGINT');
  await exit;
  clearTimeout(limit);
}
