import path from 'node:path';
import { copyNative } from '../../src/launcher/native.js';
import { binariesFolder } from './packages.js';
import { temporaryFolder } from './temporary-folder.js';

/** A folder with `initdb` and `postgres` that every user may run. */
export function copiedBinaries(): string {
  const folder = temporaryFolder();
  copyNative(binariesFolder(), folder);
  return path.join(folder, 'native', 'bin');
}
