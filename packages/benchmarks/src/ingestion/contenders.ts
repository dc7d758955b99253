import type { QZPayUsageEvent } from '@qzpay/core';
import type { OpenDatabase } from '../server.js';
import { copyEvents } from './copy.js';

/** A way to store a batch, measured on a database of its own. */
export interface Contender {
  readonly name: string;
  store(database: OpenDatabase, events: readonly QZPayUsageEvent[]): Promise<unknown>;
}

export const CONTENDERS = [
  { name: 'copy', store: ({ sql }, events) => copyEvents(sql, events) },
  {
    name: 'exact, records only',
    store: ({ storage }, events) => storage.repositories.usageIngestion.ingest(events, { rollUp: false }),
  },
  { name: 'exact, with hourly sums', store: ({ storage }, events) => storage.usage.ingest(events) },
] as const satisfies readonly Contender[];

export const ONE_BY_ONE: Contender = {
  name: 'exact, with hourly sums, one event per call',
  store: async ({ storage }, events) => {
    for (const event of events) await storage.usage.ingest([event]);
  },
};
