import { CUSTOMERS, testIndexes } from './support/plans.js';

const now = new Date('2026-06-01T00:00:00.000Z');

const SEED = [
  CUSTOMERS,
  // Most entries are sealed, as it is in life.
  `insert into billing_audit_blocks (livemode, block_seq, leaves, root_hash, block_hash, entry_count)
    select n % 2 = 0, (n + 1) / 2, '{}', 'x', 'x', 0 from rows`,
  `insert into billing_audit_logs (id, livemode, entity_type, entity_id, action, payload_hash, block_seq)
    select 'al' || n, n % 2 = 0, 'customer', 'c' || n, 'update', 'x', case when n <= 19800 then (n + 1) / 2 end from rows`,
  `insert into billing_payment_methods (id, livemode, customer_id, type, is_default)
    select 'pm' || n, n % 2 = 0, 'c' || n, 'card', true from rows`,
  `insert into billing_checkouts (id, livemode, mode, status, currency, success_url, cancel_url, expires_at)
    select 'cs' || n, n % 2 = 0, 'payment', case when n % 20 < 2 then 'open' else 'complete' end, 'EUR', 'x', 'x',
      timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_customer_limits (customer_id, livemode, limit_key, max_value, reset_at)
    select 'c' || n, n % 2 = 0, 'key', 10, timestamptz '2026-05-30' + n * interval '25 minutes' from rows`,
];

testIndexes(
  SEED,
  [
    ['auditBlocks.seal', 'billing_audit_logs_by_block_idx', (all) => all.auditBlocks.seal(10)],
    [
      'auditBlocks.verify',
      ['billing_audit_blocks_pkey', 'billing_audit_logs_by_block_idx'],
      (all) => all.auditBlocks.verify({ from: 5, to: 10 }),
    ],
    ['an audited update', 'billing_customers_pkey', (all) => all.customers.update('c3', { name: 'x', metadata: {} })],
    ['an audited delete', 'billing_customers_pkey', (all) => all.customers.delete('c5')],
    [
      'an audited update of many',
      'billing_payment_methods_(by_customer|one_default)',
      (all) => all.paymentMethods.deleteByCustomerId('c7'),
    ],
    ['audited checkouts.expireOverdue', 'billing_checkouts_pkey', (all) => all.checkouts.expireOverdue(now, 10)],
    [
      'audited erasure.eraseGuest',
      ['billing_checkouts_pkey', 'billing_audit_logs_by_entity_idx'],
      (all) => all.erasure.eraseGuest([{ id: 'cs1', email: '1@b.c' }]),
    ],
    ['audited customerLimits.resetDue', 'billing_customer_limits_pkey', (all) => all.customerLimits.resetDue()],
    [
      'audited customerLimits.increment',
      'billing_customer_limits_(pkey|by_key_idx)',
      (all) => all.customerLimits.increment('c9', 'key'),
    ],
  ],
  { audit: true },
);
