// Between the rows of `@qzpay/schema` and the entities of `@qzpay/core`, for hosts with queries of their own.
//
// `qzpayTo…` takes a row as Drizzle selects it: of invoices together with its `lines`, of plans with its `prices`.
// `qzpayFrom…` makes of the contract's input what the repositories take, which add id, mode, version, instants and look-up keys.

export {
  fromAttachAddOn as qzpayFromAttachAddOn,
  fromCreateAddOn as qzpayFromCreateAddOn,
  fromUpdateAddOn as qzpayFromUpdateAddOn,
  fromUpdateSubscriptionAddOn as qzpayFromUpdateSubscriptionAddOn,
  toAddOn as qzpayToAddOn,
  toSubscriptionAddOn as qzpayToSubscriptionAddOn,
} from './mappers/addons.js';
export { toAuditEntry as qzpayToAuditEntry } from './mappers/audit.js';
export {
  fromCreateCheckout as qzpayFromCreateCheckout,
  fromUpdateCheckout as qzpayFromUpdateCheckout,
  toCheckout as qzpayToCheckout,
} from './mappers/checkouts.js';
export {
  fromCreateCustomer as qzpayFromCreateCustomer,
  fromUpdateCustomer as qzpayFromUpdateCustomer,
  toCustomer as qzpayToCustomer,
} from './mappers/customers.js';
export {
  fromCreateEntitlement as qzpayFromCreateEntitlement,
  fromGrant as qzpayFromGrant,
  toCustomerEntitlement as qzpayToCustomerEntitlement,
  toEntitlement as qzpayToEntitlement,
} from './mappers/entitlements.js';
export {
  fromCreateInvoice as qzpayFromCreateInvoice,
  fromInvoiceLine as qzpayFromInvoiceLine,
  fromUpdateInvoice as qzpayFromUpdateInvoice,
  toInvoice as qzpayToInvoice,
} from './mappers/invoices.js';
export {
  fromCreateLimit as qzpayFromCreateLimit,
  fromSetLimit as qzpayFromSetLimit,
  fromUsageRecord as qzpayFromUsageRecord,
  toCustomerLimit as qzpayToCustomerLimit,
  toLimit as qzpayToLimit,
  toUsageRecord as qzpayToUsageRecord,
} from './mappers/limits.js';
export {
  fromCreatePaymentMethod as qzpayFromCreatePaymentMethod,
  fromUpdatePaymentMethod as qzpayFromUpdatePaymentMethod,
  toPaymentMethod as qzpayToPaymentMethod,
} from './mappers/payment-methods.js';
export {
  fromCreatePayment as qzpayFromCreatePayment,
  fromCreateRefund as qzpayFromCreateRefund,
  fromUpdatePayment as qzpayFromUpdatePayment,
  toPayment as qzpayToPayment,
} from './mappers/payments.js';
export {
  fromCreatePlan as qzpayFromCreatePlan,
  fromUpdatePlan as qzpayFromUpdatePlan,
  toPlan as qzpayToPlan,
} from './mappers/plans.js';
export {
  fromCreatePrice as qzpayFromCreatePrice,
  fromUpdatePrice as qzpayFromUpdatePrice,
  toPrice as qzpayToPrice,
} from './mappers/prices.js';
export {
  fromCreatePromoCode as qzpayFromCreatePromoCode,
  fromUpdatePromoCode as qzpayFromUpdatePromoCode,
  toPromoCode as qzpayToPromoCode,
} from './mappers/promo-codes.js';
export {
  fromSchedulePolling as qzpayFromSchedulePolling,
  fromUpdatePollingJob as qzpayFromUpdatePollingJob,
  toPollingJob as qzpayToPollingJob,
} from './mappers/subscription-polling-jobs.js';
export {
  fromCreateSubscription as qzpayFromCreateSubscription,
  fromUpdateSubscription as qzpayFromUpdateSubscription,
  type QZPayBillingCycle,
  toSubscription as qzpayToSubscription,
} from './mappers/subscriptions.js';
export {
  fromCreateVendor as qzpayFromCreateVendor,
  fromUpdateVendor as qzpayFromUpdateVendor,
  fromVendorPayout as qzpayFromVendorPayout,
  toVendor as qzpayToVendor,
  toVendorPayout as qzpayToVendorPayout,
} from './mappers/vendors.js';
export {
  toWebhookDeadLetter as qzpayToWebhookDeadLetter,
  toWebhookEvent as qzpayToWebhookEvent,
} from './mappers/webhooks.js';
