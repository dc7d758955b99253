import type { QZPayStorageAdapter } from '@qzpay/core';
import fc from 'fast-check';
import { customers, invoices, paymentMethods, payments, subscriptions } from './calls-billing.js';
import { addons, plans, prices, promoCodes } from './calls-offer.js';
import { checkouts, entitlements, limits, subscriptionPollingJobs, vendors } from './calls-use.js';

/** What a sequence is made of: plain data, so that a failing one can be read, shrunk and repeated. */
export type Command =
  | { readonly call: string; readonly args: readonly unknown[] }
  | { readonly advance: number }
  | { readonly transaction: readonly Command[]; readonly fails: boolean };

type Collections = Required<Omit<QZPayStorageAdapter, 'transaction'>>;

/** For every method of a collection, its arguments. */
export type Calls<Collection extends keyof Collections> = Readonly<
  Record<keyof Collections[Collection], fc.Arbitrary<readonly unknown[]>>
>;

const COLLECTIONS: { readonly [Collection in keyof Collections]: Calls<Collection> } = {
  customers,
  subscriptions,
  payments,
  paymentMethods,
  invoices,
  plans,
  prices,
  promoCodes,
  vendors,
  entitlements,
  limits,
  addons,
  checkouts,
  subscriptionPollingJobs,
};

/** Changes are what goes wrong; reads show it, and removals end it. */
function weightOf(method: string): number {
  if (method.startsWith('create') || method.startsWith('update')) return 4;
  return method.startsWith('delete') || method.startsWith('find') || method === 'list' ? 1 : 3;
}

const calls = Object.entries(COLLECTIONS).flatMap(([collection, methods]) =>
  Object.entries(methods as Record<string, fc.Arbitrary<readonly unknown[]>>).map(([method, args]) => ({
    weight: weightOf(method),
    arbitrary: args.map((given): Command => ({ call: `${collection}.${method}`, args: given })),
  })),
);

const advance = fc.constantFrom(0, 1, 86_400_000, 15 * 86_400_000).map((by): Command => ({ advance: by }));

const plain = fc.oneof(...calls, { weight: 10, arbitrary: advance });

const transactionOf = (inner: fc.Arbitrary<Command>) =>
  fc.record({ transaction: fc.array(inner, { maxLength: 6 }), fails: fc.boolean() });

/** Any call of any method, moves of the clock, and transactions in transactions. */
export const commands = (maxLength: number): fc.Arbitrary<Command[]> =>
  fc.array(
    fc.oneof(
      { weight: 20, arbitrary: plain },
      { weight: 1, arbitrary: transactionOf(fc.oneof({ weight: 8, arbitrary: plain }, transactionOf(plain))) },
    ),
    { maxLength, size: 'max' },
  );
