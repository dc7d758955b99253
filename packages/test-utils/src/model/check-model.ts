import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createQZPayTestClock } from '../clock.js';
import type { QZPayConformanceOptions } from '../conformance/run.js';
import { QZPAY_FIXTURE_INSTANT } from '../fixtures/instant.js';
import { createQZPayMemoryHarness } from '../memory/harness.js';
import { type Command, commands } from './command.js';
import { furniture } from './furniture.js';
import { Session } from './session.js';
import { shrinkingInTime } from './shrinking.js';

export interface QZPayModelOptions {
  /** Called twice for each sequence and once more for each step of the shrinking. */
  createHarness: QZPayConformanceOptions['createHarness'];
  /** What the storage is compared with. Default: the reference storage in memory. */
  reference?: QZPayConformanceOptions['createHarness'];
  /** Sequences. Default 50. */
  readonly runs?: number;
  /** Commands in a sequence, at most. Default 100. */
  readonly length?: number;
  /** Repeats a run: a failure tells its seed and path. */
  readonly seed?: number;
  readonly path?: string;
}

/**
 * Carries out random sequences of calls on the storage and on the reference side by side, one call after the other, and
 * compares what each call comes to and what both hold in the end.
 *
 * @throws Error with the shortest sequence that was found to differ, and how to repeat it.
 */
export async function checkQZPayStorageModel(options: QZPayModelOptions): Promise<void> {
  const { createHarness, reference = createQZPayMemoryHarness, runs = 50, length = 100, seed, path } = options;
  await fc.assert(
    fc.asyncProperty(
      commands(length),
      shrinkingInTime((sequence) => compare([...furniture, ...sequence], createHarness, reference)),
    ),
    {
      numRuns: runs,
      // A failure is told with its first difference; what was tried on the way would bury it.
      verbose: fc.VerbosityLevel.None,
      ...(seed === undefined ? {} : { seed }),
      ...(path === undefined ? {} : { path }),
    },
  );
}

async function compare(
  sequence: readonly Command[],
  createHarness: QZPayModelOptions['createHarness'],
  createReference: QZPayModelOptions['createHarness'],
): Promise<void> {
  const clocks = [createQZPayTestClock(QZPAY_FIXTURE_INSTANT), createQZPayTestClock(QZPAY_FIXTURE_INSTANT)] as const;
  const expecting = await createReference({ clock: clocks[0] });
  try {
    const tested = await createHarness({ clock: clocks[1] });
    try {
      const model = new Session(expecting.storage, clocks[0]);
      const real = new Session(tested.storage, clocks[1]);
      for (const [index, command] of sequence.entries()) {
        const expected = await model.perform(command);
        const actual = await real.perform(command);
        assert.deepEqual(actual, expected, `Command ${index} came to something else than in the reference.`);
      }
      assert.deepEqual(await real.everything(), await model.everything(), 'The storages hold different data.');
    } finally {
      await tested.dispose();
    }
  } finally {
    await expecting.dispose();
  }
}
