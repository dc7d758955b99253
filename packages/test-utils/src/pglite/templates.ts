import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Data directories by name, held in memory and, where workers share a folder, on disk. */
export interface PgliteTemplates {
  /** The template, or null where nobody has made it. */
  find(name: string): Promise<Blob | null>;
  /** The template, made at most once per process. */
  get(name: string, make: () => Promise<Blob>): Promise<Blob>;
}

// A mere cache: a second copy of this module fills another one.
const memory = new Map<string, Promise<Blob>>();

export function pgliteTemplates(folder: string | null): PgliteTemplates {
  const find = async (name: string) => (await memory.get(name)) ?? (folder === null ? null : read(folder, name));
  const findOrMake = async (name: string, make: () => Promise<Blob>) => {
    const found = folder === null ? null : await read(folder, name);
    if (found !== null) return found;
    const made = await make();
    if (folder !== null) await write(folder, name, made);
    return made;
  };
  return {
    find,
    get: (name, make) => {
      const known = memory.get(name);
      if (known !== undefined) return known;
      const coming = findOrMake(name, make).catch((error: unknown) => {
        memory.delete(name);
        throw error;
      });
      memory.set(name, coming);
      return coming;
    },
  };
}

function fileOf(folder: string, name: string): string {
  return path.join(folder, `${name}.tar`);
}

async function read(folder: string, name: string): Promise<Blob | null> {
  try {
    return new Blob([await readFile(fileOf(folder, name))]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function write(folder: string, name: string, template: Blob): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, randomBytes(6).toString('hex'));
  await writeFile(draft, new Uint8Array(await template.arrayBuffer()));
  // Whole or not at all: another worker may be looking.
  await rename(draft, fileOf(folder, name));
}
