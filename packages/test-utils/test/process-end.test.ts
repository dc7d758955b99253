import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runChild } from './support/child.js';
import { PACKAGE } from './support/packages.js';
import { connected } from './support/sql.js';
import { temporaryFolder } from './support/temporary-folder.js';

async function startInChild(temporary: string, then: string) {
  const code = `
    import { startQZPayTestServer } from '@qzpay/test-utils';
    const server = await startQZPayTestServer({ engine: 'embedded', log: () => {} });
    console.log(JSON.stringify(server));
    ${then}`;
  const child = runChild(code, { cwd: PACKAGE, temporary });
  return { child, server: (await child.firstLine) as { url: string; directory: string } };
}

const gone = { code: 'ECONNREFUSED' };

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('the server goes with a process that gets %s', async (signal) => {
  const { child, server } = await startInChild(temporaryFolder(), 'setInterval(() => {}, 1000);');
  child.process.kill(signal);
  expect(await child.ended).toMatchObject({ signal });
  await expect(connected(server.url, (sql) => sql`select`)).rejects.toMatchObject(gone);
  expect(existsSync(server.directory)).toBe(false);
});

it.each([
  ['ends by itself', '', 0],
  ['exits', 'process.exit(3);', 3],
  ['throws', "throw new Error('on purpose');", 1],
  [
    'answers a signal in its own time',
    "process.on('SIGTERM', () => process.exit(4)); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGTERM');",
    4,
  ],
])('the server goes with a process that %s', async (_, then, code) => {
  const { child, server } = await startInChild(temporaryFolder(), then);
  expect(await child.ended).toMatchObject({ code });
  await expect(connected(server.url, (sql) => sql`select`)).rejects.toMatchObject(gone);
  expect(existsSync(server.directory)).toBe(false);
});

it('the next start removes what a killed process left behind', async () => {
  const temporary = temporaryFolder();
  const { child, server } = await startInChild(temporary, 'setInterval(() => {}, 1000);');
  child.process.kill('SIGKILL');
  await child.ended;
  expect(existsSync(server.directory)).toBe(true);
  await (await startInChild(temporary, '')).child.ended;
  await expect(connected(server.url, (sql) => sql`select`)).rejects.toMatchObject(gone);
  expect(existsSync(server.directory)).toBe(false);
});
