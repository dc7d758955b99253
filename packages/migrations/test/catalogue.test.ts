import { describe, expect, it } from 'vitest';
import { compareCatalogues } from '../src/catalogue.js';
import { CATALOGUE } from '../src/generated/catalogue.js';

const EXPECTED = {
  'column customers.email': 'text not null',
  'index customers.customers_list_idx': 'CREATE INDEX …',
  'table customers': 'table',
};

describe('the comparison of catalogues', () => {
  it('finds nothing between equals', () => {
    expect(compareCatalogues(EXPECTED, { ...EXPECTED })).toEqual([]);
  });

  it('tells missing, changed and extra objects apart, by name', () => {
    const actual = {
      'column customers.email': 'text',
      'column customers.nickname': 'text',
      'table customers': 'table',
    };
    expect(compareCatalogues(EXPECTED, actual)).toEqual([
      { kind: 'changed', object: 'column customers.email', expected: 'text not null', actual: 'text' },
      { kind: 'extra', object: 'column customers.nickname', expected: null, actual: 'text' },
      { kind: 'missing', object: 'index customers.customers_list_idx', expected: 'CREATE INDEX …', actual: null },
    ]);
  });

  it('names a missing or foreign table alone, without its parts', () => {
    const foreign = { 'column notes.id': 'text', 'table notes': 'table' };
    expect(compareCatalogues(EXPECTED, foreign).map(({ kind, object }) => `${kind} ${object}`)).toEqual([
      'missing table customers',
      'extra table notes',
    ]);
  });
});

it('expects definitions that do not name the schema', () => {
  expect(JSON.stringify(CATALOGUE)).not.toContain('qzpay.');
});
