import { describe, expectTypeOf, it } from 'vitest';
import type {
  QZPayCreateCustomerInput,
  QZPayCustomer,
  QZPayCustomerStorage,
  QZPayInvoice,
  QZPayInvoiceLine,
  QZPayPayment,
  QZPaySavedCard,
  QZPayStorageAdapter,
  QZPaySubscription,
  QZPaySubscriptionPollingJobStorage,
  QZPayUpdateCustomerInput,
} from '../src/index.js';

/** `Base` as another author declares it, with some members of its own. */
type With<Base, Changes> = Omit<Base, keyof Changes> & Changes;
type Customers<Changes> = With<QZPayCustomerStorage, Changes>;
type Id = string & { readonly brand: 'customer' };
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Named {
  name: string;
}

describe('an adapter method', () => {
  it('TS-1: may take a narrower, a wider or a differently optional object', () => {
    expectTypeOf<
      Customers<{ create(input: { externalId: string; email: string }): Promise<QZPayCustomer> }>
    >().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ create(input: QZPayCreateCustomerInput & { region: string }): Promise<QZPayCustomer> }>
    >().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ create(input: Partial<QZPayCreateCustomerInput>): Promise<QZPayCustomer> }>
    >().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ create(input: { email: number }): Promise<QZPayCustomer> }>
    >().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-2: may be a property that holds a function', () => {
    expectTypeOf<
      Customers<{ create: (input: QZPayCreateCustomerInput & { region: string }) => Promise<QZPayCustomer> }>
    >().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ create: (input: number) => Promise<QZPayCustomer> }>
    >().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-3: may not take an id of a disjoint type', () => {
    expectTypeOf<Customers<{ findById(id: string): Promise<QZPayCustomer | null> }>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ findById(id: number): Promise<QZPayCustomer | null> }>
    >().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-4: may take a branded id, but not one branded over another type', () => {
    expectTypeOf<Customers<{ findById(id: Id): Promise<QZPayCustomer | null> }>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<
      Customers<{ findById(id: number & { readonly brand: 'customer' }): Promise<QZPayCustomer | null> }>
    >().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-5: may take one more optional parameter, not one more required', () => {
    type Update<Rest extends unknown[]> = Customers<{
      update(id: string, input: QZPayUpdateCustomerInput, ...rest: Rest): Promise<QZPayCustomer>;
    }>;
    expectTypeOf<Update<[options?: { expectedVersion?: string }]>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<Update<[options: { expectedVersion?: string }]>>().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-6: may hand something to the callback of a transaction, and returns whatever that returns', () => {
    type Transaction<Method> = With<QZPayStorageAdapter, { transaction: Method }>;
    expectTypeOf<
      Transaction<<R>(callback: (storage: QZPayStorageAdapter) => Promise<R>) => Promise<R>>
    >().toExtend<QZPayStorageAdapter>();
    expectTypeOf<
      Transaction<(callback: () => Promise<string>) => Promise<string>>
    >().not.toExtend<QZPayStorageAdapter>();
  });

  it('TS-7: updates an entity and never answers null', () => {
    type Update<Result> = Customers<{ update(id: string, input: QZPayUpdateCustomerInput): Promise<Result> }>;
    expectTypeOf<Update<QZPayCustomer>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<Update<QZPayCustomer | null>>().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-8: deletes without saying whether there was anything', () => {
    expectTypeOf<Customers<{ delete(id: string): Promise<void> }>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<Customers<{ delete(id: string): Promise<boolean> }>>().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-9: finds null where there is nothing, not undefined', () => {
    type Find<Result> = Customers<{ findById(id: string): Promise<Result> }>;
    expectTypeOf<Find<QZPayCustomer | null>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<Find<QZPayCustomer | undefined>>().not.toExtend<QZPayCustomerStorage>();
  });

  it('TS-10: returns a real promise', () => {
    type Find<Result> = Customers<{ findById(id: string): Result }>;
    expectTypeOf<Find<Promise<QZPayCustomer>>>().toExtend<QZPayCustomerStorage>();
    expectTypeOf<Find<QZPayCustomer>>().not.toExtend<QZPayCustomerStorage>();
    expectTypeOf<Find<PromiseLike<QZPayCustomer>>>().not.toExtend<QZPayCustomerStorage>();
  });
});

describe('an entity', () => {
  it('TS-11: may not carry metadata wider than flat values', () => {
    expectTypeOf<With<QZPayCustomer, { metadata: Record<string, unknown> }>>().not.toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPayCustomer, { metadata: { [key: string]: Json } }>>().not.toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPayCustomer, { metadata: Named }>>().not.toExtend<QZPayCustomer>();
  });

  it('TS-12: may carry metadata narrower than that', () => {
    expectTypeOf<With<QZPayCustomer, { metadata: Record<string, string> }>>().toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPayCustomer, { metadata: Record<string, Date> }>>().not.toExtend<QZPayCustomer>();
  });

  it('TS-13: has a member of the value set as its status, interval and currency, not any string', () => {
    expectTypeOf<With<QZPaySubscription, { status: 'active' | 'paused' }>>().toExtend<QZPaySubscription>();
    expectTypeOf<With<QZPaySubscription, { status: string }>>().not.toExtend<QZPaySubscription>();
    expectTypeOf<With<QZPaySubscription, { interval: string }>>().not.toExtend<QZPaySubscription>();
    expectTypeOf<With<QZPayPayment, { currency: 'CLP' }>>().toExtend<QZPayPayment>();
    expectTypeOf<With<QZPayPayment, { currency: string }>>().not.toExtend<QZPayPayment>();
  });

  it('TS-14: has dates, not strings', () => {
    expectTypeOf<With<QZPayCustomer, { createdAt: Date }>>().toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPayCustomer, { createdAt: string }>>().not.toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPaySubscription, { trialEnd: string | null }>>().not.toExtend<QZPaySubscription>();
  });

  it('TS-15: has arrays that its receiver may change', () => {
    expectTypeOf<With<QZPayInvoice, { lines: QZPayInvoiceLine[] }>>().toExtend<QZPayInvoice>();
    expectTypeOf<With<QZPayInvoice, { lines: readonly QZPayInvoiceLine[] }>>().not.toExtend<QZPayInvoice>();
  });

  it('TS-16: may have more fields, not fewer', () => {
    expectTypeOf<QZPayCustomer & { version: string }>().toExtend<QZPayCustomer>();
    expectTypeOf<Omit<QZPayCustomer, 'livemode'>>().not.toExtend<QZPayCustomer>();
  });

  it('TS-17: omits an optional key instead of holding undefined', () => {
    expectTypeOf<With<QZPayCustomer, { savedCards: QZPaySavedCard[] }>>().toExtend<QZPayCustomer>();
    expectTypeOf<Omit<QZPayCustomer, 'savedCards'>>().toExtend<QZPayCustomer>();
    expectTypeOf<With<QZPayCustomer, { savedCards: QZPaySavedCard[] | undefined }>>().not.toExtend<QZPayCustomer>();
  });

  it('TS-18: may always carry the promo code id of a subscription, as a value or null', () => {
    expectTypeOf<With<QZPaySubscription, { promoCodeId: string | null }>>().toExtend<QZPaySubscription>();
    expectTypeOf<With<QZPaySubscription, { promoCodeId: string | undefined }>>().not.toExtend<QZPaySubscription>();
  });

  it('TS-19: always carries the scheduled plan change of a subscription, as a value or null', () => {
    expectTypeOf<With<QZPaySubscription, { scheduledPlanChange: null }>>().toExtend<QZPaySubscription>();
    expectTypeOf<Omit<QZPaySubscription, 'scheduledPlanChange'>>().not.toExtend<QZPaySubscription>();
  });
});

describe('an adapter', () => {
  it('TS-20: has polling jobs or does not have the key', () => {
    type Polling<Value> = With<QZPayStorageAdapter, { subscriptionPollingJobs: Value }>;
    expectTypeOf<Polling<QZPaySubscriptionPollingJobStorage>>().toExtend<QZPayStorageAdapter>();
    expectTypeOf<Omit<QZPayStorageAdapter, 'subscriptionPollingJobs'>>().toExtend<QZPayStorageAdapter>();
    expectTypeOf<Polling<QZPaySubscriptionPollingJobStorage | undefined>>().not.toExtend<QZPayStorageAdapter>();
  });

  it('TS-21: may protect its collections from being replaced, but has to have them all', () => {
    expectTypeOf<Readonly<QZPayStorageAdapter>>().toExtend<QZPayStorageAdapter>();
    expectTypeOf<Omit<Readonly<QZPayStorageAdapter>, 'vendors'>>().not.toExtend<QZPayStorageAdapter>();
  });
});
