import { describe, expectTypeOf, it } from 'vitest';
import type * as core from '../src/index.js';

/** Keys that may be null and may also be missing. */
type OptionalNullableKeys<Entity> = {
  [Key in keyof Entity]-?: null extends Entity[Key] ? (object extends Pick<Entity, Key> ? Key : never) : never;
}[keyof Entity];

/** Keys that may be missing. */
type OptionalKeys<Entity> = {
  [Key in keyof Entity]-?: object extends Pick<Entity, Key> ? Key : never;
}[keyof Entity];

/** What a storage answers with, and the parts of it. */
interface Entities {
  customer: core.QZPayCustomer;
  savedCard: core.QZPaySavedCard;
  scheduledPlanChange: core.QZPayScheduledPlanChange;
  pollingJob: core.QZPaySubscriptionPollingJob;
  payment: core.QZPayPayment;
  refund: core.QZPayRefund;
  paymentMethod: core.QZPayPaymentMethod;
  card: core.QZPayCardDetails;
  bankAccount: core.QZPayBankAccountDetails;
  billingDetails: core.QZPayBillingDetails;
  billingAddress: core.QZPayBillingAddress;
  invoice: core.QZPayInvoice;
  invoiceLine: core.QZPayInvoiceLine;
  plan: core.QZPayPlan;
  planFeature: core.QZPayPlanFeature;
  price: core.QZPayPrice;
  promoCode: core.QZPayPromoCode;
  promoCodeCondition: core.QZPayPromoCodeCondition;
  vendor: core.QZPayVendor;
  payoutSchedule: core.QZPayPayoutSchedule;
  vendorPayout: core.QZPayVendorPayout;
  entitlement: core.QZPayEntitlement;
  customerEntitlement: core.QZPayCustomerEntitlement;
  limit: core.QZPayLimit;
  customerLimit: core.QZPayCustomerLimit;
  usageRecord: core.QZPayUsageRecord;
  addOn: core.QZPayAddOn;
  addOnLimit: core.QZPayAddOnLimit;
  subscriptionAddOn: core.QZPaySubscriptionAddOn;
  checkout: core.QZPayCheckoutSession;
  checkoutLineItem: core.QZPayCheckoutLineItem;
}

describe('the fields of entities', () => {
  it('are present wherever they may be null', () => {
    type Offenders = { [Name in keyof Entities]: OptionalNullableKeys<Entities[Name]> }[keyof Entities];
    expectTypeOf<Offenders>().toBeNever();
  });

  it('are present on subscriptions wherever they may be null, but for the promo code', () => {
    expectTypeOf<OptionalNullableKeys<core.QZPaySubscription>>().toEqualTypeOf<'promoCodeId'>();
  });

  it('are optional on whole entities only for saved cards and promo codes', () => {
    expectTypeOf<OptionalKeys<core.QZPayCustomer>>().toEqualTypeOf<'savedCards'>();
    expectTypeOf<OptionalKeys<core.QZPaySubscription>>().toEqualTypeOf<'promoCodeId'>();
    expectTypeOf<
      OptionalKeys<
        | core.QZPayPayment
        | core.QZPayInvoice
        | core.QZPayPlan
        | core.QZPayPromoCode
        | core.QZPayVendor
        | core.QZPayCheckoutSession
      >
    >().toBeNever();
  });
});

describe('the values of a set', () => {
  it('are a non-empty tuple of exactly its members', () => {
    expectTypeOf<typeof core.QZPAY_INVOICE_STATUS_VALUES>().toExtend<readonly [string, ...string[]]>();
    expectTypeOf<(typeof core.QZPAY_INVOICE_STATUS_VALUES)[number]>().toEqualTypeOf<core.QZPayInvoiceStatus>();
    expectTypeOf<core.QZPayInvoiceStatus>().toEqualTypeOf<'draft' | 'open' | 'paid' | 'void' | 'uncollectible'>();
    expectTypeOf<core.QZPayDayOfWeek>().toEqualTypeOf<0 | 1 | 2 | 3 | 4 | 5 | 6>();
  });
});
