import { CUSTOMERS, testIndexes } from './support/plans.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const later = new Date('2026-06-02T00:00:00.000Z');

/** Every row is live, a year of them, spread over customers; what jobs look for is rare, as it is in life. */
const SEED = [
  CUSTOMERS,
  `insert into billing_subscriptions (id, livemode, customer_id, plan_id, status, billing_interval, current_period_start,
      current_period_end, trial_end, cancel_at, grace_period_ends_at, next_retry_at, promo_code_id, default_payment_method_id,
      scheduled_plan_change, provider_synced_at, provider_subscription_ids, created_at)
    select 's' || n, n % 2 = 0, 'c' || n, 'p' || n % 50,
      case when n % 20 < 2 then 'past_due' when n % 20 < 4 then 'trialing' when n % 20 < 8 then 'canceled' else 'active' end, 'month',
      timestamptz '2026-05-01' + n * interval '2 minutes', timestamptz '2026-06-01' + n * interval '2 minutes',
      timestamptz '2026-05-20' + n * interval '2 minutes', case when n % 100 = 0 then timestamptz '2026-05-20' + n * interval '2 minutes' end,
      timestamptz '2026-05-20' + n * interval '2 minutes', timestamptz '2026-05-30' + n * interval '2 minutes', 'promo' || n, 'pm' || n,
      case when n % 100 = 0 then jsonb_build_object('status', 'pending', 'applyAt', to_char(timestamp '2026-05-30' + n * interval '2 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end,
      timestamptz '2026-05-31' + n * interval '2 minutes', jsonb_build_object('stripe', 'sub_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_payments (id, livemode, customer_id, subscription_id, invoice_id, amount, currency, status, provider_payment_ids, created_at)
    select 'p' || n, n % 2 = 0, 'c' || n, 's' || n, 'i' || n, 100, 'EUR', case when n % 100 = 0 then 'pending' else 'succeeded' end,
      jsonb_build_object('stripe', 'pi_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_refunds (id, livemode, payment_id, amount, currency, status, provider_refund_id, created_at)
    select 'r' || n, n % 2 = 0, 'p' || n, 1, 'EUR', case when n % 100 = 0 then 'pending' else 'succeeded' end, 're' || n,
      timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_invoices (id, livemode, customer_id, subscription_id, status, currency, due_date, provider_invoice_ids, created_at)
    select 'i' || n, n % 2 = 0, 'c' || n, 's' || n, case when n % 50 = 0 then 'open' else 'paid' end, 'EUR',
      timestamptz '2025-06-01' + n * interval '25 minutes', jsonb_build_object('stripe', 'in_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_invoice_lines (id, livemode, invoice_id, position, description, quantity, unit_amount, amount)
    select 'l' || n, n % 2 = 0, 'i' || n, 0, 'line', 1, 1, 1 from rows`,
];

testIndexes(SEED, [
  ['customers.findById', 'billing_customers_pkey', (all) => all.customers.findById('c2')],
  ['customers.findByIds', 'billing_customers_pkey', (all) => all.customers.findByIds(['c2'])],
  [
    'customers.findByExternalId',
    'billing_customers_external_id_live_key',
    (all) => all.customers.findByExternalId('u3'),
  ],
  [
    'customers.existsByExternalId',
    'billing_customers_external_id_live_key',
    (all) => all.customers.existsByExternalId('u3'),
  ],
  ['customers.findByEmail', 'billing_customers_email_idx', (all) => all.customers.findByEmail('3@b.c')],
  [
    'customers.findByProviderId',
    'billing_customers_provider_ids_idx',
    (all) => all.customers.findByProviderId('stripe', 'cus_3'),
  ],
  [
    'customers.list by tax id',
    'billing_customers_tax_id_idx',
    (all) => all.customers.list({ filters: { taxId: 't1' }, total: 'none' }),
  ],
  ['customers.list', 'billing_customers_list_idx', (all) => all.customers.list({ total: 'none' })],
  ['customers.count', 'billing_customers_count_idx', (all) => all.customers.count()],
  ['customers.page', 'billing_customers_list_idx', (all) => all.customers.page({ first: 10 })],
  [
    'subscriptions.findByCustomerId',
    'billing_subscriptions_by_customer_idx',
    (all) => all.subscriptions.findByCustomerId('c3'),
  ],
  [
    'subscriptions.findActiveByCustomerId',
    'billing_subscriptions_by_customer_idx',
    (all) => all.subscriptions.findActiveByCustomerId('c3'),
  ],
  [
    'subscriptions.findActiveByCustomerExternalId',
    'billing_subscriptions_by_customer_idx',
    (all) => all.subscriptions.findActiveByCustomerExternalId('u3'),
  ],
  [
    'subscriptions.findByProviderId',
    'billing_subscriptions_provider_ids_idx',
    (all) => all.subscriptions.findByProviderId('stripe', 'sub_3'),
  ],
  [
    'subscriptions.findRenewalsDue',
    'billing_subscriptions_period_end_idx',
    (all) => all.subscriptions.findRenewalsDue(now),
  ],
  [
    'subscriptions.findPeriodEndCancellationsDue',
    'billing_subscriptions_period_end_idx',
    (all) => all.subscriptions.findPeriodEndCancellationsDue(now),
  ],
  [
    'subscriptions.findPeriodsEnding',
    'billing_subscriptions_period_end_idx',
    (all) => all.subscriptions.findPeriodsEnding(now, later),
  ],
  [
    'subscriptions.findScheduledCancellationsDue',
    'billing_subscriptions_cancel_at_idx',
    (all) => all.subscriptions.findScheduledCancellationsDue(now),
  ],
  [
    'subscriptions.findTrialsEnding',
    'billing_subscriptions_trial_end_idx',
    (all) => all.subscriptions.findTrialsEnding(now, later),
  ],
  [
    'subscriptions.findRetriesDue',
    'billing_subscriptions_retry_due_idx',
    (all) => all.subscriptions.findRetriesDue(now, 4),
  ],
  [
    'subscriptions.findGraceExpired',
    'billing_subscriptions_grace_end_idx',
    (all) => all.subscriptions.findGraceExpired(now),
  ],
  [
    'subscriptions.findPlanChangesDue',
    'billing_subscriptions_plan_change_idx',
    (all) => all.subscriptions.findPlanChangesDue(now),
  ],
  ['subscriptions.findSyncsDue', 'billing_subscriptions_sync_due_idx', (all) => all.subscriptions.findSyncsDue(now)],
  [
    'subscriptions.findByPromoCodeId',
    'billing_subscriptions_promo_code_idx',
    (all) => all.subscriptions.findByPromoCodeId('promo3'),
  ],
  [
    'subscriptions.findByDefaultPaymentMethodId',
    'billing_subscriptions_payment_method_idx',
    (all) => all.subscriptions.findByDefaultPaymentMethodId('pm3'),
  ],
  [
    'subscriptions.page by status',
    'billing_subscriptions_by_status_idx',
    (all) => all.subscriptions.page({ filters: { status: 'past_due' } }),
  ],
  ['subscriptions.count by plan', 'billing_subscriptions_plan_idx', (all) => all.subscriptions.count({ planId: 'p3' })],
  ['payments.findByCustomerId', 'billing_payments_by_customer_idx', (all) => all.payments.findByCustomerId('c3')],
  [
    'payments.findBySubscriptionId',
    'billing_payments_by_subscription_idx',
    (all) => all.payments.findBySubscriptionId('s3'),
  ],
  ['payments.findByInvoiceId', 'billing_payments_by_invoice_idx', (all) => all.payments.findByInvoiceId('i3')],
  [
    'payments.findByProviderId',
    'billing_payments_provider_ids_idx',
    (all) => all.payments.findByProviderId('stripe', 'pi_3'),
  ],
  ['payments.findUnsettled', 'billing_payments_unsettled_idx', (all) => all.payments.findUnsettled(now)],
  [
    'payments.page by status',
    'billing_payments_by_status_idx',
    (all) => all.payments.page({ filters: { status: 'failed' } }),
  ],
  ['refunds.findByPaymentId', 'billing_refunds_by_payment_idx', (all) => all.refunds.findByPaymentId('p3')],
  ['refunds.totalSucceeded', 'billing_refunds_by_payment_idx', (all) => all.refunds.totalSucceeded('p3')],
  ['refunds.hasSucceeded', 'billing_refunds_succeeded_provider_refund_key', (all) => all.refunds.hasSucceeded('re3')],
  ['refunds.findPending', 'billing_refunds_pending_idx', (all) => all.refunds.findPending(now)],
  ['invoices.findById', 'billing_invoices_pkey', (all) => all.invoices.findById('i3')],
  ['the lines of invoices.findById', 'billing_invoice_lines_', (all) => all.invoices.findById('i3')],
  ['invoices.findByCustomerId', 'billing_invoices_by_customer_idx', (all) => all.invoices.findByCustomerId('c3')],
  [
    'invoices.findBySubscriptionId',
    'billing_invoices_by_subscription_idx',
    (all) => all.invoices.findBySubscriptionId('s3'),
  ],
  [
    'invoices.findByProviderId',
    'billing_invoices_provider_ids_idx',
    (all) => all.invoices.findByProviderId('stripe', 'in_3'),
  ],
  ['invoices.findByNumber', 'billing_invoices_number_key', (all) => all.invoices.findByNumber('N-1')],
  ['invoices.findOverdue', 'billing_invoices_due_idx', (all) => all.invoices.findOverdue(now)],
  ['invoices.findDue', 'billing_invoices_due_idx', (all) => all.invoices.findDue(now, later)],
  [
    'invoices.page by status',
    'billing_invoices_by_status_idx',
    (all) => all.invoices.page({ filters: { status: 'open' } }),
  ],
]);
