import { loadPglite } from '../pglite/load.js';
import { probe } from '../pglite/make-template.js';
import { pgliteTemplates } from '../pglite/templates.js';
import type { TestEngine } from './engine.js';

/** PostgreSQL in the test's own process: one connection, so nothing can compete. */
export const pglite: TestEngine<'pglite'> = {
  name: 'pglite',
  remedy: 'Install it: npm install --save-dev @electric-sql/pglite',
  async start({ directory, settings }) {
    const PGlite = await loadPglite();
    if (PGlite === null) return null;
    if (Object.keys(settings).length > 0) throw new Error('`settings` need a server; PGlite is none.');
    return { url: null, version: await probe(PGlite, pgliteTemplates(directory)), stop: async () => {} };
  },
};
