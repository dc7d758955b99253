import { randomUUID } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll } from 'vitest';
import { fromPglite } from '../../src/drivers/pglite.js';

/**
 * One embedded database for the tests of a file, each of which works in a schema of its own: `database()` within a
 * test.
 */
export function usePglite() {
  let pglite: PGlite | undefined;
  beforeAll(async () => {
    pglite = await PGlite.create();
  });
  afterAll(() => pglite?.close());
  return () => {
    if (pglite === undefined) throw new Error('The embedded database has not been started');
    return fromPglite(pglite);
  };
}

/** The name of a schema that no other test uses. */
export function newSchema(): string {
  return `schema ${randomUUID()}`;
}
