import { QZPayAddOnsRepository } from './addons.js';
import { QZPayAuditBlocksRepository } from './audit-blocks.js';
import { QZPayAuditLogsRepository } from './audit-logs.js';
import { QZPayCheckoutsRepository } from './checkouts.js';
import { QZPayChecksRepository } from './checks/checks.js';
import type { QZPayRepositoryContext } from './context.js';
import { QZPayCurrenciesRepository } from './currencies.js';
import { QZPayCustomerEntitlementsRepository } from './customer-entitlements.js';
import { QZPayCustomerLimitsRepository } from './customer-limits.js';
import { QZPayCustomersRepository } from './customers.js';
import { QZPayEntitlementsRepository } from './entitlements.js';
import { QZPayErasureRepository } from './erasure/erasure.js';
import { QZPayIdempotencyKeysRepository } from './idempotency-keys.js';
import { QZPayInvoicePaymentsRepository } from './invoice-payments.js';
import { QZPayInvoiceSequencesRepository } from './invoice-sequences.js';
import { QZPayInvoicesRepository } from './invoices.js';
import { QZPayLimitsRepository } from './limits.js';
import { QZPayPaymentMethodsRepository } from './payment-methods.js';
import { QZPayPaymentsRepository } from './payments.js';
import { QZPayPlansRepository } from './plans.js';
import { QZPayPricesRepository } from './prices.js';
import { QZPayPromoCodeUsageRepository } from './promo-code-usage.js';
import { QZPayPromoCodesRepository } from './promo-codes.js';
import { QZPayRefundsRepository } from './refunds.js';
import { QZPayRetentionRepository } from './retention/retention.js';
import { QZPaySubscriptionAddOnsRepository } from './subscription-addons.js';
import { QZPaySubscriptionPollingJobsRepository } from './subscription-polling-jobs.js';
import { QZPaySubscriptionsRepository } from './subscriptions.js';
import { QZPayUsageIngestionRepository } from './usage-ingestion.js';
import { QZPayUsageRecordsRepository } from './usage-records.js';
import { QZPayUsageRollupsRepository } from './usage-rollups.js';
import { QZPayVendorPayoutsRepository } from './vendor-payouts.js';
import { QZPayVendorsRepository } from './vendors.js';
import { QZPayWebhookDeadLetterRepository } from './webhook-dead-letter.js';
import { QZPayWebhookEventsRepository } from './webhook-events.js';

/** Every repository of one storage. */
export interface QZPayRepositories {
  readonly addons: QZPayAddOnsRepository;
  readonly auditBlocks: QZPayAuditBlocksRepository;
  readonly auditLogs: QZPayAuditLogsRepository;
  readonly checkouts: QZPayCheckoutsRepository;
  readonly checks: QZPayChecksRepository;
  readonly currencies: QZPayCurrenciesRepository;
  readonly customerEntitlements: QZPayCustomerEntitlementsRepository;
  readonly customerLimits: QZPayCustomerLimitsRepository;
  readonly customers: QZPayCustomersRepository;
  readonly entitlements: QZPayEntitlementsRepository;
  readonly erasure: QZPayErasureRepository;
  readonly idempotencyKeys: QZPayIdempotencyKeysRepository;
  readonly invoicePayments: QZPayInvoicePaymentsRepository;
  readonly invoiceSequences: QZPayInvoiceSequencesRepository;
  readonly invoices: QZPayInvoicesRepository;
  readonly limits: QZPayLimitsRepository;
  readonly paymentMethods: QZPayPaymentMethodsRepository;
  readonly payments: QZPayPaymentsRepository;
  readonly plans: QZPayPlansRepository;
  readonly prices: QZPayPricesRepository;
  readonly promoCodeUsage: QZPayPromoCodeUsageRepository;
  readonly promoCodes: QZPayPromoCodesRepository;
  readonly refunds: QZPayRefundsRepository;
  readonly retention: QZPayRetentionRepository;
  readonly subscriptionAddons: QZPaySubscriptionAddOnsRepository;
  readonly subscriptionPollingJobs: QZPaySubscriptionPollingJobsRepository;
  readonly subscriptions: QZPaySubscriptionsRepository;
  readonly usageIngestion: QZPayUsageIngestionRepository;
  readonly usageRecords: QZPayUsageRecordsRepository;
  readonly usageRollups: QZPayUsageRollupsRepository;
  readonly vendorPayouts: QZPayVendorPayoutsRepository;
  readonly vendors: QZPayVendorsRepository;
  readonly webhookDeadLetter: QZPayWebhookDeadLetterRepository;
  readonly webhookEvents: QZPayWebhookEventsRepository;
}

/** The repositories share what the context holds; making them again for a transaction is cheap. */
export function createQZPayRepositories(context: QZPayRepositoryContext): QZPayRepositories {
  return {
    addons: new QZPayAddOnsRepository(context),
    auditBlocks: new QZPayAuditBlocksRepository(context),
    auditLogs: new QZPayAuditLogsRepository(context),
    checkouts: new QZPayCheckoutsRepository(context),
    checks: new QZPayChecksRepository(context),
    currencies: new QZPayCurrenciesRepository(context),
    customerEntitlements: new QZPayCustomerEntitlementsRepository(context),
    customerLimits: new QZPayCustomerLimitsRepository(context),
    customers: new QZPayCustomersRepository(context),
    entitlements: new QZPayEntitlementsRepository(context),
    erasure: new QZPayErasureRepository(context),
    idempotencyKeys: new QZPayIdempotencyKeysRepository(context),
    invoicePayments: new QZPayInvoicePaymentsRepository(context),
    invoiceSequences: new QZPayInvoiceSequencesRepository(context),
    invoices: new QZPayInvoicesRepository(context),
    limits: new QZPayLimitsRepository(context),
    paymentMethods: new QZPayPaymentMethodsRepository(context),
    payments: new QZPayPaymentsRepository(context),
    plans: new QZPayPlansRepository(context),
    prices: new QZPayPricesRepository(context),
    promoCodeUsage: new QZPayPromoCodeUsageRepository(context),
    promoCodes: new QZPayPromoCodesRepository(context),
    refunds: new QZPayRefundsRepository(context),
    retention: new QZPayRetentionRepository(context),
    subscriptionAddons: new QZPaySubscriptionAddOnsRepository(context),
    subscriptionPollingJobs: new QZPaySubscriptionPollingJobsRepository(context),
    subscriptions: new QZPaySubscriptionsRepository(context),
    usageIngestion: new QZPayUsageIngestionRepository(context),
    usageRecords: new QZPayUsageRecordsRepository(context),
    usageRollups: new QZPayUsageRollupsRepository(context),
    vendorPayouts: new QZPayVendorPayoutsRepository(context),
    vendors: new QZPayVendorsRepository(context),
    webhookDeadLetter: new QZPayWebhookDeadLetterRepository(context),
    webhookEvents: new QZPayWebhookEventsRepository(context),
  };
}
