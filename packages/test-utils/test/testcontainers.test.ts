import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findContainerEngine, RUN_LABEL } from '../src/containers/container-engine.js';
import { loadTestcontainers } from '../src/containers/load.js';
import { createQZPayTestDatabase, type QZPayTestServerOptions, startQZPayTestServer } from '../src/index.js';
import { runChild } from './support/child.js';
import { PACKAGE } from './support/packages.js';
import { connected } from './support/sql.js';
import { temporaryFolder } from './support/temporary-folder.js';

const library = loadTestcontainers();
const containers = library && (await findContainerEngine(library));
if (containers === null) {
  const message = 'No container engine answers: the tests of the engine testcontainers were SKIPPED';
  if (process.env['QZPAY_TEST_CONTAINERS'] === 'true') throw new Error(message);
  console.warn(message);
}

async function start(options: QZPayTestServerOptions = {}) {
  vi.stubEnv('QZPAY_TEST_DATABASE_URL', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines: string[] = [];
  const server = await startQZPayTestServer({ engine: 'testcontainers', log: (line) => lines.push(line), ...options });
  onTestFinished(() => server.stop());
  return { server, lines };
}

/** The containers of test runs, whoever started them. */
async function running() {
  const found = await containers?.container.dockerode.listContainers({ filters: { label: [RUN_LABEL] } });
  return found ?? [];
}

async function containerAt(url: string) {
  const port = Number(new URL(url).port);
  return (await running()).find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
}

const START_AND_WAIT = `
  import { startQZPayTestServer } from '@qzpay/test-utils';
  const server = await startQZPayTestServer({ engine: 'testcontainers', log: () => {} });
  console.log(JSON.stringify(server.url));
  setInterval(() => {}, 1000);`;

async function startInChild() {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(DOCKER|TESTCONTAINERS)_|^QZPAY_TEST_IMAGE$/.test(name)),
  ) as Record<string, string>;
  const child = runChild(START_AND_WAIT, { cwd: PACKAGE, temporary: temporaryFolder(), environment });
  return { child, url: (await child.firstLine) as string };
}

describe.skipIf(containers === null)('the engine testcontainers', () => {
  it('serves databases, and leaves nothing when it stops', async () => {
    const { server, lines } = await start();
    const url = server.url ?? '';
    expect(server).toMatchObject({ engine: 'testcontainers', concurrent: true });
    expect(lines).toEqual([`QZPay tests: testcontainers, PostgreSQL ${server.version}`]);
    const database = await createQZPayTestDatabase({ server });
    const count = () => connected(database.url ?? '', (sql) => sql`select from qzpay.billing_customers`);
    expect(await count()).toHaveLength(0);
    await database.reset();
    expect(await containerAt(url)).toBeDefined();
    await server.stop();
    expect(await containerAt(url)).toBeUndefined();
  });

  it('publishes its port on the loopback address only and asks for a password', async () => {
    const { server } = await start();
    const url = new URL(server.url ?? '');
    expect(url.hostname).toBe('127.0.0.1');
    const container = await containerAt(url.href);
    const details = await containers?.container.getById(container?.Id ?? '').inspect();
    expect(details?.HostConfig.PortBindings).toEqual({ '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] });
    url.password = 'guess';
    await expect(connected(url.href, (sql) => sql`select`)).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes settings', async () => {
    const { server } = await start({ settings: { max_connections: '17', port: '1' } });
    const [row] = await connected(
      server.url ?? '',
      (sql) => sql`select current_setting('max_connections') as connections, current_setting('fsync') as fsync`,
    );
    expect(row).toEqual({ connections: '17', fsync: 'off' });
  });

  it('says why the server did not start, and leaves no container', async () => {
    const before = await running();
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /container did not start:.*shared_buffers/s,
    );
    expect(await running()).toHaveLength(before.length);
  });

  it('refuses an image that does not exist', async () => {
    await expect(start({ image: 'localhost:1/no-such-image:1' })).rejects.toThrow('the container did not start');
  });

  it('goes with a process that is terminated', async () => {
    const { child, url } = await startInChild();
    child.process.kill('SIGTERM');
    expect(await child.ended).toMatchObject({ signal: 'SIGTERM' });
    expect(await containerAt(url)).toBeUndefined();
  });

  it('is removed by the next start when its process was killed', async () => {
    const { child, url } = await startInChild();
    child.process.kill('SIGKILL');
    await child.ended;
    await start();
    expect(await containerAt(url)).toBeUndefined();
  });
});

it('does not wait for a container engine that never answers', async () => {
  const testcontainers = { getContainerRuntimeClient: () => new Promise(() => {}) } as never;
  expect(await findContainerEngine({ testcontainers }, 10)).toBeNull();
});
