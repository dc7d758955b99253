import { parseArgs } from 'node:util';
import { fromPostgresJs, runMigrations } from '@qzpay/migrations';
import Table from 'cli-table3';
import postgres from 'postgres';
import { type OpenDatabase, openDatabase, startDurableServer } from '../server.js';
import { CONTENDERS, ONE_BY_ONE } from './contenders.js';
import { fillCustomers, fillFacts, makeEvents } from './facts.js';
import { type Measurement, measure, quantile } from './measure.js';

const { values } = parseArgs({
  options: {
    facts: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '1000' },
    writers: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '10' },
    batches: { type: 'string', default: '40' },
  },
});
const [facts, batchSize, writers, rounds, batchesPerRound] = [
  values.facts,
  values.batch,
  values.writers,
  values.rounds,
  values.batches,
].map(Number) as [number, number, number, number, number];

const server = await startDurableServer();
if (server.url === null) throw new Error('COPY needs a server');
const admin = postgres(server.url, { max: 1, onnotice: () => {} });
try {
  console.info(`Filling a table with ${facts} facts.`);
  const template = await server.createDatabase();
  const filler = openDatabase(template.url, 1);
  await runMigrations(fromPostgresJs(filler.sql));
  await fillCustomers(filler.sql);
  await fillFacts(filler.sql, facts);
  await filler.storage.repositories.usageRollups.rebuild();
  await filler.sql`vacuum analyze`;
  await filler.sql.end();

  const databases: OpenDatabase[] = [];
  for (const index of CONTENDERS.keys()) {
    const name = `contender_${index}`;
    await admin.unsafe(`create database ${name} template ${template.name} strategy file_copy`);
    const url = new URL(template.url);
    url.pathname = name;
    databases.push(openDatabase(url.href, writers));
  }
  await admin`checkpoint`;

  const measured: Measurement[][] = CONTENDERS.map(() => []);
  // The first round warms connections, plans and caches, and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const batches = Array.from({ length: batchesPerRound }, () => makeEvents(batchSize));
    const order = [...CONTENDERS.keys()];
    if (round % 2 === 1) order.reverse();
    for (const index of order) {
      const contender = CONTENDERS[index];
      const database = databases[index];
      if (contender === undefined || database === undefined) continue;
      const measurement = await measure(contender, database, batches, writers);
      if (round > 0) measured[index]?.push(measurement);
    }
  }
  const last = databases.at(-1) as OpenDatabase;
  const singles = Array.from({ length: writers }, () => makeEvents(500));
  const single = await measure(ONE_BY_ONE, last, singles, writers);
  await copyAsWell(databases, singles.flat());

  report(measured, single, singles.flat().length);
  await compare(databases);
  for (const { sql } of databases) await sql.end();
} finally {
  await admin.end();
  await server.stop();
}

/** So that every database holds the same facts in the end. */
async function copyAsWell(databases: readonly OpenDatabase[], events: ReturnType<typeof makeEvents>): Promise<void> {
  for (const [index, database] of databases.slice(0, -1).entries()) await CONTENDERS[index]?.store(database, events);
}

function report(measured: readonly Measurement[][], single: Measurement, singleEvents: number): void {
  const perRound = batchSize * batchesPerRound;
  const rate = (events: number, elapsed: number) => Math.round((events / elapsed) * 1000);
  const baseline = measured[0] ?? [];
  const table = new Table({ head: ['', 'events/s', 'ratio to COPY', 'p50 / p99 per batch, ms'] });
  for (const [index, contender] of CONTENDERS.entries()) {
    const own = measured[index] ?? [];
    const ratios = own.map(({ elapsed }, round) => (baseline[round]?.elapsed ?? Number.NaN) / elapsed);
    const latencies = own.flatMap((measurement) => measurement.latencies);
    table.push([
      contender.name,
      rate(
        perRound,
        quantile(
          own.map(({ elapsed }) => elapsed),
          0.5,
        ),
      ),
      `${quantile(ratios, 0.5).toFixed(2)} [${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}]`,
      `${quantile(latencies, 0.5).toFixed(0)} / ${quantile(latencies, 0.99).toFixed(0)}`,
    ]);
  }
  table.push([ONE_BY_ONE.name, rate(singleEvents, single.elapsed), '', '']);
  console.info(table.toString());
  const batched = quantile(
    (measured.at(-1) ?? []).map(({ elapsed }) => elapsed),
    0.5,
  );
  const times = rate(perRound, batched) / rate(singleEvents, single.elapsed);
  console.info(
    `${facts} facts before, batches of ${batchSize}, ${writers} writers, ${rounds} rounds of ${batchesPerRound} batches, ` +
      `median [min–max of paired rounds]. A batch is ${times.toFixed(1)} times as fast as one event per call.`,
  );
}

/** Speed proves nothing when the result is wrong. */
async function compare(databases: readonly OpenDatabase[]): Promise<void> {
  const sums = await Promise.all(
    databases.map(async ({ sql }) => {
      const [row] = await sql`select count(*) as facts, sum(quantity) as quantity,
        count(distinct (customer_id, idempotency_key)) as keys from qzpay.billing_usage_records`;
      const [size] = await sql`select pg_size_pretty(pg_table_size('qzpay.billing_usage_records')) as heap,
        pg_size_pretty(pg_indexes_size('qzpay.billing_usage_records')) as indexes,
        pg_size_pretty(pg_total_relation_size('qzpay.billing_usage_rollups')) as sums`;
      return { facts: JSON.stringify(row), size };
    }),
  );
  const agreement = await databases.at(-1)?.storage.usage.verify();
  const same = new Set(sums.map((sum) => sum.facts)).size === 1;
  console.info(`Facts in all tables: ${sums[0]?.facts}, ${same ? 'the same' : 'DIFFERENT'}.`);
  console.info(`Sizes at the end: ${JSON.stringify(sums.at(-1)?.size)}.`);
  console.info(`Hourly sums and facts: ${JSON.stringify({ ...agreement, differences: undefined })}.`);
  if (!same || agreement?.agrees !== true) process.exitCode = 1;
}
