import { QZPayConflictError, QZPayNotFoundError } from '@qzpay/core';
import type { QZPayInvoiceInsert, QZPayInvoiceLineInsert, QZPayInvoiceLineRow, QZPayInvoiceRow } from '@qzpay/schema';
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import type { QZPayInvoiceSeries } from './invoice-sequences.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { RowChange } from './row-changes.js';
import type { NewRow, RowPatch } from './row-types.js';
import { QZPaySoftDeleteRepository } from './soft-delete.js';
import { argument, type QZPayStatement, type StatementSource, typedArgument } from './statements.js';
import {
  columnNamesOf,
  modelOf,
  type Projection,
  parentProjection,
  rowsArgument,
  type TableModel,
} from './table-model.js';

/** An invoice with its lines in order. */
export type QZPayInvoiceWithLines = QZPayInvoiceRow & { lines: QZPayInvoiceLineRow[] };

export type QZPayNewInvoiceLine = NewRow<
  QZPayInvoiceLineInsert,
  'description' | 'quantity' | 'unitAmount' | 'amount',
  'livemode' | 'invoiceId' | 'position'
>;

/** A new invoice. Without a currency it takes the one of its prices; see {@link QZPayInvoicesRepository.create}. */
export type QZPayNewInvoice = NewRow<
  QZPayInvoiceInsert,
  'customerId' | 'status' | 'subtotal' | 'tax' | 'discount' | 'total' | 'amountPaid' | 'amountDue',
  'livemode' | 'version' | 'number' | 'finalizedAt' | 'deletedAt'
>;

const updatable = [
  'subscriptionId',
  'status',
  'currency',
  'subtotal',
  'tax',
  'discount',
  'total',
  'amountPaid',
  'amountDue',
  'dueDate',
  'paidAt',
  'voidedAt',
  'periodStart',
  'periodEnd',
  'providerInvoiceIds',
  'billingAddress',
  'memo',
  'footer',
  'pdfUrl',
  'hostedUrl',
  'sentAt',
  'sentTo',
  'metadata',
] as const;

export type QZPayInvoicePatch = RowPatch<QZPayInvoiceRow, (typeof updatable)[number]>;

/** Written as in the partial index, so that the planner recognises it. */
const isUnpaid = (status: SQLWrapper): SQL => sql`${status} in ('draft', 'open')`;

/** Invoices with their lines, which are stored and read together or not at all. */
export class QZPayInvoicesRepository extends QZPaySoftDeleteRepository<QZPayInvoiceWithLines> {
  readonly #lines: TableModel;

  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'invoices',
      updatable,
      sortable: ['createdAt', 'updatedAt', 'dueDate', 'total', 'status', 'number'],
      filters: equalityFilters(
        'id',
        'customerId',
        'subscriptionId',
        'status',
        'currency',
        'number',
        'total',
        'amountPaid',
        'amountDue',
        'dueDate',
        'paidAt',
        'voidedAt',
        'periodStart',
        'periodEnd',
        'createdAt',
        'updatedAt',
      ),
      providerIds: 'providerInvoiceIds',
      defaults: { providerInvoiceIds: {}, metadata: {}, sentTo: [] },
    });
    this.#lines = modelOf(context, 'invoiceLines');
  }

  protected override projectionOf(model: TableModel): Projection<QZPayInvoiceWithLines> {
    const { invoices, invoiceLines } = this.context.tables;
    return parentProjection(model, 'lines', {
      model: modelOf(this.context, 'invoiceLines'),
      from: sql`${invoiceLines} where ${invoiceLines.livemode} = ${invoices.livemode} and ${invoiceLines.invoiceId} = ${invoices.id}`,
      orderBy: sql`${invoiceLines.position}`,
    });
  }

  /**
   * Stores the invoice and its lines in one statement: both or neither. Lines keep their order.
   *
   * An invoice without a currency takes, in upper case, that of the first line whose price is stored, else that of its
   * subscription's price, else `defaultCurrency`.
   *
   * @throws QZPayNotFoundError when the customer does not exist in this mode.
   */
  async create(
    invoice: QZPayNewInvoice,
    lines: readonly QZPayNewInvoiceLine[],
    { defaultCurrency = 'USD' }: { readonly defaultCurrency?: string | undefined } = {},
  ): Promise<QZPayInvoiceWithLines> {
    const given = this.complete({ ...invoice, currency: invoice.currency ?? defaultCurrency });
    const statement = this.fixed('create', () => {
      const header = this.insertion({ rows: sql`values (${this.allArguments({ currency: this.#currency() })})` });
      const projection = parentProjection<QZPayInvoiceWithLines>(
        this.model,
        'lines',
        { model: this.#lines, from: sql`lines`, orderBy: sql`lines.position`, alias: 'lines' },
        'header',
      );
      return {
        source: sql`with ${this.changed('header', header)}, ${this.changed('lines', this.#insertLines())}
          select ${projection.select} from header`,
        decode: projection.decode,
      };
    });
    const [row] = await this.run(statement, {
      ...given,
      derivesCurrency: invoice.currency === undefined,
      // One of another kind is refused with its line.
      priceIds: lines.flatMap(({ priceId }) => (typeof priceId === 'string' ? priceId : [])),
      lines: this.#completeLines(given['id'] as string, lines),
    });
    return row as QZPayInvoiceWithLines;
  }

  update(id: string, patch: QZPayInvoicePatch, options?: QZPayUpdateOptions): Promise<QZPayInvoiceWithLines> {
    return this.patch(id, patch, options);
  }

  /**
   * That the invoice is still what the statement saw when it began. One that has waited for another change gets its row
   * as that change left it, but would return the lines of before.
   */
  protected override isUnmoved(): SQL {
    const { invoices } = this.context.tables;
    return sql` and ${invoices.version} = (select seen.version from ${invoices} as seen
      where seen.livemode = ${argument(this.codec('livemode'))} and seen.id = ${argument(this.codec('id'))})`;
  }

  protected override async hasMoved(id: string): Promise<boolean> {
    return (await this.findById(id)) !== null;
  }

  /**
   * Like {@link update}, and replaces all lines, in one transaction (several round trips).
   *
   * @throws QZPayNotFoundError, and leaves the lines alone, when there is no such invoice.
   */
  async updateWithLines(
    id: string,
    patch: QZPayInvoicePatch,
    lines: readonly QZPayNewInvoiceLine[],
    options?: QZPayUpdateOptions,
  ): Promise<QZPayInvoiceWithLines> {
    const { runner, scope } = this.context;
    const remove = this.fixed('remove_lines', () => {
      const { livemode, invoiceId } = this.context.tables.invoiceLines;
      const { id: invoice, livemode: mode } = this.context.tables.invoices;
      return this.#changingLines({
        kind: 'delete',
        model: this.#lines,
        statement: sql`delete from ${this.#lines.table} using ${this.model.table} where ${this.visible()} and ${this.equals('id')} and ${livemode} = ${mode} and ${invoiceId} = ${invoice}`,
      });
    });
    const insert = this.fixed('insert_lines', () => this.#changingLines(this.#insertLines()));
    return runner.transactions.transaction(
      async (bound) => {
        const repository = new QZPayInvoicesRepository({ ...this.context, scope: bound });
        // The update comes first: it locks the invoice, so that two replacements do not interleave.
        const header = await repository.patch(id, patch, options);
        await repository.run(remove, { id });
        await repository.run(insert, { lines: this.#completeLines(id, lines) });
        return { ...header, lines: ((await repository.findById(id)) ?? header).lines };
      },
      {},
      scope,
    );
  }

  /**
   * Gives the invoice the next number of a series, `start` and at least `width` digits, opens it where it is a draft, and
   * returns it; one that has a number is returned as it is. Number and invoice commit together, a rollback gives the
   * number back, and callers of one series wait for each other until they commit.
   *
   * One statement; a second one for an invoice that it finds numbered. Both again where the invoice changed meanwhile.
   *
   * @throws QZPayNotFoundError for an unknown id.
   * @throws QZPayConflictError `incompatible` for a void invoice without a number, `already_exists` for a taken number.
   */
  async finalize(id: string, series: QZPayInvoiceSeries, width: number): Promise<QZPayInvoiceWithLines> {
    if (!this.codec('id').holds(id)) throw new QZPayNotFoundError(this.model.entity, id);
    const values = { ...series, id, width, new_finalizedAt: this.context.clock(), ...this.stamps() };
    for (;;) {
      const [finalized] = await this.run(this.#finalize(), values);
      const invoice = finalized ?? (await this.findById(id));
      if (invoice === null) throw new QZPayNotFoundError(this.model.entity, id);
      if (invoice.number !== null) return invoice;
      if (invoice.status === 'void') throw new QZPayConflictError('Invoice is void: it gets no number', 'incompatible');
    }
  }

  /** The lock comes before the counter: of two that finalize one invoice, the second one takes no number. */
  #finalize(): QZPayStatement<QZPayInvoiceWithLines> {
    return this.fixed('finalize', () => {
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
          from counter where ${this.equals('livemode')} and ${this.equals('id')}`,
      };
      const projection = parentProjection<QZPayInvoiceWithLines>(
        this.model,
        'lines',
        {
          model: this.#lines,
          from: sql`${invoiceLines} where ${invoiceLines.livemode} = finalized.livemode and ${invoiceLines.invoiceId} = finalized.id`,
          orderBy: sql`${invoiceLines.position}`,
        },
        'finalized',
      );
      return {
        source: sql`with unnumbered as (
            select 1 from ${invoices} where ${this.visible()} and ${this.equals('id')}
            and ${invoices.number} is null and ${invoices.status} <> 'void'${this.isUnmoved()} for no key update
          ), counter as (
            insert into ${sequences.table} as sequence (livemode, series, period, last_value, updated_at)
            select ${argument(this.codec('livemode'))}, ${argument(sequences.codec('series'))},
              ${argument(sequences.codec('period'))}, 1, ${argument(this.codec('updatedAt'), 'new_updatedAt')} from unnumbered
            on conflict (livemode, series, period) do update
            set last_value = sequence.last_value + 1, updated_at = excluded.updated_at
            returning last_value::text as digits
          ), ${this.changed('finalized', finalized)}
          select ${projection.select} from finalized`,
        decode: projection.decode,
      };
    });
  }

  /** A purged number would be a gap in its series, and nobody could tell what it was for. */
  protected override unneeded(): SQL {
    return sql` and ${this.codec('number').column} is null`;
  }

  /** All invoices of the customer with their lines, newest first. */
  findByCustomerId(customerId: string): Promise<QZPayInvoiceWithLines[]> {
    return this.findAllBy({ customerId });
  }

  /** All invoices of the subscription with their lines, newest first. */
  findBySubscriptionId(subscriptionId: string): Promise<QZPayInvoiceWithLines[]> {
    return this.findAllBy({ subscriptionId });
  }

  /** Open invoices that were due before the instant, longest overdue first, at most `limit` (default 100). */
  findOverdue(at: Date, limit?: number): Promise<QZPayInvoiceWithLines[]> {
    return this.findWhere(
      'find_overdue',
      () => ({
        // Not `= 'open'`: the planner would then read all open invoices by status, and sort them.
        where: sql`${isUnpaid(this.codec('status').column)} and ${this.codec('status').column} <> 'draft' and ${this.compares('dueDate', '<', 'at')}`,
        orderBy: sql`${this.codec('dueDate').column}`,
      }),
      { at },
      limit,
    );
  }

  /** Drafts and open invoices that are due in [from, until), soonest first, at most `limit` (default 100). */
  findDue(from: Date, until: Date, limit?: number): Promise<QZPayInvoiceWithLines[]> {
    return this.findWhere(
      'find_due',
      () => ({
        where: sql`${isUnpaid(this.codec('status').column)} and ${this.compares('dueDate', '>=', 'from')} and ${this.compares('dueDate', '<', 'until')}`,
        orderBy: sql`${this.codec('dueDate').column}`,
      }),
      { from, until },
      limit,
    );
  }

  /** The invoice with this legal number, or `null`. */
  findByNumber(number: string): Promise<QZPayInvoiceWithLines | null> {
    return this.findOneBy({ number });
  }

  /** The oldest invoice that carries this id at this provider. */
  findByProviderId(provider: string, providerInvoiceId: string): Promise<QZPayInvoiceWithLines | null> {
    return this.findByProvider(provider, providerInvoiceId);
  }

  /** The given currency, unless it is to be derived and a price is found. */
  #currency(): SQL {
    const { prices, subscriptions } = this.context.tables;
    const given = argument(this.codec('currency'));
    return sql`case when ${typedArgument('boolean', 'derivesCurrency')} then coalesce(
        (select upper(price.currency collate "C") from unnest(${typedArgument('text[]', 'priceIds')}) with ordinality as wanted(id, place)
          join ${prices} price on price.id = wanted.id and price.livemode = ${argument(this.codec('livemode'))}
          order by wanted.place limit 1),
        (select upper(price.currency collate "C") from ${subscriptions} subscription
          join ${prices} price on price.livemode = subscription.livemode
            and case when subscription.price_id is null then price.plan_id = subscription.plan_id and price.deleted_at is null
              else price.id = subscription.price_id end
          where subscription.livemode = ${argument(this.codec('livemode'))} and subscription.id = ${argument(this.codec('subscriptionId'))}
          order by price.active desc, price.unit_amount, price.created_at, price.id limit 1),
        ${given}) else ${given} end`;
  }

  #insertLines(): RowChange {
    const names = columnNamesOf(this.#lines);
    return {
      kind: 'insert',
      model: this.#lines,
      statement: sql`insert into ${this.#lines.table} (${names}) select ${names} from ${rowsArgument(this.#lines, 'lines', 'given')}`,
    };
  }

  #changingLines(change: RowChange): StatementSource<undefined> {
    return {
      source: sql`with ${this.changed('lines', change, sql`1`)} select 1 from lines limit 0`,
      decode: () => undefined,
    };
  }

  #completeLines(invoiceId: string, lines: readonly QZPayNewInvoiceLine[]): Record<string, unknown>[] {
    const createdAt = this.context.clock();
    return lines.map((line, position) => ({
      type: 'item',
      taxable: true,
      discountable: true,
      proration: false,
      createdAt,
      ...line,
      metadata: line.metadata ?? {},
      id: line.id ?? this.context.generateId(),
      invoiceId,
      livemode: this.context.livemode,
      position,
    }));
  }
}
