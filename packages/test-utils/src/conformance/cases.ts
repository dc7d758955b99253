import type { QZPayConformanceCase } from './case.js';
import { concurrencyCases } from './cases/concurrency.js';
import { concurrencyWinnerCases } from './cases/concurrency-winners.js';
import { customerCases } from './cases/customers.js';
import { errorCases } from './cases/errors.js';
import { faultCases } from './cases/faults.js';
import { invoiceNumberCases } from './cases/invoice-numbers.js';
import { modeCases } from './cases/modes.js';
import { pagingCases } from './cases/paging.js';
import { completenessCases } from './cases/paging-completeness.js';
import { planCases } from './cases/plans.js';
import { priceCases } from './cases/prices.js';
import { transactionCases } from './cases/transactions.js';
import { valueCases } from './cases/values.js';
import { valueCopiesCases } from './cases/values-copies.js';
import { versionCases } from './cases/versions.js';

/** Every case, of all levels. */
export const QZPAY_CONFORMANCE_CASES: readonly QZPayConformanceCase[] = [
  ...concurrencyWinnerCases,
  ...concurrencyCases,
  ...customerCases,
  ...errorCases,
  ...faultCases,
  ...invoiceNumberCases,
  ...modeCases,
  ...completenessCases,
  ...pagingCases,
  ...planCases,
  ...priceCases,
  ...transactionCases,
  ...valueCopiesCases,
  ...valueCases,
  ...versionCases,
];
