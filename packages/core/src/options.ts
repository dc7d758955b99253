/** How the packages check options. Not for hosts: it may change with any release. */
export { AUDIT_VERIFICATION_SCOPE } from './audit.js';
export {
  aBoolean,
  aFunction,
  anything,
  aText,
  aWholeNumber,
  checkOptions,
  type OptionRules,
  oneOf,
  optionsOf,
} from './check-options.js';
export { IDEMPOTENT_OPTIONS } from './idempotency.js';
export { INVOICE_NUMBER_OPTIONS } from './invoices.js';
export { LIST_OPTIONS } from './pagination.js';
export { USAGE_INGEST_OPTIONS, USAGE_VERIFICATION_SCOPE } from './usage.js';
export { PROCESS_WEBHOOKS_OPTIONS } from './webhooks.js';
