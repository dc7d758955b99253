import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const REPOSITORY = path.resolve(import.meta.dirname, '..', '..', '..');
export const DOCS = path.join(REPOSITORY, 'docs');

/** Pages below `docs`, as paths from the top of the repository. */
export function pages(): string[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
    .map((name) => path.posix.join('docs', ...name.split(path.sep)))
    .sort();
}

/** The READMEs of the repository and its packages, as paths from the top of the repository. */
export function readmes(): string[] {
  const packages = readdirSync(path.join(REPOSITORY, 'packages')).map((name) =>
    path.posix.join('packages', name, 'README.md'),
  );
  return ['README.md', ...packages.filter((name) => existsSync(path.join(REPOSITORY, name))).sort()];
}
