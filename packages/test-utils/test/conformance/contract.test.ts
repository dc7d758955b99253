import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { QZPAY_CONFORMANCE_CASES, type QZPayConformanceHarness, qzpayStorageConformance } from '../../src/index.js';
import { PACKAGE } from '../support/packages.js';

const CORE = path.join(PACKAGE, '..', 'core', 'src');
const ids = QZPAY_CONFORMANCE_CASES.map(({ id }) => id);

/** Every doc comment of the contract, with the place where it stands. */
function docBlocks(): { place: string; musts: number; tags: string[] }[] {
  const files = readdirSync(CORE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const source = readFileSync(path.join(CORE, file), 'utf8');
    return [...source.matchAll(/\/\*\*.*?\*\//gs)].map(({ 0: text, index }) => ({
      place: `${file}:${source.slice(0, index).split('\n').length}`,
      musts: text.match(/\bMUST\b/g)?.length ?? 0,
      tags: [...text.matchAll(/@conformance (\S+)/g)].map(([, id = '']) => id),
    }));
  });
}

/** A storage that has nothing but a word about itself. */
const emptyHarness = async (): Promise<QZPayConformanceHarness> => {
  const storage = {
    capabilities: { concurrentTransactions: true },
    subscriptionPollingJobs: {},
  } as QZPayConformanceHarness['storage'];
  return { storage, open: async () => storage, interrupt: async () => {}, dispose: async () => {} };
};

describe('the contract', () => {
  it('names a case that proves it for every MUST', () => {
    const unproved = docBlocks().filter(({ musts, tags }) => musts > tags.length);
    expect(unproved.map(({ place, musts, tags }) => `${place}: ${musts} MUST, ${tags.length} tags`)).toEqual([]);
  });

  it('names cases that there are, each once in a comment', () => {
    const blocks = docBlocks();
    expect(blocks.flatMap(({ tags }) => tags).filter((id) => !ids.includes(id))).toEqual([]);
    expect(blocks.filter(({ tags }) => new Set(tags).size !== tags.length)).toEqual([]);
    expect(blocks.reduce((sum, { musts }) => sum + musts, 0)).toBeGreaterThan(20);
  });
});

describe('the cases', () => {
  it('have ids of their own, of an area and what happens', () => {
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
    for (const { id, area } of QZPAY_CONFORMANCE_CASES) expect(id.startsWith(`${area}/`)).toBe(true);
  });

  it('promise sentences', () => {
    const promises = QZPAY_CONFORMANCE_CASES.map(({ promise }) => promise);
    expect(promises.filter((promise) => !/^[A-Z`].{20,}\.$/.test(promise))).toEqual([]);
  });

  it('all fail on a storage that does nothing, with their sentence', async () => {
    const outcomes = new Map<string, Promise<unknown>>();
    qzpayStorageConformance({
      name: 'empty',
      describe: (_, body) => body(),
      it: (id, run) =>
        outcomes.set(
          id,
          run().catch((error: unknown) => error),
        ),
      createHarness: emptyHarness,
    });
    expect([...outcomes.keys()].toSorted()).toEqual(ids.toSorted());
    for (const { id, promise } of QZPAY_CONFORMANCE_CASES) {
      expect(String(await outcomes.get(id)), id).toContain(promise);
    }
  });

  it('run under node:test', async () => {
    const code = `
      import { describe, it } from 'node:test';
      import { QZPAY_CONFORMANCE_CASES, qzpayStorageConformance } from '@qzpay/test-utils';
      qzpayStorageConformance({
        describe,
        it,
        name: 'empty',
        deviations: Object.fromEntries(QZPAY_CONFORMANCE_CASES.map(({ id }) => [id, 'it does nothing'])),
        createHarness: ${emptyHarness.toString()},
      });`;
    const parameters = ['--test-reporter=tap', '--input-type=module', '--eval', code];
    const environment = { PATH: process.env['PATH'] };
    const { stdout } = await promisify(execFile)(process.execPath, parameters, {
      cwd: PACKAGE,
      env: environment,
      maxBuffer: 2 ** 26,
    });
    expect(stdout).toContain(`\n# pass ${ids.length}\n# fail 0\n`);
  });
});
