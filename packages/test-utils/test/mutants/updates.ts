import { answering, type Mutant, override, tick, without } from './mutant.js';

const FIELDS = 'every field is stored';
const LOST = 'an update changes the given fields and no others';
const MAPS = 'maps of provider ids are merged in one step';

/** A patch that removes what is in a map of provider ids. Null is what the contract says and its type does not. */
const removal = (ids: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(ids).map((provider) => [provider, null as unknown as string]));

export const updateMutants: readonly Mutant[] = [
  [
    'creating drops a field',
    FIELDS,
    ['customers/create-stores-what-is-given'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: { create: (input) => customers.create(without(input, 'phone')) },
      })),
  ],
  [
    'an update drops a field',
    FIELDS,
    ['subscriptions/update-changes-what-is-given'],
    (harness) =>
      override(harness, ({ subscriptions }) => ({
        subscriptions: { update: (id, patch) => subscriptions.update(id, without(patch, 'cancelAtPeriodEnd')) },
      })),
  ],
  [
    'a session keeps the customer that it began with',
    FIELDS,
    ['checkouts/update-changes-what-is-given'],
    (harness) =>
      override(harness, ({ checkouts }) => ({
        checkouts: { update: (id, patch) => checkouts.update(id, without(patch, 'customerId')) },
      })),
  ],
  [
    'a provider without an id is kept',
    FIELDS,
    ['payments/create-leaves-out-absent-provider-ids'],
    (harness) =>
      answering(harness, /^payments\.create$/, (payment) => ({
        ...payment,
        providerPaymentIds: { ...(payment['providerPaymentIds'] as object), paypal: null },
      })),
  ],
  [
    'an empty text removes a provider',
    FIELDS,
    ['customers/provider-ids-are-merged'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          update: (id, patch) => {
            const ids = Object.entries(patch.providerCustomerIds ?? {});
            const removing = Object.fromEntries(ids.map(([provider, known]) => [provider, known || null]));
            return customers.update(id, { ...patch, providerCustomerIds: removing as Record<string, string> });
          },
        },
      })),
  ],
  [
    'a list drops a field',
    FIELDS,
    ['checkouts/create-stores-every-field'],
    (harness) =>
      override(harness, ({ checkouts }) => ({
        checkouts: {
          findByCustomerId: async (id) =>
            (await checkouts.findByCustomerId(id)).map((checkout) => ({ ...checkout, lineItems: [] })),
        },
      })),
  ],
  [
    'null leaves a field alone',
    FIELDS,
    ['payments/update-changes-what-is-given'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          update: (id, patch) =>
            payments.update(id, Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null))),
        },
      })),
  ],
  [
    'undefined clears a field',
    LOST,
    ['customers/update-leaves-absent-and-undefined-alone'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          update: (id, patch) =>
            customers.update(id, 'phone' in patch ? { ...patch, phone: patch.phone ?? null } : patch),
        },
      })),
  ],
  [
    'an empty patch is no update',
    LOST,
    ['plans/update-leaves-absent-and-undefined-alone'],
    (harness) =>
      override(harness, ({ plans }) => ({
        plans: {
          async update(id, patch) {
            const found = await plans.findById(id);
            return found !== null && Object.keys(patch).length === 0 ? found : plans.update(id, patch);
          },
        },
      })),
  ],
  [
    'an update moves the customer of a payment',
    LOST,
    ['payments/update-ignores-what-it-does-not-change'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          update: async (id, patch) => {
            const updated = await payments.update(id, patch);
            return { ...updated, customerId: patch.customerId ?? updated.customerId };
          },
        },
      })),
  ],
  [
    'an update writes the whole row back',
    LOST,
    [
      'concurrency/updates-of-different-fields-of-subscriptions-are-all-kept',
      'subscriptions/updates-at-once-keep-each-others-fields',
    ],
    (harness) =>
      override(harness, ({ subscriptions }) => ({
        subscriptions: {
          async update(id, patch) {
            const read = await subscriptions.findById(id);
            await tick();
            return subscriptions.update(id, { ...read, ...patch } as typeof patch);
          },
        },
      })),
  ],
  [
    'metadata is merged',
    LOST,
    ['customers/metadata-is-replaced'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async update(id, patch) {
            const metadata = { ...(await customers.findById(id))?.metadata, ...patch.metadata };
            return customers.update(id, patch.metadata === undefined ? patch : { ...patch, metadata });
          },
        },
      })),
  ],
  [
    'a map of provider ids is replaced',
    MAPS,
    ['customers/provider-ids-are-merged', 'concurrency/provider-ids-of-customers-are-all-kept'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async update(id, patch) {
            const { providerCustomerIds: given } = patch;
            if (given === undefined) return customers.update(id, patch);
            const stored = (await customers.findById(id))?.providerCustomerIds ?? {};
            return customers.update(id, { ...patch, providerCustomerIds: { ...removal(stored), ...given } });
          },
        },
      })),
  ],
  [
    'a map of provider ids is merged by its reader',
    MAPS,
    ['concurrency/provider-ids-of-payments-are-all-kept', 'payments/provider-ids-survive-callers-at-once'],
    (harness) =>
      override(harness, (sound) => ({
        payments: {
          async update(id, patch) {
            const { providerPaymentIds: given } = patch;
            if (given === undefined) return sound.payments.update(id, patch);
            const read = (await sound.payments.findById(id))?.providerPaymentIds;
            await tick();
            return sound.transaction(async () => {
              const stored = (await sound.payments.findById(id))?.providerPaymentIds ?? {};
              return sound.payments.update(id, {
                ...patch,
                providerPaymentIds: { ...removal(stored), ...read, ...given },
              });
            });
          },
        },
      })),
  ],
  [
    'null keeps a provider id',
    MAPS,
    ['subscriptions/provider-ids-are-merged'],
    (harness) =>
      override(harness, ({ subscriptions }) => ({
        subscriptions: {
          update: (id, patch) => {
            const given = Object.entries(patch.providerSubscriptionIds ?? {});
            const providerSubscriptionIds = Object.fromEntries(given.filter(([, value]) => value !== null));
            return subscriptions.update(id, given.length === 0 ? patch : { ...patch, providerSubscriptionIds });
          },
        },
      })),
  ],
  [
    'deleting a customer deletes the subscriptions',
    'deleting a record hides that record',
    ['customers/deletion-leaves-what-belongs-to-it'],
    (harness) =>
      override(harness, ({ customers, subscriptions }) => ({
        customers: {
          async delete(id) {
            for (const subscription of await subscriptions.findByCustomerId(id)) {
              await subscriptions.delete(subscription.id);
            }
            return customers.delete(id);
          },
        },
      })),
  ],
  [
    'a deleted record is found by its id',
    'deleted records are absent',
    ['plans/deleted-is-absent'],
    (harness) => {
      const deleted = new Map<string, Awaited<ReturnType<typeof harness.storage.plans.findById>>>();
      return override(harness, ({ plans }) => ({
        plans: {
          async delete(id) {
            deleted.set(id, await plans.findById(id));
            return plans.delete(id);
          },
          findById: async (id) => (await plans.findById(id)) ?? ((deleted.get(id) ?? null) as never),
        },
      }));
    },
  ],
  [
    'access goes on at the instant of its end',
    'access ends at the very instant',
    ['entitlements/access-ends-at-the-very-instant'],
    (harness) =>
      override(harness, ({ entitlements }) => ({
        entitlements: {
          check: async (customerId, key) =>
            (await entitlements.check(customerId, key)) ||
            (await entitlements.findByCustomerId(customerId)).some((grant) => grant.entitlementKey === key),
          findByCustomerId: (id) => entitlements.findByCustomerId(id),
          grant: (input) => {
            const { expiresAt } = input;
            const later = expiresAt && new Date(expiresAt.getTime() + 1);
            return entitlements.grant(later ? { ...input, expiresAt: later } : input);
          },
        },
      })),
  ],
  [
    'what was acknowledged last is lost with the connection',
    'what has been acknowledged is kept',
    ['faults/acknowledged-writes-survive-an-interruption'],
    (harness) => {
      let lose = (): Promise<unknown> => Promise.resolve();
      const broken = override(harness, ({ plans }) => ({
        plans: {
          async update(id, patch) {
            const name = (await plans.findById(id))?.name ?? '';
            lose = () => plans.update(id, { name });
            return plans.update(id, patch);
          },
        },
      }));
      return { ...broken, interrupt: async () => void (await lose()) };
    },
  ],
];
