import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, isAlive } from './processes.js';

/** Data directory of a server, below the folder of its engine. */
export const DATA_FOLDER = 'data';

const STOP_LIMIT = 10_000;
const STOP_POLL = 20;

/** The host is part of the name because containers may share a temporary folder, and process ids mean nothing across them. */
function prefix(): string {
  return `qzpay-test-${createHash('sha256').update(hostname()).digest('hex').slice(0, 6)}-`;
}

/** A folder in the system's temporary folder, with the id of this process in its name. */
export function createRunDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), `${prefix()}${process.pid}-`));
  // The server's user passes through without looking around.
  chmodSync(directory, 0o711);
  return directory;
}

export function removeRunDirectory(directory: string): void {
  // A server that was told to quit a moment ago may still be writing.
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Ends servers and removes folders of processes that were killed before they could do it themselves. */
export async function sweepRunDirectories(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (isAbandoned(name)) await removeStale(path.join(tmpdir(), name));
  }
}

/** Whether a run directory of this name was made on this host by a process that is no more. */
export function isAbandoned(name: string): boolean {
  const start = prefix();
  const owner = name.startsWith(start) ? Number.parseInt(name.slice(start.length), 10) : Number.NaN;
  return !Number.isNaN(owner) && !isAlive(owner);
}

async function removeStale(directory: string): Promise<void> {
  try {
    for (const engine of readdirSync(directory)) await endServer(path.join(directory, engine, DATA_FOLDER));
    removeRunDirectory(directory);
  } catch (error) {
    // Gone in the meantime, or another user's.
    if (!['ENOENT', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function endServer(data: string): Promise<void> {
  const pidFile = path.join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  // The id may belong to somebody else by now.
  if (!commandOf(pid).includes(data)) return;
  process.kill(pid, 'SIGQUIT');
  for (let waited = 0; isAlive(pid) && waited < STOP_LIMIT; waited += STOP_POLL) await sleep(STOP_POLL);
}
