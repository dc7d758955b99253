import { QZPayConflictError, QZPayNotFoundError } from '@qzpay/core';
import type { QZPayInvoiceLineRow, QZPayInvoiceRow } from '@qzpay/schema';
import { getTableName, type SQL, sql } from 'drizzle-orm';
import { currentQZPayActor } from './actors.js';
import { CombinedCalls } from './combined-calls.js';
import type { QZPayInvoiceSeries } from './invoice-sequences.js';
import type { RowChange } from './row-changes.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument, listArgument, typedArgument } from './statements.js';
import { modelOf, type Projection, parentProjection, type TableModel } from './table-model.js';

/** An invoice with its lines in order. */
export type QZPayInvoiceWithLines = QZPayInvoiceRow & { lines: QZPayInvoiceLineRow[] };

/** A call of `finalize`. */
interface Numbering {
  readonly id: string;
  readonly series: QZPayInvoiceSeries;
  readonly width: number;
}

/** Invoices with their lines as rows that are numbered once. */
export abstract class QZPayNumberedInvoicesRepository extends QZPaySoftDeleteRepository<QZPayInvoiceWithLines> {
  protected readonly lines: TableModel = modelOf(this.context, 'invoiceLines');
  readonly #numbering = new CombinedCalls((calls: readonly Numbering[]) => this.#numberTogether(calls));

  protected override projectionOf(model: TableModel): Projection<QZPayInvoiceWithLines> {
    const { invoices, invoiceLines } = this.context.tables;
    return parentProjection(model, 'lines', {
      model: modelOf(this.context, 'invoiceLines'),
      from: sql`${invoiceLines} where ${invoiceLines.livemode} = ${invoices.livemode} and ${invoiceLines.invoiceId} = ${invoices.id}`,
      orderBy: sql`${invoiceLines.position}`,
    });
  }

  /**
   * That the invoice is still what the statement saw when it began. One that has waited for another change gets its row
   * as that change left it, but would return the lines of before.
   */
  protected override isUnmoved(): SQL {
    const { invoices } = this.context.tables;
    return sql` and ${invoices.version} = (select seen.version from ${invoices} as seen
      where seen.livemode = ${argument(this.codec('livemode'))} and seen.id = ${invoices.id})`;
  }

  protected override async hasMoved(id: string): Promise<boolean> {
    return (await this.findById(id)) !== null;
  }

  /**
   * Gives the invoice the next number of a series, `start` and at least `width` digits, opens it where it is a draft, and
   * returns it; one that has a number is returned as it is. Number and invoice commit together, a rollback gives the
   * number back, and callers of one series wait for each other until they commit.
   *
   * One statement, which calls outside of transactions share while they wait for the same counter; a second one for an
   * invoice that it finds numbered, and both again where the invoice changed meanwhile.
   *
   * @throws QZPayNotFoundError for an unknown id.
   * @throws QZPayConflictError `incompatible` for a void invoice without a number, `already_exists` for a taken number.
   */
  async finalize(id: string, series: QZPayInvoiceSeries, width: number): Promise<QZPayInvoiceWithLines> {
    if (!this.codec('id').holds(id)) throw new QZPayNotFoundError(this.model.entity, id);
    const { runner, scope, audits } = this.context;
    const call = { id, series, width };
    const isInTransaction = runner.transactions.scope(scope) !== undefined;
    // Entries of the audit trail name the actor: those of one statement are of one actor.
    const kind = JSON.stringify([series, width, audits && currentQZPayActor()]);
    let finalized = await (isInTransaction ? this.#numberAlone(call) : this.#numbering.call(kind, call));
    for (;;) {
      const invoice = finalized ?? (await this.findById(id));
      if (invoice === null) throw new QZPayNotFoundError(this.model.entity, id);
      if (invoice.number !== null) return invoice;
      if (invoice.status === 'void') throw new QZPayConflictError('Invoice is void: it gets no number', 'incompatible');
      finalized = await this.#numberAlone(call);
    }
  }

  async #numberAlone(call: Numbering): Promise<QZPayInvoiceWithLines | undefined> {
    const [finalized] = await this.#number([call.id], call, 'wait');
    return finalized;
  }

  /** Numbers what it can have at once, in the order of the calls; nobody waits for the locked row of another call. */
  async #numberTogether(calls: readonly Numbering[]): Promise<(QZPayInvoiceWithLines | undefined)[]> {
    const ids = new Set(calls.map(({ id }) => id));
    try {
      const finalized = await this.#number([...ids], calls[0] as Numbering, 'skip locked');
      const byId = new Map(finalized.map((invoice) => [invoice.id, invoice]));
      return calls.map(({ id }) => byId.get(id));
    } catch (error) {
      // One of them may be the cause: each goes alone.
      if (calls.length === 1) throw error;
      return calls.map(() => undefined);
    }
  }

  /** The locks come before the counter: of two that finalize one invoice, the second one takes no number. */
  #number(
    ids: readonly string[],
    { series, width }: Numbering,
    locked: 'wait' | 'skip locked',
  ): Promise<QZPayInvoiceWithLines[]> {
    const statement = this.fixed(locked === 'wait' ? 'finalize' : 'finalize_many', () => {
      const { invoices, invoiceLines } = this.context.tables;
      const sequences = modelOf(this.context, 'invoiceSequences');
      const finalized: RowChange = {
        kind: 'fed update',
        model: this.model,
        action: 'finalize',
        fields: ['status', 'number', 'finalizedAt'],
        statement: sql`update ${invoices} set ${this.assignments(['finalizedAt'])},
            status = case when ${invoices.status} = 'draft' then 'open' else ${invoices.status} end,
            number = ${argument(this.codec('number'), 'start')} || lpad(digits, greatest(length(digits), ${typedArgument('bigint', 'width')}::integer), '0')
          from numbered where ${this.equals('livemode')} and ${invoices.id} = numbered_id`,
      };
      const projection = parentProjection<QZPayInvoiceWithLines>(
        this.model,
        'lines',
        {
          model: this.lines,
          from: sql`${invoiceLines} where ${invoiceLines.livemode} = finalized.livemode and ${invoiceLines.invoiceId} = finalized.id`,
          orderBy: sql`${invoiceLines.position}`,
        },
        'finalized',
      );
      return {
        source: sql`with unnumbered as (
            select ${invoices.id} as numbered_id, place
            from unnest(${listArgument(this.codec('id'), 'ids')}) with ordinality as given (given_id, place)
            join ${invoices} on ${invoices.id} = given_id
            where ${this.visible()} and ${invoices.number} is null and ${invoices.status} <> 'void'${this.isUnmoved()}
            for no key update of ${sql.identifier(getTableName(invoices))} ${sql.raw(locked === 'wait' ? '' : locked)}
          ), counter as (
            insert into ${sequences.table} as sequence (livemode, series, period, last_value, updated_at)
            select ${argument(this.codec('livemode'))}, ${argument(sequences.codec('series'))},
              ${argument(sequences.codec('period'))}, count(*), ${argument(this.codec('updatedAt'), 'new_updatedAt')}
            from unnumbered having count(*) > 0
            on conflict (livemode, series, period) do update
            set last_value = sequence.last_value + excluded.last_value, updated_at = excluded.updated_at
            returning last_value
          ), numbered as (
            select numbered_id, (last_value + 1 - row_number() over (order by place desc))::text as digits
            from unnumbered, counter
          ), ${this.changed('finalized', finalized)}
          select ${projection.select} from finalized`,
        decode: projection.decode,
      };
    });
    return this.run(statement, { ...series, ids, width, new_finalizedAt: this.context.clock(), ...this.stamps() });
  }

  /** A purged number would be a gap in its series, and nobody could tell what it was for. */
  protected override unneeded(): SQL {
    return sql` and ${this.codec('number').column} is null`;
  }
}
