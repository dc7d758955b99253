import assert from 'node:assert/strict';
import {
  insertQZPayAddOn,
  insertQZPayCheckout,
  insertQZPayCustomer,
  insertQZPayCustomerLimit,
  insertQZPayEntitlement,
  insertQZPayGrant,
  insertQZPayInvoice,
  insertQZPayLimit,
  insertQZPayPayment,
  insertQZPayPaymentMethod,
  insertQZPayPlan,
  insertQZPayPollingJob,
  insertQZPayPrice,
  insertQZPaySubscription,
  insertQZPaySubscriptionAddOn,
  insertQZPayVendor,
  insertQZPayVendorPayout,
} from '../../fixtures/index.js';
import { fixtureDate } from '../../fixtures/instant.js';
import { defineCases, type QZPayConformanceContext, type QZPayConformanceStorage as Storage } from '../case.js';
import { together } from '../expectations.js';

/** More than any page that somebody may have forgotten to turn. */
const MANY = 103;

interface Complete {
  /** Stores one of many, under a key of its own. */
  readonly insert: (storage: Storage, key: string, customerId: string) => Promise<unknown>;
  readonly find: (storage: Storage, customerId: string) => Promise<readonly unknown[] | undefined>;
  readonly before?: (storage: Storage, customerId: string) => Promise<unknown>;
}

const COMPLETE: Readonly<Record<string, Complete>> = {
  'subscriptions-of-a-customer': {
    insert: (storage, id, customerId) => insertQZPaySubscription(storage, { id, customerId }),
    find: (storage, customerId) => storage.subscriptions.findByCustomerId(customerId),
  },
  'payments-of-a-customer': {
    insert: (storage, id, customerId) => insertQZPayPayment(storage, { id, customerId }),
    find: (storage, customerId) => storage.payments.findByCustomerId(customerId),
  },
  'payment-methods-of-a-customer': {
    insert: (storage, id, customerId) => insertQZPayPaymentMethod(storage, { id, customerId }),
    find: (storage, customerId) => storage.paymentMethods.findByCustomerId(customerId),
  },
  'invoices-of-a-customer': {
    insert: (storage, id, customerId) => insertQZPayInvoice(storage, { id, customerId }),
    find: (storage, customerId) => storage.invoices.findByCustomerId(customerId),
  },
  'checkouts-of-a-customer': {
    insert: (storage, id, customerId) => insertQZPayCheckout(storage, { id, customerId }),
    find: (storage, customerId) => storage.checkouts.findByCustomerId(customerId),
  },
  'entitlements-of-a-customer': {
    insert: (storage, entitlementKey, customerId) => insertQZPayGrant(storage, { customerId, entitlementKey }),
    find: (storage, customerId) => storage.entitlements.findByCustomerId(customerId),
  },
  'limits-of-a-customer': {
    insert: (storage, limitKey, customerId) => insertQZPayCustomerLimit(storage, { customerId, limitKey }),
    find: (storage, customerId) => storage.limits.findByCustomerId(customerId),
  },
  'entitlement-definitions': {
    insert: (storage, id) => insertQZPayEntitlement(storage, { id, key: id }),
    find: (storage) => storage.entitlements.listDefinitions(),
  },
  'limit-definitions': {
    insert: (storage, id) => insertQZPayLimit(storage, { id, key: id }),
    find: (storage) => storage.limits.listDefinitions(),
  },
  'plans-of-the-catalogue': {
    insert: (storage, id) => insertQZPayPlan(storage, { id }),
    find: async (storage) => (await storage.plans.list()).data,
  },
  'prices-of-a-plan': {
    before: (storage) => insertQZPayPlan(storage),
    insert: (storage, id) => insertQZPayPrice(storage, { id }),
    find: async (storage) => {
      const [prices, plan] = await Promise.all([
        storage.prices.findByPlanId('plan_test'),
        storage.plans.findById('plan_test'),
      ]);
      assert.deepEqual(plan?.prices, prices);
      return prices;
    },
  },
  'payouts-of-a-vendor': {
    before: (storage) => insertQZPayVendor(storage),
    insert: (storage, id) => insertQZPayVendorPayout(storage, { id }),
    find: (storage) => storage.vendors.findPayoutsByVendorId('vendor_test'),
  },
  'add-ons-of-a-plan': {
    insert: (storage, id) => insertQZPayAddOn(storage, { id }),
    find: (storage) => storage.addons.findByPlanId('plan_test'),
  },
  'add-ons-of-a-subscription': {
    before: async (storage, customerId) => {
      await insertQZPaySubscription(storage, { customerId });
      await insertQZPayAddOn(storage);
    },
    insert: (storage, id) => insertQZPaySubscriptionAddOn(storage, { id }),
    find: (storage) => storage.addons.findBySubscriptionId('sub_test'),
  },
  'due-polling-jobs': {
    before: (storage, customerId) => insertQZPaySubscription(storage, { customerId }),
    insert: async (storage, providerResourceId) => {
      if (storage.subscriptionPollingJobs !== undefined) await insertQZPayPollingJob(storage, { providerResourceId });
    },
    find: async (storage) => storage.subscriptionPollingJobs?.findDuePending(fixtureDate(365), 1000),
  },
};

const completeCases = Object.entries(COMPLETE).map(
  ([name, { insert, find, before }]) =>
    [
      `${name}-are-complete`,
      [
        'Methods that return an array are complete.',
        async ({ storage }: QZPayConformanceContext) => {
          const { id: customerId } = await insertQZPayCustomer(storage);
          await before?.(storage, customerId);
          const { rejected } = await together(MANY, (index) => insert(storage, `key-${index}`, customerId));
          assert.deepEqual(rejected, []);
          const found = await find(storage, customerId);
          // Only a storage that keeps no polling jobs has no answer.
          if (found !== undefined) assert.equal(found.length, MANY);
        },
      ],
    ] as const,
);

export const completenessCases = defineCases('paging', 1, {
  ...Object.fromEntries(completeCases),
  'lines-of-an-invoice-are-complete-and-in-order': [
    'An invoice has all its lines, in the order in which they were given.',
    async ({ storage }) => {
      const { id: customerId } = await insertQZPayCustomer(storage);
      const lines = Array.from({ length: MANY }, (_, index) => ({
        description: `line ${(index * 37) % MANY}`,
        quantity: 1,
        unitAmount: index,
      }));
      const created = await insertQZPayInvoice(storage, { customerId, lines });
      const [listed] = (await storage.invoices.list()).data;
      const [ofCustomer] = await storage.invoices.findByCustomerId(customerId);
      for (const invoice of [created, await storage.invoices.findById('inv_test'), listed, ofCustomer]) {
        assert.deepEqual(
          invoice?.lines.map(({ description, quantity, unitAmount }) => ({ description, quantity, unitAmount })),
          lines,
        );
        assert.equal(invoice.total, (MANY * (MANY - 1)) / 2);
      }
    },
  ],
});
