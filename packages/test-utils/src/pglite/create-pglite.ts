import path from 'node:path';
import { fromPglite } from '@qzpay/migrations';
import { resetSql } from '../database/reset.js';
import type { QZPayTestDatabaseOptions, QZPayTestPgliteDatabase } from '../database/test-database.js';
import { pglite as engine } from '../engines/pglite.js';
import { loadPglite } from './load.js';
import { emptyTemplate, migratedTemplate } from './make-template.js';
import { pgliteTemplates } from './templates.js';

/**
 * Creates a PGlite for tests, with QZPay's tables unless told otherwise, whatever engine serves the other tests.
 *
 * The first one of a kind takes seconds; the others are copies and take some hundred milliseconds. Workers that pass
 * the same `server` share the templates.
 *
 * @throws Error where the package `@electric-sql/pglite` is not installed.
 */
export async function createQZPayTestPglite(options: QZPayTestDatabaseOptions = {}): Promise<QZPayTestPgliteDatabase> {
  const { schema = 'qzpay', migrated = true, integrity = true, server } = options;
  const PGlite = await loadPglite();
  if (PGlite === null) throw new Error(`PGlite is not available. ${engine.remedy}`);
  const templates = pgliteTemplates(server === undefined ? null : path.join(server.directory, engine.name));
  const loadDataDir = migrated
    ? await migratedTemplate(PGlite, templates, { schema, integrity })
    : await emptyTemplate(PGlite, templates);
  const pglite = await PGlite.create({ loadDataDir });
  let emptyTables: string | null = null;
  return {
    engine: engine.name,
    url: null,
    pglite,
    schema,
    reset: async () => {
      emptyTables ??= await resetSql(fromPglite(pglite), schema);
      if (emptyTables !== null) await pglite.exec(emptyTables);
    },
    drop: async () => {
      if (!pglite.closed) await pglite.close();
    },
  };
}
