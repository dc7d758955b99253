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

interface EncodedEvent {
  readonly position: number;
  readonly id: string;
  readonly values: readonly (string | null)[];
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
    let pending: EncodedEvent[] = [];
    events.forEach((event, position) => {
      const id = this.#context.generateId();
      try {
        pending.push({ position, id, values: this.#encode(id, event) });
      } catch (error) {
        if (!(error instanceof QZPayValidationError)) throw error;
        verdicts[position] = { status: 'rejected', reason: 'invalid_event', field: error.field };
      }
    });
    while (pending.length > 0) {
      const refusals = new Map((await this.#store(pending, rollsUp)).map((refusal) => [refusal.place, refusal]));
      pending = pending.filter(({ position, id }, index) => {
        const refusal = refusals.get(index + 1);
        if (refusal?.reason === 'unseen') return true;
        verdicts[position] = refusal === undefined ? { status: 'accepted', recordId: id } : verdictOf(refusal);
        return false;
      });
    }
    return verdicts;
  }

  /** The event's values in the order of `COLUMNS`. */
  #encode(id: string, event: QZPayUsageEvent): (string | null)[] {
    const { idempotencyKey, metadata } = event ?? {};
    if (typeof idempotencyKey !== 'string' || idempotencyKey === '') throw invalid('idempotencyKey');
    const json = metadata === undefined ? '{}' : (this.#records.codec('metadata').encode(metadata) as string);
    if (!json.startsWith('{')) throw invalid('metadata');
    const { customerId, subscriptionId, limitKey, quantity, action = 'increment', timestamp } = event;
    const given = [id, customerId, subscriptionId, limitKey, quantity, action, timestamp, idempotencyKey];
    const values = given.map((value, index) => this.#codecs[index]?.encode(value) as string | null);
    values.push(json);
    return values;
  }

  #store(events: readonly EncodedEvent[], rollsUp: boolean): Promise<Refusal[]> {
    const { runner, clock, livemode, scope } = this.#context;
    const name = `usageRecords.ingest${rollsUp ? '' : '_only'}`;
    const statement = runner.statement(name, () => this.#statement(rollsUp));
    const columns = COLUMNS.map((key, index) => [`${key}s`, events.map(({ values }) => values[index])]);
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

function verdictOf({ reason, recordId }: Refusal): QZPayUsageVerdict {
  return reason === 'duplicate' || reason === 'conflict'
    ? { status: reason, recordId: recordId as string }
    : { status: 'rejected', reason: 'unknown_customer' };
}

function invalid(field: string): QZPayValidationError {
  return new QZPayValidationError(`UsageRecord ${field} is invalid`, field);
}
