import { describe, expect, it } from 'vitest';
import * as core from '../src/index.js';
import { VALUE_SETS } from './value-sets.js';

const exported: Readonly<Record<string, unknown>> = { ...core };

describe.each(Object.entries(VALUE_SETS))('%s', (name, members) => {
  it('has exactly the members that may be stored', () => {
    expect(Object.values(exported[name] as object)).toEqual(members);
  });

  it('lists its members in a companion array', () => {
    expect(exported[`${name}_VALUES`]).toEqual(members);
  });

  it('cannot be changed, nor can its companion array', () => {
    expect(Object.isFrozen(exported[name])).toBe(true);
    expect(Object.isFrozen(exported[`${name}_VALUES`])).toBe(true);
  });

  it('names each member after its value', () => {
    for (const [key, value] of Object.entries(exported[name] as object)) {
      if (typeof value === 'string') expect(value.replaceAll('.', '_').toUpperCase()).toBe(key);
    }
  });
});

it('counts the days of the week from Sunday', () => {
  expect(core.QZPAY_DAY_OF_WEEK.SUNDAY).toBe(0);
  expect(core.QZPAY_DAY_OF_WEEK.SATURDAY).toBe(6);
});

it('spells canceled with one l except for polling jobs and scheduled plan changes', () => {
  const withTwo = Object.entries(VALUE_SETS).filter(([, members]) => members.some((member) => member === 'cancelled'));
  expect(withTwo.map(([name]) => name)).toEqual(['QZPAY_SCHEDULED_PLAN_CHANGE_STATUS', 'QZPAY_POLLING_JOB_STATUS']);
});

it('bills add-ons by every billing interval, or once', () => {
  expect(core.QZPAY_ADDON_BILLING_INTERVAL_VALUES).toEqual([...core.QZPAY_BILLING_INTERVAL_VALUES, 'one_time']);
});

it('polls first after half a minute and sixty times at most', () => {
  expect(core.QZPAY_POLLING_DEFAULTS).toEqual({ INITIAL_DELAY_MS: 30_000, MAX_ATTEMPTS: 60 });
  expect(Object.isFrozen(core.QZPAY_POLLING_DEFAULTS)).toBe(true);
});

it('suggests bounds for metadata', () => {
  expect(core.QZPAY_METADATA_LIMITS).toEqual({ MAX_KEYS: 50, MAX_VALUE_LENGTH: 500 });
  expect(Object.isFrozen(core.QZPAY_METADATA_LIMITS)).toBe(true);
});

it('describes every error code in a sentence of its own', () => {
  const descriptions = core.QZPAY_ERROR_CODE_VALUES.map((code) => core.QZPAY_ERROR_CODE_DESCRIPTIONS[code]);
  expect(Object.keys(core.QZPAY_ERROR_CODE_DESCRIPTIONS)).toEqual(core.QZPAY_ERROR_CODE_VALUES);
  expect(new Set(descriptions).size).toBe(descriptions.length);
  for (const description of descriptions) expect(description).toMatch(/^[A-Z].+\.$/);
});
