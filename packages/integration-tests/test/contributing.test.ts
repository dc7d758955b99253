import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..');
const read = (file: string) => readFileSync(path.join(REPOSITORY, file), 'utf8');
const TEXT = read('CONTRIBUTING.md');

it('names files that exist', () => {
  const files = [...TEXT.matchAll(/`((?:packages|\.ci|\.github)\/[^`]+)`/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !existsSync(path.join(REPOSITORY, file)))).toEqual([]);
});

it('names commands that exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const cells = [...TEXT.matchAll(/^\| (`[a-z].*?) +\|/gm)].map(([, cell = '']) => cell);
  const commands = cells.flatMap((cell) => [...cell.matchAll(/`([a-z:0-9]+)`/g)].map(([, name = '']) => name));
  expect(commands.length).toBeGreaterThan(10);
  expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
});

it('goes through an aggregate in the order of the layers', () => {
  const steps = TEXT.split(/^(?=\d\. \*\*)/m).slice(1);
  const layers = steps.map((step) => /packages\/([\w-]+)\//.exec(step)?.[1]);
  expect(layers).toEqual(['core', 'schema', 'migrations', 'repositories', 'adapter', 'test-utils', 'documentation']);
});
