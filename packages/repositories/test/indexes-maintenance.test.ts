import { type Access, CUSTOMERS, testIndexes } from './support/plans.js';

const before = new Date('2025-06-10T00:00:00.000Z');

/** A year of rows. What retention looks for is rare, and a customer has a row or two of each kind, as it is in life. */
const AT = "timestamptz '2025-06-01' + n * interval '25 minutes'";
const SEED = [
  CUSTOMERS,
  `insert into billing_webhook_events (id, livemode, provider, provider_event_id, type, payload, status, processed_at, customer_id, created_at)
    select 'w' || n, n % 2 = 0, 'stripe', 'evt_' || n, 'type', '{}', case when n % 100 < 2 then 'dead_letter' else 'processed' end,
      case when n % 100 > 1 then ${AT} end, 'c' || n, ${AT} from rows`,
  `insert into billing_webhook_dead_letter (id, livemode, provider, provider_event_id, type, payload, error, customer_id, resolved_at, created_at)
    select 'd' || n, n % 2 = 0, 'stripe', 'evt_' || n, 'x', '{}', 'x', 'c' || n, ${AT}, ${AT} from rows`,
  `insert into billing_idempotency_keys (key, livemode, request_hash, status, expires_at, customer_id)
    select 'k' || n, n % 2 = 0, 'x', case when n % 100 < 2 then 'pending' else 'completed' end, ${AT}, 'c' || n from rows`,
  `insert into billing_checkouts (id, livemode, customer_id, mode, status, currency, success_url, cancel_url, expires_at, created_at)
    select 'cs' || n, n % 2 = 0, 'c' || n, 'payment',
      case when n % 100 < 2 then 'open' when n % 100 < 4 then 'expired' else 'complete' end, 'EUR', 'x', 'x', ${AT}, ${AT} from rows`,
  `insert into billing_subscriptions (id, livemode, customer_id, plan_id, status, billing_interval, current_period_start,
      current_period_end, created_at, deleted_at)
    select 's' || n, n % 2 = 0, 'c' || n, 'p1', case when n % 100 < 2 then 'incomplete_expired' else 'active' end, 'month',
      '2026-05-01', '2026-06-01', ${AT}, case when n % 100 in (5, 6) then ${AT} end from rows`,
  `insert into billing_subscription_polling_jobs (id, livemode, subscription_id, provider, provider_resource_id, status)
    select 'j' || n, n % 2 = 0, 's' || n, 'stripe', 'sub_' || n, 'succeeded' from rows`,
  `insert into billing_payment_methods (id, livemode, customer_id, type, created_at, deleted_at)
    select 'pm' || n, n % 2 = 0, 'c' || n, 'card', ${AT}, case when n % 100 < 2 then ${AT} end from rows`,
  `insert into billing_promo_codes (id, livemode, code, code_key, discount_type, discount_value, created_at, deleted_at)
    select 'promo' || n, n % 2 = 0, 'C' || n, 'c' || n, 'percentage', 1, ${AT}, case when n % 100 < 2 then ${AT} end from rows`,
  `insert into billing_invoices (id, livemode, customer_id, subscription_id, status, currency, created_at)
    select 'i' || n, n % 2 = 0, 'c' || n, 's' || n, 'open', 'EUR', ${AT} from rows`,
  `insert into billing_invoice_lines (id, livemode, invoice_id, position, description, quantity, unit_amount, amount)
    select 'l' || n, n % 2 = 0, 'i' || n, 0, 'x', 1, 1, 1 from rows`,
  `insert into billing_payments (id, livemode, customer_id, subscription_id, amount, currency, status, created_at)
    select 'p' || n, n % 2 = 0, 'c' || n, 's' || n, 100, 'EUR', 'succeeded', ${AT} from rows`,
  `insert into billing_refunds (id, livemode, payment_id, amount, currency, status)
    select 'r' || n, n % 2 = 0, 'p' || n, 1, 'EUR', 'succeeded' from rows`,
  `insert into billing_invoice_payments (id, livemode, invoice_id, payment_id, amount_applied, currency)
    select 'ip' || n, n % 2 = 0, 'i' || n, 'p' || n, 1, 'EUR' from rows`,
  `insert into billing_usage_records (id, livemode, customer_id, limit_key, quantity, occurred_at)
    select 'u' || n, n % 2 = 0, 'c' || n, 'calls', 1, ${AT} from rows`,
  `insert into billing_usage_rollups (livemode, customer_id, limit_key, hour, quantity, events)
    select n % 2 = 0, 'c' || n, 'calls', date_trunc('hour', ${AT}, 'UTC'), 1, 1 from rows`,
  `insert into billing_audit_logs (id, livemode, entity_type, entity_id, action, actor_type, actor_id, payload_hash, created_at)
    select 'al' || n, n % 2 = 0, 'invoice', 'i' || n, 'update', 'user', 'u' || n % 400, 'x', ${AT} from rows`,
  `insert into billing_addons (id, livemode, name, unit_amount, currency, billing_interval)
    select 'a' || n, n % 2 = 0, 'Add-on ' || n, 100, 'EUR', 'month' from rows`,
  `insert into billing_subscription_addons (id, livemode, subscription_id, add_on_id, unit_amount, currency)
    select 'sa' || n, n % 2 = 0, 's' || n, 'a' || n, 100, 'EUR' from rows`,
  `insert into billing_customer_entitlements (id, livemode, customer_id, entitlement_key)
    select 'g' || n, n % 2 = 0, 'c' || n, 'key' from rows`,
  `insert into billing_promo_code_usage (id, livemode, promo_code_id, customer_id, redemption_no)
    select 'pu' || n, n % 2 = 0, 'promo' || n, 'c' || n, 1 from rows`,
];

const purges: Access[] = (
  [
    ['webhookEvents', 'billing_webhook_events_purge_idx'],
    ['deadLetters', 'billing_webhook_dead_letter_resolved_idx'],
    ['deadWebhookEvents', 'billing_webhook_events_dead_idx'],
    ['idempotencyKeys', 'billing_idempotency_keys_expiry_idx'],
    ['pendingIdempotencyKeys', 'billing_idempotency_keys_expiry_idx'],
    ['openCheckouts', 'billing_checkouts_expire_due_idx'],
    ['expiredCheckouts', 'billing_checkouts_expired_idx'],
    ['incompleteSubscriptions', 'billing_subscriptions_by_status_idx'],
    ['deletedSubscriptions', 'billing_subscriptions_deleted_idx'],
    ['deletedPaymentMethods', 'billing_payment_methods_deleted_idx'],
    ['deletedPromoCodes', 'billing_promo_codes_deleted_idx'],
  ] as const
).map(([rule, index]) => [`retention.purge of ${rule}`, index, (all) => all.retention.purge(rule, before, 10)]);

const erasures: Access[] = (
  [
    ['customers', 'billing_customers_pkey'],
    ['paymentMethods', 'billing_payment_methods_by_customer_idx'],
    ['subscriptions', 'billing_subscriptions_by_customer_idx'],
    ['subscriptionAddons', 'billing_subscription_addons_by_subscription_idx'],
    ['subscriptionPollingJobs', 'billing_subscription_polling_jobs_by_subscription_idx'],
    ['invoices', 'billing_invoices_by_customer_idx'],
    ['invoiceLines', 'billing_invoice_lines_position_key'],
    ['payments', 'billing_payments_by_customer_idx'],
    ['refunds', 'billing_refunds_by_payment_idx'],
    ['checkouts', 'billing_checkouts_by_customer_idx'],
    ['usageRecords', 'billing_usage_records_'],
    ['webhookEvents', 'billing_webhook_events_customer_idx'],
    ['webhookDeadLetter', 'billing_webhook_dead_letter_customer_idx'],
    ['idempotencyKeys', 'billing_idempotency_keys_customer_idx'],
    ['auditLogs', ['billing_audit_logs_by_entity_idx', 'billing_audit_logs_by_actor_idx']],
  ] as const
).flatMap(([table, index]): Access[] => [
  [`erasure.find in ${table}`, index, (all) => all.erasure.find(table, 'c3', 10)],
]);

/** There is no index on addresses: the search reads all checkouts, in steps that the primary key serves. */
const guest = [{ id: 'cs3', email: '3@b.c' }];
const guests: Access[] = [
  ['erasure.findGuest', 'billing_checkouts_pkey', (all) => all.erasure.findGuest('3@b.c').next()],
  ['erasure.countGuest', 'billing_audit_logs_by_entity_idx', (all) => all.erasure.countGuest(guest)],
  [
    'erasure.eraseGuest',
    ['billing_checkouts_pkey', 'billing_audit_logs_by_entity_idx'],
    (all) => all.erasure.eraseGuest(guest),
  ],
];

testIndexes(SEED, [...purges, ...erasures, ...guests]);
