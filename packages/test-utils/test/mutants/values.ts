import { answering, intercept, type Mutant, override } from './mutant.js';

const COPIES = 'results are fresh copies';
const MONEY = 'money is an integer of minor units up to the safe integers';
const TEXT = 'text comes back as it was';
const TIMES = 'instants keep their milliseconds and come from the clock';

const LARGEST = Number.MAX_SAFE_INTEGER;

/** The value with every text, date or number in it changed. */
function deep(value: unknown, change: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => deep(inner, change));
  if (typeof value !== 'object' || value === null || value instanceof Date) return change(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deep(inner, change)]));
}

const textsOf = (change: (text: string) => string) => (leaf: unknown) =>
  typeof leaf === 'string' ? change(leaf) : leaf;

export const valueMutants: readonly Mutant[] = [
  [
    'readers share one object',
    COPIES,
    ['values/results-of-customers-are-fresh-copies', 'customers/results-are-fresh'],
    (harness) => {
      const shared = new Map<string, object>();
      return answering(harness, /^customers\.(find|list)/, (entity) => {
        const key = `${String(entity['id'])} ${String(entity['version'])}`;
        const known = shared.get(key) ?? entity;
        shared.set(key, known);
        return known;
      });
    },
  ],
  [
    'what was given is kept and not copied',
    COPIES,
    ['values/results-of-plans-are-fresh-copies'],
    (harness) => {
      const given = new Map<string, unknown>();
      return override(harness, ({ plans }) => ({
        plans: {
          async create(input) {
            const plan = await plans.create(input);
            given.set(plan.id, input.metadata);
            return plan;
          },
          async findById(id) {
            const plan = await plans.findById(id);
            return plan && { ...plan, metadata: (given.get(id) as typeof plan.metadata) ?? plan.metadata };
          },
          async update(id, patch) {
            given.delete(id);
            return plans.update(id, patch);
          },
        },
      }));
    },
  ],
  [
    'a date that was given is kept and not copied',
    COPIES,
    ['values/given-dates-are-copied'],
    (harness) => {
      const given = new Map<string, Date>();
      return override(harness, ({ entitlements }) => ({
        entitlements: {
          createDefinition: (definition) => {
            given.set(definition.key, definition.createdAt);
            return entitlements.createDefinition(definition);
          },
          findDefinitionByKey: async (key) => {
            const found = await entitlements.findDefinitionByKey(key);
            return found && { ...found, createdAt: given.get(key) ?? found.createdAt };
          },
        },
      }));
    },
  ],
  [
    'what was given is changed',
    COPIES,
    ['payment-methods/create-leaves-its-input-alone'],
    (harness) =>
      override(harness, ({ paymentMethods }) => ({
        paymentMethods: {
          create: async (input) => {
            const method = await paymentMethods.create(input);
            return Object.assign(input, { createdAt: method.createdAt }) && method;
          },
        },
      })),
  ],
  [
    'an amount is rounded',
    MONEY,
    ['payments/a-fraction-of-a-minor-unit-is-refused', 'values/fractions-of-money-are-refused'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: { create: (payment) => payments.create({ ...payment, amount: Math.round(payment.amount) }) },
      })),
  ],
  [
    'an amount has 32 bits',
    MONEY,
    ['values/money-is-kept-up-to-the-safe-integers'],
    (harness) =>
      override(harness, ({ prices }) => ({
        prices: { create: (price) => prices.create({ ...price, unitAmount: Math.min(price.unitAmount, 2 ** 31 - 1) }) },
      })),
  ],
  [
    'an amount beyond the safe integers is rounded to them',
    MONEY,
    ['values/fractions-of-money-are-refused'],
    (harness) =>
      override(harness, ({ addons }) => ({
        addons: {
          create: (addOn) =>
            addons.create({ ...addOn, unitAmount: addOn.unitAmount === LARGEST + 1 ? LARGEST : addOn.unitAmount }),
        },
      })),
  ],
  [
    'the quantity of a line is an integer',
    'fractions are kept where it is not money',
    ['values/fractions-are-kept-where-it-is-not-money'],
    (harness) =>
      override(harness, ({ invoices }) => ({
        invoices: {
          create: (input) =>
            invoices.create({
              ...input,
              lines: input.lines.map((line) => ({ ...line, quantity: Math.round(line.quantity) })),
            }),
        },
      })),
  ],
  [
    'a limit is an integer',
    'fractions are kept where it is not money',
    ['values/fractions-are-kept-where-it-is-not-money', 'limits/set-stores-what-is-given'],
    (harness) =>
      override(harness, ({ limits }) => ({
        limits: { set: (input) => limits.set({ ...input, maxValue: Math.trunc(input.maxValue) }) },
      })),
  ],
  [
    'a price takes any number of intervals',
    'a billing period is neither empty nor inverted',
    ['prices/a-period-has-an-interval-at-least'],
    (harness) =>
      override(harness, ({ prices }) => ({
        prices: {
          create: (input) =>
            prices.create({ ...input, intervalCount: Math.ceil(Math.max(input.intervalCount ?? 1, 1)) }),
        },
      })),
  ],
  [
    'instants are cut to seconds',
    TIMES,
    ['values/instants-keep-their-milliseconds', 'values/instants-that-are-made-come-from-the-clock'],
    (harness) =>
      intercept(harness, async (call, args) =>
        deep(await call(...args), (leaf) =>
          leaf instanceof Date ? new Date(Math.floor(leaf.getTime() / 1000) * 1000) : leaf,
        ),
      ),
  ],
  [
    "instants are those of the process's clock",
    TIMES,
    ['values/instants-that-are-made-come-from-the-clock', 'customers/create-completes-what-is-absent'],
    (harness) =>
      answering(harness, /^customers\.(create|update)$/, (entity) => ({
        ...entity,
        createdAt: new Date(),
        updatedAt: new Date(),
      })),
  ],
  [
    'text has at most 255 characters',
    TEXT,
    ['values/text-comes-back-as-it-was'],
    (harness) =>
      intercept(harness, (call, args) =>
        call(
          ...(deep(
            args,
            textsOf((text) => text.slice(0, 255)),
          ) as unknown[]),
        ),
      ),
  ],
  [
    'text is trimmed',
    TEXT,
    ['values/text-comes-back-as-it-was', 'values/ids-are-opaque-strings'],
    (harness) =>
      intercept(harness, (call, args) =>
        call(
          ...(deep(
            args,
            textsOf((text) => text.trim()),
          ) as unknown[]),
        ),
      ),
  ],
  [
    'text is normalised',
    TEXT,
    ['values/text-comes-back-as-it-was', 'values/ids-are-opaque-strings'],
    (harness) =>
      intercept(harness, (call, args) =>
        call(
          ...(deep(
            args,
            textsOf((text) => text.normalize()),
          ) as unknown[]),
        ),
      ),
  ],
  [
    'NUL is dropped',
    'text that cannot be stored is refused',
    [
      'errors/text-that-cannot-be-stored-is-refused-on-write',
      'errors/updates-of-customers-refuse-text-that-cannot-be-stored',
    ],
    (harness) =>
      intercept(harness, (call, args) =>
        call(
          ...(deep(
            args,
            textsOf((text) => text.replaceAll('\0', '')),
          ) as unknown[]),
        ),
      ),
  ],
  [
    'ids are found in any case',
    'ids are opaque strings',
    ['values/ids-are-opaque-strings'],
    (harness) =>
      override(harness, ({ plans }) => ({
        plans: { findById: async (id) => (await plans.findById(id)) ?? plans.findById(id.toLowerCase()) },
      })),
  ],
  [
    'an e-mail is found as it was written',
    'e-mails and codes are found in any case',
    ['customers/an-e-mail-is-found-in-any-case'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          async findByEmail(email) {
            const found = await customers.findByEmail(email);
            return found?.email === email ? found : null;
          },
        },
      })),
  ],
  [
    'a code is found as it was written',
    'e-mails and codes are found in any case',
    ['promo-codes/a-code-is-found-in-any-case'],
    (harness) =>
      override(harness, ({ promoCodes }) => ({
        promoCodes: {
          async findByCode(code) {
            const found = await promoCodes.findByCode(code);
            return found?.code === code ? found : null;
          },
        },
      })),
  ],
  [
    'absent fields are undefined',
    'results are plain and complete',
    ['values/results-are-plain-and-complete'],
    (harness) =>
      answering(harness, /^payments\.find/, (entity) => ({
        ...entity,
        failureCode: entity['failureCode'] ?? undefined,
      })),
  ],
  [
    'results are instances of a class',
    'results are plain and complete',
    ['values/results-are-plain-and-complete'],
    (harness) => {
      class Row {}
      return answering(harness, /^vendors\.find/, (entity) => Object.assign(new Row(), entity));
    },
  ],
  [
    'undefined in metadata becomes null',
    'metadata is kept as given',
    ['values/metadata-is-kept-as-given', 'customers/metadata-is-replaced'],
    (harness) =>
      override(harness, ({ customers }) => ({
        customers: {
          update: (id, patch) =>
            customers.update(id, {
              ...patch,
              ...(patch.metadata && {
                metadata: deep(patch.metadata, (leaf) => leaf ?? null) as typeof patch.metadata,
              }),
            }),
        },
      })),
  ],
];
