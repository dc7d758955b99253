import type { QZPayUsageEvent } from '@qzpay/core';
import type { OpenDatabase } from '../server.js';
import type { Contender } from './contenders.js';

/** How long the batches take when so many writers share them, and how long a batch takes. In milliseconds. */
export interface Measurement {
  readonly elapsed: number;
  readonly latencies: readonly number[];
}

export async function measure(
  contender: Contender,
  database: OpenDatabase,
  batches: readonly (readonly QZPayUsageEvent[])[],
  writers: number,
): Promise<Measurement> {
  const latencies: number[] = [];
  const waiting = batches.values();
  const write = async () => {
    for (const batch of waiting) {
      const started = performance.now();
      await contender.store(database, batch);
      latencies.push(performance.now() - started);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: writers }, write));
  return { elapsed: performance.now() - started, latencies };
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
