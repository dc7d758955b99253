import { fromPglite, type QZPayMigrationOptions, runMigrations } from '@qzpay/migrations';
import { majorVersion } from '../database/connection.js';
import { migrationsHash } from '../database/template.js';
import type { PgliteClass } from './load.js';
import type { PgliteTemplates } from './templates.js';

const EMPTY = 'empty';

/** Makes the template of an empty database and resolves with its major version of PostgreSQL. */
export async function probe(PGlite: PgliteClass, templates: PgliteTemplates): Promise<number> {
  const pglite = await PGlite.create();
  try {
    await templates.get(EMPTY, () => pglite.dumpDataDir('none'));
    const { rows } = await pglite.query<{ server_version_num: string }>('show server_version_num');
    return majorVersion(rows[0]?.server_version_num);
  } finally {
    await pglite.close();
  }
}

export function emptyTemplate(PGlite: PgliteClass, templates: PgliteTemplates): Promise<Blob> {
  return templates.get(EMPTY, async () => {
    const pglite = await PGlite.create();
    try {
      return await pglite.dumpDataDir('none');
    } finally {
      await pglite.close();
    }
  });
}

export function migratedTemplate(
  PGlite: PgliteClass,
  templates: PgliteTemplates,
  options: QZPayMigrationOptions,
): Promise<Blob> {
  return templates.get(migrationsHash(options), async () => {
    const empty = await templates.find(EMPTY);
    const pglite = await PGlite.create(empty === null ? {} : { loadDataDir: empty });
    try {
      await runMigrations(fromPglite(pglite), options);
      return await pglite.dumpDataDir('none');
    } finally {
      await pglite.close();
    }
  });
}
