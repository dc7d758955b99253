import { describe, expect, it } from 'vitest';
import { createQZPayMemoryHarness, QZPAY_CONFORMANCE_CASES, runQZPayConformanceCase } from '../../src/index.js';
import { counterMutants } from './counters.js';
import { errorMutants } from './errors.js';
import { invoiceMutants } from './invoices.js';
import { listMutants } from './lists.js';
import { modeMutants, versionMutants } from './modes.js';
import type { Mutant } from './mutant.js';
import { operationMutants } from './operations.js';
import { transactionMutants } from './transactions.js';
import { uniquenessMutants } from './uniqueness.js';
import { updateMutants } from './updates.js';
import { valueMutants } from './values.js';

const MUTANTS: readonly Mutant[] = [
  ...counterMutants,
  ...uniquenessMutants,
  ...updateMutants,
  ...valueMutants,
  ...listMutants,
  ...errorMutants,
  ...transactionMutants,
  ...invoiceMutants,
  ...modeMutants,
  ...versionMutants,
  ...operationMutants,
];

/** What the database promises. */
const PROMISES = [
  'one succeeded refund per mode and provider refund id',
  'promo cap never exceeded',
  'counters exact',
  'one default payment method',
  'one pending polling job per resource',
  'one live customer per external id and mode',
  'invoice with its lines or nothing',
  'invoice numbers without gaps or duplicates',
  'no test row tied to a live one',
  'nothing written after a rolled-back transaction',
  'one webhook event per mode, provider and id, claimed by one worker',
  'usage counted once per key',
  'one result per idempotency key, replayed to the others, conflicting payload refused',
];

/** A wrapper that is broken itself would be caught for the wrong reason. */
const MISTAKES = [TypeError, ReferenceError, RangeError];

function caseOf(id: string) {
  const found = QZPAY_CONFORMANCE_CASES.find((one) => one.id === id);
  if (found === undefined) throw new Error(`No case is named ${id}.`);
  return found;
}

describe('the cases that catch the mutants', () => {
  const ids = new Set(MUTANTS.flatMap(([, , caughtBy]) => caughtBy));
  it.each([...ids].toSorted())('%s passes on the sound storage', (id) =>
    runQZPayConformanceCase(caseOf(id), createQZPayMemoryHarness),
  );
});

describe('a storage in which', () => {
  it.each(MUTANTS)('%s: breaks "%s", and is caught by %j', async (_name, _promise, caughtBy, breaks) => {
    for (const one of caughtBy.map(caseOf)) {
      const failure = await runQZPayConformanceCase(one, async (settings) =>
        breaks(await createQZPayMemoryHarness(settings)),
      ).then(
        () => new Error(`${one.id} passes`),
        (error: Error) => error,
      );
      // The case's own failure, with the sentence that is broken; the harness would reject with something else.
      expect(failure.message).toContain(`${one.id}: ${one.promise}\n`);
      for (const Mistake of MISTAKES) expect(failure.cause).not.toBeInstanceOf(Mistake);
    }
  });
});

it('every promise of the database is broken by some mutant', () => {
  console.info(MUTANTS.map(([name, , caughtBy]) => `${name} → ${caughtBy.join(', ')}`).join('\n'));
  const broken = new Set(MUTANTS.map(([, promise]) => promise));
  expect(PROMISES.filter((promise) => !broken.has(promise))).toEqual([]);
  expect(new Set(MUTANTS.map(([name]) => name)).size).toBe(MUTANTS.length);
});
