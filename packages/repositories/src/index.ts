export { currentQZPayActor, withQZPayActor } from './actors.js';
export { type QZPayAddOnPatch, QZPayAddOnsRepository, type QZPayNewAddOn } from './addons.js';
export { QZPayAuditBlocksRepository } from './audit-blocks.js';
export { QZPayAuditLogsRepository, type QZPayNewAuditLog } from './audit-logs.js';
export { type QZPayCheckoutPatch, QZPayCheckoutsRepository, type QZPayNewCheckout } from './checkouts.js';
export type { QZPayCheckSlice, QZPayCheckStep, QZPayFinding, QZPayFindingSeverity } from './checks/check.js';
export { type QZPayCheckDescription, QZPayChecksRepository } from './checks/checks.js';
export {
  createQZPayRepositoryContext,
  QZPAY_REPOSITORY_OPTIONS,
  type QZPayRepositoryContext,
  type QZPayRepositoryOptions,
} from './context.js';
export { QZPayCurrenciesRepository } from './currencies.js';
export { QZPayCustomerEntitlementsRepository, type QZPayNewGrant } from './customer-entitlements.js';
export { QZPayCustomerLimitsRepository, type QZPayNewCustomerLimit } from './customer-limits.js';
export { type QZPayCustomerPatch, QZPayCustomersRepository, type QZPayNewCustomer } from './customers.js';
export type { QZPayDrizzleDatabase, QZPayDrizzleTransaction } from './database.js';
export {
  mapDatabaseError as mapQZPayDatabaseError,
  QZPayDatabaseError,
  type QZPayDatabaseFailure,
} from './database-errors.js';
export { QZPayDefinitionsRepository } from './definitions.js';
export {
  type QZPayEntitlementPatch,
  QZPayEntitlementsRepository,
  type QZPayNewEntitlement,
} from './entitlements.js';
export {
  type QZPayErasableTable,
  QZPayErasureRepository,
  type QZPayGuestCheckout,
  type QZPayGuestRows,
} from './erasure/erasure.js';
export { QZPAY_ERASURE_ACTION } from './erasure/replacements.js';
export {
  type QZPayIdempotencyClaim,
  QZPayIdempotencyKeysRepository,
  type QZPayIdempotencyLease,
  type QZPayIdempotentRequest,
} from './idempotency-keys.js';
export { QZPayInvoicePaymentsRepository, type QZPayNewInvoicePayment } from './invoice-payments.js';
export {
  type QZPayInvoiceCounter,
  QZPayInvoiceSequencesRepository,
  type QZPayInvoiceSeries,
} from './invoice-sequences.js';
export {
  type QZPayInvoicePatch,
  QZPayInvoicesRepository,
  type QZPayNewInvoice,
  type QZPayNewInvoiceLine,
} from './invoices.js';
export { type QZPayLimitPatch, QZPayLimitsRepository, type QZPayNewLimit } from './limits.js';
export type { QZPayInvoiceWithLines } from './numbered-invoices.js';
export {
  QZPAY_DEFAULT_LIMIT,
  QZPAY_MAX_LIMIT,
  type QZPayKeysetPage,
  type QZPayOffsetPage,
} from './pages.js';
export {
  type QZPayNewPaymentMethod,
  type QZPayPaymentMethodPatch,
  QZPayPaymentMethodsRepository,
} from './payment-methods.js';
export {
  type QZPayNewPayment,
  type QZPayPaymentPatch,
  QZPayPaymentsRepository,
  type QZPayPaymentTotal,
} from './payments.js';
export { type QZPayNewPlan, type QZPayPlanPatch, QZPayPlansRepository, type QZPayPlanWithPrices } from './plans.js';
export { type QZPayNewPrice, type QZPayPricePatch, QZPayPricesRepository } from './prices.js';
export {
  type QZPayDiscountTotal,
  type QZPayNewRedemption,
  QZPayPromoCodeUsageRepository,
} from './promo-code-usage.js';
export {
  type QZPayNewPromoCode,
  type QZPayPromoCodeCheck,
  type QZPayPromoCodePatch,
  type QZPayPromoCodeRefusal,
  QZPayPromoCodesRepository,
  type QZPayPromoCodeUse,
} from './promo-codes.js';
export type { QZPayQueryEvent } from './query-events.js';
export { type QZPayListQuery, type QZPayPageQuery, QZPayReadRepository } from './read-repository.js';
export { type QZPayNewRefund, QZPayRefundsRepository } from './refunds.js';
export { createQZPayRepositories, type QZPayRepositories } from './repositories.js';
export { QZPayRepository, type QZPayUpdateOptions } from './repository.js';
export { QZPayRetentionRepository } from './retention/retention.js';
export type { QZPayRetentionRule } from './retention/rules.js';
export type { NewRow as QZPayNewRow, RowPatch as QZPayRowPatch } from './row-types.js';
export { QZPaySoftDeleteRepository } from './soft-delete.js';
export {
  type QZPayAddOnTotal,
  type QZPayNewSubscriptionAddOn,
  type QZPaySubscriptionAddOnPatch,
  QZPaySubscriptionAddOnsRepository,
} from './subscription-addons.js';
export {
  type QZPayNewSubscriptionPollingJob,
  type QZPaySubscriptionPollingJobPatch,
  QZPaySubscriptionPollingJobsRepository,
} from './subscription-polling-jobs.js';
export {
  type QZPayNewSubscription,
  type QZPaySubscriptionPatch,
  QZPaySubscriptionsRepository,
} from './subscriptions.js';
export type { QZPayDeletedRows } from './table-repository.js';
export {
  type QZPayIsolationLevel,
  type QZPayTransactionOptions,
  type QZPayTransactionScope,
  QZPayTransactions,
} from './transactions.js';
export { QZPayUsageIngestionRepository } from './usage-ingestion.js';
export { type QZPayNewUsageRecord, type QZPayUsageAggregation, QZPayUsageRecordsRepository } from './usage-records.js';
export { QZPayUsageRollupsRepository } from './usage-rollups.js';
export {
  type QZPayNewVendorPayout,
  type QZPayVendorPayoutPatch,
  QZPayVendorPayoutsRepository,
  type QZPayVendorPayoutTotal,
} from './vendor-payouts.js';
export { type QZPayNewVendor, type QZPayVendorPatch, QZPayVendorsRepository } from './vendors.js';
export { retryQZPayVersionMismatch } from './version-retry.js';
export { type QZPayDeadLetterResolution, QZPayWebhookDeadLetterRepository } from './webhook-dead-letter.js';
export { type QZPayNewWebhookEvent, QZPayWebhookEventsRepository } from './webhook-events.js';
