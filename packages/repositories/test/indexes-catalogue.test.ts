import { CUSTOMERS, testIndexes } from './support/plans.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const later = new Date('2026-06-02T00:00:00.000Z');

/** What jobs look for is rare, as it is in life: few codes expired but active, few payouts open, few vendors payable. */
const SEED = [
  CUSTOMERS,
  `insert into billing_payment_methods (id, livemode, customer_id, type, is_default, card, provider_payment_method_ids, created_at)
    select 'pm' || n, n % 2 = 0, 'c' || n, 'card', true, jsonb_build_object('expYear', 2024 + n % 12, 'expMonth', 1 + n % 12),
      jsonb_build_object('stripe', 'pm_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_promo_codes (id, livemode, code, code_key, discount_type, discount_value, active, valid_until, created_at)
    select 'promo' || n, n % 2 = 0, 'Code' || n, 'code' || n, 'percentage', 10, n % 20 < 2,
      timestamptz '2025-06-01' + n * interval '50 minutes', timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_promo_code_usage (id, livemode, promo_code_id, customer_id, redemption_no, used_at)
    select 'use' || n, n % 2 = 0, 'promo' || n, 'c' || n, 1, timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_subscriptions (id, livemode, customer_id, plan_id, status, billing_interval, current_period_start, current_period_end)
    select 's' || n, n % 2 = 0, 'c' || n, 'p1', 'active', 'month', '2026-05-01', '2026-06-01' from rows`,
  `insert into billing_payments (id, livemode, customer_id, amount, currency, status)
    select 'p' || n, n % 2 = 0, 'c' || n, 100, 'EUR', 'succeeded' from rows`,
  `insert into billing_vendors (id, livemode, external_id, name, email, status, onboarding_status, can_receive_payments,
      provider_account_ids, created_at)
    select 'v' || n, n % 2 = 0, 'u' || n, 'Vendor ' || n, n || '@b.c', case when n % 20 < 2 then 'pending' else 'active' end,
      case when n % 20 < 2 then 'in_progress' else 'completed' end, n % 20 < 2, jsonb_build_object('stripe', 'acct_' || n),
      timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_vendor_payouts (id, livemode, vendor_id, amount, currency, status, period_start, period_end,
      provider_payout_ids, created_at)
    select 'po' || n, n % 2 = 0, 'v' || n, 100, 'EUR', case when n % 20 < 2 then 'pending' else 'paid' end, '2026-05-01', '2026-06-01',
      jsonb_build_object('stripe', 'po_' || n), timestamptz '2025-06-01' + n * interval '25 minutes' from rows`,
  `insert into billing_addons (id, livemode, name, active, unit_amount, currency, billing_interval)
    select 'a' || n, n % 2 = 0, 'Add-on ' || n, n % 20 < 2, 100, 'EUR', 'month' from rows`,
  `insert into billing_subscription_addons (id, livemode, subscription_id, add_on_id, unit_amount, currency)
    select 'sa' || n, n % 2 = 0, 's' || n, 'a' || 400 + n % 400, 100, 'EUR' from rows`,
];

testIndexes(SEED, [
  [
    'paymentMethods.findByCustomerId',
    'billing_payment_methods_by_customer_idx',
    (all) => all.paymentMethods.findByCustomerId('c3'),
  ],
  [
    'paymentMethods.count by customer',
    'billing_payment_methods_by_customer_idx',
    (all) => all.paymentMethods.count({ customerId: 'c3' }),
  ],
  ['paymentMethods.hasUsable', 'billing_payment_methods_by_customer_idx', (all) => all.paymentMethods.hasUsable('c3')],
  [
    'paymentMethods.findDefaultByCustomerId',
    'billing_payment_methods_(one_default_key|by_customer_idx)',
    (all) => all.paymentMethods.findDefaultByCustomerId('c3'),
  ],
  [
    'paymentMethods.findByProviderId',
    'billing_payment_methods_provider_ids_idx',
    (all) => all.paymentMethods.findByProviderId('stripe', 'pm_3'),
  ],
  [
    'paymentMethods.findExpiring',
    'billing_payment_methods_expiring_idx',
    (all) => all.paymentMethods.findExpiring(now, later),
  ],
  ['paymentMethods.findExpired', 'billing_payment_methods_expiring_idx', (all) => all.paymentMethods.findExpired(now)],
  [
    'paymentMethods.setDefault',
    ['billing_customers_pkey', 'billing_payment_methods_(one_default_key|by_customer_idx)'],
    (all) => all.paymentMethods.setDefault('c3', 'pm3'),
  ],
  ['paymentMethods.page', 'billing_payment_methods_list_idx', (all) => all.paymentMethods.page()],
  ['promoCodes.findByCode', 'billing_promo_codes_code_live_key', (all) => all.promoCodes.findByCode('CODE3')],
  [
    'promoCodes.check',
    [
      'billing_promo_codes_code_live_key',
      'billing_promo_code_usage_redemption_key',
      'billing_payments_by_customer_idx',
      'billing_subscriptions_by_customer_idx',
    ],
    (all) => all.promoCodes.check('CODE3', { customerId: 'c3' }),
  ],
  ['promoCodes.claimRedemption', 'billing_promo_codes_pkey', (all) => all.promoCodes.claimRedemption('promo3')],
  ['promoCodes.findExpired', 'billing_promo_codes_active_idx', (all) => all.promoCodes.findExpired(now)],
  ['promoCodes.page', 'billing_promo_codes_list_idx', (all) => all.promoCodes.page()],
  [
    'promoCodeUsage.redeem',
    ['billing_promo_codes_pkey', 'billing_promo_code_usage_redemption_key'],
    (all) => all.promoCodeUsage.redeem({ promoCodeId: 'promo19981', customerId: 'c3' }),
  ],
  [
    'promoCodeUsage.hasRedeemed',
    'billing_promo_code_usage_redemption_key',
    (all) => all.promoCodeUsage.hasRedeemed('c3', 'promo3'),
  ],
  [
    'promoCodeUsage.findByPromoCodeId',
    'billing_promo_code_usage_by_promo_code_idx',
    (all) => all.promoCodeUsage.findByPromoCodeId('promo3'),
  ],
  [
    'promoCodeUsage.findByCustomerId',
    'billing_promo_code_usage_by_customer_idx',
    (all) => all.promoCodeUsage.findByCustomerId('c3'),
  ],
  ['vendors.findByExternalId', 'billing_vendors_external_id_live_key', (all) => all.vendors.findByExternalId('u3')],
  [
    'vendors.findByProviderId',
    'billing_vendors_provider_ids_idx',
    (all) => all.vendors.findByProviderId('stripe', 'acct_3'),
  ],
  [
    'vendors.page by status',
    'billing_vendors_by_status_idx',
    (all) => all.vendors.page({ filters: { status: 'pending' } }),
  ],
  [
    'vendors.page by onboarding status',
    'billing_vendors_by_onboarding_idx',
    (all) => all.vendors.page({ filters: { onboardingStatus: 'in_progress' } }),
  ],
  ['vendors.findPayable', 'billing_vendors_payable_idx', (all) => all.vendors.findPayable()],
  ['vendors.addToPendingBalance', 'billing_vendors_pkey', (all) => all.vendors.addToPendingBalance('v3', 1, 'EUR')],
  [
    'vendorPayouts.findByVendorId',
    'billing_vendor_payouts_by_vendor_idx',
    (all) => all.vendorPayouts.findByVendorId('v3'),
  ],
  ['vendorPayouts.totals', 'billing_vendor_payouts_by_vendor_idx', (all) => all.vendorPayouts.totals('v3')],
  ['vendorPayouts.findOpen', 'billing_vendor_payouts_open_idx', (all) => all.vendorPayouts.findOpen()],
  [
    'vendorPayouts.findByProviderId',
    'billing_vendor_payouts_provider_ids_idx',
    (all) => all.vendorPayouts.findByProviderId('stripe', 'po_3'),
  ],
  ['addons.findByPlanId', 'billing_addons_active_idx', (all) => all.addons.findByPlanId('p1')],
  [
    'subscriptionAddons.findExpiring',
    'billing_subscription_addons_expiring_idx',
    (all) => all.subscriptionAddons.findExpiring({ start: now, end: now }),
  ],
  [
    'subscriptionAddons.findBySubscriptionId',
    'billing_subscription_addons_by_subscription_idx',
    (all) => all.subscriptionAddons.findBySubscriptionId('s3'),
  ],
  [
    'subscriptionAddons.findCurrent',
    'billing_subscription_addons_by_subscription_idx',
    (all) => all.subscriptionAddons.findCurrent('s3', 'a403'),
  ],
  [
    'subscriptionAddons.totalActive',
    'billing_subscription_addons_by_subscription_idx',
    (all) => all.subscriptionAddons.totalActive('s3'),
  ],
  [
    'subscriptionAddons.count by add-on',
    'billing_subscription_addons_by_add_on_idx',
    (all) => all.subscriptionAddons.count({ addOnId: 'a403' }),
  ],
]);
