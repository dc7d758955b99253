import assert from 'node:assert/strict';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { QZPayConformanceCase, QZPayConformanceContext } from '../../src/conformance/case.js';
import { lacking } from '../../src/conformance/contract.js';
import {
  type QZPayConformanceHarness,
  type QZPayConformanceOptions,
  qzpayStorageConformance,
  runQZPayConformanceCase,
} from '../../src/conformance/run.js';
import { createQZPayMemoryStorage } from '../../src/memory/storage.js';

const cases = vi.hoisted((): QZPayConformanceCase[] => []);
vi.mock('../../src/conformance/cases.js', () => ({ QZPAY_CONFORMANCE_CASES: cases }));

function makeCase(
  id: string,
  run: (context: QZPayConformanceContext) => Promise<void> = async () => {},
  level: QZPayConformanceCase['level'] = 1,
): QZPayConformanceCase {
  return { id, area: id.slice(0, id.indexOf('/')), level, promise: 'It keeps its promise.', run };
}

const fail = async () => assert.equal(1, 2);

beforeEach(() => {
  cases.splice(0, cases.length, makeCase('a/passes'), makeCase('a/fails', fail), makeCase('b/passes', undefined, 2));
});

function makeHarness(overrides: Partial<QZPayConformanceHarness> = {}): QZPayConformanceHarness {
  const storage = { capabilities: { concurrentTransactions: false } } as QZPayConformanceHarness['storage'];
  return { storage, open: async () => storage, interrupt: async () => {}, dispose: async () => {}, ...overrides };
}

/** Registers with a runner of four lines; what became of each test, by its name. */
async function outcomesOf(options: Partial<QZPayConformanceOptions> = {}): Promise<Record<string, string>> {
  const tests: (readonly [string, () => Promise<void>])[] = [];
  qzpayStorageConformance({
    describe: (_, body) => body(),
    it: (name, body) => tests.push([name, body]),
    name: 'a storage',
    createHarness: async () => makeHarness(),
    ...options,
  });
  const outcomes: Record<string, string> = {};
  for (const [name, run] of tests) {
    outcomes[name] = await run().then(
      () => 'passed',
      (error: unknown) => String(error),
    );
  }
  return outcomes;
}

describe('the runner', () => {
  it('registers a test for each case, below its area and the name of the storage', () => {
    const registered: string[] = [];
    qzpayStorageConformance({
      describe: (name, body) => {
        registered.push(`describe ${name}`);
        body();
      },
      it: (name) => registered.push(`it ${name}`),
      name: 'acme',
      createHarness: async () => makeHarness(),
    });
    expect(registered).toEqual([
      'describe acme: QZPay storage conformance, level 3',
      'describe a',
      'it a/passes',
      'it a/fails',
      'describe b',
      'it b/passes',
    ]);
  });

  it('tells what a failing case promises, and what was expected', async () => {
    const outcomes = await outcomesOf();
    expect(outcomes['a/passes']).toBe('passed');
    expect(outcomes['a/fails']).toContain('a/fails: It keeps its promise.\nExpected values to be strictly equal');
    await expect(runQZPayConformanceCase(makeCase('a/fails', fail), async () => makeHarness())).rejects.toMatchObject({
      expected: 2,
      actual: 1,
      cause: expect.any(assert.AssertionError),
    });
  });

  it('runs the cases of a level and of those below it', async () => {
    cases.push(makeCase('c/passes', undefined, 3));
    expect(Object.keys(await outcomesOf({ level: 1 }))).toEqual(['a/passes', 'a/fails']);
    expect(Object.keys(await outcomesOf({ level: 2 }))).toEqual(['a/passes', 'a/fails', 'b/passes']);
    expect(Object.keys(await outcomesOf())).toEqual(['a/passes', 'a/fails', 'b/passes', 'c/passes']);
  });

  it('accepts a known deviation that fails, and says so in its name', async () => {
    const outcomes = await outcomesOf({ deviations: { 'a/fails': 'not yet' } });
    expect(outcomes['a/fails deviates: not yet']).toBe('passed');
    expect(outcomes).not.toHaveProperty('a/fails');
  });

  it('fails a deviation that passes', async () => {
    const outcomes = await outcomesOf({ deviations: { 'a/passes': 'no longer' } });
    expect(outcomes['a/passes deviates: no longer']).toContain('a/passes passes: remove the deviation');
  });

  it('fails a deviation that names no case of the level', async () => {
    const deviations = { 'a/unknown': 'a slip of the pen', 'b/passes': 'of level 2' };
    const outcomes = await outcomesOf({ level: 1, deviations });
    expect(outcomes['a/unknown']).toContain('No case of level 1 is named a/unknown');
    expect(outcomes['b/passes']).toContain('No case of level 1 is named b/passes');
  });

  it.each([
    ['cannot be made', async () => Promise.reject(new Error('broken harness'))],
    ['cannot be disposed of', async () => makeHarness({ dispose: () => Promise.reject(new Error('broken harness')) })],
  ])('fails a harness that %s, also for a known deviation', async (_, createHarness) => {
    const outcomes = await outcomesOf({ createHarness, deviations: { 'a/fails': 'known' } });
    expect(Object.values(outcomes)).toEqual([
      'Error: broken harness',
      'Error: broken harness',
      'Error: broken harness',
    ]);
  });

  it('refuses a level that there is not, and a harness that is none, before anything runs', () => {
    const register = (options: object) => () =>
      qzpayStorageConformance({ describe, it, name: 'acme', createHarness: async () => makeHarness(), ...options });
    expect(register({ level: 7 })).toThrow('`level` is 1, 2 or 3.');
    expect(register({ createHarness: makeHarness() })).toThrow('`createHarness` is a function');
  });

  it('names what a harness lacks, also for a known deviation', async () => {
    const createHarness = async () => ({ storage: {}, open: async () => {} }) as unknown as QZPayConformanceHarness;
    const outcomes = await outcomesOf({ createHarness, deviations: { 'a/fails': 'known' } });
    for (const outcome of Object.values(outcomes)) expect(outcome).toContain('made has no interrupt, dispose.');
  });

  it('names what the storage lacks of a level in its failing cases, and lets others pass', async () => {
    const memory = createQZPayMemoryStorage();
    const usage = { verify: () => {}, total: () => {}, series: () => {} };
    const storage = { ...memory, plans: undefined, idempotent: undefined, usage } as unknown as typeof memory;
    cases.splice(0, cases.length, makeCase('a/passes'));
    for (const level of [1, 3] as const) {
      cases.push(makeCase(`a/level-${level}`, async () => void (await storage.plans.list()), level));
    }
    const outcomes = await outcomesOf({ createHarness: async () => makeHarness({ storage }) });
    expect(outcomes['a/passes']).toBe('passed');
    expect(outcomes['a/level-1']).toContain('The storage has no collection `plans`.\n');
    expect(outcomes['a/level-1']).not.toContain('usage');
    expect(outcomes['a/level-3']).toContain('no method `idempotent`');
    expect(outcomes['a/level-3']).toContain('no collection `plans`, no method `usage.ingest`');
  });

  it('finds nothing lacking in the reference storage', () => {
    expect(lacking(createQZPayMemoryStorage(), 3)).toEqual([]);
  });

  it('fails a storage that does not tell its capabilities, also for a known deviation', async () => {
    const createHarness = async () => makeHarness({ storage: {} as QZPayConformanceHarness['storage'] });
    const outcomes = await outcomesOf({ createHarness, deviations: { 'a/fails': 'known' } });
    for (const outcome of Object.values(outcomes)) expect(outcome).toContain('capabilities.concurrentTransactions');
  });

  it('gives each case a harness and a clock of its own, and disposes of it whatever happens', async () => {
    const seen: unknown[] = [];
    const disposed: unknown[] = [];
    cases.splice(
      0,
      cases.length,
      ...['a/first', 'a/second'].map((id) =>
        makeCase(id, async ({ clock, storage }) => {
          seen.push(storage);
          expect(clock.now()).toEqual(new Date('2026-01-01T00:00:00.000Z'));
          clock.advance(1000);
          throw new Error('it fails');
        }),
      ),
    );
    await outcomesOf({
      createHarness: async ({ clock }) => {
        expect(clock()).toEqual(new Date('2026-01-01T00:00:00.000Z'));
        const harness: QZPayConformanceHarness = makeHarness({
          dispose: async () => {
            disposed.push(harness.storage);
          },
        });
        return harness;
      },
    });
    expect(new Set(seen).size).toBe(2);
    expect(disposed).toEqual(seen);
  });

  it('hands the other handles and the interruption of the harness on', async () => {
    const calls: unknown[] = [];
    const run = async ({ open, interrupt }: QZPayConformanceContext) => {
      await open({ livemode: true });
      await interrupt();
    };
    const harness = makeHarness({
      open: async (options) => {
        calls.push(options);
        return harness.storage;
      },
      interrupt: async () => {
        calls.push('interrupted');
      },
    });
    await runQZPayConformanceCase(makeCase('a/one', run), async () => harness);
    expect(calls).toEqual([{ livemode: true }, 'interrupted']);
  });
});
