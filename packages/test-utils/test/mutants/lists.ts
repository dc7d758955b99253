import type { QZPayListOptions } from '@qzpay/core';
import { intercept, type Mutant, override, without } from './mutant.js';

const COMPLETE = 'methods that return an array are complete';
const PAGES = 'a page tells what it is of';
const ORDER = 'lists are ordered as asked for, ties by id';
const NAMES = 'unknown names and impossible limits are refused';
const FILTERS = 'lists honour their filters';

type Customers = Parameters<Parameters<typeof override>[1]>[0]['customers'];
type Page = Awaited<ReturnType<Customers['list']>>;

/** Lists customers with other options, or answers with another page. */
const listing = (
  harness: Parameters<typeof override>[0],
  change: (options: QZPayListOptions) => QZPayListOptions,
  answer: (page: Page) => Page = (page) => page,
) =>
  override(harness, ({ customers }) => ({
    customers: { list: async (options = {}) => answer(await customers.list(change(options))) },
  }));

const same = (options: QZPayListOptions) => options;

export const listMutants: readonly Mutant[] = [
  [
    'an array finder turns one page only',
    COMPLETE,
    ['paging/payments-of-a-customer-are-complete', 'payments/nothing-is-cut-off'],
    (harness) =>
      intercept(harness, async (call, args, name) => {
        const answer = await call(...args);
        return /\.findBy/.test(name) && Array.isArray(answer) ? answer.slice(0, 100) : answer;
      }),
  ],
  [
    'an array finder gives what belongs to others too',
    FILTERS,
    ['payments/only-the-customers-own-are-found'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: { findByCustomerId: async () => (await payments.list({ limit: 10_000 })).data },
      })),
  ],
  [
    'lines of an invoice come in the order of their text',
    'lines keep their order',
    ['paging/lines-of-an-invoice-are-complete-and-in-order'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          async findById(id) {
            const found = await invoices.findById(id);
            return (
              found && { ...found, lines: found.lines.toSorted((a, b) => (a.description < b.description ? -1 : 1)) }
            );
          },
        },
      })),
  ],
  [
    'the total counts the page',
    PAGES,
    ['paging/customers-are-counted-on-every-page'],
    (harness) => listing(harness, same, (page) => ({ ...page, total: page.data.length })),
  ],
  [
    'the total counts what is deleted',
    PAGES,
    ['paging/customers-that-are-deleted-are-not-listed', 'customers/deleted-is-absent'],
    (harness) => {
      let deleted = 0;
      return override(harness, ({ customers }) => ({
        customers: {
          async delete(id) {
            if ((await customers.findById(id)) !== null) deleted += 1;
            await customers.delete(id);
          },
          async list(options) {
            const page = await customers.list(options);
            return { ...page, total: page.total + deleted };
          },
        },
      }));
    },
  ],
  [
    'a full page means that there is more',
    PAGES,
    ['paging/customers-are-counted-on-every-page'],
    (harness) => listing(harness, same, (page) => ({ ...page, hasMore: page.data.length === page.limit })),
  ],
  [
    'a page has fifty rows unless told otherwise',
    PAGES,
    ['paging/hundred-rows-are-a-page', 'paging/customers-are-counted-on-every-page'],
    (harness) => listing(harness, (options) => ({ limit: 50, ...options })),
  ],
  [
    'the catalogue is cut off',
    COMPLETE,
    ['plans/without-a-limit-all-are-listed', 'paging/plans-of-the-catalogue-are-complete'],
    (harness) =>
      override(harness, ({ plans }) => ({ plans: { list: (options) => plans.list({ limit: 100, ...options }) } })),
  ],
  [
    'the offset is forgotten',
    PAGES,
    ['paging/customers-are-counted-on-every-page', 'paging/customers-added-while-paging-hide-none'],
    (harness) => {
      return override(harness, ({ customers }) => ({
        customers: {
          async list(options = {}) {
            const { offset } = await customers.list({ ...options, limit: 0 });
            return { ...(await customers.list(without(options, 'offset'))), offset };
          },
        },
      }));
    },
  ],
  [
    'a limit above ten thousand is lowered',
    NAMES,
    ['paging/customers-are-not-listed-by-unknown-names-or-impossible-limits'],
    (harness) => listing(harness, (options) => ({ ...options, ...(options.limit === 10_001 && { limit: 10_000 }) })),
  ],
  [
    'an unknown order is ignored',
    NAMES,
    ['paging/customers-are-not-listed-by-unknown-names-or-impossible-limits'],
    (harness) =>
      listing(harness, (options) => (options.orderBy === 'createdAt' ? options : without(options, 'orderBy'))),
  ],
  [
    'an unknown filter is ignored',
    NAMES,
    ['paging/customers-are-not-listed-by-unknown-names-or-impossible-limits'],
    (harness) =>
      listing(harness, (options) =>
        options.filters === undefined ? options : { ...options, filters: without(options.filters, 'nonsense') },
      ),
  ],
  [
    'a filter is ignored',
    FILTERS,
    ['customers/lists-filter-by-e-mail', 'paging/customers-are-filtered-by-value-by-list-and-by-absence'],
    (harness) => listing(harness, (options) => without(options, 'filters')),
  ],
  [
    'the second filter is ignored',
    FILTERS,
    ['paging/filters-all-have-to-match'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          list: (options) =>
            payments.list({
              ...options,
              filters: Object.fromEntries(Object.entries(options?.filters ?? {}).slice(0, 1)),
            }),
        },
      })),
  ],
  [
    'a bound of an amount is exclusive',
    FILTERS,
    ['paging/filters-all-have-to-match', 'payments/lists-filter-by-status-customer-and-amount'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          list: (options) => {
            const { minAmount } = (options?.filters ?? {}) as { minAmount?: number };
            return payments.list(
              minAmount === undefined
                ? options
                : { ...options, filters: { ...options?.filters, minAmount: minAmount + 1 } },
            );
          },
        },
      })),
  ],
  [
    'a bound that is no number has nothing inside',
    FILTERS,
    ['payments/bounds-mean-what-they-say'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          list: (options) =>
            typeof options?.filters?.['minAmount'] === 'string'
              ? payments.list({ filters: { id: 'nothing' } })
              : payments.list(options),
        },
      })),
  ],
  [
    'lists are oldest first',
    ORDER,
    ['customers/lists-are-newest-first', 'paging/customers-come-newest-first-unless-told-otherwise'],
    (harness) => listing(harness, (options) => ({ orderDirection: 'asc', ...options })),
  ],
  [
    'the field of an order is ignored',
    ORDER,
    ['paging/customers-can-be-ordered-by-any-plain-field'],
    (harness) => listing(harness, (options) => without(options, 'orderBy')),
  ],
  [
    'the direction is ignored',
    ORDER,
    ['paging/customers-come-newest-first-unless-told-otherwise'],
    (harness) => listing(harness, (options) => without(options, 'orderDirection')),
  ],
  [
    'rows of one instant come in any order',
    ORDER,
    ['paging/plans-of-one-instant-come-by-id', 'plans/ties-are-ordered-by-id'],
    (harness) => {
      let turn = 0;
      return override(harness, ({ plans }) => ({
        plans: {
          async list(options) {
            const page = await plans.list(options);
            turn += 1;
            const place = turn % Math.max(page.data.length, 1);
            return { ...page, data: [...page.data.slice(place), ...page.data.slice(0, place)] };
          },
        },
      }));
    },
  ],
  [
    'prices of a plan come as they were made',
    ORDER,
    ['prices/the-order-of-a-plan-is-money'],
    (harness) =>
      override(harness, ({ prices }) => ({
        prices: {
          findByPlanId: async (id) =>
            (await prices.findByPlanId(id)).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()),
        },
      })),
  ],
  [
    'jobs that are due come as they were made',
    ORDER,
    ['subscription-polling-jobs/due-jobs-come-earliest-first'],
    (harness) =>
      override(harness, ({ subscriptionPollingJobs: jobs }) => ({
        subscriptionPollingJobs: {
          findDuePending: async (now, limit) =>
            (await jobs.findDuePending(now, limit)).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        },
      })),
  ],
];
