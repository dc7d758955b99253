import { randomBytes } from 'node:crypto';
import type { StartedPostgreSqlContainer } from '@testcontainers/postgresql';
import { RUN_LABEL } from './container-engine.js';
import type { Testcontainers } from './load.js';

const LAST_LINES = 3;
/** Of the container's log, which goes on as long as the server. */
const KEPT_CHARACTERS = 2000;

export interface PostgresContainerOptions {
  readonly image: string;
  /** Arguments of `postgres`. */
  readonly settings: readonly string[];
  /** Whether the engine runs on this machine, so that its loopback address is enough. */
  readonly local: boolean;
  readonly run: string;
  /** Called before the container starts. */
  onCreated(id: string): void;
}

/** @throws Error with what the server has to say, where it does not get ready. */
export async function startPostgresContainer(
  { postgresql }: Testcontainers,
  options: PostgresContainerOptions,
): Promise<StartedPostgreSqlContainer> {
  class PostgresContainer extends postgresql.PostgreSqlContainer {
    protected override async beforeContainerCreated() {
      if (!options.local) return;
      const ports = this.hostConfig.PortBindings as Record<string, { HostIp?: string }[]>;
      for (const binding of Object.values(ports).flat()) binding.HostIp = '127.0.0.1';
    }

    protected override async containerCreated(id: string) {
      options.onCreated(id);
    }
  }
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + String(chunk)).slice(-KEPT_CHARACTERS);
  };
  try {
    return await new PostgresContainer(options.image)
      .withUsername('postgres')
      .withDatabase('postgres')
      .withPassword(randomBytes(16).toString('hex'))
      .withLabels({ [RUN_LABEL]: options.run })
      .withLogConsumer((stream) => stream.on('data', keep))
      .withCommand(['postgres', ...options.settings])
      .start();
  } catch (error) {
    const lastWords = log.trim().split('\n').slice(-LAST_LINES);
    throw new Error([`the container did not start: ${(error as Error).message}`, ...lastWords].join('\n'), {
      cause: error,
    });
  }
}
