export type {
  QZPayConformanceCase,
  QZPayConformanceContext,
  QZPayConformanceLevel,
  QZPayConformanceStorage,
} from './case.js';
export { QZPAY_CONFORMANCE_CASES } from './cases.js';
export {
  type QZPayConformanceHarness,
  type QZPayConformanceOptions,
  qzpayStorageConformance,
  runQZPayConformanceCase,
} from './run.js';
