import { type Access, CUSTOMERS, testIndexes } from './support/plans.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const later = new Date('2026-06-02T00:00:00.000Z');
const window = { start: now, end: later };
const usage = { ...window, customerId: 'c3', limitKey: 'key3' };

const SEED = [
  CUSTOMERS,
  `insert into billing_entitlements (id, livemode, key, name) select 'e' || n, n % 2 = 0, 'key' || n, 'x' from rows`,
  `insert into billing_customer_entitlements (id, livemode, customer_id, entitlement_key, source, source_id, expires_at)
    select 'g' || n, n % 2 = 0, 'c' || n, 'key' || n % 400, 'addon', 's' || n, timestamptz '2026-05-01' + n * interval '25 minutes' from rows`,
  `insert into billing_limits (id, livemode, key, name) select 'l' || n, n % 2 = 0, 'key' || n, 'x' from rows`,
  `insert into billing_customer_limits (customer_id, livemode, limit_key, max_value, source, source_id, reset_at)
    select 'c' || n, n % 2 = 0, 'key' || n % 400, 10, 'addon', 's' || n, timestamptz '2026-05-30' + n * interval '25 minutes' from rows`,
  `insert into billing_usage_records (id, livemode, customer_id, limit_key, quantity, action, occurred_at, idempotency_key)
    select 'r' || n, n % 2 = 0, 'c' || n % 400, 'key' || n % 400, 1, case when n % 20 < 2 then 'set' else 'increment' end,
      timestamptz '2025-06-01' + n * interval '25 minutes', 'k' || n from rows`,
  `insert into billing_usage_rollups (livemode, customer_id, limit_key, hour, quantity, events)
    select n % 2 = 0, 'c' || n % 500, 'key3', timestamptz '2025-06-01' + n * interval '1 hour', 1, 1 from rows`,
];

testIndexes(SEED, [
  ['entitlements.findByKey', 'billing_entitlements_key_key', (all) => all.entitlements.findByKey('key3')],
  [
    'customerEntitlements.check',
    'billing_customer_entitlements_(grant_key|by_key_idx)',
    (all) => all.customerEntitlements.check('c3', 'key3'),
  ],
  [
    'customerEntitlements.findActive',
    'billing_customer_entitlements_(grant_key|by_key_idx)',
    (all) => all.customerEntitlements.findActive('c3', 'key3'),
  ],
  [
    'customerEntitlements.findActiveByCustomerId',
    'billing_customer_entitlements_grant_key',
    (all) => all.customerEntitlements.findActiveByCustomerId('c3'),
  ],
  [
    'customerEntitlements.findByCustomerId',
    'billing_customer_entitlements_grant_key',
    (all) => all.customerEntitlements.findByCustomerId('c3'),
  ],
  [
    'customerEntitlements.grant',
    'billing_customer_entitlements_grant_key',
    (all) => all.customerEntitlements.grant({ customerId: 'c3', entitlementKey: 'new' }),
  ],
  [
    'customerEntitlements.revoke',
    'billing_customer_entitlements_(grant_key|by_key_idx)',
    (all) => all.customerEntitlements.revoke('c5', 'key5'),
  ],
  [
    'customerEntitlements.revokeBySource',
    'billing_customer_entitlements_by_source_idx',
    (all) => all.customerEntitlements.revokeBySource('addon', 's7'),
  ],
  [
    'customerEntitlements.findCustomerIdsByKey',
    'billing_customer_entitlements_by_key_idx',
    (all) => all.customerEntitlements.findCustomerIdsByKey('key3', { after: 'c3' }),
  ],
  [
    'customerEntitlements.findExpiring',
    'billing_customer_entitlements_expiring_idx',
    (all) => all.customerEntitlements.findExpiring(window),
  ],
  [
    'customerEntitlements.purgeExpired',
    ['billing_customer_entitlements_expiring_idx', 'billing_customer_entitlements_pkey'],
    (all) => all.customerEntitlements.purgeExpired({ limit: 1 }),
  ],
  ['limits.findByKey', 'billing_limits_key_key', (all) => all.limits.findByKey('key3')],
  ['customerLimits.find', 'billing_customer_limits_(pkey|by_key_idx)', (all) => all.customerLimits.find('c3', 'key3')],
  [
    'customerLimits.findByCustomerId',
    'billing_customer_limits_pkey',
    (all) => all.customerLimits.findByCustomerId('c3'),
  ],
  [
    'customerLimits.set',
    'billing_customer_limits_pkey',
    (all) => all.customerLimits.set({ customerId: 'c3', limitKey: 'new', maxValue: 1 }),
  ],
  [
    'customerLimits.increment',
    'billing_customer_limits_(pkey|by_key_idx)',
    (all) => all.customerLimits.increment('c3', 'key3'),
  ],
  [
    'customerLimits.decrement',
    'billing_customer_limits_(pkey|by_key_idx)',
    (all) => all.customerLimits.decrement('c3', 'key3'),
  ],
  [
    'customerLimits.resetDue',
    ['billing_customer_limits_reset_due_idx', 'billing_customer_limits_(pkey|by_key_idx)'],
    (all) => all.customerLimits.resetDue({ limit: 1 }),
  ],
  [
    'customerLimits.deleteBySource',
    'billing_customer_limits_by_source_idx',
    (all) => all.customerLimits.deleteBySource('addon', 's7'),
  ],
  [
    'customerLimits.findByKey',
    'billing_customer_limits_by_key_idx',
    (all) => all.customerLimits.findByKey('key3', { after: 'c3' }),
  ],
  ['customerLimits.countByKey', 'billing_customer_limits_by_key_idx', (all) => all.customerLimits.countByKey('key3')],
  [
    'usageRecords.findByIdempotencyKey',
    'billing_usage_records_idempotency_key',
    (all) => all.usageRecords.findByIdempotencyKey('c3', 'k3'),
  ],
  [
    'the limit moved by usageRecords.record',
    'billing_customer_limits_(pkey|by_key_idx)',
    (all) => all.usageRecords.record({ customerId: 'c3', limitKey: 'key3', quantity: 1 }, { movesLimit: true }),
  ],
  ['usageRecords.findByWindow', 'billing_usage_records_by_limit_idx', (all) => all.usageRecords.findByWindow(usage)],
  ...(['sum', 'max', 'last', 'count'] as const).map(
    (aggregation) =>
      [
        `usageRecords.total as ${aggregation}`,
        'billing_usage_records_by_limit_idx',
        (all) => all.usageRecords.total(usage, aggregation),
      ] satisfies Access,
  ),
  [
    'usageIngestion.ingest',
    ['billing_customers_pkey', 'billing_usage_records_idempotency_key'],
    (all) => all.usageIngestion.ingest([{ ...usage, quantity: 1, timestamp: now, idempotencyKey: 'new' }]),
  ],
  [
    'usageRollups.total',
    ['billing_usage_records_last_set_idx', 'billing_usage_rollups_pkey'],
    (all) => all.usageRollups.total(usage),
  ],
  [
    'usageRecords.findLastSet',
    'billing_usage_records_last_set_idx',
    (all) => all.usageRecords.findLastSet('c3', 'key3', now),
  ],
  [
    'usageRecords.totalsByLimitKey',
    'billing_usage_records_by_limit_idx',
    (all) => all.usageRecords.totalsByLimitKey({ ...window, customerId: 'c3' }),
  ],
  [
    'usageRecords.totalsByPeriod',
    'billing_usage_records_by_limit_idx',
    (all) => all.usageRecords.totalsByPeriod(usage, 'day'),
  ],
  ['usageRecords.findLimitKeys', 'billing_usage_records_by_limit_idx', (all) => all.usageRecords.findLimitKeys('c3')],
]);
