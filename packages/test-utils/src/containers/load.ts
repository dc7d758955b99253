import { createRequire } from 'node:module';

/** The packages behind the engine `testcontainers`, which are optional. */
export interface Testcontainers {
  readonly postgresql: typeof import('@testcontainers/postgresql');
  readonly testcontainers: typeof import('testcontainers');
  /** File of `testcontainers`, for a process that loads it on its own. */
  readonly entry: string;
}

/** Null where the package is not installed. Loading takes most of a second, so it waits until it is needed. */
export function loadTestcontainers(): Testcontainers | null {
  const require = createRequire(import.meta.url);
  const file = resolve(require, '@testcontainers/postgresql');
  if (file === null) return null;
  // The very copy that the module uses: the connection to the engine is kept there.
  const besideIt = createRequire(file);
  const entry = besideIt.resolve('testcontainers');
  return { postgresql: besideIt(file), testcontainers: besideIt(entry), entry };
}

function resolve(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}
