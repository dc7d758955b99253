import { type QZPayUsageEvent, type QZPayUsageVerdict, QZPayValidationError } from '@qzpay/core';
import { type SQL, sql } from 'drizzle-orm';
import type { ColumnCodec } from './codecs.js';
import type { QZPayRepositoryContext } from './context.js';
import { checkedCount } from './pages.js';
import { argument, encodedListArgument, type StatementSource } from './statements.js';
import { modelOf, type TableModel } from './table-model.js';
import { rollUp } from './usage-sums.js';

/** The columns that differ from event to event, in the order in which they travel. */
const COLUMNS = [
  'id',
  'customerId',
  'subscriptionId',
  'limitKey',
  'quantity',
  'action',
  'timestamp',
  'idempotencyKey',
  'metadata',
] as const;

/** An event that was not stored: a record has its key, or its customer is unknown. */
interface Refusal {
  /** Counted from 1 in what the statement was given. */
  readonly place: number;
  /** `unseen`: another transaction, or an event before this one, has stored the key since the statement began. */
  readonly reason: 'duplicate' | 'conflict' | 'unknown_customer' | 'unseen';
  readonly recordId: string | null;
}

/** Events by column, as they travel: in objects of their own they would keep the garbage collector busy. */
interface EncodedEvents {
  /** Where each of them stands among the events that were given. */
  readonly positions: number[];
  /** In the order of `COLUMNS`. */
  readonly columns: (string | null)[][];
}

/** Stores usage in batches; see `QZPayUsageOperations` in core for what a batch promises. */
export class QZPayUsageIngestionRepository {
  readonly #context: QZPayRepositoryContext;
  readonly #records: TableModel;
  readonly #rollups: TableModel;
  readonly #codecs: readonly ColumnCodec[];

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
    this.#records = modelOf(context, 'usageRecords');
    this.#rollups = modelOf(context, 'usageRollups');
    this.#codecs = COLUMNS.map((key) => this.#records.codec(key));
  }

  /**
   * Stores one batch and returns a verdict per event, in their order. One statement, and another one for events whose
   * key came to be stored while the first one ran, by somebody else or by an earlier event of the batch.
   *
   * With `rollUp: false` the hourly sums do not move, and totals are wrong until `usageRollups.rebuild()`: for filling in
   * years of history, where that is faster.
   *
   * @throws QZPayValidationError for more than 10 000 events.
   */
  async ingest(
    events: readonly QZPayUsageEvent[],
    { rollUp: rollsUp = true }: { readonly rollUp?: boolean | undefined } = {},
  ): Promise<QZPayUsageVerdict[]> {
    checkedCount(events.length);
    const verdicts: QZPayUsageVerdict[] = [];
    let pending = this.#encode(events, verdicts);
    while (pending.positions.length > 0) {
      const { positions, columns } = pending;
      const refusals = new Map((await this.#store(columns, rollsUp)).map((refusal) => [refusal.place, refusal]));
      const unseen: number[] = [];
      positions.forEach((position, index) => {
        const refusal = refusals.get(index + 1);
        if (refusal?.reason === 'unseen') unseen.push(index);
        else verdicts[position] = refusal === undefined ? accepted(columns[0]?.[index]) : verdictOf(refusal);
      });
      const only = <Value>(values: readonly Value[]) => unseen.map((index) => values[index] as Value);
      pending = { positions: only(positions), columns: columns.map(only) };
    }
    return verdicts;
  }

  /** Leaves out what cannot be stored, with its verdict. */
  #encode(events: readonly QZPayUsageEvent[], verdicts: QZPayUsageVerdict[]): EncodedEvents {
    const positions: number[] = [];
    const columns = COLUMNS.map((): (string | null)[] => []);
    events.forEach((event, position) => {
      try {
        this.#encodeEvent(event, columns, positions.length);
        positions.push(position);
      } catch (error) {
        if (!(error instanceof QZPayValidationError)) throw error;
        verdicts[position] = { status: 'rejected', reason: 'invalid_event', field: error.field };
      }
    });
    // The last one may have been refused when it was half encoded.
    for (const column of columns) column.length = positions.length;
    return { positions, columns };
  }

  #encodeEvent(event: QZPayUsageEvent, columns: (string | null)[][], index: number): void {
    const { idempotencyKey, metadata } = event ?? {};
    if (typeof idempotencyKey !== 'string' || idempotencyKey === '') throw invalid('idempotencyKey');
    COLUMNS.forEach((key, place) => {
      (columns[place] as (string | null)[])[index] = this.#encoded(key, place, event);
    });
    if (metadata !== undefined && !columns.at(-1)?.[index]?.startsWith('{')) throw invalid('metadata');
  }

  #encoded(key: (typeof COLUMNS)[number], place: number, event: QZPayUsageEvent): string | null {
    if (key === 'metadata' && event.metadata === undefined) return '{}';
    const value =
      key === 'id' ? this.#context.generateId() : key === 'action' ? (event.action ?? 'increment') : event[key];
    return this.#codecs[place]?.encode(value) as string | null;
  }

  #store(encoded: readonly (readonly (string | null)[])[], rollsUp: boolean): Promise<Refusal[]> {
    const { runner, clock, livemode, scope } = this.#context;
    const name = `usageRecords.ingest${rollsUp ? '' : '_only'}`;
    const statement = runner.statement(name, () => this.#statement(rollsUp));
    const columns = COLUMNS.map((key, place) => [`${key}s`, encoded[place]]);
    const now = clock();
    const values = { ...Object.fromEntries(columns), createdAt: now, updatedAt: now, livemode };
    return runner.run(statement, values, this.#records, scope);
  }

  /**
   * Records go in by customer and key, then sums by theirs: whoever writes the same ones waits only forwards.
   *
   * The server plans for about ten events, however many there are. `not in` over a plain select is the one form that it
   * always hashes; a join might compare every event with every other. When all went in, which is the usual case, nothing
   * is looked for.
   */
  #statement(rollsUp: boolean): StatementSource<Refusal> {
    const { table } = this.#records;
    const list = (columns: readonly SQL[]) => sql.join([...columns], sql`, `);
    const names = this.#codecs.map(({ column }) => sql`${sql.identifier(column.name)}`);
    const content = (alias: string) => list(names.slice(1).map((name) => sql`${sql.identifier(alias)}.${name}`));
    const arguments_ = this.#codecs.map((codec) => encodedListArgument(codec, `${codec.key}s`));
    const livemode = argument(this.#records.codec('livemode'));
    const customer = sql`exists (select from ${this.#context.tables.customers} as customer
      where customer.id = given.customer_id and customer.livemode = ${livemode})`;
    const rolled = rollsUp ? sql`, rolled as (${rollUp(this.#rollups, sql`stored`)})` : sql``;
    return {
      source: sql`with given as materialized (
          select * from unnest(${list(arguments_)}) with ordinality as given (${list(names)}, place)
        ), stored as (
          insert into ${table} (${list(names)}, livemode, created_at)
          select ${list(names)}, ${livemode}, ${argument(this.#records.codec('createdAt'))} from given where ${customer}
          order by customer_id collate "C", idempotency_key collate "C", place
          on conflict (livemode, customer_id, idempotency_key) do nothing
          returning id, customer_id, limit_key, occurred_at, action, quantity
        )${rolled}
        select given.place, first.id, case
          when first.id is null then case when ${customer} then 'unseen' else 'unknown_customer' end
          when (${content('first')}) is not distinct from (${content('given')}) then 'duplicate' else 'conflict' end
        from given left join ${table} as first on first.livemode = ${livemode}
          and first.customer_id = given.customer_id and first.idempotency_key = given.idempotency_key
        where (select count(*) from stored) < (select count(*) from given) and given.id not in (select id from stored)`,
      decode: ([place, recordId, reason]) => ({
        place: Number(place),
        recordId: recordId as string | null,
        reason: reason as Refusal['reason'],
      }),
    };
  }
}

function accepted(recordId: string | null | undefined): QZPayUsageVerdict {
  return { status: 'accepted', recordId: recordId as string };
}

function verdictOf({ reason, recordId }: Refusal): QZPayUsageVerdict {
  return reason === 'duplicate' || reason === 'conflict'
    ? { status: reason, recordId: recordId as string }
    : { status: 'rejected', reason: 'unknown_customer' };
}

function invalid(field: string): QZPayValidationError {
  return new QZPayValidationError(`UsageRecord ${field} is invalid`, field);
}
