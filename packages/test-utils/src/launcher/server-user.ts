import { chownSync, readFileSync } from 'node:fs';

/** Options for `spawn`; null where the server runs as the user of this process. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root, so root hands it to `postgres`, or else to `nobody`. */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const account = accounts.find(([name]) => name === wanted);
    if (account !== undefined) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to hand it to.');
}

export function handOver(file: string, user: ServerUser | null): void {
  if (user !== null) chownSync(file, user.uid, user.gid);
}
