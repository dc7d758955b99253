import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { REPOSITORY } from '../src/pages.js';

const MODULES = path.resolve(import.meta.dirname, '..', 'node_modules');
const REMARK = path.join(MODULES, 'remark-cli', 'cli.js');
const PLUGIN = path.join(MODULES, 'remark-validate-links', 'index.js');

/** Follows every link between files, headings included. */
function followLinks(folder: string, files: readonly string[]) {
  const options = ['--use', `${PLUGIN}=repository:false`, '--frail', '--quiet', '--no-stdout', '--no-color'];
  return spawnSync(process.execPath, [REMARK, ...options, ...files], { cwd: folder, encoding: 'utf8' });
}

it('no link between documents is dead', () => {
  const files = ['README.md', 'CONTRIBUTING.md', 'docs', 'packages/*/README.md'];
  expect(followLinks(REPOSITORY, files)).toMatchObject({ status: 0, stderr: '' });
});

it('a dead link is found, to a file and to a heading', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'qzpay-links-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    path.join(folder, 'a.md'),
    '# A\n\n[here](#a) [there](b.md#b)\n\n| [no file](c.md) | [no heading](b.md#c) |\n',
  );
  writeFileSync(path.join(folder, 'b.md'), '# B\n');
  const { status, stderr } = followLinks(folder, ['.']);
  expect(status).toBe(1);
  expect(stderr.match(/Cannot find .*/g)).toHaveLength(2);
});
