import { describe, expect, it } from 'vitest';
import { createQZPayMemoryHarness } from '../../src/index.js';
import { checkQZPayStorageModel, checkQZPayStorageUnderLoad } from '../../src/model/index.js';
import { counterMutants } from './counters.js';
import type { Mutant } from './mutant.js';
import { transactionMutants } from './transactions.js';
import { uniquenessMutants } from './uniqueness.js';
import { updateMutants } from './updates.js';

const MUTANTS = new Map(
  [...counterMutants, ...transactionMutants, ...uniquenessMutants, ...updateMutants].map((mutant) => [
    mutant[0],
    mutant,
  ]),
);

/** The longest sequence that still tells a reader what is broken. */
const SHORT = 5;

/** What a check says of the broken storage. */
async function failureOf(
  check: typeof checkQZPayStorageModel | typeof checkQZPayStorageUnderLoad,
  name: string,
): Promise<string> {
  const [, , , breaks] = MUTANTS.get(name) as Mutant;
  return check({
    seed: 1,
    createHarness: async (settings) => breaks(await createQZPayMemoryHarness(settings)),
  }).then(
    () => 'Nothing was noticed.',
    (error: Error) => error.message,
  );
}

describe('the model-based test notices that', () => {
  it.each([
    'setting a limit starts its counter anew',
    'refunds that failed are summed up',
    'a map of provider ids is replaced',
    'a transaction that fails commits',
  ])('%s, and tells it in a few calls', async (name) => {
    const failure = await failureOf(checkQZPayStorageModel, name);
    expect(failure).toContain('Counterexample:');
    const [counterexample = ''] = /^Counterexample: .*$/m.exec(failure) ?? [];
    expect(counterexample.split('"call":').length - 1).toBeLessThanOrEqual(SHORT);
  });
});

describe('the test under load notices that', () => {
  it.each([
    'redemptions are read and written back',
    'a refund is looked up before it is stored',
    'a transaction that fails commits',
  ])('%s', async (name) => {
    expect(await failureOf(checkQZPayStorageUnderLoad, name)).toContain('Counterexample:');
  });
});
