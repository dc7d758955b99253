import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { describe, expect, inject, it } from 'vitest';
import { packedFiles, REPOSITORY, readJson } from './support/install.js';
import { PUBLISHED } from './support/pack.js';

const FILES = packedFiles(inject('tarballs'));
/** ES modules only: `require()` works at run time from Node 20.19 on, but these two ways of resolving types know nothing of it. */
const NOT_OFFERED = ['node10', 'node16-cjs'];

function open(name: string) {
  const data = readFileSync(FILES.get(name) ?? name);
  const tarball = createPackageFromTarballData(new Uint8Array(data));
  const root = `/node_modules/${name}/`;
  const files = tarball.listFiles().map((file) => file.slice(root.length));
  const read = (file: string) => tarball.readFile(root + file);
  return { data, tarball, files, read, manifest: JSON.parse(read('package.json')) as Record<string, unknown> };
}

it('packs every package that is not private', () => {
  expect([...FILES.keys()].sort()).toEqual(PUBLISHED.map((name) => `@qzpay/${name}`).sort());
});

describe.each(PUBLISHED)('the packed %s', (folder) => {
  const name = `@qzpay/${folder}`;
  const source = path.join(REPOSITORY, 'packages', folder);

  it('holds what is built, the README and the license, and nothing of sources and tests', () => {
    const { files } = open(name);
    const expected = /^(dist\/.+\.(d\.ts|js|js\.map)|sql\/.+\.sql|README\.md|LICENSE|package\.json)$/;
    expect(files.filter((file) => !expected.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']));
  });

  it('declares no types that its sources have no longer', () => {
    const declarations = open(name).files.filter((file) => file.endsWith('.d.ts'));
    const missing = declarations.filter((file) => {
      const original = file.replace('dist/', 'src/').replace(/\.d\.ts$/, '.ts');
      return !existsSync(path.join(source, original));
    });
    expect(missing).toEqual([]);
  });

  it('carries in its source maps what they point to', () => {
    const { files, read } = open(name);
    for (const file of files.filter((candidate) => candidate.endsWith('.map'))) {
      const { sources, sourcesContent } = JSON.parse(read(file)) as { sources: string[]; sourcesContent: string[] };
      expect(sourcesContent.filter(Boolean), file).toHaveLength(sources.length);
    }
  });

  it('names no workspace and no folder where a version belongs', () => {
    const { manifest } = open(name);
    const { version } = readJson(path.join(source, 'package.json')) as { version: string };
    expect(manifest['version']).toBe(version);
    for (const [wanted, range] of Object.entries(manifest['dependencies'] ?? {})) {
      if (wanted.startsWith('@qzpay/')) expect(range, wanted).toBe(version);
      else expect(range, wanted).toMatch(/^[\^~]?\d+\.\d+\.\d+$/);
    }
  });

  it('is found by every way of resolving that is offered', async () => {
    const { data, tarball } = open(name);
    const { messages } = await publint({ strict: true, pack: { tarball: Uint8Array.from(data).buffer } });
    expect(messages).toEqual([]);
    const analysis = await checkPackage(tarball);
    if (analysis.types === false) throw new Error(`${name} has no types`);
    const problems = analysis.problems.filter(
      (problem) => !('resolutionKind' in problem && NOT_OFFERED.includes(problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
  });
});
