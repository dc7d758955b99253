import { describe, expect, it } from 'vitest';
import { planMigrations } from '../src/index.js';
import { planSteps } from '../src/plan.js';
import { buildStep } from './support/steps.js';

const FIRST = buildStep('0000_first');
const SECOND = buildStep('0001_second', { breaking: true });
const GUARD = buildStep('integrity/0000_guard');
const STEPS = [FIRST, SECOND, GUARD];

const sections = (plan: string) => [...plan.matchAll(/^-- ---- (.+) ----$/gm)].map(([, title]) => title);

describe('the plan', () => {
  it('begins with schema and ledger, and then has a section for each step', () => {
    expect(sections(planSteps(STEPS, {}))).toEqual([
      'schema and ledger',
      '0000_first',
      '0001_second',
      'integrity/0000_guard',
    ]);
  });

  it('runs every section as one transaction behind the lock of the runner', () => {
    const plan = planSteps(STEPS, { schema: "it's" });
    for (const line of ['begin;', 'commit;', 'set transaction isolation level read committed;']) {
      expect(plan.split('\n').filter((each) => each === line)).toHaveLength(4);
    }
    expect(plan).toContain("select pg_advisory_xact_lock(hashtextextended('qzpay:migrate:it''s', 0));");
  });

  it('leaves out what the database has, and what was not asked for', () => {
    expect(sections(planSteps(STEPS, { applied: ['0000_first'], integrity: false }))).toEqual([
      'schema and ledger',
      '0001_second',
    ]);
  });

  it('holds nothing but a note where nothing is left to do', () => {
    const plan = planSteps(STEPS, { applied: STEPS.map(({ id }) => id) });
    expect(sections(plan)).toEqual([]);
    expect(plan).toContain('none: the database has them all');
    expect(plan).not.toContain('begin;');
  });

  it('warns of steps with which older releases stop working', () => {
    expect(planSteps(STEPS, {})).toContain('--   0001_second  (older releases stop working)');
  });

  it('names the schema that was asked for, in a comment that it cannot leave', () => {
    const plan = planSteps(STEPS, { schema: 'a\ndrop table b; --' });
    expect(plan).toContain('-- Schema: "a drop table b; --"');
  });

  it('quotes the block that creates the schema so that no name ends it', () => {
    expect(planSteps(STEPS, { schema: '$qzpay$' })).toContain('do $qzpay1$');
    expect(planSteps(STEPS, { schema: '$qzpay$$qzpay1$' })).toContain('do $qzpay2$');
  });

  it('refuses a schema name that PostgreSQL would refuse or cut', () => {
    expect(() => planMigrations({ schema: '' })).toThrow(expect.objectContaining({ code: 'invalid_schema_name' }));
  });

  it('of this release holds no token', () => {
    const plan = planMigrations({ schema: 'billing' });
    expect(plan).not.toContain('__qzpay__');
    expect(sections(plan)).toContain('0000_initial');
    expect(sections(planMigrations({ integrity: false }))).not.toContain('integrity/0000_append_only');
  });
});
