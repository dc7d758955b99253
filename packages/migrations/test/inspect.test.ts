import { describe, expect, it } from 'vitest';
import { inspect } from '../src/inspect.js';
import { chooseSteps } from '../src/steps.js';
import { buildEntry, buildStep } from './support/steps.js';

const FIRST = buildStep('0000_first');
const SECOND = buildStep('0001_second');
const GUARD = buildStep('integrity/0000_guard');
const STEPS = [FIRST, SECOND, GUARD];

function inspectLedger(entries: Parameters<typeof buildEntry>[0][], { integrity = true } = {}) {
  const { steps, unknown, pending, problem } = inspect(STEPS, chooseSteps(STEPS, integrity), entries.map(buildEntry));
  return { states: steps.map(({ state }) => state), unknown, pending: pending.map(({ id }) => id), problem };
}

describe('the inspection of a ledger', () => {
  it('finds everything pending on a new database', () => {
    expect(inspectLedger([])).toEqual({
      states: ['pending', 'pending', 'pending'],
      unknown: [],
      pending: ['0000_first', '0001_second', 'integrity/0000_guard'],
      problem: null,
    });
  });

  it('finds what is pending after an older release, set by set', () => {
    const found = inspectLedger([FIRST, GUARD]);
    expect(found).toMatchObject({ states: ['applied', 'pending', 'applied'], pending: ['0001_second'], problem: null });
  });

  it('skips a set that was not asked for, and keeps it where it is', () => {
    expect(inspectLedger([FIRST], { integrity: false }).states).toEqual(['applied', 'pending', 'skipped']);
    expect(inspectLedger([FIRST, GUARD], { integrity: false }).states).toEqual(['applied', 'pending', 'applied']);
  });

  it('says when a step was applied', () => {
    const appliedAt = new Date('2026-02-03T04:05:06.789Z');
    const { steps } = inspect(STEPS, STEPS, [buildEntry({ ...FIRST, appliedAt })]);
    expect(steps.map((step) => step.appliedAt)).toEqual([appliedAt, null, null]);
  });

  it('accepts steps of a newer release that broke nothing', () => {
    const found = inspectLedger([...STEPS, { id: '0002_third' }]);
    expect(found).toMatchObject({ pending: [], problem: null });
    expect(found.unknown).toEqual([{ id: '0002_third', breaking: false, appliedAt: expect.any(Date) }]);
  });
});

describe('a release must leave the database alone', () => {
  it('when a newer one has broken with it', () => {
    const { problem } = inspectLedger([...STEPS, { id: '0002_third' }, { id: '0003_fourth', breaking: true }]);
    expect(problem).toMatchObject({ code: 'newer_database', step: '0003_fourth' });
    expect(problem?.message).toContain('Upgrade the @qzpay packages');
  });

  it('when a step was applied in another form', () => {
    const found = inspectLedger([FIRST, { ...SECOND, checksum: 'other' }]);
    expect(found.states).toEqual(['applied', 'drifted', 'pending']);
    expect(found.problem).toMatchObject({ code: 'drift', step: '0001_second' });
  });

  it('when a step was applied in another form, also of a set that was not asked for', () => {
    const found = inspectLedger([FIRST, SECOND, { ...GUARD, checksum: 'other' }], { integrity: false });
    expect(found.problem).toMatchObject({ code: 'drift', step: 'integrity/0000_guard' });
  });

  it('when a step is missing although a later one of its set is there', () => {
    expect(inspectLedger([SECOND]).problem).toMatchObject({ code: 'out_of_order', step: '0000_first' });
    const missing = inspectLedger([FIRST, { id: '0002_third' }]);
    expect(missing.problem).toMatchObject({ code: 'out_of_order', step: '0001_second' });
    expect(missing.problem?.message).toContain('0002_third is applied');
  });

  it('and its newer release is named before all else', () => {
    const { problem } = inspectLedger([
      { ...SECOND, checksum: 'other' },
      { id: '0003_fourth', breaking: true },
    ]);
    expect(problem).toMatchObject({ code: 'newer_database' });
  });
});
