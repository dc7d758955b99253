import { parseArgs } from 'node:util';
import type { QZPayUsageEvent } from '@qzpay/core';
import { fromPostgresJs, runMigrations } from '@qzpay/migrations';
import { openDatabase, startDurableServer } from '../server.js';
import { fillCustomers, makeEvent } from './facts.js';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    batch: { type: 'string', default: '1000' },
    writers: { type: 'string', default: '4' },
  },
});
const count = Number(values.events);

async function* source(): AsyncGenerator<QZPayUsageEvent> {
  for (let index = 0; index < count; index += 1) yield makeEvent();
}

const server = await startDurableServer();
try {
  const { url } = await server.createDatabase();
  const { sql, storage } = openDatabase(url, Number(values.writers));
  await runMigrations(fromPostgresJs(sql));
  await fillCustomers(sql);
  const started = performance.now();
  let reported = 0;
  const counts = await storage.usage.ingest(source(), {
    batchSize: Number(values.batch),
    concurrency: Number(values.writers),
    onBatch: ({ counts: { accepted } }) => {
      if (accepted < reported + 200_000) return;
      reported = accepted;
      console.info(`${accepted} events, ${Math.round(process.memoryUsage.rss() / 1e6)} MB`);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 1000;
  console.info(
    `${JSON.stringify(counts)} in ${seconds.toFixed(0)} s, ${Math.round(count / seconds)} events/s, at most ${peak.toFixed(0)} MB RSS.`,
  );
  const { agrees, records } = await storage.usage.verify();
  console.info(`Hourly sums and ${records} facts ${agrees ? 'agree' : 'DIFFER'}.`);
  if (!agrees || records !== count) process.exitCode = 1;
  await sql.end();
} finally {
  await server.stop();
}
