import path from 'node:path';
import { findContainerEngine, removeContainerNow, sweepContainers } from '../containers/container-engine.js';
import { loadTestcontainers } from '../containers/load.js';
import { startPostgresContainer } from '../containers/postgres-container.js';
import { serverVersion } from '../database/connection.js';
import { postgresArguments } from '../launcher/settings.js';
import type { TestEngine } from './engine.js';

const DEFAULT_IMAGE = 'postgres:17-alpine';

/** A server in a container of its own, for a machine that has a container engine. */
export const testcontainers: TestEngine<'testcontainers'> = {
  name: 'testcontainers',
  remedy:
    'Install it: npm install --save-dev @testcontainers/postgresql, and start a container engine, such as Docker, that it can reach.',
  async start(context) {
    const library = loadTestcontainers();
    const engine = library && (await findContainerEngine(library));
    if (library === null || engine === null) return null;
    await sweepContainers(engine);
    const { host } = engine.info.containerRuntime;
    const local = host === 'localhost' || host === '127.0.0.1';
    const container = await startPostgresContainer(library, {
      image: context.image ?? (context.environment['QZPAY_TEST_IMAGE'] || DEFAULT_IMAGE),
      settings: postgresArguments({ ...context.settings, listen_addresses: '*', port: '5432' }),
      local,
      run: path.basename(path.dirname(context.directory)),
      onCreated: (id) => context.onProcessEnd(() => removeContainerNow(library, id)),
    });
    const stop = async () => {
      await container.stop();
    };
    const url = new URL(container.getConnectionUri());
    if (local) url.hostname = '127.0.0.1';
    try {
      return { url: url.href, version: await serverVersion(url.href), stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
