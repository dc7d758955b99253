import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { QZPayStorage } from '@qzpay/adapter';
import type { QZPayUsageEvent } from '@qzpay/core';
import postgres, { type Sql } from 'postgres';
import { uuidv7 } from 'uuidv7';
import type { Bench } from '../bench.js';
import type { Contender, Target } from '../support/comparison.js';
import { fillUsage, makeEvents } from '../support/usage.js';

const BATCH = 1000;
const WRITERS = 4;
/** Facts in the table before, for each customer of the large database. */
const FACTS_PER_ROW = 5;

/** A way to store a batch, on a database of its own. */
const WAYS: Readonly<Record<string, (storage: QZPayStorage, sql: Sql, events: QZPayUsageEvent[]) => Promise<unknown>>> =
  {
    'with hourly sums': (storage, _, events) => storage.usage.ingest(events),
    COPY: (_, sql, events) => copyEvents(sql, events),
    'records only': (storage, _, events) => storage.repositories.usageIngestion.ingest(events, { rollUp: false }),
  };
const ONE_BY_ONE = 'one event per call';
const TARGETS: readonly Target[] = [
  { of: 'with hourly sums', over: 'COPY', measure: 'rate', least: 0.7 },
  { of: 'records only', over: 'COPY', measure: 'rate', least: 1 },
  { of: 'with hourly sums', over: ONE_BY_ONE, measure: 'rate', least: 15 },
];

/** Usage in batches against COPY of the same rows: per second, events. */
export async function measureIngestion(bench: Bench): Promise<void> {
  const facts = bench.options.smoke ? 100 : FACTS_PER_ROW * bench.options.rows;
  const contenders: Contender[] = [];
  const singles: Contender[] = [];
  const checks: (() => Promise<boolean>)[] = [];
  for (const [name, store] of Object.entries(WAYS)) {
    const { url, ours } = await bench.empty();
    if (ours === undefined) return;
    const sql = postgres(url, { max: WRITERS, onnotice: () => {} });
    const sums = name === 'with hourly sums';
    await fillUsage(sql, facts);
    if (sums) await ours.repositories.usageRollups.rebuild();
    // As if the rows had been there for a while.
    await sql.unsafe('vacuum analyze');
    await sql.unsafe('checkpoint');
    let sent = facts;
    const run = async () => {
      const events = makeEvents(BATCH);
      await store(ours, sql, events);
      sent += events.length;
    };
    contenders.push({ name, run });
    if (sums) {
      const oneByOne = async () => {
        for (const event of makeEvents(BATCH)) await ours.usage.ingest([event]);
        sent += BATCH;
      };
      singles.push({ name: ONE_BY_ONE, run: oneByOne });
    }
    checks.push(async () => {
      const [counted] =
        await sql`select count(*)::float8 as facts, count(distinct (customer_id, idempotency_key))::float8 as keys
        from qzpay.billing_usage_records`;
      const sumsAgree = !sums || (await ours.usage.verify()).agrees;
      await sql.end();
      return counted?.['facts'] === sent && counted['keys'] === sent && sumsAgree;
    });
  }
  await bench.compare({
    work: `usage in batches of ${BATCH}`,
    callers: WRITERS,
    perCall: BATCH,
    // A call takes a tenth of a second, and the last contender's a whole one.
    longer: 8,
    differs: true,
    contenders: [...contenders, ...singles],
    targets: TARGETS,
  });
  for (const check of checks) {
    if (!(await check())) throw new Error('Stored events are not the ones that were sent');
  }
  bench.section.notes.push(
    `Tables of ${facts} events before. Every event is stored once, and the sums agree with the records.`,
  );
}

/** The rows of the events, stored as fast as PostgreSQL stores rows: no check, no verdict, no sums. */
async function copyEvents(sql: Sql, events: readonly QZPayUsageEvent[]): Promise<void> {
  const now = new Date().toISOString();
  const lines = events.map(
    ({ customerId, limitKey, quantity, timestamp, idempotencyKey }) =>
      `${uuidv7()}\tf\t${customerId}\t${limitKey}\t${quantity}\tincrement\t${timestamp.toISOString()}\t${idempotencyKey}\t{}\t${now}\n`,
  );
  const target = await sql`copy qzpay.billing_usage_records
    (id, livemode, customer_id, limit_key, quantity, action, occurred_at, idempotency_key, metadata, created_at)
    from stdin`.writable();
  await pipeline(Readable.from([lines.join('')]), target);
}
