import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { EngineContext } from '../engines/engine.js';
import { executable } from './executable.js';
import type { ServerHome } from './launch.js';
import { handOver, type ServerUser } from './server-user.js';

/** Makes the data directory, with a superuser `postgres` that has the password. */
export async function initialise(
  context: EngineContext,
  home: ServerHome,
  user: ServerUser | null,
  password: string,
): Promise<void> {
  const passwordFile = path.join(context.directory, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  handOver(passwordFile, user);
  const initdb = spawn(
    executable(home.binDirectory, 'initdb'),
    [
      ...['--pgdata', home.data, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions'],
    ],
    { ...home.spawnOptions, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  context.onProcessEnd(() => initdb.kill('SIGKILL'));
  const [complaints, [code]] = await Promise.all([text(initdb.stderr), once(initdb, 'close')]);
  rmSync(passwordFile);
  if (code !== 0) throw new Error(`initdb failed: ${complaints.trim()}`);
}
