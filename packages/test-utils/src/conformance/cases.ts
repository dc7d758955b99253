import type { QZPayConformanceCase } from './case.js';
import { customerCases } from './cases/customers.js';

/** Every case, of all levels. */
export const QZPAY_CONFORMANCE_CASES: readonly QZPayConformanceCase[] = [...customerCases];
