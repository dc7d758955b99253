import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { serverVersion } from '../database/connection.js';
import type { EngineContext, RunningEngine } from '../engines/engine.js';
import { DATA_FOLDER } from '../server/run-directory.js';
import { executable } from './executable.js';
import { freePort } from './free-port.js';
import { initialise } from './initialise.js';
import { startProcess, stopProcess, untilReady } from './server-process.js';
import { handOver, serverUser } from './server-user.js';
import { serverSettings } from './settings.js';

const PORT_ATTEMPTS = 5;

export interface LaunchOptions {
  /** Folder of `initdb` and `postgres`. */
  readonly binDirectory: string;
  /** Copies the binaries to where every user may run them and returns their new folder. */
  readonly copy?: () => string;
}

/** How the programs of the server are run. */
export interface ServerHome {
  readonly binDirectory: string;
  readonly data: string;
  readonly spawnOptions: {
    readonly uid?: number;
    readonly gid?: number;
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
  };
}

/** Makes a data directory in the engine's folder and runs a server on it, on 127.0.0.1 and a free port. */
export async function launch(context: EngineContext, options: LaunchOptions): Promise<RunningEngine> {
  const { directory } = context;
  const user = serverUser();
  handOver(directory, user);
  const spawnOptions = { ...user, cwd: directory, env: { ...process.env, LC_ALL: 'C', HOME: directory } };
  const binDirectory = runnable(options, spawnOptions);
  const home = { binDirectory, data: path.join(directory, DATA_FOLDER), spawnOptions };
  // Any user of the machine can reach the port, and a superuser runs programs.
  const password = randomBytes(16).toString('hex');
  await initialise(context, home, user, password);
  const { port, server } = await startOnFreePort(context, home);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const stop = () => stopProcess(server);
  try {
    return { url, version: await serverVersion(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The folder as it is, or a copy where the server's user may not enter it: a checkout below root's home, say. */
function runnable({ binDirectory, copy }: LaunchOptions, spawnOptions: ServerHome['spawnOptions']): string {
  const problem = whyNotRunnable(binDirectory, spawnOptions);
  if (problem === null) return binDirectory;
  const copied = copy?.();
  const remaining = copied === undefined ? problem : whyNotRunnable(copied, spawnOptions);
  if (remaining !== null) throw new Error(`The binaries do not run as the server's user: ${remaining}`);
  return copied ?? binDirectory;
}

function whyNotRunnable(binDirectory: string, spawnOptions: ServerHome['spawnOptions']): string | null {
  const { error, status, stderr } = spawnSync(executable(binDirectory, 'postgres'), ['--version'], {
    ...spawnOptions,
    encoding: 'utf8',
  });
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.trim();
}

async function startOnFreePort(context: EngineContext, home: ServerHome) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const server = startProcess(home, serverSettings(port, context.settings));
    context.onProcessEnd(() => server.kill('SIGQUIT'));
    const problem = await untilReady(server);
    if (problem === null) return { port, server };
    const portWasTaken = problem.includes('could not bind');
    if (!portWasTaken || attempt === PORT_ATTEMPTS) throw new Error(`postgres did not start: ${problem}`);
  }
}
