import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Connections to the server for each database: fewer than callers, so that they are really shared. */
const POOL_SIZE = 4;
/** Statements of clients that the pooler follows, from version 1.21 on. */
const TRACKED_STATEMENTS = 200;

export interface PgBouncer {
  /** The address of the database, through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Version as [major, minor]; `null` where it is not installed. */
function pgBouncerVersion(): readonly [number, number] | null {
  const { stdout } = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' });
  const match = /PgBouncer (\d+)\.(\d+)/.exec(stdout ?? '');
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/**
 * The version, or `null` with a loud word where it is not installed.
 *
 * @throws Error where it is not installed and `QZPAY_TEST_PGBOUNCER=true` asks for it.
 */
export function requirePgBouncer(): readonly [number, number] | null {
  const version = pgBouncerVersion();
  if (version !== null) return version;
  const message = 'PgBouncer is not installed: the tests behind it were SKIPPED (Debian: apt-get install pgbouncer)';
  if (process.env['QZPAY_TEST_PGBOUNCER'] === 'true') throw new Error(message);
  console.warn(message);
  return null;
}

export function tracksStatements(version: readonly [number, number] | null): boolean {
  return version !== null && (version[0] > 1 || version[1] >= 21);
}

/** Starts a pooler in transaction mode in front of a database, on loopback. */
export async function startPgBouncer(target: string): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(target);
  const folder = mkdtempSync(path.join(tmpdir(), 'qzpay-pgbouncer-'));
  const own = await freePort();
  const settings = path.join(folder, 'pgbouncer.ini');
  const users = path.join(folder, 'users.txt');
  const tracked = tracksStatements(pgBouncerVersion()) ? `max_prepared_statements = ${TRACKED_STATEMENTS}` : '';
  writeFileSync(users, `"${username}" "${password}"\n`);
  writeFileSync(
    settings,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
ignore_startup_parameters = extra_float_digits
${tracked}
`,
  );
  const user = unprivilegedUser();
  chmodSync(folder, 0o755);
  if (user !== undefined) for (const file of [folder, settings, users]) chownSync(file, user.uid, user.gid);
  const child = spawn('pgbouncer', ['-q', settings], { ...user, stdio: 'ignore' });
  const ended = once(child, 'exit');
  await untilListening(own);
  const url = new URL(target);
  url.host = `127.0.0.1:${own}`;
  url.pathname = pathname;
  return {
    url: url.href,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PgBouncer does not run as root. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  if (account === undefined) throw new Error('PgBouncer does not run as root, and there is no user nobody.');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    await sleep(20);
  }
  throw new Error('PgBouncer did not start');
}
