import { describe, expect, it } from 'vitest';
import { checkReport, errorReport, progressLine, statusJson, statusTable } from '../src/cli/report.js';
import { QZPayMigrationError } from '../src/errors.js';
import type { QZPayMigrationStatus } from '../src/status.js';

const appliedAt = new Date('2026-01-02T03:04:05.678Z');

function buildStatus(overrides: Partial<QZPayMigrationStatus> = {}): QZPayMigrationStatus {
  return {
    schema: 'qzpay',
    steps: [
      { id: '0000_initial', set: 'core', state: 'applied', appliedAt },
      { id: '0001_more', set: 'core', state: 'pending', appliedAt: null },
    ],
    unknown: [],
    problem: null,
    ...overrides,
  };
}

const DONE = buildStatus({ steps: [{ id: '0000_initial', set: 'core', state: 'applied', appliedAt }] });
const PROBLEM = new QZPayMigrationError('drift', 'Step 0000_initial was applied otherwise.', { step: '0000_initial' });

describe('the table of a status', () => {
  it('has a line for each step, in columns', () => {
    expect(statusTable(buildStatus())).toBe(
      [
        'step          state    applied at',
        '0000_initial  applied  2026-01-02T03:04:05.678Z',
        '0001_more     pending',
      ].join('\n'),
    );
  });

  it('shows steps of newer releases, and whether they broke with this one', () => {
    const unknown = [
      { id: '0002_later', breaking: false, appliedAt },
      { id: '0003_latest', breaking: true, appliedAt },
    ];
    expect(statusTable(buildStatus({ unknown }))).toMatch(
      /0002_later +newer +2026.*\n0003_latest +newer, breaking +2026/,
    );
  });
});

describe('a status as JSON', () => {
  it('has instants as text and the problem with its code', () => {
    expect(JSON.parse(statusJson(buildStatus({ problem: PROBLEM })))).toEqual({
      schema: 'qzpay',
      steps: [
        { id: '0000_initial', set: 'core', state: 'applied', appliedAt: '2026-01-02T03:04:05.678Z' },
        { id: '0001_more', set: 'core', state: 'pending', appliedAt: null },
      ],
      unknown: [],
      problem: { code: 'drift', step: '0000_initial', message: 'Step 0000_initial was applied otherwise.' },
    });
  });

  it('has null for no problem', () => {
    expect(JSON.parse(statusJson(buildStatus()))).toMatchObject({ problem: null });
  });
});

describe('the report of a check', () => {
  it('confirms a database that is as expected', () => {
    expect(checkReport({ ok: true, status: DONE, differences: [] })).toBe(
      'The database is as this release expects it.',
    );
  });

  it('lists what differs, with both definitions where something changed', () => {
    const differences = [
      { kind: 'changed', object: 'column a.b', expected: 'text not null', actual: 'text' },
      { kind: 'missing', object: 'index a.c', expected: 'CREATE INDEX', actual: null },
      { kind: 'extra', object: 'table d', expected: null, actual: 'table' },
    ] as const;
    expect(checkReport({ ok: false, status: DONE, differences })).toBe(
      [
        'changed  column a.b',
        '  expected  text not null',
        '  found     text',
        'missing  index a.c',
        'extra    table d',
        'The database is not as this release expects it.',
      ].join('\n'),
    );
  });

  it('says what is to be done before there is anything to compare', () => {
    expect(checkReport({ ok: false, status: buildStatus(), differences: [] })).toContain('run `qzpay-migrate up`');
    const drifted = buildStatus({ problem: PROBLEM });
    expect(checkReport({ ok: false, status: drifted, differences: [] })).toContain(PROBLEM.message);
  });
});

describe('the report of an error', () => {
  it('has the words of the database below those of the runner, without the layers between', () => {
    const driver = new Error('relation "billing_plans" already exists');
    const wrapped = new Error('Failed query: create table …', { cause: driver });
    const error = new QZPayMigrationError('step_failed', 'Step 0000_initial failed.', { cause: wrapped });
    expect(errorReport(error)).toBe('Step 0000_initial failed.\n  cause: relation "billing_plans" already exists');
  });

  it('is never empty', () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(errorReport(refused)).toBe('ECONNREFUSED');
    expect(errorReport(new TypeError(''))).toBe('TypeError');
    expect(errorReport('text')).toBe('text');
  });
});

it('tells the progress of a step in one line', () => {
  const at = { id: '0000_initial', position: 1, total: 3 };
  expect(progressLine({ ...at, phase: 'started' })).toBe('[1/3] 0000_initial: applying');
  expect(progressLine({ ...at, phase: 'applied' })).toBe('[1/3] 0000_initial: applied');
  expect(progressLine({ ...at, phase: 'skipped' })).toBe('[1/3] 0000_initial: applied by another migrator');
});
