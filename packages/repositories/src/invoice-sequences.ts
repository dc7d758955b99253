import type { QZPayInvoiceNumberReport } from '@qzpay/core';
import { sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { argument } from './statements.js';
import { modelOf } from './table-model.js';

/** A series in a period, and the text before the count in its numbers. */
export interface QZPayInvoiceSeries {
  readonly series: string;
  readonly period: string;
  readonly start: string;
}

/** A counter as it stands. */
export interface QZPayInvoiceCounter {
  readonly series: string;
  readonly period: string;
  /** The number that was handed out last. */
  readonly lastValue: number;
}

type Findings = Omit<QZPayInvoiceNumberReport, 'series' | 'period' | 'valid'>;

/** Counters of invoice numbers. `invoices.finalize` moves them. */
export class QZPayInvoiceSequencesRepository {
  readonly #context: QZPayRepositoryContext;

  constructor(context: QZPayRepositoryContext) {
    this.#context = context;
  }

  /** Every counter, by series and period. */
  async list(): Promise<QZPayInvoiceCounter[]> {
    const { runner, livemode, scope } = this.#context;
    const sequences = modelOf(this.#context, 'invoiceSequences');
    const statement = runner.statement('invoiceSequences.list', () => {
      const mode = argument(sequences.codec('livemode'));
      const source = sql`select series, period, last_value from ${sequences.table} where livemode = ${mode} order by series, period`;
      return {
        source,
        decode: ([series, period, lastValue]) => ({
          series: series as string,
          period: period as string,
          lastValue: Number(lastValue),
        }),
      };
    });
    return runner.run(statement, { livemode }, sequences, scope);
  }

  /** Compares the counter with the invoices whose number is `start` and digits; deleted ones count. One statement. */
  async verify({ series, period, start }: QZPayInvoiceSeries): Promise<QZPayInvoiceNumberReport> {
    const { runner, livemode, scope, tables } = this.#context;
    const sequences = modelOf(this.#context, 'invoiceSequences');
    const invoices = modelOf(this.#context, 'invoices');
    const statement = runner.statement('invoiceSequences.verify', () => {
      const { number } = tables.invoices;
      const first = sql`${argument(invoices.codec('number'), 'start')}::text`;
      const mode = argument(sequences.codec('livemode'));
      const source = sql`with counter as materialized (
          select coalesce(max(last_value), 0) as last_value from ${sequences.table} where livemode = ${mode}
          and series = ${argument(sequences.codec('series'))} and period = ${argument(sequences.codec('period'))}
        ), given as materialized (
          select substr(${number}, length(${first}) + 1) as digits from ${invoices.table}
          where livemode = ${mode} and ${number} >= ${first} || '0' and ${number} < ${first} || ':'
        ), counts as materialized (
          select digits::bigint as value from given where digits ~ '^[0-9]{1,15}$'
        ), expected as (
          select value from counts, counter where value between 1 and last_value
          union all select last_value + 1 from counter
        ), runs as (
          select value, lag(value, 1, 0) over (order by value) as previous from expected
        ), gaps as (
          select previous + 1 as first, value - 1 as last from runs where value > previous + 1
        ), twice as (
          select value from counts group by value having count(*) > 1
        )
        select json_build_object(
          'lastValue', last_value,
          'invoices', (select count(*) from counts),
          'missing', (select coalesce(sum(last - first + 1), 0) from gaps),
          'beyond', (select count(*) from counts where value not between 1 and last_value),
          'gaps', (select coalesce(json_agg(json_build_object('from', first, 'to', last) order by first), '[]')
            from (select * from gaps order by first limit 100) as listed),
          'duplicates', (select coalesce(json_agg(value order by value), '[]')
            from (select * from twice order by value limit 100) as listed)
        ) from counter`;
      return { source, decode: ([findings]) => findings as Findings };
    });
    const [findings] = await runner.run(statement, { livemode, series, period, start }, sequences, scope);
    const { missing, beyond, duplicates } = findings as Findings;
    const valid = missing === 0 && beyond === 0 && duplicates.length === 0;
    return { series, period, valid, ...(findings as Findings) };
  }
}
