import type { QZPayInvoiceInsert, QZPayInvoiceLineInsert, QZPayInvoiceRow } from '@qzpay/schema';
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { QZPayRepositoryContext } from './context.js';
import { equalityFilters } from './filters.js';
import { type QZPayInvoiceWithLines, QZPayNumberedInvoicesRepository } from './numbered-invoices.js';
import type { QZPayUpdateOptions } from './repository.js';
import type { RowChange } from './row-changes.js';
import type { NewRow, RowPatch } from './row-types.js';
import { argument, ofAnyLength, type StatementSource, typedArgument } from './statements.js';
import { columnNamesOf, parentProjection, rowsArgument } from './table-model.js';

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
export class QZPayInvoicesRepository extends QZPayNumberedInvoicesRepository {
  constructor(context: QZPayRepositoryContext) {
    super(context, {
      key: 'invoices',
      updatable,
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
        { model: this.lines, from: sql`lines`, orderBy: sql`lines.position`, alias: 'lines' },
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

  /**
   * Changes the given fields and returns the row as stored; what is absent or `undefined` stays. Provider ids merge.
   *
   * @throws QZPayNotFoundError when there is no such row.
   * @throws QZPayConflictError `version_mismatch` when the row is not in `expectedVersion`.
   */
  update(id: string, patch: QZPayInvoicePatch, options?: QZPayUpdateOptions): Promise<QZPayInvoiceWithLines> {
    return this.patch(id, patch, options);
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
        model: this.lines,
        statement: sql`delete from ${this.lines.table} using ${this.model.table} where ${this.visible()} and ${this.equals('id')} and ${livemode} = ${mode} and ${invoiceId} = ${invoice}`,
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
    // Selected, so that the planner does not see whether there is one: it would plan at every call without.
    const ofSubscription = sql`subscription.livemode = ${argument(this.codec('livemode'))}
      and subscription.id = (select ${argument(this.codec('subscriptionId'))}::text)`;
    return sql`case when ${typedArgument('boolean', 'derivesCurrency')} then coalesce(
        (select upper(price.currency collate "C") from unnest(${ofAnyLength(typedArgument('text[]', 'priceIds'), 'text')}) with ordinality as wanted(id, place)
          join ${prices} price on price.id = wanted.id and price.livemode = ${argument(this.codec('livemode'))}
          order by wanted.place limit 1),
        (select upper(price.currency collate "C") from ${subscriptions} subscription
          join ${prices} price on price.livemode = subscription.livemode and price.id = subscription.price_id
          where ${ofSubscription}),
        (select upper(price.currency collate "C") from ${subscriptions} subscription
          join ${prices} price on price.livemode = subscription.livemode and price.plan_id = subscription.plan_id
          where ${ofSubscription} and subscription.price_id is null and price.deleted_at is null
          order by price.active desc, price.unit_amount, price.created_at, price.id limit 1),
        ${given}) else ${given} end`;
  }

  #insertLines(): RowChange {
    const names = columnNamesOf(this.lines);
    return {
      kind: 'insert',
      model: this.lines,
      statement: sql`insert into ${this.lines.table} (${names}) select ${names} from ${rowsArgument(this.lines, 'lines', 'given')}`,
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
