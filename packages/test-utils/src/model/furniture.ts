import {
  buildQZPayAddOn,
  buildQZPayCheckout,
  buildQZPayCustomer,
  buildQZPayCustomerLimit,
  buildQZPayGrant,
  buildQZPayInvoice,
  buildQZPayPayment,
  buildQZPayPaymentMethod,
  buildQZPayPlan,
  buildQZPayPollingJob,
  buildQZPayPrice,
  buildQZPayPromoCode,
  buildQZPaySubscription,
  buildQZPaySubscriptionAddOn,
  buildQZPayVendor,
} from '../fixtures/index.js';
import type { Command } from './command.js';

const customerId = '$customer:0';
const call = (name: string, ...args: unknown[]): Command => ({ call: name, args });

/** What every sequence begins with: one of each, so that the commands after it have something to meet. */
export const furniture: readonly Command[] = [
  call('customers.create', buildQZPayCustomer({ externalId: 'user_1' })),
  call('customers.create', buildQZPayCustomer({ externalId: 'user_2', email: 'bob@example.org' })),
  call('plans.create', buildQZPayPlan({ id: 'plan_1' })),
  call('prices.create', buildQZPayPrice({ id: 'price_1', planId: 'plan_1' })),
  call('subscriptions.create', buildQZPaySubscription({ id: 'sub_1', customerId, planId: 'plan_1' })),
  call('payments.create', buildQZPayPayment({ id: 'pay_1', customerId })),
  call('paymentMethods.create', buildQZPayPaymentMethod({ id: 'pm_1', customerId })),
  call('invoices.create', buildQZPayInvoice({ id: 'inv_1', customerId })),
  call('promoCodes.create', buildQZPayPromoCode({ id: 'promo_1', code: 'SAVE', maxRedemptions: 2 })),
  call('vendors.create', buildQZPayVendor({ id: 'vendor_1', externalId: 'v_1' })),
  call('addons.create', buildQZPayAddOn({ id: 'addon_1' })),
  call(
    'addons.addToSubscription',
    buildQZPaySubscriptionAddOn({ id: 'attached_1', subscriptionId: 'sub_1', addOnId: 'addon_1' }),
  ),
  call('entitlements.grant', buildQZPayGrant({ customerId, entitlementKey: 'api' })),
  call('limits.set', buildQZPayCustomerLimit({ customerId, limitKey: 'api' })),
  call('checkouts.create', buildQZPayCheckout({ id: 'cs_1', customerId })),
  call(
    'subscriptionPollingJobs.create',
    buildQZPayPollingJob({ subscriptionId: 'sub_1', providerResourceId: 'resource_1' }),
  ),
];
