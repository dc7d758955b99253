import type { QZPayConformanceCase } from './case.js';
import { customerCases } from './cases/customers.js';
import { modeCases } from './cases/modes.js';
import { pagingCases } from './cases/paging.js';
import { transactionCases } from './cases/transactions.js';

/** Every case, of all levels. */
export const QZPAY_CONFORMANCE_CASES: readonly QZPayConformanceCase[] = [
  ...customerCases,
  ...modeCases,
  ...pagingCases,
  ...transactionCases,
];
