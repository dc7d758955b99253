import { isDeepStrictEqual } from 'node:util';
import {
  isQZPayError,
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
import { type CollectionContext, first, pick } from '../collection.js';
import type { Data, Operation, Row } from '../store.js';
import { Table } from '../table.js';
import { applyUsage, USAGE_RECORDS } from '../usage-records.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What two events of one key must agree in, to be the same; of `metadata` the order of keys does not count. */
const CONTENT = ['subscriptionId', 'limitKey', 'quantity', 'action', 'timestamp'];

type Source = Iterable<QZPayUsageEvent> | AsyncIterable<QZPayUsageEvent>;

/** Usage without sums: every total is added up from the records. */
export class MemoryUsage implements QZPayUsageOperations {
  readonly #context: CollectionContext;
  readonly #records: Table;

  constructor(context: CollectionContext) {
    this.#context = context;
    this.#records = new Table(USAGE_RECORDS, context);
  }

  ingest(
    events: readonly QZPayUsageEvent[],
    options?: QZPayUsageIngestOptions,
  ): Promise<QZPayUsageCounts & { readonly verdicts: readonly QZPayUsageVerdict[] }>;
  ingest(events: Source, options?: QZPayUsageIngestOptions): Promise<QZPayUsageCounts>;
  async ingest(
    events: Source,
    { batchSize, concurrency, onBatch }: QZPayUsageIngestOptions = {},
  ): Promise<QZPayUsageCounts & { readonly verdicts?: readonly QZPayUsageVerdict[] }> {
    const size = checkedCount('batchSize', batchSize ?? 1000, 10_000);
    // One batch after another: a store that has one transaction at a time gains nothing by several.
    checkedCount('concurrency', concurrency ?? 1, 64);
    const kept: QZPayUsageVerdict[] = [];
    const counts = { accepted: 0, duplicate: 0, conflict: 0, rejected: 0 };
    const write = async (batch: readonly QZPayUsageEvent[]) => {
      const steps = batch.map((event) => this.#step(event));
      const verdicts = await this.#context.write((data) => steps.map((step) => step(data)));
      for (const { status } of verdicts) counts[status] += 1;
      if (Array.isArray(events)) kept.push(...verdicts);
      await onBatch?.({ events: batch, verdicts, counts: { ...counts } });
    };
    let batch: QZPayUsageEvent[] = [];
    for await (const event of events) {
      if (batch.push(event) < size) continue;
      await write(batch);
      batch = [];
    }
    if (batch.length > 0) await write(batch);
    return Array.isArray(events) ? { ...counts, verdicts: kept } : counts;
  }

  async total(query: QZPayUsageQuery): Promise<QZPayUsageTotal> {
    return totalOf(await this.#context.read(this.#during(query)));
  }

  async series(query: QZPayUsageQuery, period: QZPayUsagePeriod): Promise<QZPayUsagePoint[]> {
    if (!Object.hasOwn(STARTS, period)) {
      throw new QZPayValidationError(`period must be one of ${Object.keys(STARTS).join(', ')}`, 'period');
    }
    const rows = await this.#context.read(this.#during(query));
    const parts = groupedBy(rows, ({ timestamp }) => STARTS[period](timestamp as number));
    return [...parts].map(([start, records]) => ({ start: new Date(start), ...totalOf(records) }));
  }

  /** There are no sums that could differ. */
  async verify({ customerId, start, end }: QZPayUsageVerificationScope = {}): Promise<QZPayUsageVerification> {
    if (start !== undefined && end !== undefined) assertInOrder(start, end);
    const find = this.#records.where(customerId === undefined ? {} : { customerId }, []);
    const [from, until] = [start?.getTime() ?? -Infinity, end?.getTime() ?? Infinity];
    const rows = (await this.#context.read(find)).filter(({ timestamp }) => {
      const hour = STARTS.hour(timestamp as number);
      return hour >= from && hour < until;
    });
    const hours = groupedBy(rows, (row) =>
      JSON.stringify([row['customerId'], row['limitKey'], STARTS.hour(row['timestamp'] as number)]),
    );
    return { agrees: true, hours: hours.size, records: rows.length, differing: 0, differences: [] };
  }

  /** Stores one event, and says what became of it. */
  #step(event: QZPayUsageEvent): Operation<QZPayUsageVerdict> {
    try {
      const row = this.#complete(event);
      return (data) => this.#store(data, row);
    } catch (error) {
      if (!isQZPayError(error, 'validation')) throw error;
      const { field } = error;
      return () => ({ status: 'rejected', reason: 'invalid_event', field });
    }
  }

  #complete(event: QZPayUsageEvent): Row {
    const { idempotencyKey, metadata } = event ?? {};
    if (typeof idempotencyKey !== 'string' || idempotencyKey === '') throw invalid('idempotencyKey');
    if (Array.isArray(metadata)) throw invalid('metadata');
    return this.#records.complete(pick(event, ['customerId', 'idempotencyKey', 'metadata', ...CONTENT]));
  }

  #store(data: Data, row: Row): QZPayUsageVerdict {
    const { id, customerId, idempotencyKey } = row;
    const known = first(this.#records.where({ customerId, idempotencyKey }, []))(data);
    if (known !== undefined) {
      return { status: isSame(known, row) ? 'duplicate' : 'conflict', recordId: known['id'] as string };
    }
    if (!this.#records.isStored(data, 'Customer', customerId as string)) {
      return { status: 'rejected', reason: 'unknown_customer' };
    }
    this.#records.add(data, row);
    return { status: 'accepted', recordId: id as string };
  }

  /** The records of the window in the order in which they count. */
  #during({ customerId, limitKey, start, end }: QZPayUsageQuery): Operation<Row[]> {
    for (const [field, value] of Object.entries({ customerId, limitKey })) {
      if (typeof value !== 'string') throw new QZPayValidationError(`${field} must be text`, field);
    }
    const [from, until] = [start, end].map((limit) => this.#records.keep('timestamp', limit) as number);
    assertInOrder(start, end);
    const find = this.#records.where({ customerId, limitKey }, ['timestamp', 'id']);
    return (data) =>
      find(data).filter(({ timestamp }) => Number(timestamp) >= Number(from) && Number(timestamp) < Number(until));
  }
}

/** The first instant of the period in which an instant lies. */
const STARTS: Readonly<Record<QZPayUsagePeriod, (instant: number) => number>> = {
  hour: (instant) => Math.floor(instant / HOUR) * HOUR,
  day: (instant) => Math.floor(instant / DAY) * DAY,
  // 1 January 1970 was a Thursday.
  week: (instant) => (Math.floor((instant / DAY + 3) / 7) * 7 - 3) * DAY,
  month: (instant) => new Date(instant).setUTCHours(0, 0, 0, 0) - (new Date(instant).getUTCDate() - 1) * DAY,
};

function groupedBy<Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

function assertInOrder(start: Date, end: Date): void {
  if (end < start) throw new QZPayValidationError('end must not be before start', 'end');
}

function totalOf(rows: readonly Row[]): QZPayUsageTotal {
  return { total: Number(rows.reduce(applyUsage, '0e-0')), records: rows.length };
}

function isSame(one: Row, other: Row): boolean {
  const metadata = [one, other].map((row) => JSON.parse(row['metadata'] as string) as unknown);
  return CONTENT.every((name) => one[name] === other[name]) && isDeepStrictEqual(metadata[0], metadata[1]);
}

function checkedCount(option: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new QZPayValidationError(`${option} must be a whole number from 1 to ${max}`, option);
}

function invalid(field: string): QZPayValidationError {
  return new QZPayValidationError(`UsageRecord ${field} is invalid`, field);
}
