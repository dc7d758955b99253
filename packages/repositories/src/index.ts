export { createQZPayRepositoryContext, type QZPayRepositoryContext, type QZPayRepositoryOptions } from './context.js';
export { type QZPayCustomerPatch, QZPayCustomersRepository, type QZPayNewCustomer } from './customers.js';
export type { QZPayDrizzleDatabase } from './database.js';
export {
  mapDatabaseError as mapQZPayDatabaseError,
  QZPayDatabaseError,
  type QZPayDatabaseFailure,
} from './database-errors.js';
export {
  type QZPayInvoicePatch,
  QZPayInvoicesRepository,
  type QZPayInvoiceWithLines,
  type QZPayNewInvoice,
  type QZPayNewInvoiceLine,
} from './invoices.js';
export {
  QZPAY_DEFAULT_LIMIT,
  QZPAY_MAX_LIMIT,
  type QZPayKeysetPage,
  type QZPayOffsetPage,
} from './pages.js';
export {
  type QZPayNewPayment,
  type QZPayPaymentPatch,
  QZPayPaymentsRepository,
  type QZPayPaymentTotal,
} from './payments.js';
export { type QZPayNewPlan, type QZPayPlanPatch, QZPayPlansRepository, type QZPayPlanWithPrices } from './plans.js';
export { type QZPayNewPrice, type QZPayPricePatch, QZPayPricesRepository } from './prices.js';
export type { QZPayQueryEvent } from './query-events.js';
export { type QZPayListQuery, type QZPayPageQuery, QZPayReadRepository } from './read-repository.js';
export { type QZPayNewRefund, QZPayRefundsRepository } from './refunds.js';
export { createQZPayRepositories, type QZPayRepositories } from './repositories.js';
export { QZPayRepository, type QZPayUpdateOptions } from './repository.js';
export type { NewRow as QZPayNewRow, RowPatch as QZPayRowPatch } from './row-types.js';
export { QZPaySoftDeleteRepository } from './soft-delete.js';
export {
  type QZPayNewSubscription,
  type QZPaySubscriptionPatch,
  QZPaySubscriptionsRepository,
} from './subscriptions.js';
export {
  type QZPayIsolationLevel,
  type QZPayTransactionOptions,
  type QZPayTransactionScope,
  QZPayTransactions,
} from './transactions.js';
export { retryQZPayVersionMismatch } from './version-retry.js';
