import { existsSync } from 'node:fs';
import { fromPglite, type QZPayMigrationDatabase } from '@qzpay/migrations';
import { createQZPayTestPglite, type QZPayStartedTestServer, startQZPayTestServer } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import { afterAll, describe, onTestFinished, vi } from 'vitest';
import { openServerDatabase, type ServerDatabase, type ServerDatabaseOptions } from './databases.js';

/** The oldest version that QZPay supports. */
const OLDEST = '/usr/lib/postgresql/15/bin';

type OpenOptions = Pick<ServerDatabaseOptions, 'migrated' | 'integrity'>;
type Body<Database> = (open: (options?: OpenOptions) => Promise<Database>) => void;

/** Runs the tests of `body` on every engine that is there, on databases that are empty unless `migrated`. */
export function describeOnEveryEngine(name: string, body: Body<{ readonly database: QZPayMigrationDatabase }>): void {
  describeOnEveryServer(name, body);
  describe(`${name} on PGlite`, () => {
    body(async (options) => {
      const made = await createQZPayTestPglite({ server: useQZPayTestServer(), migrated: false, ...options });
      onTestFinished(() => made.drop());
      return { database: fromPglite(made.pglite) };
    });
  });
}

/** Runs the tests of `body` on the server of this run and on the oldest version, where that is installed. */
export function describeOnEveryServer(name: string, body: Body<ServerDatabase>): void {
  const { engine, version } = useQZPayTestServer();
  describe(`${name} on PostgreSQL ${version}`, () => body(openServerDatabase));
  // Who asks for the installed server by name has it as the server of this run, or the run fails.
  if (engine !== 'installed') describeOnInstalled(name, body);
}

function describeOnInstalled(name: string, body: Body<ServerDatabase>): void {
  const binaries = process.env['PG_BIN_DIR'] || (existsSync(OLDEST) ? OLDEST : undefined);
  if (binaries === undefined) {
    console.warn(`SKIPPED: ${name} on PostgreSQL 15, which is not installed. Set PG_BIN_DIR to its programs.`);
  }
  describe.skipIf(binaries === undefined)(`${name} on an installed PostgreSQL`, () => {
    body(async (options) => openServerDatabase({ ...options, server: await startInstalled(binaries) }));
  });
  afterAll(async () => (await installed)?.stop());
}

/** One for all tests of a file. */
let installed: Promise<QZPayStartedTestServer> | undefined;

function startInstalled(binaries: string | undefined): Promise<QZPayStartedTestServer> {
  if (installed === undefined) {
    vi.stubEnv('PG_BIN_DIR', binaries);
    installed = startQZPayTestServer({ engine: 'installed' }).finally(() => vi.unstubAllEnvs());
  }
  return installed;
}
