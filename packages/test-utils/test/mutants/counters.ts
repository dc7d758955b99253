import { QZPayConflictError } from '@qzpay/core';
import { failing, type Mutant, override, tick, without } from './mutant.js';

const EXACT = 'counters exact';
const CAP = 'promo cap never exceeded';
const REFUND = 'one succeeded refund per mode and provider refund id';

export const counterMutants: readonly Mutant[] = [
  [
    'increment reads, computes and overwrites',
    EXACT,
    ['concurrency/increments-are-all-counted', 'limits/increments-at-once-all-count'],
    (harness) =>
      override(harness, (sound) => ({
        limits: {
          async increment(input) {
            const read = await sound.limits.check(input.customerId, input.limitKey);
            await tick();
            return sound.transaction(async () => {
              const now = await sound.limits.check(input.customerId, input.limitKey);
              const wanted = (read?.currentValue ?? 0) + (input.incrementBy ?? 1);
              return sound.limits.increment({ ...input, incrementBy: wanted - (now?.currentValue ?? 0) });
            });
          },
        },
      })),
  ],
  [
    'increment retries what has succeeded',
    EXACT,
    ['limits/increment-adds-to-what-has-been-used', 'concurrency/increments-are-all-counted'],
    (harness) =>
      override(harness, ({ limits }) => ({
        limits: {
          async increment(input) {
            await limits.increment(input);
            return limits.increment(input);
          },
        },
      })),
  ],
  [
    'setting a limit starts its counter anew',
    EXACT,
    ['limits/set-again-keeps-what-has-been-used', 'concurrency/set-and-increment-do-not-undo-each-other'],
    (harness) =>
      override(harness, ({ limits }) => ({
        limits: {
          async set(input) {
            await limits.delete(input.customerId, input.limitKey).catch(() => {});
            return limits.set(input);
          },
        },
      })),
  ],
  [
    'increment makes the limit that is missing',
    EXACT,
    ['limits/increment-without-a-limit-is-not-found'],
    (harness) =>
      override(harness, ({ limits }) => ({
        limits: {
          increment: (input) =>
            failing(limits.increment(input), async () => {
              await limits.set({ ...input, maxValue: 0 });
              return limits.increment(input);
            }),
        },
      })),
  ],
  [
    'a usage record is stored again under another id',
    EXACT,
    ['concurrency/one-winner-per-usage-record-id'],
    (harness) =>
      override(harness, ({ limits }) => ({
        limits: {
          recordUsage: (record) =>
            failing(limits.recordUsage(record), async () => ({
              ...(await limits.recordUsage({ ...record, id: crypto.randomUUID() })),
              id: record.id,
            })),
        },
      })),
  ],
  [
    'redemptions are read and written back',
    EXACT,
    ['concurrency/redemptions-are-all-counted'],
    (harness) =>
      override(harness, ({ promoCodes }) => ({
        promoCodes: {
          async incrementRedemptions(id) {
            const read = await promoCodes.findById(id);
            await tick();
            await promoCodes.update(id, { currentRedemptions: (read?.currentRedemptions ?? 0) + 1 });
          },
        },
      })),
  ],
  [
    'the cap is looked at before the redemption',
    CAP,
    ['concurrency/a-cap-is-never-exceeded', 'promo-codes/the-cap-holds-for-callers-at-once'],
    (harness) =>
      override(harness, ({ promoCodes }) => ({
        promoCodes: {
          async atomicIncrementRedemptions(id) {
            const read = await promoCodes.findById(id);
            if (read === null || read.currentRedemptions >= (read.maxRedemptions ?? Infinity)) return null;
            await tick();
            await promoCodes.incrementRedemptions(id);
            return promoCodes.findById(id);
          },
        },
      })),
  ],
  [
    'a cap of zero is no cap',
    CAP,
    ['promo-codes/a-cap-of-zero-is-exhausted'],
    (harness) =>
      override(harness, ({ promoCodes }) => ({
        promoCodes: {
          async atomicIncrementRedemptions(id) {
            const won = await promoCodes.atomicIncrementRedemptions(id);
            const read = await promoCodes.findById(id);
            if (won !== null || read?.maxRedemptions !== 0) return won;
            await promoCodes.incrementRedemptions(id);
            return promoCodes.findById(id);
          },
        },
      })),
  ],
  [
    'a redemption that is rolled back counts against the cap',
    CAP,
    ['concurrency/a-cap-holds-across-overlapping-transactions'],
    (harness) => {
      const taken = new Map<string, number>();
      return override(harness, ({ promoCodes }) => ({
        promoCodes: {
          async atomicIncrementRedemptions(id) {
            const redeemed = taken.get(id) ?? 0;
            const cap = (await promoCodes.findById(id))?.maxRedemptions ?? Infinity;
            if (redeemed >= cap) return null;
            taken.set(id, redeemed + 1);
            return promoCodes.atomicIncrementRedemptions(id);
          },
        },
      }));
    },
  ],
  [
    'a refund is looked up before it is stored',
    REFUND,
    ['concurrency/a-refund-is-kept-once', 'payments/one-refund-per-provider-id'],
    (harness) => {
      const stored = new Set<string>();
      return override(harness, ({ payments }) => ({
        payments: {
          async createRefund(input) {
            const { providerRefundId = '', ...anonymous } = input;
            if (stored.has(providerRefundId)) return;
            await tick();
            stored.add(providerRefundId);
            await payments.createRefund(providerRefundId === '' ? input : anonymous);
          },
        },
      }));
    },
  ],
  [
    'a refund counts once per payment',
    REFUND,
    ['concurrency/a-refund-is-kept-once', 'payments/one-refund-per-provider-id-of-any-payment'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          createRefund: (input) =>
            payments.createRefund({ ...input, providerRefundId: `${input.paymentId}/${input.providerRefundId}` }),
        },
      })),
  ],
  [
    'a repeated refund is a conflict',
    REFUND,
    ['concurrency/a-refund-is-kept-once', 'payments/one-refund-per-provider-id'],
    (harness) =>
      override(harness, (sound) => ({
        payments: {
          createRefund: (input) =>
            sound.transaction(async () => {
              if (await sound.payments.hasRefundForProviderRefundId(input.providerRefundId ?? '')) {
                throw new QZPayConflictError('Refund already exists', 'already_exists');
              }
              await sound.payments.createRefund(input);
            }),
        },
      })),
  ],
  [
    'refunds are remembered although they were rolled back',
    REFUND,
    ['concurrency/a-refund-that-is-rolled-back-can-be-reported-again'],
    (harness) => {
      const seen = new Set<string>();
      return override(harness, ({ payments }) => ({
        payments: {
          async createRefund(input) {
            const id = input.providerRefundId ?? '';
            if (seen.has(id)) return;
            await payments.createRefund(input);
            seen.add(id);
          },
        },
      }));
    },
  ],
  [
    'a refund that failed blocks the one that succeeds',
    REFUND,
    ['payments/only-succeeded-refunds-count'],
    (harness) => {
      const seen = new Set<string>();
      return override(harness, ({ payments }) => ({
        payments: {
          async createRefund(input) {
            const id = input.providerRefundId ?? crypto.randomUUID();
            if (seen.has(id)) return;
            seen.add(id);
            await payments.createRefund(input);
          },
        },
      }));
    },
  ],
  [
    'refunds that failed are summed up',
    'the refunded total counts what succeeded',
    ['payments/only-succeeded-refunds-count'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: {
          createRefund: (input) =>
            payments.createRefund({ ...without(input, 'providerRefundId'), status: 'succeeded' }),
        },
      })),
  ],
  [
    'the refunded total is a 32-bit number',
    'sums of money are exact',
    ['payments/the-total-is-exact', 'values/sums-of-money-are-exact'],
    (harness) =>
      override(harness, ({ payments }) => ({
        payments: { getTotalRefundedAmount: async (id) => (await payments.getTotalRefundedAmount(id)) | 0 },
      })),
  ],
];
