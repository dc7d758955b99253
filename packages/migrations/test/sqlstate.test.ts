import { expect, it } from 'vitest';
import { sqlstateOf } from '../src/sqlstate.js';

it('finds a SQLSTATE however deep a query builder has wrapped the error', () => {
  const driver = Object.assign(new Error('relation exists'), { code: '42P07', severity: 'ERROR' });
  const wrapped = new Error('Failed query', { cause: new Error('again', { cause: driver }) });
  expect(sqlstateOf(driver)).toBe('42P07');
  expect(sqlstateOf(wrapped)).toBe('42P07');
});

it('tells a SQLSTATE of letters from a system error', () => {
  expect(sqlstateOf({ code: 'QZABC', severity: 'ERROR' })).toBe('QZABC');
  expect(sqlstateOf({ code: 'QZ001' })).toBe('QZ001');
  expect(sqlstateOf({ code: 'EPIPE' })).toBeUndefined();
  expect(sqlstateOf({ code: 'ECONNREFUSED' })).toBeUndefined();
});

it('has no answer for what is no error of a database', () => {
  const circle: { cause?: unknown } = {};
  circle.cause = circle;
  for (const value of [undefined, null, 'text', new Error('x'), circle]) expect(sqlstateOf(value)).toBeUndefined();
});
