import assert from 'node:assert/strict';
import type { QZPayIdempotentOptions } from '@qzpay/core';
import { insertQZPayPlan } from '../fixtures/index.js';
import { gate } from './barrier.js';
import { idsOf, rejects } from './expectations.js';
import type { OperationsStorage } from './operations.js';

export const REQUEST = { amount: 100, currency: 'USD' };

/** Work that leaves a plan each time that it is run: how often it was, and which plans lasted. */
export function planner(storage: OperationsStorage) {
  let runs = 0;
  return {
    runs: () => runs,
    stored: async () => idsOf((await storage.plans.list()).data).toSorted(),
    work: async () => {
      runs += 1;
      return insertQZPayPlan(storage, { id: `plan-${runs}` });
    },
  };
}

/** Work under a key that goes on until it is told to end. */
interface Owner {
  readonly result: Promise<string>;
  end(this: void): void;
}

/** Resolves when the work is running and has left a plan; the result will be its id. */
export async function own(
  storage: OperationsStorage,
  id: string,
  options: QZPayIdempotentOptions = {},
): Promise<Owner> {
  const [running, ending] = [gate(), gate()];
  const result = storage.idempotent(
    'key',
    REQUEST,
    async () => {
      await insertQZPayPlan(storage, { id });
      running.open();
      await ending.opened;
      return id;
    },
    options,
  );
  result.catch(() => {});
  await Promise.race([running.opened, result]);
  return { result, end: ending.open };
}

export const unexpected = async (): Promise<string> => assert.fail('The work was run once more.');

export async function isInProgress(work: Promise<unknown>): Promise<void> {
  const error = await rejects(work, 'storage');
  assert.deepEqual([error.code, error.retryable], ['idempotency_in_progress', true]);
}

export const settled = (work: Promise<unknown>) => Promise.allSettled([work]);

/** Expects that the caller is told of the owner at once; where callers come one after another, it may get the result. */
export async function isToldOf(
  owner: Owner,
  caller: Promise<string>,
  { capabilities: { concurrentTransactions } }: OperationsStorage,
): Promise<void> {
  const told = settled(caller);
  if (concurrentTransactions) await told;
  owner.end();
  const result = await owner.result;
  const [outcome] = await told;
  if (concurrentTransactions || outcome?.status === 'rejected') await isInProgress(caller);
  else assert.equal(await caller, result);
}
