import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..');
const WORKFLOWS = path.join(REPOSITORY, '.github', 'workflows');
const { scripts, packageManager } = JSON.parse(readFileSync(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  packageManager: string;
};

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Record<string, string>;
  readonly strategy?: { readonly matrix: Record<string, unknown[]> };
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[];
}

function readWorkflow(file: string) {
  const text = readFileSync(path.join(WORKFLOWS, file), 'utf8');
  const workflow = parse(text, { strict: true, uniqueKeys: true }) as {
    readonly permissions?: Record<string, string>;
    readonly jobs: Record<string, Job>;
  };
  return { text, workflow, jobs: Object.values(workflow.jobs) };
}

describe.each(readdirSync(WORKFLOWS))('the workflow %s', (file) => {
  const { text, workflow, jobs } = readWorkflow(file);

  it('pins every action by its major version', () => {
    const actions = jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  it('says what its token may do, and how long its jobs may take', () => {
    for (const job of jobs) {
      expect(job.permissions ?? workflow.permissions).toBeDefined();
      expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('runs scripts that exist, with the pnpm that the repository names', () => {
    for (const [version] of text.matchAll(/pnpm@[\d.]+/g)) expect(version).toBe(packageManager);
    const names = [...text.matchAll(/(?:\$PNPM|pnpm@[\d.]+)(?: run)? ([\w:]+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => name !== 'install' && scripts[name] === undefined)).toEqual([]);
    const files = [...text.matchAll(/bash ([\w./-]+)/g)].map(([, name = '']) => name);
    expect(files.filter((name) => !existsSync(path.join(REPOSITORY, name)))).toEqual([]);
  });
});

it('tests every supported server with every line of Node, and both ends of the range of drizzle-orm', () => {
  const { matrix = {} } = readWorkflow('ci.yml').workflow.jobs['servers']?.strategy ?? {};
  expect(matrix).toMatchObject({
    node: [20, 22, 24],
    postgres: [15, 16, 17, 18],
    drizzle: ['lowest', 'highest'],
  });
});

it('publishes with an identity of the workflow, and no token of the registry', () => {
  const { text, workflow } = readWorkflow('release.yml');
  expect(workflow.jobs['release']?.permissions).toMatchObject({ 'id-token': 'write' });
  expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});
