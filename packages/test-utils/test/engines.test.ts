import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createQZPayTestDatabase,
  type QZPayTestEngineName,
  type QZPayTestServerOptions,
  startQZPayTestServer,
} from '../src/index.js';
import { copiedBinaries } from './support/copied-binaries.js';
import { connected, databaseNames } from './support/sql.js';
import { temporaryFolder } from './support/temporary-folder.js';

function useEnvironment(environment: Record<string, string | undefined>): void {
  for (const name of ['QZPAY_TEST_DATABASE_URL', 'QZPAY_TEST_ENGINE', 'PG_BIN_DIR']) {
    vi.stubEnv(name, environment[name]);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

async function start(options: QZPayTestServerOptions) {
  const lines: string[] = [];
  const server = await startQZPayTestServer({ log: (line) => lines.push(line), ...options });
  onTestFinished(() => server.stop());
  return { server, lines };
}

describe.each<[QZPayTestEngineName, () => Record<string, string>]>([
  ['embedded', () => ({})],
  ['installed', () => ({ PG_BIN_DIR: copiedBinaries() })],
])('the engine %s', (engine, environment) => {
  it('serves databases, and leaves nothing when it stops', async () => {
    useEnvironment({ QZPAY_TEST_ENGINE: engine, ...environment() });
    const { server, lines } = await start({});
    expect(server).toMatchObject({ engine, concurrent: true });
    expect(lines).toEqual([`QZPay tests: ${engine}, PostgreSQL ${server.version}`]);
    const database = await server.createDatabase();
    const [row] = await connected(database.url, (sql) => sql`select current_database() as name, version() as version`);
    expect(row).toMatchObject({ name: database.name });
    expect(row?.['version']).toContain(`PostgreSQL ${server.version}.`);
    expect(existsSync(path.join(server.directory, engine, 'data'))).toBe(true);
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
    await expect(connected(database.url, (sql) => sql`select`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('listens on the loopback address only and asks for a password', async () => {
    useEnvironment(environment());
    const { server } = await start({ engine });
    const url = new URL(server.url ?? '');
    expect(url.hostname).toBe('127.0.0.1');
    const [row] = await connected(
      url.href,
      (sql) => sql`select setting from pg_settings where name = 'listen_addresses'`,
    );
    expect(row).toEqual({ setting: '127.0.0.1' });
    url.password = 'guess';
    await expect(connected(url.href, (sql) => sql`select`)).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes settings', async () => {
    useEnvironment(environment());
    const { server } = await start({ engine, settings: { max_connections: '17', 'qzpay.note': "it's a test" } });
    const [row] = await connected(
      server.url ?? '',
      (sql) => sql`select current_setting('max_connections') as connections, current_setting('qzpay.note') as note`,
    );
    expect(row).toEqual({ connections: '17', note: "it's a test" });
  });

  it('says why the server did not start', async () => {
    useEnvironment(environment());
    await expect(start({ engine, settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /postgres did not start:.*shared_buffers/s,
    );
  });
});

it('finds a server of Debian packages, and says what to do where there is none', async () => {
  useEnvironment({ QZPAY_TEST_ENGINE: 'installed' });
  const started = start({});
  if (existsSync('/usr/lib/postgresql')) {
    const { server } = await started;
    expect(await databaseNames(server.url ?? '')).toContain('postgres');
  } else {
    await expect(started).rejects.toThrow('"installed" is not available. Install PostgreSQL 15 or later');
  }
});

it('refuses a PG_BIN_DIR without server', async () => {
  useEnvironment({ PG_BIN_DIR: temporaryFolder() });
  await expect(start({ engine: 'installed' })).rejects.toThrow('PG_BIN_DIR names a folder without initdb and postgres');
});

it('refuses an unknown engine', async () => {
  useEnvironment({ QZPAY_TEST_ENGINE: 'mysql' });
  await expect(start({})).rejects.toThrow('There is no test engine "mysql"');
});

describe('the engine pglite', () => {
  it('has a version, no address and nothing to connect to', async () => {
    useEnvironment({ QZPAY_TEST_ENGINE: 'pglite' });
    const { server, lines } = await start({});
    expect(server).toMatchObject({ engine: 'pglite', url: null, concurrent: false });
    expect(server.version).toBeGreaterThanOrEqual(15);
    expect(lines).toEqual([`QZPay tests: pglite, PostgreSQL ${server.version}, one connection: nothing competes`]);
    await expect(server.createDatabase()).rejects.toThrow('createQZPayTestPglite()');
  });

  it('takes no settings', async () => {
    await expect(start({ engine: 'pglite', settings: { max_connections: '3' } })).rejects.toThrow('PGlite is none');
  });
});

describe('the engine url', () => {
  it('uses a running server and drops the databases of the run, no others', async () => {
    useEnvironment({});
    const { server: running } = await start({ engine: 'embedded' });
    const url = running.url ?? '';
    await running.createDatabase('somebody_elses');
    const databasesBefore = await databaseNames(url);
    useEnvironment({ QZPAY_TEST_DATABASE_URL: url, QZPAY_TEST_ENGINE: 'pglite' });
    const { server } = await start({});
    expect(server).toMatchObject({ engine: 'url', url, version: running.version, concurrent: true });
    await createQZPayTestDatabase({ server, migrated: false });
    await server.createDatabase();
    expect(await databaseNames(url)).toHaveLength(databasesBefore.length + 2);
    await server.stop();
    expect(await databaseNames(url)).toEqual(databasesBefore);
  });

  it('fails when nothing answers at the address', async () => {
    useEnvironment({ QZPAY_TEST_DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres' });
    await expect(start({})).rejects.toThrow(/^QZPAY_TEST_DATABASE_URL .*ECONNREFUSED/);
  });

  it('is an error without an address', async () => {
    useEnvironment({ QZPAY_TEST_ENGINE: 'url' });
    await expect(start({})).rejects.toThrow('"url" is not available. Set QZPAY_TEST_DATABASE_URL');
  });
});
