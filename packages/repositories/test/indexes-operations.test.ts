import { CUSTOMERS, testIndexes } from './support/plans.js';

const now = new Date('2026-06-01T00:00:00.000Z');

/** Most events are processed, most letters resolved, most sessions complete and most jobs done, as it is in life. */
const SEED = [
  CUSTOMERS,
  `insert into billing_webhook_events (id, livemode, provider, provider_event_id, type, payload, status, next_retry_at, locked_at,
      locked_by, attempts, processed_at, customer_id, created_at)
    select 'w' || n, n % 2 = 0, 'stripe', 'evt_' || n, 'type' || n % 50, '{}',
      case when n % 50 < 2 then 'pending' when n % 50 < 4 then 'failed' when n % 50 < 6 then 'processing' else 'processed' end,
      timestamptz '2025-06-01' + n * interval '25 minutes', timestamptz '2025-06-01' + n * interval '25 minutes', 'worker', 1,
      timestamptz '2025-06-01' + n * interval '25 minutes', 'c' || n, timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_webhook_dead_letter (id, livemode, webhook_event_id, provider, provider_event_id, type, payload, error,
      customer_id, resolved_at, created_at)
    select 'd' || n, n % 2 = 0, 'w' || n, 'stripe', 'evt_' || n, 'x', '{}', 'x', 'c' || n,
      case when n % 20 > 1 then timestamptz '2026-06-01' end, timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_idempotency_keys (key, livemode, request_hash, expires_at, customer_id)
    select 'k' || n, n % 2 = 0, 'x', timestamptz '2025-06-01' + n * interval '25 minutes', 'c' || n from rows`,
  `insert into billing_audit_logs (id, livemode, entity_type, entity_id, action, actor_type, actor_id, request_id, payload_hash, created_at)
    select 'al' || n, n % 2 = 0, 'customer', 'c' || n, 'action' || n % 5, 'user', 'u' || n % 400, 'q' || n, 'x',
      timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_checkouts (id, livemode, customer_id, mode, status, currency, success_url, cancel_url, expires_at,
      provider_session_ids, created_at)
    select 'cs' || n, n % 2 = 0, 'c' || n, 'payment', case when n % 20 < 2 then 'open' else 'complete' end, 'EUR', 'x', 'x',
      timestamptz '2025-06-01' + n * interval '25 minutes', jsonb_build_object('stripe', 'cs_' || n),
      timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_subscriptions (id, livemode, customer_id, plan_id, status, billing_interval, current_period_start, current_period_end)
    select 's' || n, n % 2 = 0, 'c' || n, 'p1', 'active', 'month', '2026-05-01', '2026-06-01' from rows`,
  `insert into billing_subscription_polling_jobs (id, livemode, subscription_id, provider, provider_resource_id, status, next_poll_at, created_at)
    select 'j' || n, n % 2 = 0, 's' || n, 'stripe', 'sub_' || n, case when n % 20 < 2 then 'pending' else 'succeeded' end,
      timestamptz '2025-06-01' + n * interval '25 minutes', timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_payments (id, livemode, customer_id, amount, currency, status)
    select 'p' || n, n % 2 = 0, 'c' || n, 100, 'EUR', 'succeeded' from rows`,
  `insert into billing_invoices (id, livemode, customer_id, status, currency)
    select 'i' || n, n % 2 = 0, 'c' || n, 'open', 'EUR' from rows`,
  `insert into billing_invoice_payments (id, livemode, invoice_id, payment_id, amount_applied, currency)
    select 'ip' || n, n % 2 = 0, 'i' || n, 'p' || n, 1, 'EUR' from rows`,
];

const claim = { id: 'w3', attempts: 9, lockedAt: null, lockedBy: 'worker' };

testIndexes(SEED, [
  [
    'webhookEvents.receive',
    'billing_webhook_events_provider_event_key',
    (all) => all.webhookEvents.receive({ provider: 'stripe', providerEventId: 'evt_3', type: 'x', payload: {} }),
  ],
  [
    'webhookEvents.findByProviderEventId',
    'billing_webhook_events_provider_event_key',
    (all) => all.webhookEvents.findByProviderEventId('stripe', 'evt_3'),
  ],
  [
    'webhookEvents.claim',
    ['billing_webhook_events_due_idx', 'billing_webhook_events_pkey'],
    (all) => all.webhookEvents.claim('worker', 1),
  ],
  [
    'webhookEvents.markProcessed',
    'billing_webhook_events_pkey',
    (all) => all.webhookEvents.markProcessed(claim).catch(() => {}),
  ],
  [
    'webhookEvents.moveToDeadLetter',
    ['billing_webhook_events_pkey', 'billing_webhook_dead_letter_provider_event_key'],
    (all) => all.webhookEvents.moveToDeadLetter(claim, 'x').catch(() => {}),
  ],
  [
    'webhookEvents.recoverExpired',
    ['billing_webhook_events_stale_idx', 'billing_webhook_events_pkey'],
    (all) => all.webhookEvents.recoverExpired(10),
  ],
  [
    'webhookEvents.findByType',
    'billing_webhook_events_by_type_idx',
    (all) => all.webhookEvents.findByType('stripe', 'type3'),
  ],
  [
    'webhookEvents.count by customer',
    'billing_webhook_events_customer_idx',
    (all) => all.webhookEvents.count({ customerId: 'c3' }),
  ],
  [
    'webhookEvents.purgeProcessed',
    ['billing_webhook_events_purge_idx', 'billing_webhook_events_pkey'],
    (all) => all.webhookEvents.purgeProcessed(now, 1),
  ],
  [
    'webhookDeadLetter.findByProviderEventId',
    'billing_webhook_dead_letter_provider_event_key',
    (all) => all.webhookDeadLetter.findByProviderEventId('stripe', 'evt_3'),
  ],
  [
    'webhookDeadLetter.findUnresolved',
    'billing_webhook_dead_letter_unresolved_idx',
    (all) => all.webhookDeadLetter.findUnresolved(),
  ],
  [
    'webhookDeadLetter.countUnresolved',
    'billing_webhook_dead_letter_unresolved_idx',
    (all) => all.webhookDeadLetter.countUnresolved(),
  ],
  [
    'webhookDeadLetter.count by customer',
    'billing_webhook_dead_letter_customer_idx',
    (all) => all.webhookDeadLetter.count({ customerId: 'c3' }),
  ],
  ['idempotencyKeys.find', 'billing_idempotency_keys_pkey', (all) => all.idempotencyKeys.find('k3')],
  [
    'idempotencyKeys.begin',
    'billing_idempotency_keys_pkey',
    (all) => all.idempotencyKeys.begin({ key: 'new', requestHash: 'x' }),
  ],
  [
    'idempotencyKeys.release',
    'billing_idempotency_keys_pkey',
    (all) => all.idempotencyKeys.release({ key: 'k3', leaseToken: 'x', lockedUntil: now, ttlMs: 1 }),
  ],
  [
    'idempotencyKeys.purgeExpired',
    ['billing_idempotency_keys_expiry_idx', 'billing_idempotency_keys_pkey'],
    (all) => all.idempotencyKeys.purgeExpired(1),
  ],
  ['auditLogs.findByEntity', 'billing_audit_logs_by_entity_idx', (all) => all.auditLogs.findByEntity('customer', 'c3')],
  ['auditLogs.findByActor', 'billing_audit_logs_by_actor_idx', (all) => all.auditLogs.findByActor('user', 'u3')],
  ['auditLogs.findByAction', 'billing_audit_logs_recent_idx', (all) => all.auditLogs.findByAction('action3')],
  ['auditLogs.findByRequestId', 'billing_audit_logs_request_idx', (all) => all.auditLogs.findByRequestId('q3')],
  ['auditLogs.page', 'billing_audit_logs_recent_idx', (all) => all.auditLogs.page()],
  ['checkouts.findByCustomerId', 'billing_checkouts_by_customer_idx', (all) => all.checkouts.findByCustomerId('c3')],
  [
    'checkouts.findByProviderId',
    'billing_checkouts_provider_ids_idx',
    (all) => all.checkouts.findByProviderId('stripe', 'cs_3'),
  ],
  [
    'checkouts.page by status',
    'billing_checkouts_list_idx',
    (all) => all.checkouts.page({ filters: { status: 'open' } }),
  ],
  ['checkouts.findOverdue', 'billing_checkouts_expire_due_idx', (all) => all.checkouts.findOverdue(now)],
  [
    'checkouts.expireOverdue',
    ['billing_checkouts_expire_due_idx', 'billing_checkouts_pkey'],
    (all) => all.checkouts.expireOverdue(now, 1),
  ],
  [
    'subscriptionPollingJobs.create',
    'billing_subscription_polling_jobs_one_pending_key',
    (all) =>
      all.subscriptionPollingJobs.create({
        subscriptionId: 's3',
        provider: 'stripe',
        providerResourceId: 'new',
        nextPollAt: now,
      }),
  ],
  [
    'subscriptionPollingJobs.findDuePending',
    'billing_subscription_polling_jobs_due_idx',
    (all) => all.subscriptionPollingJobs.findDuePending(now, 1),
  ],
  [
    'subscriptionPollingJobs.findActiveByProviderResourceId',
    'billing_subscription_polling_jobs_one_pending_key',
    (all) => all.subscriptionPollingJobs.findActiveByProviderResourceId('stripe', 'sub_3'),
  ],
  [
    'subscriptionPollingJobs.findActiveBySubscriptionId',
    'billing_subscription_polling_jobs_by_subscription_idx',
    (all) => all.subscriptionPollingJobs.findActiveBySubscriptionId('s3'),
  ],
  [
    'invoicePayments.findByInvoiceId',
    'billing_invoice_payments_invoice_payment_key',
    (all) => all.invoicePayments.findByInvoiceId('i3'),
  ],
  [
    'invoicePayments.findByPaymentId',
    'billing_invoice_payments_by_payment_idx',
    (all) => all.invoicePayments.findByPaymentId('p3'),
  ],
  [
    'invoicePayments.totalPaid',
    'billing_invoice_payments_invoice_payment_key',
    (all) => all.invoicePayments.totalPaid('i3'),
  ],
  [
    'invoicePayments.record',
    ['billing_invoices_pkey', 'billing_payments_pkey', 'billing_invoice_payments_invoice_payment_key'],
    (all) => all.invoicePayments.record({ invoiceId: 'i3', paymentId: 'p5', amountApplied: 1, currency: 'EUR' }),
  ],
]);
