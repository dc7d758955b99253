import fc from 'fast-check';
import { createQZPayTestClock } from '../clock.js';
import type { QZPayConformanceOptions } from '../conformance/run.js';
import { QZPAY_FIXTURE_INSTANT } from '../fixtures/instant.js';
import { shrinkingInTime } from './shrinking.js';
import { type Work, Workload, work } from './workload.js';

export interface QZPayLoadOptions {
  /** Called once for each run and for each step of the shrinking. */
  createHarness: QZPayConformanceOptions['createHarness'];
  /** Default 20. */
  readonly runs?: number;
  /** Callers at once. Default 6. */
  readonly callers?: number;
  /** Pieces of work of each caller, at most. Default 40. */
  readonly length?: number;
  /** Repeats a run: a failure tells its seed. What the callers do is the same then, how they interleave is not. */
  readonly seed?: number;
}

/**
 * Lets several callers work on the same few rows at once and proves afterwards that nothing was lost, doubled, torn or
 * left over: counters, caps, refunds, defaults, maps of provider ids, polling jobs, invoices, rolled-back transactions;
 * and, where the storage has them, usage by key, webhook events, idempotent calls and invoice numbers.
 *
 * @throws Error with the work that broke an invariant, made shorter as far as it still does.
 */
export async function checkQZPayStorageUnderLoad(options: QZPayLoadOptions): Promise<void> {
  const { createHarness, runs = 20, callers = 6, length = 40, seed } = options;
  const lists = fc.array(fc.array(work, { maxLength: length, size: 'max' }), {
    minLength: callers,
    maxLength: callers,
  });
  await fc.assert(
    fc.asyncProperty(
      lists,
      shrinkingInTime((given) => carryOut(given, createHarness)),
    ),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}

async function carryOut(
  lists: readonly (readonly Work[])[],
  createHarness: QZPayLoadOptions['createHarness'],
): Promise<void> {
  const harness = await createHarness({ clock: createQZPayTestClock(QZPAY_FIXTURE_INSTANT) });
  try {
    const workload = await Workload.prepare(harness.storage);
    const done = await Promise.allSettled(lists.map((list, caller) => workload.carryOut(list, caller)));
    for (const outcome of done) if (outcome.status === 'rejected') throw outcome.reason;
    await workload.verify();
  } finally {
    await harness.dispose();
  }
}
