import type {
  QZPayAddOn,
  QZPayCheckoutSession,
  QZPayCustomer,
  QZPayCustomerEntitlement,
  QZPayCustomerLimit,
  QZPayEntitlement,
  QZPayInvoice,
  QZPayInvoiceLine,
  QZPayLimit,
  QZPayPayment,
  QZPayPaymentMethod,
  QZPayPlan,
  QZPayPrice,
  QZPayPromoCode,
  QZPayRefund,
  QZPaySavedCard,
  QZPaySubscription,
  QZPaySubscriptionAddOn,
  QZPaySubscriptionPollingJob,
  QZPayUsageRecord,
  QZPayVendor,
  QZPayVendorPayout,
} from '@qzpay/core';
import {
  createQZPayTables,
  type QZPayAddonRow,
  type QZPayCheckoutRow,
  type QZPayCustomerEntitlementRow,
  type QZPayCustomerInsert,
  type QZPayCustomerLimitRow,
  type QZPayCustomerRow,
  type QZPayEntitlementRow,
  type QZPayInvoiceLineRow,
  type QZPayInvoiceRow,
  type QZPayLimitRow,
  type QZPayPaymentInsert,
  type QZPayPaymentMethodRow,
  type QZPayPaymentRow,
  type QZPayPlanRow,
  type QZPayPriceRow,
  type QZPayPromoCodeRow,
  type QZPayRefundRow,
  type QZPayStoredSavedCard,
  type QZPaySubscriptionAddonRow,
  type QZPaySubscriptionPollingJobRow,
  type QZPaySubscriptionRow,
  type QZPayTables,
  type QZPayUsageRecordRow,
  type QZPayVendorPayoutRow,
  type QZPayVendorRow,
} from '@qzpay/schema';
import type { qzpayPricesRelations, qzpaySubscriptionsRelations } from '@qzpay/schema/relations';
import { describe, expectTypeOf, it } from 'vitest';

/** The fields of an entity as a row has them: always there. */
type Fields<Entity, Derived extends keyof Entity = never> = Required<Omit<Entity, Derived>>;
type Shared<Row, Entity, Derived extends keyof Entity = never> = Pick<Row, Exclude<keyof Entity, Derived> & keyof Row>;

// These are checked by the compiler; the runner sees to it that the file is not forgotten.
describe('rows', () => {
  it('carry every field of the engine’s entities with its type', () => {
    expectTypeOf<Shared<QZPaySubscriptionRow, QZPaySubscription>>().toEqualTypeOf<Fields<QZPaySubscription>>();
    expectTypeOf<Shared<QZPayPaymentRow, QZPayPayment>>().toEqualTypeOf<Fields<QZPayPayment>>();
    expectTypeOf<Shared<QZPayRefundRow, QZPayRefund>>().toEqualTypeOf<Fields<QZPayRefund>>();
    expectTypeOf<Shared<QZPayPaymentMethodRow, QZPayPaymentMethod>>().toEqualTypeOf<Fields<QZPayPaymentMethod>>();
    expectTypeOf<Shared<QZPayInvoiceRow, QZPayInvoice, 'lines'>>().toEqualTypeOf<Fields<QZPayInvoice, 'lines'>>();
    expectTypeOf<Shared<QZPayInvoiceLineRow, QZPayInvoiceLine>>().toEqualTypeOf<Fields<QZPayInvoiceLine>>();
    expectTypeOf<Shared<QZPayPlanRow, QZPayPlan, 'prices'>>().toEqualTypeOf<Fields<QZPayPlan, 'prices'>>();
    expectTypeOf<Shared<QZPayPriceRow, QZPayPrice>>().toEqualTypeOf<Fields<QZPayPrice>>();
    expectTypeOf<Shared<QZPayPromoCodeRow, QZPayPromoCode>>().toEqualTypeOf<Fields<QZPayPromoCode>>();
    expectTypeOf<Shared<QZPayVendorRow, QZPayVendor>>().toEqualTypeOf<Fields<QZPayVendor>>();
    expectTypeOf<Shared<QZPayVendorPayoutRow, QZPayVendorPayout>>().toEqualTypeOf<Fields<QZPayVendorPayout>>();
    expectTypeOf<Shared<QZPayEntitlementRow, QZPayEntitlement>>().toEqualTypeOf<Fields<QZPayEntitlement>>();
    expectTypeOf<Shared<QZPayCustomerEntitlementRow, QZPayCustomerEntitlement>>().toEqualTypeOf<
      Fields<QZPayCustomerEntitlement>
    >();
    expectTypeOf<Shared<QZPayLimitRow, QZPayLimit>>().toEqualTypeOf<Fields<QZPayLimit>>();
    expectTypeOf<Shared<QZPayCustomerLimitRow, QZPayCustomerLimit>>().toEqualTypeOf<Fields<QZPayCustomerLimit>>();
    expectTypeOf<Shared<QZPayUsageRecordRow, QZPayUsageRecord>>().toEqualTypeOf<Fields<QZPayUsageRecord>>();
    expectTypeOf<Shared<QZPayAddonRow, QZPayAddOn>>().toEqualTypeOf<Fields<QZPayAddOn>>();
    expectTypeOf<Shared<QZPaySubscriptionAddonRow, QZPaySubscriptionAddOn>>().toEqualTypeOf<
      Fields<QZPaySubscriptionAddOn>
    >();
    expectTypeOf<Shared<QZPayCheckoutRow, QZPayCheckoutSession>>().toEqualTypeOf<Fields<QZPayCheckoutSession>>();
    expectTypeOf<Shared<QZPaySubscriptionPollingJobRow, QZPaySubscriptionPollingJob>>().toEqualTypeOf<
      Fields<QZPaySubscriptionPollingJob>
    >();
  });

  it('differ from the engine’s customer in the saved cards only, whose instants JSON keeps as text', () => {
    expectTypeOf<Shared<QZPayCustomerRow, QZPayCustomer, 'savedCards'>>().toEqualTypeOf<
      Fields<QZPayCustomer, 'savedCards'>
    >();
    expectTypeOf<QZPayCustomerRow['savedCards']>().toEqualTypeOf<QZPayStoredSavedCard[] | null>();
    expectTypeOf<keyof QZPayStoredSavedCard>().toEqualTypeOf<keyof QZPaySavedCard>();
    expectTypeOf<QZPayStoredSavedCard['createdAt']>().toEqualTypeOf<string>();
  });

  it('can be inserted with the key columns and what the engine requires, and not without the mode', () => {
    expectTypeOf<{
      id: string;
      externalId: string;
      email: string;
      emailKey: string;
      livemode: boolean;
    }>().toExtend<QZPayCustomerInsert>();
    expectTypeOf<Required<QZPayPayment>>().toExtend<QZPayPaymentInsert>();
    expectTypeOf<Omit<QZPayPayment, 'livemode'>>().not.toExtend<QZPayPaymentInsert>();
  });
});

describe('tables', () => {
  it('have one type, whatever schema they are in', () => {
    expectTypeOf(createQZPayTables({ schema: 'public' })).toEqualTypeOf<QZPayTables>();
    expectTypeOf<QZPayTables['customers']['_']['schema']>().toEqualTypeOf<'qzpay'>();
  });
});

describe('relations', () => {
  type RelationsOf<T extends { readonly config: (...helpers: never[]) => unknown }> = ReturnType<T['config']>;

  it('may find nothing where no foreign key holds the other row', () => {
    type Subscription = RelationsOf<typeof qzpaySubscriptionsRelations>;
    expectTypeOf<Subscription['customer']['isNullable']>().toEqualTypeOf<true>();
    // Drizzle's flag is true where a row is certain.
    expectTypeOf<Subscription['plan']['isNullable']>().toEqualTypeOf<false>();
    expectTypeOf<Subscription['price']['isNullable']>().toEqualTypeOf<false>();
    expectTypeOf<RelationsOf<typeof qzpayPricesRelations>['plan']['isNullable']>().toEqualTypeOf<true>();
  });
});
