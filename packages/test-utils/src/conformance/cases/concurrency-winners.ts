import assert from 'node:assert/strict';
import {
  insertQZPayAddOn,
  insertQZPayCheckout,
  insertQZPayCustomer,
  insertQZPayEntitlement,
  insertQZPayInvoice,
  insertQZPayLimit,
  insertQZPayPayment,
  insertQZPayPaymentMethod,
  insertQZPayPlan,
  insertQZPayPrice,
  insertQZPayPromoCode,
  insertQZPaySubscription,
  insertQZPaySubscriptionAddOn,
  insertQZPayUsageRecord,
  insertQZPayVendor,
  insertQZPayVendorPayout,
} from '../../fixtures/index.js';
import { hold } from '../barrier.js';
import { defineCases, type QZPayConformanceContext, type QZPayConformanceStorage as Storage } from '../case.js';
import { rejectsConflict, together } from '../expectations.js';

/** Several callers that want the same thing; each tries to store something of its own under it. */
interface Contest {
  /** What is there before; its result goes to the callers. */
  readonly before?: (storage: Storage) => Promise<unknown>;
  readonly attempt: (storage: Storage, caller: number, customerId: string) => Promise<object>;
  /** What is stored under it in the end. */
  readonly stored?: (storage: Storage) => Promise<unknown>;
}

const CONTESTS: Readonly<Record<string, Contest>> = {
  'customer-external-id': {
    attempt: (storage, caller) => insertQZPayCustomer(storage, { externalId: 'wanted', name: `caller ${caller}` }),
    stored: (storage) => storage.customers.findByExternalId('wanted'),
  },
  'vendor-external-id': {
    attempt: (storage, caller) => insertQZPayVendor(storage, { id: `vendor-${caller}`, externalId: 'wanted' }),
    stored: (storage) => storage.vendors.findByExternalId('wanted'),
  },
  'vendor-id': {
    attempt: (storage, caller) => insertQZPayVendor(storage, { externalId: `seller-${caller}` }),
    stored: (storage) => storage.vendors.findById('vendor_test'),
  },
  'promo-code': {
    attempt: (storage, caller) =>
      insertQZPayPromoCode(storage, { id: `promo-${caller}`, code: caller % 2 === 0 ? 'WANTED' : 'wanted' }),
    stored: (storage) => storage.promoCodes.findByCode('Wanted'),
  },
  'promo-code-id': {
    attempt: (storage, caller) => insertQZPayPromoCode(storage, { code: `CODE-${caller}` }),
    stored: (storage) => storage.promoCodes.findById('promo_test'),
  },
  'plan-id': {
    attempt: (storage, caller) => insertQZPayPlan(storage, { name: `caller ${caller}` }),
    stored: (storage) => storage.plans.findById('plan_test'),
  },
  'price-id': {
    before: (storage) => insertQZPayPlan(storage),
    attempt: (storage, caller) => insertQZPayPrice(storage, { unitAmount: caller }),
    stored: (storage) => storage.prices.findById('price_test'),
  },
  'subscription-id': {
    attempt: (storage, quantity, customerId) => insertQZPaySubscription(storage, { customerId, quantity }),
    stored: (storage) => storage.subscriptions.findById('sub_test'),
  },
  'payment-id': {
    attempt: (storage, amount, customerId) => insertQZPayPayment(storage, { customerId, amount }),
    stored: (storage) => storage.payments.findById('pay_test'),
  },
  'payment-method-id': {
    attempt: (storage, caller, customerId) =>
      insertQZPayPaymentMethod(storage, { customerId, providerPaymentMethodId: `caller ${caller}` }),
    stored: (storage) => storage.paymentMethods.findById('pm_test'),
  },
  'invoice-id': {
    attempt: (storage, caller, customerId) =>
      insertQZPayInvoice(storage, {
        customerId,
        lines: Array.from({ length: caller + 1 }, () => ({
          description: `caller ${caller}`,
          quantity: 1,
          unitAmount: 1,
        })),
      }),
    stored: (storage) => storage.invoices.findById('inv_test'),
  },
  'payout-id': {
    before: (storage) => insertQZPayVendor(storage),
    attempt: (storage, amount) => insertQZPayVendorPayout(storage, { amount }),
    stored: async (storage) => {
      const payouts = await storage.vendors.findPayoutsByVendorId('vendor_test');
      return payouts.length === 1 ? payouts[0] : payouts;
    },
  },
  'entitlement-key': {
    attempt: (storage, caller) => insertQZPayEntitlement(storage, { id: `ent-${caller}`, key: 'wanted' }),
    stored: (storage) => storage.entitlements.findDefinitionByKey('wanted'),
  },
  'limit-key': {
    attempt: (storage, caller) => insertQZPayLimit(storage, { id: `limit-${caller}`, key: 'wanted' }),
    stored: (storage) => storage.limits.findDefinitionByKey('wanted'),
  },
  'usage-record-id': {
    attempt: (storage, quantity, customerId) => insertQZPayUsageRecord(storage, { customerId, quantity }),
  },
  'add-on-id': {
    attempt: (storage, caller) => insertQZPayAddOn(storage, { name: `caller ${caller}` }),
    stored: (storage) => storage.addons.findById('addon_test'),
  },
  'subscription-add-on-id': {
    before: async (storage) => {
      const { id: customerId } = await insertQZPayCustomer(storage, { externalId: 'subscriber' });
      await insertQZPaySubscription(storage, { customerId });
      await insertQZPayAddOn(storage);
    },
    attempt: (storage, caller) => insertQZPaySubscriptionAddOn(storage, { quantity: caller + 1 }),
    stored: (storage) => storage.addons.findSubscriptionAddOn('sub_test', 'addon_test'),
  },
  'checkout-id': {
    attempt: (storage, caller) => insertQZPayCheckout(storage, { customerEmail: `${caller}@example.org` }),
    stored: (storage) => storage.checkouts.findById('cs_test'),
  },
};

const contestCases = Object.fromEntries(
  Object.entries(CONTESTS).map(([name, { before, attempt, stored }]) => [
    `one-winner-per-${name}`,
    [
      'Of several callers that ask for the same at once one wins; the others get the conflict `already_exists` and change nothing.',
      async ({ storage }: QZPayConformanceContext) => {
        const { id: customerId } = await insertQZPayCustomer(storage);
        await before?.(storage);
        const { fulfilled, rejected } = await together(5, (caller) => attempt(storage, caller, customerId));
        assert.equal(fulfilled.length, 1);
        for (const error of rejected) await rejectsConflict(Promise.reject(error as Error), 'already_exists');
        if (stored !== undefined) assert.deepEqual(await stored(storage), fulfilled[0]);
      },
    ] as const,
  ]),
);

export const concurrencyWinnerCases = defineCases('concurrency', 1, {
  ...contestCases,
  'what-a-rollback-frees-can-be-taken': [
    'What a transaction has taken and gives back by rolling back goes to the one who asked meanwhile.',
    async ({ storage }) => {
      for (const name of ['once', 'again']) {
        const held = await hold(storage, () => insertQZPayCustomer(storage, { externalId: 'wanted', name }));
        const waiting = insertQZPayCustomer(storage, { externalId: 'wanted', name: 'meanwhile' });
        held.rollBack();
        assert.deepEqual([await held.ended, (await waiting).name], ['rolled back', 'meanwhile']);
        await storage.customers.delete((await waiting).id);
      }
    },
  ],
  'what-a-commit-takes-cannot-be-taken': [
    'What a transaction has taken is refused to the one who asked meanwhile, once it has committed.',
    async ({ storage }) => {
      const held = await hold(storage, () => insertQZPayCustomer(storage, { externalId: 'wanted' }));
      const waiting = insertQZPayCustomer(storage, { externalId: 'wanted' });
      const refused = rejectsConflict(waiting, 'already_exists');
      held.commit();
      await refused;
      assert.equal(await held.ended, 'committed');
      assert.equal((await storage.customers.list()).total, 1);
    },
  ],
  'a-freed-name-has-one-winner': [
    'Deleting frees a name; of several callers who want it, while it is being freed and afterwards, one gets it.',
    async ({ storage }) => {
      const { id } = await insertQZPayCustomer(storage);
      const deletion = storage.customers.delete(id);
      const meanwhile = await together(4, () => insertQZPayCustomer(storage));
      await deletion;
      const afterwards = await together(4, () => insertQZPayCustomer(storage));
      assert.equal(meanwhile.fulfilled.length + afterwards.fulfilled.length, 1);
      const { data } = await storage.customers.list();
      assert.deepEqual(data, [...meanwhile.fulfilled, ...afterwards.fulfilled]);
    },
  ],
  'ids-are-made-once': [
    'The ids that a storage makes are never made twice, by whichever handle and however many callers ask at once.',
    async ({ storage, open }) => {
      const handles = [storage, await open({ livemode: false }), await open({ livemode: true })];
      const ids: string[] = [];
      const { fulfilled: customers } = await together(30, (index) =>
        insertQZPayCustomer(handles[index % 3] as Storage, { externalId: `user-${index}` }),
      );
      ids.push(...customers.map(({ id }) => id));
      const { fulfilled: invoices } = await together(9, (index) =>
        insertQZPayInvoice(handles[index % 3] as Storage, { id: `inv-${index}`, customerId: ids[index] as string }),
      );
      ids.push(...invoices.flatMap(({ lines }) => lines.map(({ id }) => id)));
      assert.equal(ids.length, 48);
      assert.equal(new Set(ids).size, 48);
    },
  ],
});
