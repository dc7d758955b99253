import type { QZPayConformanceCase } from './case.js';
import { addOnCases } from './cases/addons.js';
import { subscriptionAddOnCases } from './cases/addons-of-subscriptions.js';
import { checkoutCases } from './cases/checkouts.js';
import { concurrencyCases } from './cases/concurrency.js';
import { concurrencyWinnerCases } from './cases/concurrency-winners.js';
import { customerCases } from './cases/customers.js';
import { entitlementCases } from './cases/entitlements.js';
import { entitlementGrantCases } from './cases/entitlements-grants.js';
import { errorCases } from './cases/errors.js';
import { faultCases } from './cases/faults.js';
import { idempotencyCases } from './cases/idempotency.js';
import { idempotencyOwnerCases } from './cases/idempotency-owners.js';
import { invoiceNumberCases } from './cases/invoice-numbers.js';
import { invoiceNumberOptionCases } from './cases/invoice-numbers-options.js';
import { invoiceCases } from './cases/invoices.js';
import { invoiceLineCases } from './cases/invoices-lines.js';
import { limitCases } from './cases/limits.js';
import { limitCounterCases } from './cases/limits-counters.js';
import { modeCases } from './cases/modes.js';
import { pagingCases } from './cases/paging.js';
import { completenessCases } from './cases/paging-completeness.js';
import { paymentMethodCases } from './cases/payment-methods.js';
import { paymentMethodDefaultCases } from './cases/payment-methods-defaults.js';
import { paymentCases } from './cases/payments.js';
import { refundCases } from './cases/payments-refunds.js';
import { planCases } from './cases/plans.js';
import { priceCases } from './cases/prices.js';
import { promoCodeCases } from './cases/promo-codes.js';
import { pollingJobCases } from './cases/subscription-polling-jobs.js';
import { pollingJobUpdateCases } from './cases/subscription-polling-jobs-updates.js';
import { subscriptionCases } from './cases/subscriptions.js';
import { transactionCases } from './cases/transactions.js';
import { usageCases } from './cases/usage.js';
import { usageBatchCases } from './cases/usage-batches.js';
import { usageTotalCases } from './cases/usage-totals.js';
import { valueCases } from './cases/values.js';
import { valueCopiesCases } from './cases/values-copies.js';
import { vendorCases } from './cases/vendors.js';
import { vendorPayoutCases } from './cases/vendors-payouts.js';
import { versionCases } from './cases/versions.js';
import { webhookCases } from './cases/webhooks.js';
import { webhookClaimCases } from './cases/webhooks-claims.js';
import { webhookPassCases } from './cases/webhooks-passes.js';
import { webhookRetryCases } from './cases/webhooks-retries.js';

/** Every case, of all levels. */
export const QZPAY_CONFORMANCE_CASES: readonly QZPayConformanceCase[] = [
  ...subscriptionAddOnCases,
  ...addOnCases,
  ...checkoutCases,
  ...concurrencyWinnerCases,
  ...concurrencyCases,
  ...customerCases,
  ...entitlementGrantCases,
  ...entitlementCases,
  ...errorCases,
  ...faultCases,
  ...idempotencyOwnerCases,
  ...idempotencyCases,
  ...invoiceNumberOptionCases,
  ...invoiceNumberCases,
  ...invoiceLineCases,
  ...invoiceCases,
  ...limitCounterCases,
  ...limitCases,
  ...modeCases,
  ...completenessCases,
  ...pagingCases,
  ...paymentMethodDefaultCases,
  ...paymentMethodCases,
  ...refundCases,
  ...paymentCases,
  ...planCases,
  ...priceCases,
  ...promoCodeCases,
  ...pollingJobUpdateCases,
  ...pollingJobCases,
  ...subscriptionCases,
  ...transactionCases,
  ...usageBatchCases,
  ...usageTotalCases,
  ...usageCases,
  ...valueCopiesCases,
  ...valueCases,
  ...vendorPayoutCases,
  ...vendorCases,
  ...versionCases,
  ...webhookClaimCases,
  ...webhookPassCases,
  ...webhookRetryCases,
  ...webhookCases,
];
