import {
  type QZPayUsageBatch,
  type QZPayUsageCounts,
  type QZPayUsageEvent,
  type QZPayUsageIngestOptions,
  type QZPayUsageOperations,
  type QZPayUsagePeriod,
  type QZPayUsagePoint,
  type QZPayUsageQuery,
  type QZPayUsageTotal,
  type QZPayUsageVerdict,
  type QZPayUsageVerification,
  type QZPayUsageVerificationScope,
  QZPayValidationError,
} from '@qzpay/core';
import { checkOptions, USAGE_INGEST_OPTIONS, USAGE_VERIFICATION_SCOPE } from '@qzpay/core/options';
import type { QZPayUsageIngestionRepository, QZPayUsageRollupsRepository } from '@qzpay/repositories';

const DEFAULT_BATCH_SIZE = 1000;
const MAX_BATCH_SIZE = 10_000;
const MAX_CONCURRENCY = 64;

type Source = Iterable<QZPayUsageEvent> | AsyncIterable<QZPayUsageEvent>;

export class UsageOperations implements QZPayUsageOperations {
  readonly #ingestion: QZPayUsageIngestionRepository;
  readonly #rollups: QZPayUsageRollupsRepository;

  constructor(ingestion: QZPayUsageIngestionRepository, rollups: QZPayUsageRollupsRepository) {
    this.#ingestion = ingestion;
    this.#rollups = rollups;
  }

  ingest(
    events: readonly QZPayUsageEvent[],
    options?: QZPayUsageIngestOptions,
  ): Promise<QZPayUsageCounts & { readonly verdicts: readonly QZPayUsageVerdict[] }>;
  ingest(events: Source, options?: QZPayUsageIngestOptions): Promise<QZPayUsageCounts>;
  async ingest(
    events: Source,
    options: QZPayUsageIngestOptions = {},
  ): Promise<QZPayUsageCounts & { readonly verdicts?: readonly QZPayUsageVerdict[] }> {
    checkOptions(options, USAGE_INGEST_OPTIONS);
    const { batchSize, concurrency, onBatch } = options;
    const size = checked('batchSize', batchSize ?? DEFAULT_BATCH_SIZE, MAX_BATCH_SIZE);
    const writers = checked('concurrency', concurrency ?? 1, MAX_CONCURRENCY);
    const kept: QZPayUsageVerdict[] | undefined = Array.isArray(events) ? [] : undefined;
    const counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 };
    await forEachBatch(events, size, writers, async (batch, offset) => {
      const verdicts = await this.#ingestion.ingest(batch);
      verdicts.forEach((verdict, index) => {
        counts[verdict.status] += 1;
        if (kept !== undefined) kept[offset + index] = verdict;
      });
      await onBatch?.({ events: batch, verdicts, counts: { ...counts } } satisfies QZPayUsageBatch);
    });
    return kept === undefined ? counts : { ...counts, verdicts: kept };
  }

  total(query: QZPayUsageQuery): Promise<QZPayUsageTotal> {
    return this.#rollups.total(query);
  }

  series(query: QZPayUsageQuery, period: QZPayUsagePeriod): Promise<QZPayUsagePoint[]> {
    return this.#rollups.series(query, period);
  }

  async verify(scope?: QZPayUsageVerificationScope): Promise<QZPayUsageVerification> {
    checkOptions(scope, USAGE_VERIFICATION_SCOPE);
    return this.#rollups.verify(scope);
  }
}

interface Batch {
  readonly events: QZPayUsageEvent[];
  /** How many events came before it. */
  readonly offset: number;
}

/**
 * Hands the source to `write` in batches, `writers` of them at once. The source is asked for more only by a writer that
 * has nothing to do. After a failure no batch is begun, and the failure comes once those that were begun have ended.
 */
async function forEachBatch(
  source: Source,
  size: number,
  writers: number,
  write: (events: QZPayUsageEvent[], offset: number) => Promise<void>,
): Promise<void> {
  const batches = batchesOf(source, size);
  const begun = new Set<Promise<void>>();
  let failed = false;
  let waiting = 0;
  const nextBatch = () => {
    waiting += 1;
    return batches.next().finally(() => {
      waiting -= 1;
    });
  };
  const writeAll = async () => {
    // Not `for await`: the first writer to leave such a loop would close the source for all of them.
    for (let next = await nextBatch(); !next.done && !failed; next = await nextBatch()) {
      const writing = write(next.value.events, next.value.offset);
      begun.add(writing);
      await writing;
      begun.delete(writing);
    }
  };
  try {
    await Promise.all(Array.from({ length: writers }, writeAll));
  } catch (error) {
    failed = true;
    const closed = batches.return().catch(() => {});
    await Promise.allSettled(begun);
    // A source that another writer waits for closes when it has something to say again, perhaps never.
    if (waiting === 0) await closed;
    throw error;
  }
}

async function* batchesOf(source: Source, size: number): AsyncGenerator<Batch, void, undefined> {
  if (Array.isArray(source)) {
    for (let offset = 0; offset < source.length; offset += size) {
      yield { events: source.slice(offset, offset + size), offset };
    }
    return;
  }
  let events: QZPayUsageEvent[] = [];
  let offset = 0;
  for await (const event of source) {
    if (events.push(event) < size) continue;
    yield { events, offset };
    offset += size;
    events = [];
  }
  if (events.length > 0) yield { events, offset };
}

function checked(option: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new QZPayValidationError(`${option} must be a whole number from 1 to ${max}`, option);
}
