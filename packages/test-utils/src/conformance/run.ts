import { AssertionError } from 'node:assert';
import type { QZPayClock } from '@qzpay/core';
import { createQZPayTestClock } from '../clock.js';
import { QZPAY_FIXTURE_INSTANT } from '../fixtures/instant.js';
import type {
  QZPayConformanceCase,
  QZPayConformanceContext,
  QZPayConformanceLevel,
  QZPayConformanceStorage,
} from './case.js';
import { QZPAY_CONFORMANCE_CASES } from './cases.js';
import { lacking } from './contract.js';

/** A storage under test, empty, with data of its own. */
export interface QZPayConformanceHarness {
  /** In test mode (`livemode: false`), with the clock that the harness was given. */
  readonly storage: QZPayConformanceStorage;
  /** Another handle on the same data, with the same clock. */
  open(options: { readonly livemode: boolean }): Promise<QZPayConformanceStorage>;
  /** Cuts what connects the storage to its data, as a failover does; does nothing where nothing can be cut. */
  interrupt(): Promise<void>;
  /** Always called, after the last use. */
  dispose(): Promise<void>;
}

export interface QZPayConformanceOptions {
  /** Of vitest, jest, `node:test` or any other runner. */
  describe(this: void, name: string, body: () => void): unknown;
  it(this: void, name: string, body: () => Promise<void>): unknown;
  /** Heads the report. */
  readonly name: string;
  /** Called once for each case. The storage must take every instant that it makes from `clock`. */
  createHarness(this: void, settings: { readonly clock: QZPayClock }): Promise<QZPayConformanceHarness>;
  /** Default: the highest. */
  readonly level?: QZPayConformanceLevel;
  /**
   * Cases that the storage is known to fail, with the reason. Each is run and expected to fail: the one that passes
   * fails the run, and so does an id that does not exist.
   */
  readonly deviations?: Readonly<Record<string, string>>;
}

/**
 * Registers the conformance suite with a test runner: one test for each case, none skipped.
 *
 * ```ts
 * import { describe, it } from 'node:test';
 *
 * qzpayStorageConformance({ describe, it, name: 'acme', createHarness: async ({ clock }) => { … } });
 * ```
 */
export function qzpayStorageConformance(options: QZPayConformanceOptions): void {
  const { createHarness, describe, it, name, level = 3, deviations = {} } = options;
  if (typeof createHarness !== 'function') throw new TypeError('`createHarness` is a function that makes a harness.');
  if (![1, 2, 3].includes(level)) throw new RangeError('`level` is 1, 2 or 3.');
  const cases = QZPAY_CONFORMANCE_CASES.filter((one) => one.level <= level);
  describe(`${name}: QZPay storage conformance, level ${level}`, () => {
    for (const area of new Set(cases.map((one) => one.area))) {
      describe(area, () => {
        for (const one of cases.filter((other) => other.area === area)) {
          const reason = deviations[one.id];
          if (reason === undefined) it(one.id, () => runQZPayConformanceCase(one, createHarness));
          else it(`${one.id} deviates: ${reason}`, () => expectFailure(one, createHarness));
        }
      });
    }
    for (const id of Object.keys(deviations).filter((known) => !cases.some((one) => one.id === known))) {
      it(id, () => Promise.reject(new Error(`No case of level ${level} is named ${id}: remove the deviation.`)));
    }
  });
}

/** A failure of the storage, as opposed to one of the harness. */
class CaseFailure extends AssertionError {}

/**
 * Runs one case against a fresh harness; rejects with what the contract says where it fails.
 *
 * A harness that cannot be made, or disposed of, rejects with its own error.
 */
export async function runQZPayConformanceCase(
  one: QZPayConformanceCase,
  createHarness: QZPayConformanceOptions['createHarness'],
): Promise<void> {
  const clock = createQZPayTestClock(QZPAY_FIXTURE_INSTANT);
  const harness = await createHarness({ clock });
  assertHarness(harness);
  try {
    const { storage } = harness;
    if (typeof storage.capabilities?.concurrentTransactions !== 'boolean') {
      throw new TypeError('The storage does not say whether it has `capabilities.concurrentTransactions`.');
    }
    await runWith(one, {
      storage,
      clock,
      open: (options) => harness.open(options),
      interrupt: () => harness.interrupt(),
    });
  } finally {
    await harness.dispose();
  }
}

/** @throws TypeError for what plain JavaScript callers may give. */
function assertHarness(harness: QZPayConformanceHarness): void {
  const parts: Readonly<Record<string, unknown>> = { ...harness };
  const absent = ['open', 'interrupt', 'dispose'].filter((name) => typeof parts[name] !== 'function');
  if (typeof parts['storage'] !== 'object' || parts['storage'] === null) absent.unshift('storage');
  if (absent.length > 0) throw new TypeError(`The harness that \`createHarness\` made has no ${absent.join(', ')}.`);
}

async function runWith(one: QZPayConformanceCase, context: QZPayConformanceContext): Promise<void> {
  try {
    await one.run(context);
  } catch (error) {
    throw teaching(one, error, error instanceof AssertionError ? [] : lacking(context.storage, one.level));
  }
}

async function expectFailure(
  one: QZPayConformanceCase,
  createHarness: QZPayConformanceOptions['createHarness'],
): Promise<void> {
  try {
    await runQZPayConformanceCase(one, createHarness);
  } catch (error) {
    if (error instanceof CaseFailure) return;
    throw error;
  }
  throw new Error(`${one.id} passes: remove the deviation.`);
}

/**
 * The failure with the sentence that it breaks and what the storage lacks; expected and actual stay where runners look
 * for them.
 */
function teaching(one: QZPayConformanceCase, error: unknown, missing: readonly string[]): CaseFailure {
  const told = error instanceof Error ? error.message : String(error);
  const what = missing.length === 0 ? told : `The storage has ${missing.join(', ')}.\n${told}`;
  const { expected, actual, operator = 'fail' } = error instanceof AssertionError ? error : {};
  const failure = new CaseFailure({
    message: `${one.id}: ${one.promise}\n${what}`,
    expected,
    actual,
    operator,
  });
  failure.cause = error;
  return failure;
}
