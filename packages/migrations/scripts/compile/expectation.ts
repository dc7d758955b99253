import { PGlite } from '@electric-sql/pglite';
import { type Catalogue, readCatalogue } from '../../src/catalogue.js';
import { fromPglite } from '../../src/drivers/pglite.js';
import { DEFAULT_SCHEMA } from '../../src/options.js';
import { runSteps } from '../../src/run-steps.js';
import type { QZPayMigrationStep } from '../../src/steps.js';

const UNCOLLATED = `select distinct c.relname || '.' || attname as "column"
from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = '${DEFAULT_SCHEMA}'
join pg_attribute on attrelid = c.oid and atttypid = 'text'::regtype
join pg_collation l on l.oid = attcollation and l.collname <> 'C'
where c.relkind in ('r', 'p') and (
  exists (select from pg_index where indrelid = c.oid and attnum = any (indkey))
  or exists (select from pg_constraint where contype = 'f' and (
    (conrelid = c.oid and attnum = any (conkey)) or (confrelid = c.oid and attnum = any (confkey))
  ))
) order by 1`;

/**
 * The catalogue of an embedded database to which the runner has applied the steps.
 *
 * @throws Error when a text column that is compared by an index or a key is left with the database's collation.
 */
export async function expectedCatalogue(steps: readonly QZPayMigrationStep[]): Promise<Catalogue> {
  const pglite = new PGlite();
  try {
    const database = fromPglite(pglite);
    await runSteps(database, steps, {});
    const uncollated = (await database.query(UNCOLLATED)).map((row) => row['column']);
    if (uncollated.length > 0) {
      throw new Error(
        `Text columns in keys without collation "C": ${uncollated.join(', ')}. Where a step puts a key on an existing ` +
          'column, add to it: alter table … alter column … set data type text collate "C"',
      );
    }
    return await readCatalogue(database, DEFAULT_SCHEMA);
  } finally {
    await pglite.close();
  }
}
