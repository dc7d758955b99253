import { failing, type Mutant, override, type Storage, without } from './mutant.js';

const MODES = 'no test row tied to a live one';

type Harness = Parameters<typeof override>[0];

/** A storage that also has the sound handle of the other mode. */
function reaching(
  harness: Harness,
  make: (
    sound: Storage,
    other: () => Promise<Storage>,
    livemode: boolean,
  ) => ReturnType<Parameters<typeof override>[1]>,
) {
  return override(harness, (sound, livemode) =>
    make(sound, async () => (await harness.open({ livemode: !livemode })) as Storage, livemode),
  );
}

export const modeMutants: readonly Mutant[] = [
  [
    'a look-up by id forgets the mode',
    MODES,
    ['modes/customers-of-the-other-mode-are-neither-seen-nor-changed', 'customers/modes-are-apart'],
    (harness) =>
      reaching(harness, ({ customers }, other) => ({
        customers: {
          findById: async (id) => (await customers.findById(id)) ?? (await other()).customers.findById(id),
        },
      })),
  ],
  [
    'an update by id forgets the mode',
    MODES,
    ['modes/plans-of-the-other-mode-are-neither-seen-nor-changed', 'plans/modes-are-apart'],
    (harness) =>
      reaching(harness, ({ plans }, other) => ({
        plans: {
          update: (id, patch) => failing(plans.update(id, patch), async () => (await other()).plans.update(id, patch)),
        },
      })),
  ],
  [
    'a deletion forgets the mode',
    MODES,
    [
      'modes/live-rows-are-not-changed-through-their-twins',
      'modes/vendors-of-the-other-mode-are-neither-seen-nor-changed',
    ],
    (harness) =>
      reaching(harness, ({ vendors }, other) => ({
        vendors: {
          async delete(id) {
            await vendors.delete(id);
            await (await other()).vendors.delete(id);
          },
        },
      })),
  ],
  [
    'a list forgets the mode',
    MODES,
    ['modes/invoices-of-the-other-mode-are-neither-seen-nor-changed', 'invoices/modes-are-apart'],
    (harness) =>
      reaching(harness, ({ invoices }, other) => ({
        invoices: {
          async list(options) {
            const page = await invoices.list(options);
            const foreign = await (await other()).invoices.list(options);
            return { ...page, data: [...page.data, ...foreign.data], total: page.total + foreign.total };
          },
        },
      })),
  ],
  [
    'a counter forgets the mode',
    MODES,
    ['modes/live-rows-are-not-changed-through-their-twins', 'modes/redemptions-and-refunds-are-counted-per-mode'],
    (harness) =>
      reaching(harness, ({ promoCodes }, other) => ({
        promoCodes: {
          async atomicIncrementRedemptions(id) {
            await (await other()).promoCodes.atomicIncrementRedemptions(id);
            return promoCodes.atomicIncrementRedemptions(id);
          },
        },
      })),
  ],
  [
    'a payment may be tied to a customer of the other mode',
    MODES,
    ['modes/payments-of-the-other-mode-are-neither-seen-nor-changed'],
    (harness) =>
      reaching(harness, ({ customers, payments }, other) => ({
        payments: {
          create: (payment) =>
            failing(payments.create(payment), async (error) => {
              const foreign = await (await other()).customers.findById(payment.customerId);
              if (foreign === null) throw error;
              const { id } = await customers.create({ externalId: foreign.externalId, email: foreign.email });
              return { ...(await payments.create({ ...payment, customerId: id })), customerId: foreign.id };
            }),
        },
      })),
  ],
  [
    'a payment of the other mode is stored',
    MODES,
    ['modes/records-of-the-other-mode-are-refused', 'payments/the-other-mode-is-refused'],
    (harness) =>
      override(harness, ({ payments }, livemode) => ({
        payments: { create: (payment) => payments.create({ ...payment, livemode }) },
      })),
  ],
  [
    'everything is stamped as test data',
    MODES,
    ['modes/livemode-is-stamped-on-what-is-created'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async list(options) {
            const page = await customers.list(options);
            return { ...page, data: page.data.map((customer) => ({ ...customer, livemode: false })) };
          },
        },
      })),
  ],
  [
    'a refund of the other mode counts',
    'one succeeded refund per mode and provider refund id',
    ['payments/each-mode-has-its-refunds', 'modes/payments-of-the-other-mode-are-neither-seen-nor-changed'],
    (harness) =>
      reaching(harness, ({ payments }, other) => ({
        payments: {
          hasRefundForProviderRefundId: async (id) =>
            (await payments.hasRefundForProviderRefundId(id)) ||
            (await (await other()).payments.hasRefundForProviderRefundId(id)),
        },
      })),
  ],
];

const LOCKING = 'optimistic locking refuses what is stale';

export const versionMutants: readonly Mutant[] = [
  [
    'an update leaves the version as it is',
    LOCKING,
    [
      'versions/customers-carry-a-version-that-each-update-rotates',
      'versions/customers-are-not-updated-by-a-stale-version',
    ],
    (harness) => {
      const first = new Map<string, string>();
      const constant = <Entity extends { id: string; version: string }>(entity: Entity): Entity => {
        const version = first.get(entity.id) ?? entity.version;
        first.set(entity.id, version);
        return { ...entity, version };
      };
      return override(harness, ({ customers }) => ({
        customers: {
          create: async (input) => constant(await customers.create(input)),
          update: async (id, patch, options) => {
            const expected = options?.expectedVersion;
            const current = (await customers.findById(id))?.version;
            const matches = expected !== undefined && expected === first.get(id);
            return constant(await customers.update(id, patch, matches ? { expectedVersion: current } : options));
          },
        },
      }));
    },
  ],
  [
    'the expected version is ignored',
    LOCKING,
    ['versions/invoices-are-not-updated-by-a-stale-version', 'versions/invoices-have-one-winner-per-version'],
    (harness) =>
      override(harness, ({ invoices }) => ({ invoices: { update: (id, patch) => invoices.update(id, patch) } })),
  ],
  [
    'the expected version is compared before the update',
    LOCKING,
    ['versions/customers-have-one-winner-per-version', 'versions/reading-and-writing-by-version-loses-no-update'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async update(id, patch, options) {
            const found = await customers.findById(id);
            return found?.version === options?.expectedVersion
              ? customers.update(id, patch)
              : customers.update(id, patch, options);
          },
        },
      })),
  ],
  [
    'a stale version is not found',
    LOCKING,
    ['versions/plans-are-not-updated-by-a-stale-version'],
    (harness) =>
      override(harness, ({ plans }) => ({
        plans: {
          update: (id, patch, options) =>
            failing(plans.update(id, patch, options), () => plans.update('missing', patch)),
        },
      })),
  ],
  [
    'entities carry no version',
    LOCKING,
    ['versions/vendors-carry-a-version-that-each-update-rotates'],
    (harness) =>
      override(harness, ({ vendors }) => ({
        vendors: { create: async (input) => without(await vendors.create(input), 'version') },
      })),
  ],
];
