import type { QZPayUsageEvent } from '@qzpay/core';
import postgres from 'postgres';
import type { Bench } from '../bench.js';
import { short } from '../support/statistics.js';
import { fillUsage, makeEvent } from '../support/usage.js';

/** Of measuring: two million by default. */
const EVENTS_PER_SECOND = 334_000;
const MOST_MEGABYTES = 250;
const WRITERS = 4;

/** A stream that is longer than memory would hold: what the process grows by while it is stored. */
export async function measureStream(bench: Bench): Promise<void> {
  const { url, ours } = await bench.empty();
  if (ours === undefined) return;
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await fillUsage(sql, 0);
  await sql.end();
  const count = Math.ceil(EVENTS_PER_SECOND * bench.options.seconds);
  const before = process.memoryUsage.rss();
  let most = before;
  const onBatch = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const started = performance.now();
  const { accepted } = await ours.usage.ingest(events(count), { batchSize: 1000, concurrency: WRITERS, onBatch });
  const seconds = (performance.now() - started) / 1000;
  const { agrees } = await ours.usage.verify();
  if (accepted !== count || !agrees) throw new Error('The stream is not what was stored');
  const grown = (most - before) / 1e6;
  bench.section.addTable(
    ['stream', 'events', 'per second', 'process grew by, MB'],
    [['usage.ingest', String(count), short(count / seconds), grown.toFixed(0)]],
  );
  bench.section.promise(`stream of ${count} events: MB that the process grows by`, { most: MOST_MEGABYTES }, [grown]);
}

function* events(count: number): Generator<QZPayUsageEvent> {
  for (let index = 0; index < count; index += 1) yield makeEvent();
}
