import { cpSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

interface LibraryLink {
  /** File that is there, relative to the package. */
  readonly source: string;
  /** Name under which the binaries load it. */
  readonly target: string;
}

/**
 * Makes the library links that npm packages cannot hold and that an install script makes where it is allowed to run.
 * Answers whether all of them are there.
 */
export function linkLibraries(home: string): boolean {
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly LibraryLink[];
  return links.every(({ source, target }) => {
    const link = path.resolve(home, target);
    return existsSync(link) || makeLink(path.relative(path.dirname(link), path.resolve(home, source)), link);
  });
}

function makeLink(source: string, link: string): boolean {
  try {
    symlinkSync(source, link);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process was faster.
    if (code === 'EEXIST') return true;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error;
  }
}

/** Copies `native` into a folder, where its links are made anew: the old ones may be missing, or lead out. */
export function copyNative(home: string, folder: string): void {
  cpSync(path.join(home, 'native'), path.join(folder, 'native'), {
    recursive: true,
    filter: (source) => !lstatSync(source).isSymbolicLink(),
  });
  linkLibraries(folder);
}
