import type {
  QZPayUsageCounts,
  QZPayUsageEvent,
  QZPayUsageIngestOptions,
  QZPayUsageVerdict,
  QZPayWebhookEvent,
} from '@qzpay/core';
import { type Mutant, override, type Storage } from './mutant.js';

const EVENT = 'one webhook event per mode, provider and id, claimed by one worker';
const USAGE = 'usage counted once per key';
const KEY = 'one result per idempotency key, replayed to the others, conflicting payload refused';

type Ingest = (
  events: readonly QZPayUsageEvent[],
  options?: QZPayUsageIngestOptions,
) => Promise<QZPayUsageCounts & { readonly verdicts: readonly QZPayUsageVerdict[] }>;

/** Another way to ingest lists; streams stay as they are. */
const ingesting = (make: (sound: Ingest) => Ingest) => (sound: Storage) => {
  const { usage } = sound;
  const broken = make((events, options) => usage.ingest(events, options));
  const ingest = (events: readonly QZPayUsageEvent[], options?: QZPayUsageIngestOptions) =>
    Array.isArray(events) ? broken(events, options) : usage.ingest(events, options);
  return { usage: { ingest: ingest as Storage['usage']['ingest'] } };
};

export const operationMutants: readonly Mutant[] = [
  [
    'an event that comes again is stored again',
    EVENT,
    ['webhooks/a-repeated-delivery-is-a-duplicate-of-the-first', 'webhooks/one-of-many-deliveries-is-new'],
    (harness) =>
      override(harness, ({ webhooks }) => ({
        webhooks: {
          async receive(input) {
            const received = await webhooks.receive(input);
            return received.duplicate ? webhooks.receive({ ...input, providerEventId: crypto.randomUUID() }) : received;
          },
        },
      })),
  ],
  [
    'a claimed event is claimed by the next worker too',
    EVENT,
    ['webhooks/an-event-goes-to-one-worker'],
    (harness) => {
      let last: QZPayWebhookEvent[] = [];
      return override(harness, ({ webhooks }) => ({
        webhooks: {
          async claim(limit, leaseMs) {
            const claimed = await webhooks.claim(limit, leaseMs);
            const both = [...claimed, ...last];
            last = claimed;
            return both;
          },
        },
      }));
    },
  ],
  [
    'what a pass leaves has failed',
    EVENT,
    ['webhooks/what-a-pass-leaves-counts-no-attempt'],
    (harness) =>
      override(harness, ({ webhooks }) => ({
        webhooks: {
          async process(handler, options) {
            const result = await webhooks.process(handler, options);
            const left = result.lost === 0 ? [] : await webhooks.claim(result.lost);
            for (const claim of left) await webhooks.fail(claim, 'late');
            return result;
          },
        },
      })),
  ],
  [
    'a pass takes a batch of none',
    EVENT,
    ['webhooks/a-batch-of-none-is-refused'],
    (harness) =>
      override(harness, ({ webhooks }) => ({
        webhooks: {
          process: (handler, { batch, ...options } = {}) =>
            webhooks.process(handler, { batch: batch || 1, ...options }),
        },
      })),
  ],
  [
    'a swapped window is one without usage',
    'a query without sense is refused',
    ['usage/a-query-without-sense-is-refused'],
    (harness) =>
      override(harness, ({ usage }) => ({
        usage: {
          total: async (query) => (query.end < query.start ? { total: 0, records: 0 } : usage.total(query)),
        },
      })),
  ],
  [
    'an event of a known key counts again',
    USAGE,
    ['usage/an-event-counts-once', 'usage/an-event-counts-once-among-callers-at-once'],
    (harness) =>
      override(
        harness,
        ingesting(
          (ingest) => (events, options) =>
            ingest(
              events.map((event) => ({ ...event, idempotencyKey: crypto.randomUUID() })),
              options,
            ),
        ),
      ),
  ],
  [
    'a key that says something else is taken for a repetition',
    USAGE,
    ['usage/a-key-that-says-something-else-is-a-conflict'],
    (harness) =>
      override(
        harness,
        ingesting((ingest) => async (events, options) => {
          const counts = await ingest(events, options);
          const verdicts = counts.verdicts.map((verdict) =>
            verdict.status === 'conflict' ? { ...verdict, status: 'duplicate' as const } : verdict,
          );
          return { ...counts, verdicts };
        }),
      ),
  ],
  [
    'an idempotent call runs its work every time',
    KEY,
    ['idempotency/a-key-runs-its-work-once', 'idempotency/callers-at-once-run-the-work-once'],
    (harness) =>
      override(harness, (sound) => ({
        idempotent: (_key, request, work, options) => sound.idempotent(crypto.randomUUID(), request, work, options),
      })),
  ],
  [
    'another request gets the stored result',
    KEY,
    ['idempotency/another-request-is-refused', 'idempotency/callers-at-once-that-disagree-have-one-winner'],
    (harness) =>
      override(harness, (sound) => ({
        idempotent: (key, _request, work, options) => sound.idempotent(key, 'any', work, options),
      })),
  ],
];
