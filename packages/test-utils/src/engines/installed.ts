import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { MIN_VERSION } from '../database/connection.js';
import { executable } from '../launcher/executable.js';
import { launch } from '../launcher/launch.js';
import type { TestEngine } from './engine.js';

const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** A server of the operating system's packages, started anew on a data directory of its own. */
export const installed: TestEngine<'installed'> = {
  name: 'installed',
  remedy: `Install PostgreSQL ${MIN_VERSION} or later and, unless it is Debian's, set PG_BIN_DIR to the folder of initdb and postgres.`,
  async start(context) {
    const binDirectory = findBinDirectory(context.environment['PG_BIN_DIR']);
    return binDirectory === null ? null : launch(context, { binDirectory });
  },
};

function findBinDirectory(named: string | undefined): string | null {
  if (named) {
    if (!holdsServer(named)) throw new Error('PG_BIN_DIR names a folder without initdb and postgres.');
    return named;
  }
  if (!existsSync(DEBIAN_FOLDER)) return null;
  const newestFirst = readdirSync(DEBIAN_FOLDER)
    .map(Number)
    .filter((version) => version >= MIN_VERSION)
    .sort((a, b) => b - a)
    .map((version) => path.join(DEBIAN_FOLDER, String(version), 'bin'));
  return newestFirst.find(holdsServer) ?? null;
}

function holdsServer(folder: string): boolean {
  return existsSync(executable(folder, 'initdb')) && existsSync(executable(folder, 'postgres'));
}
