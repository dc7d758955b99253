import { readFileSync } from 'node:fs';
import { planMigrations } from '@qzpay/migrations';
import { createQZPayTestDatabase } from '@qzpay/test-utils';
import { useQZPayTestServer } from '@qzpay/test-utils/vitest';
import postgres, { type Sql } from 'postgres';
import { onTestFinished } from 'vitest';

/** The steps that the earlier release did not have. */
export const LATER_STEPS = ['0002_storage_parameters'];

interface StoredRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * What a release without the later steps has stored, parents before children: a small merchant, a numbered invoice and
 * a webhook event, recorded once. It stays as it is when the tables change, as rows in a database do.
 */
export const RECORDED_ROWS: readonly StoredRow[] = readFileSync(
  new URL('earlier-release.jsonl', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as StoredRow);

export interface EarlierDatabase {
  readonly url: string;
  readonly sql: Sql;
  /** The ids of the steps that the database has had. */
  appliedSteps(this: void): Promise<string[]>;
  /** The recorded rows that the database still has, in the columns that they were recorded with. */
  storedRows(this: void): Promise<readonly StoredRow[]>;
}

/** A database that an earlier release has made and filled. */
export async function makeEarlierDatabase(): Promise<EarlierDatabase> {
  const { url, drop } = await createQZPayTestDatabase({ server: useQZPayTestServer(), migrated: false });
  if (url === null) throw new Error('Upgrades are tested on a server.');
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  onTestFinished(async () => {
    await sql.end();
    await drop();
  });
  await sql.unsafe(earlierPlan()).simple();
  await insertRows(sql);
  return {
    url,
    sql,
    appliedSteps: async () => (await sql`select id from qzpay.billing_migrations order by id`).map(({ id }) => id),
    storedRows: () => Promise.all(RECORDED_ROWS.map((recorded) => readRow(sql, recorded))),
  };
}

/** What a database administrator would have been given by that release. */
function earlierPlan(): string {
  const [head = '', ...sections] = planMigrations().split(/^(?=-- ---- )/m);
  const earlier = sections.filter((section) => !LATER_STEPS.some((step) => section.startsWith(`-- ---- ${step} `)));
  if (sections.length - earlier.length !== LATER_STEPS.length) throw new Error('The plan has other sections.');
  return [head, ...earlier].join('').replace(/^\\.*$/gm, '');
}

async function insertRows(sql: Sql): Promise<void> {
  for (const table of new Set(RECORDED_ROWS.map((stored) => stored.table))) {
    const rows = RECORDED_ROWS.filter((stored) => stored.table === table).map(({ row }) => row);
    const columns = Object.keys(rows[0] ?? {}).join(', ');
    await sql.unsafe(
      `insert into qzpay.${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::qzpay.${table}, $1)`,
      [rows as postgres.JSONValue],
    );
  }
}

async function readRow(sql: Sql, { table, row }: StoredRow): Promise<StoredRow> {
  const [found] = await sql`
    select (select jsonb_object_agg(key, value) from jsonb_each(to_jsonb(t)) where key in ${sql(Object.keys(row))}) as row
    from ${sql(`qzpay.${table}`)} t where to_jsonb(t) @> ${sql.json(row as postgres.JSONValue)}`;
  return { table, row: found?.['row'] };
}
