import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { command, REPOSITORY, readJson, removeFolder, temporaryFolder } from './install.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with what users install, packed once for all tests of a run. */
    readonly tarballs: string;
  }
}

const PACKAGES = path.join(REPOSITORY, 'packages');

/** The folders of the packages that are published. */
export const PUBLISHED: readonly string[] = readdirSync(PACKAGES).filter((folder) => {
  const manifest = readJson(path.join(PACKAGES, folder, 'package.json')) as { private?: boolean };
  return manifest.private !== true;
});

/** Packs the built packages, or takes those at `QZPAY_TEST_TARBALLS`: a release tests the files that it publishes. */
export default async function packPackages(project: TestProject): Promise<() => void> {
  const given = process.env['QZPAY_TEST_TARBALLS'];
  if (given !== undefined) {
    project.provide('tarballs', path.resolve(REPOSITORY, given));
    return () => {};
  }
  const folder = temporaryFolder();
  const { packageManager } = readJson(path.join(REPOSITORY, 'package.json')) as { packageManager: string };
  const filters = PUBLISHED.flatMap((name) => ['--filter', `@qzpay/${name}`]);
  await command(REPOSITORY, ['npx', '-y', packageManager, ...filters, 'pack', '--pack-destination', folder]);
  project.provide('tarballs', folder);
  return () => removeFolder(folder);
}
