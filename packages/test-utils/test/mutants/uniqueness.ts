import { QZPayConflictError, type QZPayPaymentMethod } from '@qzpay/core';
import { failing, intercept, type Mutant, override, tick } from './mutant.js';

const CUSTOMER = 'one live customer per external id and mode';
const DEFAULT = 'one default payment method';
const POLLING = 'one pending polling job per resource';

export const uniquenessMutants: readonly Mutant[] = [
  [
    'an external id is looked up before the customer is stored',
    CUSTOMER,
    ['concurrency/one-winner-per-customer-external-id', 'customers/one-winner-per-external-id'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async create(input) {
            if ((await customers.findByExternalId(input.externalId)) !== null) {
              throw new QZPayConflictError('Customer already exists', 'already_exists');
            }
            await tick();
            return failing(customers.create(input), async () => {
              const externalId = crypto.randomUUID();
              return { ...(await customers.create({ ...input, externalId })), externalId: input.externalId };
            });
          },
        },
      })),
  ],
  [
    'a deleted customer keeps the external id',
    CUSTOMER,
    ['customers/deletion-frees-the-external-id', 'concurrency/a-freed-name-has-one-winner'],
    (harness) => {
      const taken = new Set<string>();
      return override(harness, ({ customers }) => ({
        customers: {
          async create(input) {
            if (taken.has(input.externalId)) throw new QZPayConflictError('Customer exists', 'already_exists');
            const customer = await customers.create(input);
            taken.add(input.externalId);
            return customer;
          },
        },
      }));
    },
  ],
  [
    'an external id that is taken is taken in both modes',
    CUSTOMER,
    ['customers/each-mode-has-its-external-ids', 'modes/what-is-unique-is-unique-per-mode'],
    (harness) => {
      const taken = new Map<string, boolean>();
      return override(harness, ({ customers }, livemode) => ({
        customers: {
          async create(input) {
            if ((taken.get(input.externalId) ?? livemode) !== livemode) {
              throw new QZPayConflictError('Customer exists', 'already_exists');
            }
            taken.set(input.externalId, livemode);
            return customers.create(input);
          },
        },
      }));
    },
  ],
  [
    'what a rollback gave back stays taken',
    'nothing written after a rolled-back transaction',
    ['concurrency/what-a-rollback-frees-can-be-taken'],
    (harness) => {
      const taken = new Set<string>();
      return override(harness, ({ customers }) => ({
        customers: {
          async create(input) {
            if (taken.has(input.externalId)) throw new QZPayConflictError('Customer exists', 'already_exists');
            taken.add(input.externalId);
            return customers.create(input);
          },
        },
      }));
    },
  ],
  [
    'creating what is there answers with it',
    'a conflict is told',
    ['concurrency/one-winner-per-plan-id', 'plans/an-id-is-taken-once'],
    (harness) =>
      override(harness, ({ plans }) => ({
        plans: {
          create: (input) =>
            failing(plans.create(input), async (error) => {
              const found = await plans.findById(input.id);
              if (found === null) throw error;
              return found;
            }),
        },
      })),
  ],
  [
    'creating what is there overwrites it',
    'a conflict is told',
    ['prices/an-id-is-taken-once', 'concurrency/one-winner-per-price-id'],
    (harness) =>
      override(harness, (sound) => ({
        prices: {
          create: (input) =>
            sound.transaction(async () =>
              (await sound.prices.findById(input.id)) === null
                ? sound.prices.create(input)
                : sound.prices.update(input.id, { unitAmount: input.unitAmount }),
            ),
        },
      })),
  ],
  [
    'a conflict has a type of its own',
    'errors tell their kind and type',
    ['concurrency/one-winner-per-promo-code', 'promo-codes/one-winner-per-code'],
    (harness) =>
      override(harness, ({ promoCodes }) => ({
        promoCodes: {
          create: (input) =>
            failing(promoCodes.create(input), () => {
              throw new QZPayConflictError('PromoCode already exists', 'duplicate_key');
            }),
        },
      })),
  ],
  [
    'a new default method leaves the old one in place',
    DEFAULT,
    ['payment-methods/set-as-default-ends-the-previous-default', 'concurrency/a-customer-has-one-default-method'],
    (harness) => {
      const defaults = new Set<string>();
      const shown = (method: QZPayPaymentMethod) => ({ ...method, isDefault: defaults.has(method.id) });
      return intercept(harness, async (call, args, name) => {
        const answer = await call(...args);
        if (name === 'paymentMethods.create' && (answer as QZPayPaymentMethod).isDefault) {
          defaults.add((answer as QZPayPaymentMethod).id);
        }
        return name === 'paymentMethods.findByCustomerId' ? (answer as QZPayPaymentMethod[]).map(shown) : answer;
      });
    },
  ],
  [
    'the default method is cleared and set in two steps',
    DEFAULT,
    ['concurrency/a-customer-has-one-default-method'],
    (harness) => {
      let cleared = 0;
      return override(harness, ({ paymentMethods }) => ({
        paymentMethods: {
          async setDefault(customerId, id) {
            cleared += 1;
            await tick();
            await paymentMethods.setDefault(customerId, id);
            cleared -= 1;
          },
          findDefaultByCustomerId: async (id) => (cleared > 0 ? null : paymentMethods.findDefaultByCustomerId(id)),
        },
      }));
    },
  ],
  [
    'the first method is no default',
    DEFAULT,
    ['payment-methods/first-method-becomes-the-default'],
    (harness) => {
      const chosen = new Set<string>();
      return override(harness, ({ paymentMethods }) => ({
        paymentMethods: {
          async create(input) {
            if (input.setAsDefault === true) chosen.add(input.id);
            return paymentMethods.create(input);
          },
          findByCustomerId: async (id) =>
            (await paymentMethods.findByCustomerId(id)).map((method) => ({
              ...method,
              isDefault: method.isDefault && chosen.has(method.id),
            })),
        },
      }));
    },
  ],
  [
    'a resource is polled by whoever asks',
    POLLING,
    ['concurrency/a-resource-is-polled-once', 'subscription-polling-jobs/one-pending-job-per-resource'],
    (harness) =>
      override(harness, ({ subscriptionPollingJobs: jobs }) => ({
        subscriptionPollingJobs: {
          async create(input) {
            const job = await jobs.create(input);
            if (job !== null) return job;
            const another = await jobs.create({ ...input, providerResourceId: crypto.randomUUID() });
            return another === null ? null : { ...another, providerResourceId: input.providerResourceId };
          },
        },
      })),
  ],
  [
    'a finished job may become pending beside another one',
    POLLING,
    ['subscription-polling-jobs/back-to-pending-refuses-a-second-job'],
    (harness) =>
      override(harness, ({ subscriptionPollingJobs: jobs }) => ({
        subscriptionPollingJobs: {
          update: (input) => failing(jobs.update(input), async () => jobs.findById(input.id)),
        },
      })),
  ],
  [
    'a polling job is updated whatever its version',
    'optimistic locking refuses what is stale',
    [
      'subscription-polling-jobs/one-winner-per-version',
      'subscription-polling-jobs/update-of-a-stale-version-gives-null',
    ],
    (harness) =>
      override(harness, (sound) => ({
        subscriptionPollingJobs: {
          update: (input) =>
            sound.transaction(async () => {
              const expectedVersion =
                (await sound.subscriptionPollingJobs.findById(input.id))?.version ?? input.expectedVersion;
              return sound.subscriptionPollingJobs.update({ ...input, expectedVersion });
            }),
        },
      })),
  ],
  [
    'each grant makes a row',
    'one grant per customer, key and source',
    ['concurrency/one-row-per-grant-and-limit', 'entitlements/one-grant-of-grants-at-once'],
    (harness) => {
      const rows = new Map<string, number>();
      return override(harness, ({ entitlements }) => ({
        entitlements: {
          async grant(input) {
            const granted = await entitlements.grant(input);
            const source = `${input.source}/${input.sourceId}`;
            rows.set(source, (rows.get(source) ?? 0) + 1);
            return granted;
          },
          async revokeBySource(source, sourceId) {
            await entitlements.revokeBySource(source, sourceId);
            return rows.get(`${source}/${sourceId}`) ?? 0;
          },
        },
      }));
    },
  ],
  [
    'a grant shortens the one that is there',
    'one grant per customer, key and source',
    ['entitlements/grant-of-a-source-keeps-the-later-expiry'],
    (harness) =>
      override(harness, ({ entitlements }) => ({
        entitlements: {
          async grant(input) {
            if (input.source !== undefined && input.sourceId !== undefined) {
              await entitlements.revokeBySource(input.source, input.sourceId);
            }
            return entitlements.grant(input);
          },
        },
      })),
  ],
];
