import { expect, it } from 'vitest';
import { childrenFirst } from '../src/database/reset.js';

it('puts every table behind those that reference it', () => {
  const references = [
    { child: 'invoices', parent: 'customers' },
    { child: 'lines', parent: 'invoices' },
    { child: 'payments', parent: 'customers' },
    { child: 'invoice_payments', parent: 'invoices' },
    { child: 'invoice_payments', parent: 'payments' },
  ];
  const ordered = childrenFirst(['customers', 'invoice_payments', 'invoices', 'lines', 'payments'], references);
  expect(ordered.toSorted()).toEqual(['customers', 'invoice_payments', 'invoices', 'lines', 'payments']);
  for (const { child, parent } of references) expect(ordered.indexOf(child)).toBeLessThan(ordered.indexOf(parent));
});

it('names each table once where references go in a circle', () => {
  const circle = [
    { child: 'a', parent: 'b' },
    { child: 'b', parent: 'a' },
    { child: 'a', parent: 'a' },
  ];
  expect(childrenFirst(['a', 'b'], circle).toSorted()).toEqual(['a', 'b']);
});

it('leaves out tables that it was not asked about', () => {
  expect(childrenFirst(['parent'], [{ child: 'elsewhere', parent: 'parent' }])).toEqual(['parent']);
});
